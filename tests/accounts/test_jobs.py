"""Mails that cannot be sent right now."""

import socket
from datetime import UTC, datetime, timedelta

from tests.accounts.conftest import rows
from vannilli_app.accounts import jobs
from vannilli_app.config import settings
from vannilli_app.mail import mailer


async def test_a_mail_waits_while_the_server_is_away_and_is_given_up_in_the_end(api, ana, monkeypatch):
    [(mail_id,)] = await rows("SELECT id FROM mails")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        monkeypatch.setenv("SMTP_URL", f"smtp://127.0.0.1:{taken.getsockname()[1]}")
        settings.cache_clear()
        mailer.cache_clear()
        await jobs.send_mail(str(mail_id))
        [(claim, due_at, tries)] = await rows("SELECT claim, due_at, tries FROM mails")
        assert (claim, tries) == (None, 1)
        assert due_at > datetime.now(UTC) + timedelta(seconds=50)
        await rows("DELETE FROM procrastinate_jobs RETURNING id")
        assert await jobs.revive(due_at) == 1
        assert await rows("SELECT args FROM procrastinate_jobs") == [({"mail_id": str(mail_id)},)]
        await rows("UPDATE mails SET tries = :most RETURNING id", most=jobs.MOST_TRIES)
        await jobs.send_mail(str(mail_id))
    assert await rows("SELECT id FROM mails") == []
