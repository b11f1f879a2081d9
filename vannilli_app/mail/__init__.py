"""Mail: the letter, and the way it leaves by. `SMTP_URL` chooses a server, without it a folder."""

from functools import cache

from vannilli_app.config import settings
from vannilli_app.mail.base import Mailer
from vannilli_app.mail.outbox import Outbox
from vannilli_app.mail.smtp import Smtp

__all__ = ["Mailer", "mailer"]


@cache
def mailer() -> Mailer:
    """The process's way out for mail, by its settings."""
    url = settings().smtp_url.get_secret_value()
    return Smtp(url) if url else Outbox(settings().data_dir / "outbox")
