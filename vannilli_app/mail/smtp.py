"""Mail by SMTP: `smtp://user:password@host:587` (STARTTLS wherever the server has it) or `smtps://…:465`."""

import asyncio
import smtplib
import ssl
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from vannilli_app.mail.base import MailUnavailable

TIMEOUT_SECONDS = 20


class Smtp:
    """One server. A password is only given over TLS."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise ValueError("SMTP_URL has the form smtp://user:password@host:587 or smtps://…")
        self._implicit_tls = parts.scheme == "smtps"
        self._host = parts.hostname
        self._port = parts.port or (465 if self._implicit_tls else 587)
        self._user = unquote(parts.username or "")
        self._password = unquote(parts.password or "")

    async def send(self, message: EmailMessage) -> None:
        try:
            await asyncio.to_thread(self._send, message)
        except (OSError, smtplib.SMTPException) as error:
            raise MailUnavailable from error

    async def try_login(self) -> None:
        """Connect and sign in, and send nothing. Raises `MailUnavailable`."""
        try:
            await asyncio.to_thread(self._sign_in)
        except (OSError, smtplib.SMTPException) as error:
            raise MailUnavailable from error

    def _sign_in(self) -> None:
        with self._connection() as server:
            if self._user:
                server.login(self._user, self._password)

    def _send(self, message: EmailMessage) -> None:
        with self._connection() as server:
            if self._user:
                server.login(self._user, self._password)
            server.send_message(message)

    def _connection(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self._implicit_tls:
            return smtplib.SMTP_SSL(self._host, self._port, timeout=TIMEOUT_SECONDS, context=context)
        server = smtplib.SMTP(self._host, self._port, timeout=TIMEOUT_SECONDS)
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls(context=context)
        elif self._user:
            server.close()
            raise smtplib.SMTPNotSupportedError("the server has no TLS, so it gets no password")
        return server
