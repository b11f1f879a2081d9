"""What somebody deletes in one tab while another one works on it is not there, which is no error of ours."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest

from tests.artist import NewArtist
from tests.showcase.conftest import PHONE
from tests.showcase.rows import add_admin, add_video
from vannilli_app import db
from vannilli_app.accounts import privacy
from vannilli_app.accounts.schemas import Client
from vannilli_app.config import Settings

Deleting = Callable[[str, list[Any], Awaitable[httpx.Response]], Awaitable[httpx.Response]]
WAITS = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"


@pytest.fixture
async def while_changing(database_url: str) -> AsyncIterator[Deleting]:
    """Begins a change, has a request run into it, and then lets it be; gives the request's answer."""
    async with (
        await psycopg.AsyncConnection.connect(database_url, autocommit=True) as watching,
        await psycopg.AsyncConnection.connect(database_url) as changing,
    ):

        async def meet(change: str, values: list[Any], request: Awaitable[httpx.Response]) -> httpx.Response:
            await changing.execute(change, values)
            asked = asyncio.ensure_future(request)
            async with asyncio.timeout(20):
                while not await (await watching.execute(WAITS)).fetchone():
                    assert not asked.done(), asked.result().text
                    await asyncio.sleep(0.01)
            await changing.commit()
            return await asked

        yield meet


DELETE_PROJECT = "DELETE FROM projects WHERE id = %s"


async def test_a_file_for_a_project_that_goes(new_artist: NewArtist, while_changing: Deleting) -> None:
    artist = await new_artist()
    project = await artist.project()
    asset = {"kind": "audio", "content_type": "audio/wav", "size_bytes": 9}
    wanted = {"project_id": project, "assets": [asset]}
    request = artist.http.post("/api/upload-assets", json=wanted)
    answer = await while_changing(DELETE_PROJECT, [project], request)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert "deleted a moment ago" in answer.json()["detail"]


async def test_a_change_of_a_project_that_goes(new_artist: NewArtist, while_changing: Deleting) -> None:
    artist = await new_artist()
    project = await artist.project()
    request = artist.http.patch(f"/api/projects/{project}", json={"track_name": "Other"})
    answer = await while_changing(DELETE_PROJECT, [project], request)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_an_upload_whose_project_goes_as_it_begins(
    new_artist: NewArtist, while_changing: Deleting, environment: Settings
) -> None:
    artist = await new_artist()
    project = await artist.project()
    (link,) = await artist.links(project, [{"kind": "audio", "content_type": "audio/wav", "size_bytes": 9}])
    request = artist.http.post(f"/api/assets/{link['asset_id']}/parts")
    answer = await while_changing(DELETE_PROJECT, [project], request)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert list((environment.data_dir / "files" / ".parts").iterdir()) == []


async def test_a_video_that_is_hidden_as_it_is_watched(
    new_artist: NewArtist, while_changing: Deleting, database_url: str
) -> None:
    artist, somebody = await new_artist(), await new_artist()
    with psycopg.connect(database_url, autocommit=True) as owner:
        video = add_video(owner, UUID(artist.id))
        await artist.http.put(
            f"/api/generations/{video}/showcase", json={"title": "Night Bus", "handle": "moon"}
        )
        owner.execute("UPDATE showcase_items SET state = 'public'")
    request = somebody.http.post(f"/api/showcase/{video}/watch", headers={"user-agent": PHONE})
    answer = await while_changing("DELETE FROM showcase_items WHERE generation_id = %s", [video], request)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_a_copy_that_is_asked_for_again_does_not_become_ready_meanwhile(
    database: db.Database, database_url: str
) -> None:
    with psycopg.connect(database_url, autocommit=True) as owner:
        person, now = add_admin(owner), datetime.now(UTC)
        async with database.transaction(db.SERVICE) as session:
            first = await privacy.ask_for_export(session, person, Client(), now)
        async with database.transaction(db.SERVICE) as session:
            assert (await privacy.ask_for_export(session, person, Client(), now)).id == first.id
            with pytest.raises(psycopg.errors.LockNotAvailable):
                owner.execute("SELECT 1 FROM exports FOR UPDATE NOWAIT")
        owner.execute("UPDATE exports SET status = 'ready'")
        async with database.transaction(db.SERVICE) as session:
            assert (await privacy.ask_for_export(session, person, Client(), now)).id != first.id
