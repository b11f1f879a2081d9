"""Each alert fires once and recovers, told to a real HTTP receiver: doubled ticks, a receiver away, a restart."""

import asyncio
import json
import os
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from psycopg.types.json import Jsonb
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.conftest import forget_choices
from tests.fakes import server
from tests.people import add_person, add_project, insert
from vannilli_app import config, db
from vannilli_app.alerts import jobs
from vannilli_app.alerts.rules import RULES

HOUR = timedelta(hours=1)


class Slack:
    """A receiver of webhooks: what it took, and whether it is well."""

    def __init__(self) -> None:
        self.took: list[str] = []
        self.well = True
        self.app = Starlette(routes=[Route("/hook", self._take, methods=["POST"])])

    async def _take(self, request: Request) -> Response:
        if not self.well:
            return Response("no_service", 503)
        self.took.append(json.loads(await request.body())["text"])
        return Response("ok")


@pytest.fixture
async def slack(environment: config.Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Slack]:
    receiver = Slack()
    with server.serving(receiver.app) as url:
        monkeypatch.setenv("SLACK_WEBHOOK_URL", f"{url}/hook")
        monkeypatch.setenv("ALERT_EMAILS", "boss@vannilli.test")
        forget_choices()
        yield receiver


@pytest.fixture
def owner(database_url: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection


async def tick(now: datetime) -> None:
    """One tick of several processes, which look at once. They send one after the other: what is held is held by the
    real clock, and for one that is hours ahead every hold has lapsed."""
    await asyncio.gather(jobs.look(now), jobs.look(now))
    for _ in range(2):
        await jobs.send(now)


def videos(owner: psycopg.Connection[Any], now: datetime, *, failed: int, good: int) -> None:
    project = add_project(owner, add_person(owner))
    for number in range(failed + good):
        bad = number < failed
        insert(
            owner, "generations", id=uuid4(), project_id=project, cost_credits=0, request=Jsonb({}),
            status="failed" if bad else "completed", error_code="render_failed" if bad else None,
            final_video_r2_path=None if bad else "f", completed_at=now,
        )  # fmt: skip


def margin(owner: psycopg.Connection[Any], now: datetime) -> None:
    person = add_person(owner)
    insert(
        owner, "credit_entries", user_id=person, amount=-10, cents=-1000, kind="generation", reference="generation:x",
        balance_after=0, created_at=now,
    )  # fmt: skip
    insert(
        owner, "provider_tasks", provider="kling", external_id="x", status="completed", seconds=9, billed_usd=7,
        created_at=now,
    )  # fmt: skip


def errors(owner: psycopg.Connection[Any], now: datetime) -> None:
    videos(owner, now, failed=2, good=8)


def queue_age(owner: psycopg.Connection[Any], now: datetime) -> None:
    insert(owner, "procrastinate_jobs", queue_name="work", task_name="t", args=Jsonb({}))
    ours = "SELECT id FROM procrastinate_jobs WHERE attempts = 0"
    owner.execute(
        f"UPDATE procrastinate_events SET at = %s WHERE job_id IN ({ours})", [now - timedelta(minutes=6)]
    )


def provider_down(owner: psycopg.Connection[Any], now: datetime) -> None:
    insert(owner, "provider_states", provider="kling", failures=5, open_until=now)


def payment_events(owner: psycopg.Connection[Any], now: datetime) -> None:
    insert(
        owner, "payment_events", id="evt_1", type="invoice.paid", payload=Jsonb({}), status="failed",
        created_at=now, received_at=now,
    )  # fmt: skip


def stuck_credits(owner: psycopg.Connection[Any], now: datetime) -> None:
    insert(owner, "credit_reservations", user_id=add_person(owner), amount=5, deadline_at=now - HOUR)


def undone(owner: psycopg.Connection[Any], now: datetime) -> None:
    insert(
        owner, "procrastinate_jobs", queue_name="work", task_name="billing.forget", args=Jsonb({}), attempts=40,
        scheduled_at=now + HOUR,
    )  # fmt: skip
    ours = "SELECT id FROM procrastinate_jobs WHERE attempts > 0"
    owner.execute(f"UPDATE procrastinate_events SET at = %s WHERE job_id IN ({ours})", [now - 7 * HOUR])


def backup(owner: psycopg.Connection[Any], now: datetime) -> None:
    insert(owner, "backups", day=now.date(), ended_at=now - 40 * HOUR)


def disk(owner: psycopg.Connection[Any], now: datetime) -> None:
    """No disk is filled here: the threshold is set above what is free."""
    usage = shutil.disk_usage(config.settings().data_dir.parent)
    change = {"disk": {"threshold": min(usage.free / usage.total + 0.05, 1.01)}}
    insert(owner, "run_settings", name="alerts", value=Jsonb(change))


def certificate(owner: psycopg.Connection[Any], now: datetime) -> None:
    sign_with(now + timedelta(days=10, hours=1))


def sign_with(until: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key())
        .serial_number(1)
        .not_valid_before(until - timedelta(days=100))
        .not_valid_after(until)
        .sign(key, hashes.SHA256())
    )
    path = config.settings().data_dir / "content-credentials" / "signer.pem"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM))


