"""The release kit of a finished video: asked for by its owner, made once, gone with its video."""

import io
import zipfile
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg

from tests.artist import Artist
from tests.releases.conftest import Work
from vannilli_app.config import Settings
from vannilli_app.leases import LEASE
from vannilli_app.releases import jobs, service
from vannilli_app.storage import FINAL_RENDERS, store


def kit_of(generation: UUID) -> str:
    return f"/api/generations/{generation}/release-kit"


async def get(artist: Artist, video: UUID) -> None:
    """Download the video, as whoever wants its kit has."""
    assert (await artist.http.get(f"/api/download/{video}")).status_code == 200


async def test_a_kit_is_made_of_a_finished_video_that_was_downloaded(
    artist: Artist, video: UUID, environment: Settings
) -> None:
    unfetched = await artist.http.post(kit_of(video))
    assert (unfetched.status_code, unfetched.json()["code"]) == (409, "not_downloaded")
    with psycopg.connect(environment.database_url, autocommit=True) as owner:
        owner.execute("UPDATE generations SET status = 'processing'")
    early = await artist.http.post(kit_of(video))
    assert (early.status_code, early.json()["code"]) == (409, "not_ready")


async def test_a_kit_is_made_once_and_goes_with_its_video(
    artist: Artist, video: UUID, work: Work, environment: Settings
) -> None:
    await get(artist, video)
    assert (await artist.http.get(kit_of(video))).json()["status"] == "none"
    asked = await artist.http.post(kit_of(video))
    assert (asked.status_code, asked.json()["status"]) == (202, "pending")
    assert (await artist.http.post(kit_of(video))).json()["status"] == "pending"
    await work()
    kit = (await artist.http.get(kit_of(video))).json()
    assert (kit["status"], kit["progress"]) == ("ready", 1.0)

    answer = await artist.http.get(kit["download_url"])
    assert "Test - Vannilli release kit.zip" in answer.headers["content-disposition"]
    assert len(answer.content) == kit["size_bytes"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert sorted(archive.namelist()) == [
            "16x9.mp4", "1x1.mp4", "9x16.mp4", "bar-lines.csv", "bar-lines.edl", "canvas.mp4", "cover.jpg",
            "loop.mp4", "tempo-map.mid",
        ]  # fmt: skip
        assert "TITLE: Test" in archive.read("bar-lines.edl").decode()

    before = await store().head(FINAL_RENDERS, service.kit_key(video))
    again = await artist.http.post(kit_of(video))
    assert again.json()["status"] == "ready"
    await work()
    assert await store().head(FINAL_RENDERS, service.kit_key(video)) == before

    with psycopg.connect(environment.database_url, autocommit=True) as owner:
        owner.execute("UPDATE generations SET completed_at = completed_at - interval '31 days'")
    assert (await artist.http.post(kit_of(video))).json()["code"] == "expired"
    assert await jobs.forget_old(datetime.now(UTC)) == 1
    assert await store().head(FINAL_RENDERS, service.kit_key(video)) is None
    assert (await artist.http.get(kit_of(video))).json()["status"] == "none"


async def test_a_kit_that_fails_is_tried_three_times_and_may_be_asked_for_again(
    artist: Artist, video: UUID, work: Work
) -> None:
    await get(artist, video)
    keys = [one.key async for one in store().list(FINAL_RENDERS, f"videos/{video}/")]
    for key in keys:
        await store().delete(FINAL_RENDERS, key)
    await artist.http.post(kit_of(video))
    later = datetime.now(UTC)
    for _ in range(jobs.MOST_TRIES):
        assert await standing(artist, video) == "pending"
        await work()
        later += 2 * LEASE
        await jobs.revive(later)
    assert await standing(artist, video) == "failed"
    assert (await artist.http.post(kit_of(video))).json()["status"] == "pending"


async def test_nothing_is_kept_of_a_video_that_is_deleted_meanwhile(
    artist: Artist, video: UUID, work: Work, environment: Settings
) -> None:
    await get(artist, video)
    await artist.http.post(kit_of(video))
    project = (await artist.http.get("/api/generations")).json()["items"][0]["project_id"]
    with psycopg.connect(environment.database_url, autocommit=True) as owner:
        owner.execute("DELETE FROM projects WHERE id = %s", [project])
    await work()
    assert [one async for one in store().list(FINAL_RENDERS, f"videos/{video}/") if "kit" in one.key] == []
    assert (await artist.http.get(kit_of(video))).status_code == 404


async def standing(artist: Artist, video: UUID) -> Any:
    return (await artist.http.get(kit_of(video))).json()["status"]
