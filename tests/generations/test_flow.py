"""The way of a video through the API, and everything that may go wrong on it."""

import asyncio
from fractions import Fraction
from pathlib import Path
from uuid import UUID

import av
import psycopg
import pytest

from tests.artist import Artist, NewArtist
from tests.generations.conftest import Work
from vannilli_app.config import Settings
from vannilli_app.generations.steps import sound_key
from vannilli_app.storage import BACKUPS, FINAL_RENDERS, store

Files = dict[str, Path]


async def ready(artist: Artist, files: Files, **values: object) -> str:
    """A project of 1.2 s with its files uploaded."""
    project = await artist.project(**values)
    await artist.upload(project, **files)
    return project


def give(environment: Settings, artist: Artist, credits: int) -> None:
    """Credits from the team."""
    with psycopg.connect(environment.database_url, autocommit=True) as owner:
        owner.execute(
            "WITH u AS (UPDATE users SET credits_remaining = credits_remaining + %(n)s WHERE id = %(id)s"
            " RETURNING credits_remaining)"
            " INSERT INTO credit_entries (user_id, amount, kind, reference, balance_after)"
            " SELECT %(id)s, %(n)s, 'admin', gen_random_uuid(), credits_remaining FROM u",
            {"n": credits, "id": artist.id},
        )


async def test_from_sign_up_to_the_file(
    new_artist: NewArtist, work: Work, files: Files, tmp_path: Path
) -> None:
    artist = await new_artist()
    project = await ready(artist, files, bpm=140, bars=1)  # 1.714 s
    started = await artist.start(project)
    assert started.status_code == 202
    assert started.json()["cost_credits"] == 0
    task, generation = started.json()["internal_task_id"], started.json()["generation_id"]
    assert (await artist.http.get(f"/api/download/{generation}")).json()["code"] == "not_ready"

    await work()

    status = await artist.status(task)
    assert (status["status"], status["stage"], status["progress"]) == ("completed", "done", 1.0)
    for link in ("preview_url", "preview_gif_url", "thumbnail_url"):
        assert (await artist.http.get(status[link])).status_code == 200
    answer = (await artist.http.get(f"/api/download/{generation}")).json()
    assert (answer["width"], answer["height"], answer["watermarked"]) == (720, 1280, True)
    assert (answer["credits_deducted"], answer["credits_remaining"]) == (0, 3)

    final = tmp_path / "final.mp4"
    final.write_bytes((await artist.http.get(answer["download_url"])).content)
    with av.open(str(final)) as container:
        video = container.streams.video[0]
        assert sum(1 for _ in container.decode(video)) == 51  # 1.714 s at 30
        assert video.average_rate == Fraction(30)
    assert await store().head(FINAL_RENDERS, sound_key(UUID(generation)))  # for what is made of it later
    part = await artist.http.get(answer["download_url"], headers={"range": "bytes=0-99"})
    assert (part.status_code, len(part.content)) == (206, 100)


async def test_without_a_track_the_performance_is_heard(
    new_artist: NewArtist, work: Work, files: Files
) -> None:
    artist = await new_artist()
    del files["audio"]
    started = (await artist.start(await ready(artist, files))).json()
    await work()
    assert (await artist.status(started["internal_task_id"]))["status"] == "completed"


async def test_credits_are_reserved_then_taken_by_the_first_download(
    new_artist: NewArtist, work: Work, files: Files, priced: None
) -> None:
    artist = await new_artist()
    started = (await artist.start(await ready(artist, files), provider="priced")).json()
    assert started["cost_credits"] == 2
    balance = await artist.balance()
    assert (balance["credits_remaining"], balance["reserved"], balance["available"]) == (3, 2, 1)
    await work()
    link = f"/api/download/{started['generation_id']}"
    assert (await artist.http.head(link)).status_code == 405
    assert (await artist.balance())["credits_remaining"] == 3
    answers = await asyncio.gather(*(artist.http.get(link) for _ in range(50)))
    assert sorted(answer.json()["credits_deducted"] for answer in answers) == [0] * 49 + [2]
    balance = await artist.balance()
    assert (balance["credits_remaining"], balance["reserved"], balance["available"]) == (1, 0, 1)
    ledger = (await artist.http.get("/api/credits/ledger")).json()["items"]
    assert [line["amount"] for line in ledger] == [-2, 3]
    assert ledger[0]["words"] == "A finished video: Test, 1 bar at 200"