MEND = {
    "margin": "UPDATE provider_tasks SET billed_usd = 1",
    "errors": "UPDATE generations SET status = 'completed', final_video_r2_path = 'f', error_code = NULL",
    "queue_age": "DELETE FROM procrastinate_jobs",
    "provider_down": "UPDATE provider_states SET failures = 0",
    "payment_events": "UPDATE payment_events SET status = 'handled'",
    "stuck_credits": "UPDATE credit_reservations SET status = 'released', settled_at = now()",
    "undone": "DELETE FROM procrastinate_jobs",
    "backup": "UPDATE backups SET ended_at = now()",
    "disk": "DELETE FROM run_settings",
    "certificate": "",
}
SAYS = {
    "margin": "The margin of the last 24 hours is 30%.",
    "errors": "20% of the videos that ended in the last 15 minutes have failed.",
    "queue_age": "The oldest work has waited for 36",
    "provider_down": "kling has failed 5 times in a row",
    "payment_events": "1 event of the payment service is not booked.",
    "stuck_credits": "1 reservation is past its deadline.",
    "undone": "billing.forget has failed for 7 hours",
    "backup": "The last backup is 40 hours old.",
    "disk": "of the disk of",
    "certificate": "ends in 10 days.",
}
BREAK: dict[str, Callable[[Any, datetime], None]] = {
    one.__name__: one
    for one in (
        margin, errors, queue_age, provider_down, payment_events, stuck_credits, undone, backup, disk,
        certificate,
    )
}  # fmt: skip


def test_every_rule_is_tried() -> None:
    assert BREAK.keys() == MEND.keys() == SAYS.keys() == {rule.name for rule in RULES}


@pytest.mark.parametrize(
    "names", [tuple(BREAK.keys() - {"certificate"}), ("certificate",)], ids=["all", "slow"]
)
async def test_each_fires_once_and_recovers(
    names: tuple[str, ...], slack: Slack, owner, database: db.Database
) -> None:
    """All at once, but for the rule that is looked at so rarely that the others' windows would pass."""
    rules = [rule for rule in RULES if rule.name in names]
    every, calm = max(rule.every for rule in rules) + 1, max(rule.calm for rule in rules) + 1
    config.settings().data_dir.mkdir(parents=True, exist_ok=True)
    began = datetime.now(UTC)
    for name in names:
        BREAK[name](owner, began - timedelta(seconds=5))
    for ticks in range(2):
        await tick(began + timedelta(seconds=every * ticks))
    assert len(slack.took) == len(mails()) == len(rules), slack.took
    for rule in rules:
        (fired,) = [text for text in slack.took if SAYS[rule.name] in text]
        assert fired.startswith("Alert: ")
        assert f"{config.settings().base_url}{rule.page}|" in fired

    for name in names:
        owner.execute(MEND[name]) if MEND[name] else sign_with(began + timedelta(days=400))
    well = began + timedelta(seconds=every * 2)
    await tick(well)
    assert len(slack.took) == len(rules), "it is not over at the first good reading"
    for seconds in (calm, calm + every):
        await tick(well + timedelta(seconds=seconds))
    over = [text for text in slack.took if text.startswith("Over: ")]
    assert len(over) == len(rules), slack.took
    assert len(slack.took) == len(mails()) == 2 * len(rules)
    incidents = [text.split("Incident ")[1] for text in slack.took]
    assert all(incidents.count(one) == 2 for one in incidents)


