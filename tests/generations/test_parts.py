"""One part of a finished video made again: priced on its own, the others kept, the video before untouched."""

import asyncio
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests.artist import Artist, NewArtist
from tests.fakes.everyone import Everyone
from tests.generations.conftest import Work
from tests.generations.test_flow import give
from tests.generations.test_long_section import FPS, files_of, made, numbers
from vannilli_app.config import settings
from vannilli_app.generations import lifecycle
from vannilli_app.generations.parts_state import words_of
from vannilli_app.generations.schemas import PartView
from vannilli_app.music.segments import plan, span
from vannilli_app.music.tempo import Section
from vannilli_app.storage import RAW_UPLOADS, store

BARS, SECONDS = 3, 12  # at 60 BPM; more than Kling takes of a picture that keeps its pose
WHOLE = {"provider": "kling"}


async def video(artist: Artist, folder: Path, work: Work) -> tuple[str, str]:
    """Project and generation of a finished video in two parts."""
    project = await artist.project(
        bpm=60, bars=BARS, aspect="1:1", character_orientation="image", track_name="Parts"
    )
    await artist.upload(project, **await asyncio.to_thread(files_of, folder, SECONDS))
    started = (await artist.start(project, **WHOLE)).json()
    assert (await made(artist, work, started["internal_task_id"]))["error"] is None
    return project, started["generation_id"]


async def again(artist: Artist, generation: str, number: int, key: str | None = None) -> tuple[int, Any]:
    headers = {"idempotency-key": key} if key else {}
    path = f"/api/generations/{generation}/parts/{number}/again"
    answer = await artist.http.post(path, headers=headers)
    return answer.status_code, answer.json()


async def parts_of(artist: Artist, generation: str) -> dict[str, Any]:
    found: dict[str, Any] = (await artist.http.get(f"/api/generations/{generation}/parts")).json()
    return found


async def kept(generation: str) -> list[str]:
    """Which results of its parts lie in the store."""
    folder = lifecycle.working_folders(UUID(generation), UUID(int=0))[1]
    return [one.key.removeprefix(folder) async for one in store().list(RAW_UPLOADS, folder)]


@pytest.mark.parametrize(
    ("bars", "last", "words"),
    [
        ((1, 9), False, "bars 1\N{EN DASH}8"),
        ((9, 10), False, "bar 9"),
        ((5, 9.5), True, "bars 5\N{EN DASH}9"),  # the ninth is a half one
        ((3, 3.5), False, "bar 3, beat 1 to bar 3, beat 3"),
        ((3.5, 5), False, "bar 3, beat 3 to bar 5, beat 1"),
    ],
)
def test_a_part_is_named_by_its_bars(bars: tuple[float, float], last: bool, words: str) -> None:
    part = PartView(
        number=1, first_bar=bars[0], end_bar=bars[1], first_frame=0, frames=1, exact_seconds=1, cost_credits=1
    )
    assert words_of(part, 4, last=last) == words


@pytest.mark.parametrize("signature", ["4/4", "7/8", "12/8"])
@pytest.mark.parametrize("bars", ["32", "8.5"])
def test_parts_add_up_to_the_section(signature: str, bars: str) -> None:
    section = Section.parse("93.5", bars, signature)
    pieces = plan(section, fps=FPS, min_seconds=1, max_seconds=5)
    spans = [span(section, fps=FPS, first_frame=piece.first_frame, frames=piece.frames) for piece in pieces]
    assert [one.end for one in spans[:-1]] == [one.first for one in spans[1:]]
    assert sum(one.seconds for one in spans) == section.exact_seconds


@pytest.mark.slow
async def test_one_part_is_made_again_and_the_others_are_kept(
    fakes: Everyone, new_artist: NewArtist, work: Work, tmp_path: Path
) -> None:
    artist, stranger = await new_artist(), await new_artist()
    give(settings(), artist, 40)
    project, first = await video(artist, tmp_path, work)
    assert (await artist.balance())["reserved"] == SECONDS

    found = await parts_of(artist, first)
    one, two = found["parts"]
    assert (one["first_bar"], one["end_bar"], two["first_bar"], two["end_bar"]) == (1, 2, 2, 4)
    assert (one["cost_credits"], two["cost_credits"], found["why_not"]) == (4, 8, "")

    assert (await again(artist, first, 3))[1]["code"] == "not_found"
    for call in (again(stranger, first, 2), again(stranger, first, 9)):
        assert (await call)[0] == 404
    assert (await stranger.http.get(f"/api/generations/{first}/parts")).status_code == 404

    fakes.kling.faults.add("render", "refused", times=1)
    tabs = await asyncio.gather(
        again(artist, first, 2, "a"), again(artist, first, 2, "a"), again(artist, first, 2, "b")
    )
    assert sorted(status for status, _ in tabs) == [202, 202, 409]
    (started,) = {body["generation_id"]: body for status, body in tabs if status == 202}.values()
    assert started["cost_credits"] == 8
    assert (await artist.balance())["reserved"] == SECONDS + 8
    assert "made already" in (await parts_of(artist, first))["why_not"]
    failed = await made(artist, work, started["internal_task_id"])
    assert (failed["status"], failed["error"]["code"]) == ("failed", "render_failed")
    assert failed["remade_from"] == first
    assert (await artist.balance())["reserved"] == SECONDS
    assert (await artist.http.get(f"/api/projects/{project}")).json()["status"] == "completed"
    before = (await artist.http.get(f"/api/download/{first}")).json()
    assert before["credits_deducted"] == SECONDS

    sent = len(fakes.kling.tasks)
    _, started = await again(artist, first, 2)
    second = started["generation_id"]
    assert (await made(artist, work, started["internal_task_id"]))["status"] == "completed"
    assert [task.external_id for task in list(fakes.kling.tasks.values())[sent:]] == [
        f"{started['internal_task_id']}-s2"
    ]
    link = (await artist.http.get(f"/api/download/{second}")).json()
    assert (link["credits_deducted"], link["duration_seconds"]) == (8, SECONDS)
    final = tmp_path / "final.mp4"
    final.write_bytes((await artist.http.get(link["download_url"])).content)
    assert await asyncio.to_thread(numbers, final) == list(range(SECONDS * FPS))
    assert (await artist.http.get(before["download_url"])).status_code == 200
    assert await kept(first) == await kept(second) == ["1-1.mp4", "2-1.mp4"]

    # A part that is kept goes while another one is being made: the worker finds it out, and it costs nothing.
    _, started = await again(artist, second, 1)
    await store().delete(RAW_UPLOADS, lifecycle.result_file(UUID(second), 2, 1))
    failed = await made(artist, work, started["internal_task_id"])
    assert (failed["status"], failed["error"]["code"]) == ("failed", "files_gone")
    assert (await again(artist, second, 1))[1]["code"] == "files_gone"
    assert (await again(artist, started["generation_id"], 1))[1]["code"] == "not_ready"
    assert (await parts_of(artist, first))["why_not"] == ""

    assert (await artist.http.delete(f"/api/projects/{project}/uploads")).status_code == 204
    await work()
    assert await kept(first) == await kept(second) == []
    assert "24 hours" in (await parts_of(artist, second))["why_not"]
    status, refusal = await again(artist, second, 1)
    assert (status, refusal["code"]) == (409, "files_gone")
    assert (await artist.balance())["reserved"] == 0