async def test_two_starts_with_credits_for_one(
    new_artist: NewArtist, files: Files, priced: None, environment: Settings
) -> None:
    artist = await new_artist()
    give(environment, artist, 1)  # 4 credits; each start needs 3
    projects = [await ready(artist, files, bpm=120, bars=1) for _ in range(2)]  # 2 s each
    give(environment, artist, -1)
    answers = await asyncio.gather(*(artist.start(project, provider="priced") for project in projects))
    assert sorted(answer.status_code for answer in answers) == [202, 402]
    refusal = next(answer.json() for answer in answers if answer.status_code == 402)
    assert (refusal["code"], refusal["needed"], refusal["available"]) == ("insufficient_credits", 2, 1)
    assert (await artist.balance())["available"] == 1


async def test_a_second_start_of_the_same_project(new_artist: NewArtist, files: Files) -> None:
    artist = await new_artist()
    project = await ready(artist, files)
    answers = await asyncio.gather(*(artist.start(project) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [202, 409, 409, 409]
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"already_started"}


async def test_the_same_key_gives_the_same_generation(new_artist: NewArtist, files: Files) -> None:
    artist = await new_artist()
    project = await ready(artist, files)
    answers = await asyncio.gather(*(artist.start(project, key="one") for _ in range(4)))
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["generation_id"] for answer in answers}) == 1


async def test_cancel_gives_the_credits_back_and_stops_the_work(
    new_artist: NewArtist, work: Work, files: Files, priced: None
) -> None:
    artist = await new_artist()
    project = await ready(artist, files)
    started = (await artist.start(project, provider="priced")).json()
    cancelled = await artist.http.post(f"/api/generations/{started['generation_id']}/cancel")
    assert cancelled.status_code == 202
    assert cancelled.json()["error"]["code"] == "cancelled"
    await work()
    status = await artist.status(started["internal_task_id"])
    assert (status["status"], status["error"]["code"]) == ("failed", "cancelled")
    assert (await artist.balance())["available"] == 3
    assert (await artist.start(project)).status_code == 202  # another take may follow


async def test_cancelling_what_is_finished_changes_nothing(
    new_artist: NewArtist, work: Work, files: Files
) -> None:
    artist = await new_artist()
    started = (await artist.start(await ready(artist, files))).json()
    await work()
    answer = await artist.http.post(f"/api/generations/{started['generation_id']}/cancel")
    assert (answer.status_code, answer.json()["status"]) == (202, "completed")


async def test_what_is_missing_is_named(new_artist: NewArtist, files: Files) -> None:
    artist = await new_artist()
    project = await artist.project()
    await artist.upload(project, driver_video=files["driver_video"])
    answer = await artist.start(project)
    assert (answer.status_code, answer.json()["code"]) == (422, "asset_missing")
    assert "picture" in answer.json()["detail"]


async def test_a_promised_file_that_never_came_is_missing(new_artist: NewArtist, files: Files) -> None:
    artist = await new_artist()
    project = await artist.project()
    await artist.upload(project, driver_video=files["driver_video"])
    wanted = {"kind": "target_image", "content_type": "image/png", "size_bytes": 1000}
    await artist.http.post("/api/upload-assets", json={"project_id": project, "assets": [wanted]})
    assert (await artist.start(project)).json()["code"] == "asset_missing"


@pytest.mark.parametrize(
    ("kind", "name", "content"),
    [
        ("target_image", "x.png", b"no picture at all"),
        ("driver_video", "x.mp4", b"WEBVTT and some text"),
        ("audio", "x.wav", b"\0"),
    ],
)
async def test_a_file_that_is_not_what_it_says(
    new_artist: NewArtist, files: Files, tmp_path: Path, kind: str, name: str, content: bytes
) -> None:
    artist = await new_artist()
    wrong = tmp_path / name
    wrong.write_bytes(content)
    project = await ready(artist, files | {kind: wrong})
    answer = await artist.start(project)
    assert (answer.status_code, answer.json()["code"]) == (422, "asset_invalid")
    [finding] = [f for f in answer.json()["findings"] if f["severity"] == "error"]
    assert finding["kind"] == kind
    assert finding["detail"].endswith(".")
    await artist.upload(project, **{kind: files[kind]})  # the newest file counts
    assert (await artist.start(project)).status_code == 202


async def test_a_performance_that_is_too_short(new_artist: NewArtist, files: Files) -> None:
    artist = await new_artist()
    project = await ready(artist, files, bpm=60, bars=2)
    answer = await artist.start(project)
    assert answer.json()["code"] == "asset_invalid"
    assert {finding["code"] for finding in answer.json()["findings"]} >= {"too_short"}
    changed = await artist.http.patch(f"/api/projects/{project}", json={"bpm": 200, "bars": 1})
    assert changed.json()["billed_seconds"] == 2
    assert (await artist.start(project)).status_code == 202


