"""Mail against a real SMTP server on loopback."""

import asyncio
import email
import email.policy
import socket
from collections.abc import Iterator
from email.message import EmailMessage
from uuid import UUID

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink

from vannilli_app.config import settings
from vannilli_app.mail.base import MailUnavailable
from vannilli_app.mail.letter import Letter
from vannilli_app.mail.smtp import Smtp

LETTER = Letter("Grüße & <b>", ("One sentence & <more>.",), ("Open it", "http://localhost:8000/x#y"))


class Kept(Sink):
    def __init__(self) -> None:
        super().__init__()
        self.messages: list[EmailMessage] = []

    async def handle_DATA(self, _server, _session, envelope) -> str:  # noqa: N802 (aiosmtpd's name)
        self.messages.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 OK"


@pytest.fixture
def server() -> Iterator[Controller]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(Kept(), hostname="127.0.0.1", port=port)
    controller.start()
    yield controller
    controller.stop()


async def test_a_letter_arrives_as_text_and_html(environment, monkeypatch, server: Controller) -> None:
    monkeypatch.setenv("SUPPORT_EMAIL", "help@vannilli.example")
    settings.cache_clear()
    await Smtp(f"smtp://127.0.0.1:{server.port}").send(LETTER.message(UUID(int=7), "ana@example.com"))
    [arrived] = server.handler.messages
    assert (arrived["Subject"], arrived["To"]) == ("Grüße & <b>", "ana@example.com")
    assert arrived["Reply-To"] == "help@vannilli.example"
    assert arrived["Message-ID"] == f"<{UUID(int=7)}@localhost>"
    plain = arrived.get_body(("plain",)).get_content()
    assert "One sentence & <more>." in plain
    assert "http://localhost:8000/x#y" in plain
    html = arrived.get_body(("html",)).get_content()
    assert "One sentence &amp; &lt;more&gt;." in html


async def test_a_server_without_tls_gets_no_password(environment, server: Controller) -> None:
    with pytest.raises(MailUnavailable):
        await Smtp(f"smtp://me:secret@127.0.0.1:{server.port}").send(
            LETTER.message(UUID(int=7), "a@b.example")
        )
    assert server.handler.messages == []


async def test_a_server_that_is_away_is_tried_later(environment) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: refused
        url = f"smtp://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(MailUnavailable):
            await asyncio.wait_for(Smtp(url).send(LETTER.message(UUID(int=7), "a@b.example")), 10)


@pytest.mark.parametrize("url", ["http://mail.example", "smtp://", "mail.example:25"])
def test_an_address_that_is_no_mail_server(url: str) -> None:
    with pytest.raises(ValueError, match="SMTP_URL"):
        Smtp(url)
