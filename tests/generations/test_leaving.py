"""Somebody leaves: while a video is made, and after everything that the product can know of them."""

import asyncio
import logging
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import httpx
import psycopg
import pytest
import reflex as rx
from psycopg.types.json import Jsonb
from sqlmodel import col

from tests.artist import PASSWORD, Artist, NewArtist
from tests.fakes.everyone import Everyone
from tests.generations.conftest import Work
from tests.generations.flight import CREDITS, Flight
from tests.locks import until_waiting
from tests.people import add_person, add_project, insert
from tests.settled import request_of
from vannilli_app import leases
from vannilli_app.accounts import privacy, tokens
from vannilli_app.accounts.schemas import Client
from vannilli_app.accounts.state import Person, SessionState
from vannilli_app.config import Settings
from vannilli_app.db import SERVICE, Database, transaction
from vannilli_app.generations import dispatch, service
from vannilli_app.generations.state import PreviewState
from vannilli_app.http_api import make_api
from vannilli_app.leaving import LEAVE
from vannilli_app.models import Generation
from vannilli_app.storage import RAW_UPLOADS, store

FINGERPRINT = "fp-of-this-device-0123456789"


def everything_in(database_url: str) -> dict[str, str]:
    """Every row of every table as text, by table: a dump to search in."""
    with psycopg.connect(database_url, autocommit=True) as owner:
        names = owner.execute(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables"
            " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        return {
            name: "\n".join(row[0] for row in owner.execute(f"SELECT to_jsonb(t)::text FROM {name} t"))
            for (name,) in names
        }


def everything_on(folder: Path) -> dict[str, str]:
    """Name and content of every file in the data folder; the outbox stands for the person's own mailbox."""
    files = [path for path in folder.rglob("*") if path.is_file() and "outbox" not in path.parts]
    return {str(path): str(path) + path.read_bytes().decode("latin-1") for path in files}


def traces(of: dict[str, str], places: dict[str, str]) -> list[tuple[str, str]]:
    return [(where, what) for where, text in places.items() for what, word in of.items() if word in text]


async def sign_up(http: httpx.AsyncClient, email: str) -> Artist:
    wanted = {"email": email, "password": PASSWORD, "birth_date": "1990-01-01", "accept_terms": True}
    answer = await http.post("/api/auth/signup", json=wanted | {"device_fingerprint": FINGERPRINT})
    http.headers["authorization"] = f"Bearer {answer.raise_for_status().json()['access_token']}"
    return Artist(http, answer.json()["user"]["id"])


async def test_no_table_file_or_log_knows_somebody_who_left(
    work: Work, files: dict[str, Path], environment: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="vannilli_app")
    email = f"leaving-{uuid4().hex}@vannilli.test"
    transport = httpx.ASGITransport(app=make_api())
    async with httpx.AsyncClient(transport=transport, base_url=environment.base_url, timeout=60) as http:
        artist = await sign_up(http, email)
        project = await artist.project(prompt="a prompt of their own")
        await artist.upload(project, **files)
        started = (await artist.start(project, device_fingerprint=FINGERPRINT)).json()
        await work()
        assert (await artist.status(started["internal_task_id"]))["status"] == "completed"
        await http.get(f"/api/download/{started['generation_id']}")
        await http.post("/api/auth/signin", json={"email": email, "password": "a wrong one of theirs"})
        await http.post("/api/auth/reset/ask", json={"email": email})
        await http.post("/api/account/exports")
        await work()
        await artist.start(project, device_fingerprint=FINGERPRINT)

        known = {
            "email": email,
            "id": artist.id,
            "fingerprint": FINGERPRINT,
            "fingerprint's digest": tokens.device_hash(FINGERPRINT) or "",
            "address's digest": tokens.email_hash(email),
            "prompt": "a prompt of their own",
            "project": project,
        }
        before = traces(known, everything_in(environment.database_url))
        assert {what for _, what in before} == known.keys() - {"fingerprint"}
        assert traces(known, everything_on(environment.data_dir))

        assert (await http.delete("/api/account")).status_code == 204
        assert (await http.get("/api/auth/me")).status_code == 401
        await work()
    assert traces(known, everything_in(environment.database_url)) == []
    assert traces(known, everything_on(environment.data_dir)) == []
    assert [name for name in everything_on(environment.data_dir) if name.endswith((".mp4", ".zip"))] == []
    logged = {
        record.name: record.getMessage() for record in caplog.records if record.name.startswith("vannilli")
    }
    assert traces({name: known[name] for name in ("email", "fingerprint", "prompt")}, logged) == []
    mails = [path.read_text() for path in (environment.data_dir / "outbox").iterdir()]
    assert sum("Your account is deleted" in mail for mail in mails) == 1