async def test_a_project_has_what_arrived_and_links_to_it(new_artist: NewArtist, files: Files) -> None:
    artist = await new_artist()
    project = await artist.project()
    picture = files["target_image"]
    await artist.upload(project, target_image=picture)
    assert (await artist.http.get(f"/api/projects/{project}")).json()["has_image"] is False
    await artist.start(project)  # decodes what is there, and refuses for what is not
    found = (await artist.http.get(f"/api/projects/{project}")).json()
    assert (found["has_image"], found["has_audio"], found["has_performance"]) == (True, False, False)
    assert found["audio_url"] is None
    assert (await artist.http.get(found["image_url"])).content == picture.read_bytes()


async def test_the_rights_must_be_attested(new_artist: NewArtist, files: Files) -> None:
    artist = await new_artist()
    answer = await artist.start(await ready(artist, files), rights_attested=False)
    assert (answer.status_code, answer.json()["code"]) == (403, "attestation_required")


async def test_an_unknown_provider(new_artist: NewArtist, files: Files) -> None:
    artist = await new_artist()
    answer = await artist.start(await ready(artist, files), provider="sora")
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_provider")


async def test_the_free_tier_has_a_limit_that_says_when_it_opens(
    new_artist: NewArtist, files: Files, monkeypatch: pytest.MonkeyPatch, environment: Settings
) -> None:
    from vannilli_app.config import settings

    monkeypatch.setenv("FREE_GENERATIONS_PER_DAY", "1")
    settings.cache_clear()
    first, second = await new_artist(), await new_artist()
    assert (await first.start(await ready(first, files))).status_code == 202
    refusals = [
        await first.start(await ready(first, files)),  # the same account
        await second.start(await ready(second, files)),  # another account from the same address
    ]
    for refusal in refusals:
        assert (refusal.status_code, refusal.json()["code"]) == (403, "free_tier_limit")
        assert "available_at" in refusal.json()
    assert (await first.http.delete("/api/account")).status_code == 204
    again = await new_artist()  # of the same device and address
    assert (await again.start(await ready(again, files))).json()["code"] == "free_tier_limit"


async def test_nothing_of_another_is_in_reach(new_artist: NewArtist, work: Work, files: Files) -> None:
    mine, other = await new_artist(), await new_artist()
    project = await ready(mine, files)
    started = (await mine.start(project)).json()
    task, generation = started["internal_task_id"], started["generation_id"]
    wanted = {"kind": "audio", "content_type": "audio/wav", "size_bytes": 10}
    answers = [
        await other.http.get(f"/api/projects/{project}"),
        await other.http.patch(f"/api/projects/{project}", json={"bars": 2}),
        await other.http.delete(f"/api/projects/{project}"),
        await other.http.post("/api/upload-assets", json={"project_id": project, "assets": [wanted]}),
        await other.start(project),
        await other.http.get(f"/api/poll-status/{task}"),
        await other.http.post(f"/api/generations/{generation}/cancel"),
        await other.http.get(f"/api/download/{generation}"),
    ]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(404, "not_found")] * 8
    assert (await other.http.get("/api/projects")).json()["items"] == []
    assert (await other.http.get("/api/generations")).json()["items"] == []
    assert (await mine.status(task))["status"] == "pending"


async def test_a_project_that_is_deleted_takes_its_files_along(
    new_artist: NewArtist, work: Work, files: Files, environment: Settings
) -> None:
    artist = await new_artist()
    project = await ready(artist, files)
    assert (await artist.start(project)).status_code == 202
    busy = await artist.http.delete(f"/api/projects/{project}")
    assert (busy.status_code, busy.json()["code"]) == (409, "project_busy")
    await work()
    stored = environment.data_dir / "files"
    assert [path for path in stored.rglob("*") if path.is_file()]
    assert (await artist.http.delete(f"/api/projects/{project}")).status_code == 204
    await work()
    left = [path for path in stored.rglob("*") if path.is_file()]
    assert [path for path in left if BACKUPS not in path.parts] == []
    assert [path for path in left if project in str(path)] == []  # a restore's note of it names nobody
    assert (await artist.http.get(f"/api/projects/{project}")).status_code == 404


async def test_what_was_made_on_the_way_is_gone_when_the_video_is_there(
    new_artist: NewArtist, work: Work, files: Files, environment: Settings
) -> None:
    artist = await new_artist()
    await artist.start(await ready(artist, files))
    await work()
    raw = environment.data_dir / "files" / "vannilli-raw-uploads"
    assert (
        len([path for path in raw.rglob("*") if path.is_file() and path.suffix in {".mp4", ".png", ".wav"}])
        == 3
    )
