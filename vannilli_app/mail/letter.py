"""A letter: a few sentences and at most one button, as text and as HTML that every mail program shows."""

from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from html import escape
from urllib.parse import urlsplit
from uuid import UUID

from vannilli_app.config import settings
from vannilli_app.models.columns import utc_now
from vannilli_app.words import _, language

_HTML = """\
<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>{subject}</title></head>
<body style="margin:0;padding:24px;font:16px/1.5 -apple-system,'Segoe UI',Roboto,sans-serif">
<div style="max-width:34rem;margin:0 auto">
<p style="font-weight:800;font-size:20px">Vannilli</p>
{paragraphs}
<p style="font-size:13px;opacity:.75">{footer}</p>
</div></body></html>
"""
_BUTTON = (
    '<p><a href="{url}" style="display:inline-block;padding:12px 24px;border-radius:99px;background:#f4dc8c;'
    'color:#1b1510;font-weight:600;text-decoration:none">{text}</a></p>'
)


@dataclass(frozen=True, slots=True)
class Letter:
    """`button` is its text and a whole address. `footer` says why the person gets this, where that is not for their
    account. What it says itself is in the language that holds where it is made into a message."""

    subject: str
    paragraphs: tuple[str, ...]
    button: tuple[str, str] | None = None
    footer: str = ""

    def message(self, mail_id: UUID, recipient: str) -> EmailMessage:
        """The letter as a message with plain text and HTML. `mail_id` makes it recognisable when it comes twice."""
        host = urlsplit(settings().base_url).hostname or "localhost"
        message = EmailMessage()
        message["From"] = settings().mail_from or formataddr(("Vannilli", f"no-reply@{host}"))
        message["To"] = recipient
        if settings().support_email:
            message["Reply-To"] = settings().support_email
        message["Subject"] = self.subject
        message["Date"] = format_datetime(utc_now())
        message["Message-ID"] = f"<{mail_id}@{host}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(self._text())
        message.add_alternative(self._html(), subtype="html")
        return message

    @property
    def _footer(self) -> str:
        return self.footer or _("You get this because you have an account at Vannilli.")

    def _text(self) -> str:
        button = [f"{self.button[0]}:\n{self.button[1]}"] if self.button else []
        return "\n\n".join([*self.paragraphs, *button, f"-- \n{self._footer}"]) + "\n"

    def _html(self) -> str:
        parts = [f"<p>{escape(one)}</p>" for one in self.paragraphs]
        if self.button:
            parts.append(_BUTTON.format(text=escape(self.button[0]), url=escape(self.button[1])))
        return _HTML.format(
            language=language(),
            subject=escape(self.subject),
            paragraphs="\n".join(parts),
            footer=escape(self._footer),
        )
