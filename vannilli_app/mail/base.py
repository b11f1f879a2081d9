"""The port: what is asked of whatever carries mail."""

from email.message import EmailMessage
from typing import Protocol

from vannilli_app.errors import VannilliError


class MailUnavailable(VannilliError):
    """Mail cannot be sent right now. It is tried again by itself."""

    code = "mail_unavailable"


class Mailer(Protocol):
    """Sends one finished message. The same `Message-ID` may come twice; it is one mail to whoever reads it."""

    async def send(self, message: EmailMessage) -> None:
        """Hand it over. Raises `MailUnavailable` when it may work later."""