async def test_the_pages_of_a_session_that_ended_know_nobody(environment: Settings) -> None:
    root = rx.State(_reflex_internal_init=True)
    session, preview = [await root.get_state(one) for one in (SessionState, PreviewState)]
    session._whose = str(uuid4())
    session.person = Person("ana@example.com", "Free", "free", 3)
    preview.shown.track_name = "A song of Ana's"
    await session.look()
    said = str(root.dict())
    assert "ana@example.com" not in said
    assert "A song of Ana's" not in said
    assert session.ended


AT_WORK = {
    "preparing": "SELECT FROM generations WHERE stage = 'preparing' AND claim IS NOT NULL",
    "rendering": "SELECT FROM local_renders WHERE status = 'processing' AND claim IS NOT NULL",
    "finishing": "SELECT FROM generations WHERE stage = 'finishing' AND claim IS NOT NULL",
}


@pytest.mark.parametrize("stage", AT_WORK)
async def test_leaving_while_a_video_is_made_leaves_no_task_no_file_and_no_debt(
    new_artist: NewArtist, work: Work, files: dict[str, Path], environment: Settings, stage: str
) -> None:
    artist = await new_artist()
    project = await artist.project()
    await artist.upload(project, **files)
    await artist.start(project)
    with psycopg.connect(environment.database_url, autocommit=True) as owner:
        working = asyncio.create_task(work())
        async with asyncio.timeout(300):
            while not owner.execute(AT_WORK[stage]).fetchall():
                assert not working.done()
                await asyncio.sleep(0.005)
        assert (await artist.http.delete("/api/account")).status_code == 204
        await working
        await work()
        assert [
            name for name in everything_on(environment.data_dir) if artist.id in name or ".mp4" in name
        ] == []
        assert owner.execute("SELECT count(*) FROM generations").fetchone() == (0,)
        assert owner.execute("SELECT user_id, amount FROM credit_entries").fetchall() == [(None, 3)]
        assert (
            owner.execute(
                "SELECT FROM credit_reservations WHERE status = 'held' OR user_id IS NOT NULL"
            ).fetchall()
            == []
        )
        assert owner.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'"
        ).fetchone() == (0,)
        assert (
            owner.execute(
                "SELECT status, request FROM local_renders WHERE status IN ('pending', 'processing') OR request <> '{}'"
            ).fetchall()
            == []
        )


async def test_leaving_while_a_video_is_being_completed_waits_for_it(
    database: Database, environment: Settings
) -> None:
    with psycopg.connect(environment.database_url, autocommit=True) as owner:
        person = add_person(owner)
        project = add_project(owner, person, driver_video_r2_path="x", target_image_r2_path="x")
        insert(
            owner, "generations", id=(generation := uuid4()), project_id=project, cost_credits=0,
            status="processing", stage="finishing", free_tier=True,
            request=Jsonb(request_of(person).model_dump(mode="json")),
        )  # fmt: skip

        async def leave() -> None:
            async with transaction(SERVICE) as session:
                await privacy.forget(
                    session, person, f"{person}@vannilli.test", LEAVE, Client(), datetime.now(UTC)
                )

        hold = await leases.take(Generation, col(Generation.id) == generation, now=datetime.now(UTC))
        assert hold
        async with transaction(SERVICE) as session:  # as the worker that has finished it
            made = dict.fromkeys(("final_video_r2_path", "preview_video_r2_path"), "x")
            made |= dict.fromkeys(("preview_gif_r2_path", "thumbnail_r2_path"), "x")
            await leases.write(
                session, hold, status="completed", stage="done", completed_at=datetime.now(UTC), **made
            )
            leaving = asyncio.create_task(leave())
            await until_waiting(owner, leaving)
            await service.complete(session, hold.row, datetime.now(UTC))
        await leaving
        assert owner.execute("SELECT count(*) FROM users").fetchone() == (0,)
        assert owner.execute("SELECT count(*) FROM generations").fetchone() == (0,)


@pytest.mark.parametrize("provider", ["kling", "runway", "wan"])
async def test_leaving_while_a_provider_is_at_work_cancels_its_task(
    flight: Flight, fakes: Everyone, provider: str
) -> None:
    generation = await flight.begin(provider)
    person = flight.people.pop(generation)
    await dispatch.dispatch_all(datetime.now(UTC))
    await flight.work("segments")
    [task] = flight.tasks(generation)
    assert task["status"] in ("submitted", "at_work")
    now = datetime.now(UTC)
    async with transaction(SERVICE) as session:
        await privacy.forget(session, person, f"{person}@vannilli.test", LEAVE, Client(), now)
    await flight.work("cancel", "segments", "work")
    [task] = flight.rows("SELECT * FROM provider_tasks")
    assert (task["generation_id"], task["status"]) == (None, "cancelled")
    assert flight.rows("SELECT * FROM segments") == []
    assert flight.rows("SELECT status, user_id FROM credit_reservations") == [
        {"status": "released", "user_id": None}
    ]
    assert flight.rows("SELECT sum(amount)::int AS sum FROM credit_entries") == [{"sum": CREDITS}]
    assert [one.key async for one in store().list(RAW_UPLOADS, "")] == []
