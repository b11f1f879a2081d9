"""Somebody who is signed in and has one of everything: to see who may do what, and for the fuzzer to work on."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg.types.json import Jsonb

from tests.people import add_everything, add_person, insert
from vannilli_app.accounts import tokens
from vannilli_app.generations.schemas import Request


@dataclass(frozen=True)
class Settled:
    """A person, an access token of theirs, and the ids of what is theirs, by their names in paths and bodies."""

    id: UUID
    token: str
    ids: dict[str, str]


def settle(connection: psycopg.Connection[Any], *, role: str = "artist") -> Settled:
    """Make such a person. Proof was given a moment ago and holds for a day; `session_id` is another device."""
    now = datetime.now(UTC)
    person = add_person(connection)
    keys = {table: key for table, (_, key) in add_everything(connection, person).items()}
    connection.execute("UPDATE users SET role = %s WHERE id = %s", [role, person])
    connection.execute(
        "UPDATE sessions SET proven_at = %s WHERE id = %s", [now + timedelta(days=1), keys["sessions"]]
    )
    ended = connection.execute(
        "UPDATE generations SET status = 'failed', error_code = 'cancelled', error_message = 'Cancelled.',"
        " request = %s WHERE id = %s RETURNING internal_task_id",
        [Jsonb(request_of(person).model_dump(mode="json")), keys["generations"]],
    ).fetchone()
    assert ended
    other = uuid4()
    insert(connection, "sessions", id=other, user_id=person, secret="x", expires_at=now + timedelta(days=1))
    return Settled(
        person,
        tokens.issue_access(person, keys["sessions"], now),
        {
            "project_id": str(keys["projects"]),
            "generation_id": str(keys["generations"]),
            "task_id": str(ended[0]),
            "asset_id": str(keys["assets"]),
            "session_id": str(other),
            "export_id": str(keys["exports"]),
            "video_id": str(keys["generations"]),
            "person_id": str(person),
        },
    )


def request_of(person: UUID) -> Request:
    """What a generation of theirs was asked for with."""
    return Request(
        user_id=person,
        track_name="Test",
        bpm=Decimal(140),
        bars=Decimal(8),
        time_signature="4/4",
        beat_unit="quarter",
        aspect="9:16",
        prompt=None,
        mode="standard",
        character_orientation="video",
        bar_one_seconds=Decimal(0),
        section_start_bar=Decimal(1),
        driver_path="driver-videos/x.mp4",
        image_path="target-images/x.png",
        audio_path=None,
        capture_offset_seconds=None,
        width=720,
        height=1280,
    )
