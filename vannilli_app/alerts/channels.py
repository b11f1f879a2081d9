"""Where alerts go: a Slack channel by its webhook, and mail. Each message has a link to where to look."""

from collections.abc import Iterator

import httpx

from vannilli_app.alerts.rules import RULES
from vannilli_app.config import settings
from vannilli_app.errors import Unavailable
from vannilli_app.mail import mailer
from vannilli_app.mail.base import MailUnavailable
from vannilli_app.mail.letter import Letter
from vannilli_app.models import AlertMessage, Incident

TIMEOUT_SECONDS = 10
PAGES = {rule.name: rule.page for rule in RULES}


class NotTaken(Unavailable):
    """The receiver did not take the message. It is sent again."""

    code = "alert_not_taken"


def receivers() -> Iterator[tuple[str, str]]:
    """Channel and recipient of everybody who is told."""
    if settings().slack_webhook_url.get_secret_value():
        yield "slack", ""
    for address in settings().alert_emails.split(","):
        if address.strip():
            yield "mail", address.strip()


async def send(message: AlertMessage, incident: Incident) -> None:
    """Send one message. Raises NotTaken."""
    over = message.news == "recovered"
    subject = f"{'Over' if over else 'Alert'}: {incident.sentence}"
    since = f"Since {incident.opened_at:%d %b, %H:%M} UTC"
    until = f", until {incident.recovered_at:%H:%M} UTC" if over and incident.recovered_at else ""
    page = f"{settings().base_url}{PAGES.get(incident.rule, '/admin')}"
    if message.channel == "slack":
        await _slack({"text": f"{subject}\n{since}{until}. <{page}|Look>\nIncident {incident.id}"})
        return
    letter = Letter(
        subject,
        (incident.sentence, f"{since}{until}."),
        ("Look", page),
        "You get this as an operator of Vannilli.",
    )
    try:
        await mailer().send(letter.message(message.id, message.recipient))
    except MailUnavailable as error:
        raise NotTaken(error.message) from error


async def _slack(body: dict[str, str]) -> None:
    url = settings().slack_webhook_url.get_secret_value()
    if not url:
        raise NotTaken("SLACK_WEBHOOK_URL is not set any more.")
    try:
        async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS) as client:
            answer = await client.post(url, json=body)
    except httpx.HTTPError as error:
        raise NotTaken(f"Slack does not answer: {type(error).__name__}.") from error
    if answer.is_error:
        raise NotTaken(f"Slack says {answer.status_code}.")
