"""Rows to test with, written by the database's owner: people, their projects, one row of everything."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg.types.json import Jsonb

# of "a password of the tests"
PASSWORD_HASH = (
    "$argon2id$v=19$m=19456,t=2,p=1$2TunFGKMsTam9J7zPqdUig$+O8Czg3kh4LcZUuvWv3XyEm1vSZyXlj7+6FmavRY1MM"
)


def insert(connection: psycopg.Connection[Any], table: str, **values: Any) -> None:
    """Insert one row."""
    columns = ", ".join(values)
    marks = ", ".join(f"%({name})s" for name in values)
    connection.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", values)


def add_person(connection: psycopg.Connection[Any], *, credits: int = 0, tier: str = "free") -> UUID:
    """A person whose ledger explains what they have."""
    person = uuid4()
    insert(
        connection,
        "users",
        id=person,
        email=f"{person}@vannilli.test",
        password_hash=PASSWORD_HASH,
        tier=tier,
        credits_remaining=credits,
    )
    if credits:
        insert(
            connection,
            "credit_entries",
            user_id=person,
            amount=credits,
            kind="admin",
            reference=f"test:{person}",
            balance_after=credits,
        )
    return person


def add_project(connection: psycopg.Connection[Any], person: UUID, **values: Any) -> UUID:
    """A draft of 8 bars at 140."""
    project = uuid4()
    columns = {
        "track_name": "Test",
        "bpm": 140,
        "bars": 8,
        "duration_seconds": 14,
        "exact_seconds": 13.714286,
    }
    insert(connection, "projects", id=project, user_id=person, **(columns | values))
    return project


def add_everything(connection: psycopg.Connection[Any], person: UUID) -> dict[str, tuple[str, Any]]:
    """One row of this person in every table; gives each table's key column and the row's key."""
    now = datetime.now(UTC)
    project = add_project(connection, person)
    generation, session, consent, entry, reservation, asset, subscription, audit = (uuid4() for _ in range(8))
    segment, task = uuid4(), uuid4()
    render = f"render-{person}"
    insert(connection, "generations", id=generation, project_id=project, cost_credits=0, request=Jsonb({}))
    insert(
        connection,
        "sessions",
        id=session,
        user_id=person,
        secret="secret",
        expires_at=now + timedelta(days=30),
    )
    insert(connection, "consents", id=consent, user_id=person, kind="terms", version="1")
    insert(
        connection,
        "credit_entries",
        id=entry,
        user_id=person,
        amount=3,
        kind="signup",
        reference=f"signup:{person}",
        balance_after=3,
    )
    insert(
        connection,
        "credit_reservations",
        id=reservation,
        user_id=person,
        generation_id=generation,
        amount=1,
        deadline_at=now,
    )
    insert(
        connection,
        "assets",
        id=asset,
        project_id=project,
        user_id=person,
        kind="audio",
        path=f"audio/{person}/1.wav",
        content_type="audio/wav",
        size_bytes=1,
    )
    insert(
        connection,
        "subscriptions",
        id=subscription,
        user_id=person,
        stripe_subscription_id=f"sub_{person}",
        tier="artist",
        status="active",
        current_period_start=now,
        current_period_end=now,
    )
    insert(connection, "audit_log", id=audit, user_id=person, action="tested", resource_type="test")
    insert(connection, "local_renders", external_id=render, request=Jsonb({}))
    insert(
        connection,
        "segments",
        id=segment,
        generation_id=generation,
        user_id=person,
        number=1,
        first_frame=0,
        frames=1,
        take_first=0,
        take_frames=1,
        skip_frames=0,
        provider="local",
        external_id=render,
    )
    insert(
        connection,
        "provider_tasks",
        id=task,
        generation_id=generation,
        provider="local",
        external_id=render,
        seconds=1,
    )
    insert(connection, "provider_states", provider=render)
    insert(connection, "run_settings", name=render, value=Jsonb([]))
    event, day = f"evt_{person}", date(2026, 1, 1) + timedelta(days=person.int % 100_000)
    insert(connection, "payment_events", id=event, type="test", payload=Jsonb({}), created_at=now)
    insert(connection, "reconciliations", day=day)
    insert(connection, "backups", day=day)
    insert(connection, "traffic", day=day)
    mail, link, code, export = (uuid4() for _ in range(4))
    insert(connection, "mails", id=mail, user_id=person, recipient="a@vannilli.test", kind="totp_on")
    insert(
        connection,
        "one_time_links",
        id=link,
        user_id=person,
        purpose="reset",
        email="a@vannilli.test",
        token_hash=f"link:{person}",
        expires_at=now + timedelta(minutes=30),
    )
    insert(connection, "second_factors", user_id=person, secret="sealed")
    insert(connection, "recovery_codes", id=code, user_id=person, code_hash=f"code:{person}")
    insert(connection, "sign_in_failures", email_hash=f"email:{person}", failures=1, last_at=now)
    insert(connection, "free_uses", use_id=person, key=f"free:{person}", created_at=now)
    insert(connection, "exports", id=export, user_id=person, status="ready", ready_at=now)
    insert(
        connection,
        "push_subscriptions",
        id=(browser := uuid4()),
        user_id=person,
        session_id=session,
        endpoint=f"https://push.vannilli.test/{person}",
        p256dh="key",
        auth="secret",
    )
    insert(connection, "release_kits", generation_id=generation, user_id=person, status="ready")
    report, takedown = uuid4(), uuid4()
    insert(
        connection,
        "showcase_items",
        generation_id=generation,
        user_id=person,
        title="Test",
        handle=f"p{person.hex[:20]}",
        bpm=140,
        bars=8,
        time_signature="4/4",
        beat_unit="quarter",
        part_name="Hook",
        aspect="9:16",
        width=720,
        height=1280,
        duration_seconds=13.7,
    )
    insert(
        connection, "showcase_watches", generation_id=generation, viewer=f"viewer:{person}", day=now.date()
    )
    insert(
        connection,
        "content_reports",
        id=report,
        generation_id=generation,
        user_id=person,
        reporter="test",
        reason="other",
        description="Test",
    )
    insert(
        connection,
        "takedowns",
        id=takedown,
        generation_id=generation,
        user_id=person,
        title="Test",
        reason="Test",
        restored_at=now,
    )
    incident, message = uuid4(), uuid4()
    insert(connection, "incidents", id=incident, rule=render, value=1, sentence="Test.", opened_at=now)
    insert(
        connection,
        "alert_messages",
        id=message,
        incident_id=incident,
        channel="slack",
        news="opened",
        due_at=now,
        created_at=now,
    )
    insert(connection, "alert_claims", rule=render, place="", due_at=now)
    return {
        "users": ("id", person),
        "projects": ("id", project),
        "generations": ("id", generation),
        "sessions": ("id", session),
        "consents": ("id", consent),
        "credit_entries": ("id", entry),
        "credit_reservations": ("id", reservation),
        "assets": ("id", asset),
        "subscriptions": ("id", subscription),
        "audit_log": ("id", audit),
        "local_renders": ("external_id", render),
        "segments": ("id", segment),
        "provider_tasks": ("id", task),
        "provider_states": ("provider", render),
        "run_settings": ("name", render),
        "payment_events": ("id", event),
        "reconciliations": ("day", day),
        "backups": ("day", day),
        "traffic": ("day", day),
        "mails": ("id", mail),
        "one_time_links": ("id", link),
        "second_factors": ("user_id", person),
        "recovery_codes": ("id", code),
        "sign_in_failures": ("email_hash", f"email:{person}"),
        "exports": ("id", export),
        "push_subscriptions": ("id", browser),
        "release_kits": ("generation_id", generation),
        "showcase_items": ("generation_id", generation),
        "showcase_watches": ("viewer", f"viewer:{person}"),
        "content_reports": ("id", report),
        "takedowns": ("id", takedown),
        "free_uses": ("use_id", person),
        "incidents": ("id", incident),
        "alert_messages": ("id", message),
        "alert_claims": ("rule", render),
    }
