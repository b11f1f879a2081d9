"""Finished videos and admins, written by the database's owner."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg.types.json import Jsonb

from tests.people import add_project, insert
from tests.settled import request_of
from vannilli_app.accounts.schemas import Identity
from vannilli_app.music.price import Tier


def add_video(connection: psycopg.Connection[Any], person: UUID, **song: Any) -> UUID:
    """A finished draft of 8 bars at 140, or of another `song`; its files have still to be put in the store."""
    video = uuid4()
    request = request_of(person).model_copy(update=song)
    insert(
        connection,
        "generations",
        id=video,
        project_id=add_project(connection, person),
        cost_credits=0,
        status="completed",
        stage="done",
        request=Jsonb(request.model_dump(mode="json")),
        final_video_r2_path=f"videos/{video}/final.mp4",
        thumbnail_r2_path=f"videos/{video}/thumbnail.jpg",
        width=540,
        height=960,
        duration_seconds=8.0,
        completed_at=datetime.now(UTC),
    )
    return video


def add_admin(connection: psycopg.Connection[Any]) -> Identity:
    """An admin, signed in a moment ago."""
    person = uuid4()
    email = f"{person}@vannilli.test"
    insert(connection, "users", id=person, email=email, password_hash="no password", role="admin")
    return Identity(
        user_id=person,
        session_id=uuid4(),
        email=email,
        tier=Tier.FREE,
        credits_remaining=0,
        role="admin",
        email_verified=True,
        device_fingerprint=None,
        proven_at=datetime.now(UTC),
    )