async def test_a_job_that_is_due_again_has_not_waited_since_it_was_queued(
    slack: Slack, owner, database: db.Database
) -> None:
    now = datetime.now(UTC)
    undone(owner, now - HOUR - timedelta(seconds=1))
    await tick(now)
    (fired,) = slack.took
    assert "billing.forget has failed for 8 hours" in fired


async def test_a_receiver_that_is_away_is_told_in_order_once_it_is_back(
    slack: Slack, owner, database: db.Database
) -> None:
    slack.well = False
    now = datetime.now(UTC)
    provider_down(owner, now)
    await tick(now)
    owner.execute("UPDATE provider_states SET failures = 0")
    for minutes in (2, 4, 6):
        await tick(now + timedelta(minutes=minutes))
    assert slack.took == []
    slack.well = True
    for _ in range(3):
        owner.execute("UPDATE alert_messages SET due_at = now() - interval '1 second'")
        await jobs.send(datetime.now(UTC))
    assert [text.partition(":")[0] for text in slack.took] == ["Alert", "Over"]


async def test_two_senders_at_once_send_a_message_once(slack: Slack, owner, database: db.Database) -> None:
    now = datetime.now(UTC)
    provider_down(owner, now)
    await jobs.look(now)
    sent = await asyncio.gather(*(jobs.send(datetime.now(UTC)) for _ in range(4)))
    assert len(slack.took) == len(mails()) == 1
    assert sum(sent) == 2, "Slack and the mail"


async def test_what_a_dead_sender_held_is_sent_by_another(slack: Slack, owner, database: db.Database) -> None:
    now = datetime.now(UTC)
    provider_down(owner, now)
    await jobs.look(now)
    owner.execute(
        "UPDATE alert_messages SET claim = gen_random_uuid(), due_at = now() + interval '10 seconds'"
    )
    await jobs.send(datetime.now(UTC))
    assert slack.took == []
    await database.close()  # a restart in between
    db.database.cache_clear()
    await jobs.send(datetime.now(UTC) + timedelta(seconds=11))
    await jobs.send(datetime.now(UTC) + timedelta(seconds=30))
    assert len(slack.took) == 1


async def test_a_value_that_swings_round_its_threshold_is_one_incident(
    slack: Slack, owner, database: db.Database
) -> None:
    now = datetime.now(UTC)
    provider_down(owner, now)
    for n in range(6):
        owner.execute(f"UPDATE provider_states SET failures = {5 if n % 2 == 0 else 0}")
        await tick(now + timedelta(seconds=31 * n))
    assert len(slack.took) == 1


async def test_a_rule_that_is_switched_off_is_quiet(slack: Slack, owner, database: db.Database) -> None:
    insert(owner, "run_settings", name="alerts", value=Jsonb({"provider_down": {"on": False}}))
    now = datetime.now(UTC)
    provider_down(owner, now)
    await tick(now)
    assert slack.took == []


def mails() -> list[str]:
    folder = Path(config.settings().data_dir) / "outbox"
    found = [
        message_from_bytes(file.read_bytes()) for file in sorted(folder.glob("*.eml"), key=os.path.getmtime)
    ]
    return [str(one["Subject"]) for one in found if one["To"] == "boss@vannilli.test"]
