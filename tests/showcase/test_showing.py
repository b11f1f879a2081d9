"""An artist shows a video and takes it back; files follow, and everybody sees only what is public."""

import zipfile
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from tests.showcase.conftest import STILL, VIDEO, kept
from vannilli_app.accounts import export
from vannilli_app.cursors import encode_ranked
from vannilli_app.generations import retention
from vannilli_app.showcase import files, jobs
from vannilli_app.showcase.shelf import shelf
from vannilli_app.storage import FINAL_RENDERS, store

SHOWING = {"title": "Night Bus", "handle": "@Moon.Band"}


def mine(video: str) -> str:
    return f"/api/generations/{video}/showcase"


async def shown_titles(http, **wish) -> list[str]:
    answer = await http.get("/api/showcase", params=wish)
    assert answer.status_code == 200, answer.text
    return [one["title"] for one in answer.json()["items"]]


async def test_a_video_is_seen_once_its_files_are_kept_until_it_is_hidden(
    new_artist, new_video, visitor, settle
) -> None:
    ana, everybody = await new_artist(), visitor()
    video = await new_video(ana)
    assert (await ana.http.get(mine(video))).json()["state"] == "off"
    answer = await ana.http.put(mine(video), json=SHOWING)
    assert (answer.status_code, answer.json()["state"], answer.json()["handle"]) == (
        200,
        "copying",
        "moon.band",
    )
    assert await shown_titles(everybody) == []
    await settle()
    shelf.drop()  # as PostgreSQL's word does in a server
    assert await shown_titles(everybody) == ["Night Bus"]
    item = (await everybody.get(f"/api/showcase/{video}")).json()
    assert (item["handle"], item["bpm"], item["bars"], item["part_name"]) == ("moon.band", 140, 8, "Hook")
    assert item["perform_url"] == "/studio/new?bpm=140&bars=8&ts=4-4"
    for name, content in ((files.VIDEO, VIDEO), (files.POSTER, STILL)):
        assert (await everybody.get(await files.link(UUID(video), name))).content == content
    link = await files.link(UUID(video), files.VIDEO)
    assert (await ana.http.delete(mine(video))).status_code == 204
    assert await shown_titles(everybody) == []
    assert (await everybody.get(f"/api/showcase/{video}")).status_code == 404
    await settle()
    assert await kept() == []
    assert (await everybody.get(link)).status_code == 404
    assert await store().head(FINAL_RENDERS, f"videos/{video}/final.mp4")  # one's own stays


async def test_a_new_title_is_seen_at_once_and_copies_nothing(new_artist, new_video, visitor, settle) -> None:
    ana, everybody = await new_artist(), visitor()
    video = await new_video(ana)
    await ana.http.put(mine(video), json=SHOWING)
    await settle()
    shelf.drop()
    await shown_titles(everybody)
    renamed = await ana.http.put(mine(video), json=SHOWING | {"title": "Day Bus"})
    assert renamed.json()["state"] == "public"
    assert await shown_titles(everybody) == ["Day Bus"]


async def test_only_a_finished_video_of_ones_own_under_a_handle_of_ones_own(
    new_artist, new_video, owner
) -> None:
    ana, ben = await new_artist(), await new_artist()
    video, other = await new_video(ana), await new_video(ben)
    assert (await ben.http.put(mine(video), json=SHOWING)).status_code == 404
    assert (await ben.http.get(mine(video))).status_code == 404
    assert (await ben.http.delete(mine(video))).status_code == 404
    assert (await ana.http.put(mine(video), json=SHOWING)).status_code == 200
    taken = await ben.http.put(mine(other), json=SHOWING)
    assert (taken.status_code, taken.json()["code"]) == (409, "handle_taken")
    for wrong in ({"handle": "no spaces"}, {"handle": "x"}, {"title": " "}, {"title": "x" * 81}):
        assert (await ana.http.put(mine(video), json=SHOWING | wrong)).status_code == 422, wrong
    owner.execute("UPDATE generations SET cost_credits = 3 WHERE id = %s", [other])
    unpaid = await ben.http.put(mine(other), json=SHOWING | {"handle": "ben"})
    assert (unpaid.status_code, unpaid.json()["code"]) == (409, "not_ready")
    owner.execute(
        "UPDATE generations SET cost_credits = 0, completed_at = now() - interval '31 days' WHERE id = %s",
        [other],
    )
    assert (await ben.http.put(mine(other), json=SHOWING | {"handle": "ben"})).status_code == 410


async def test_pages_follow_order_tempo_and_part_and_never_repeat(
    new_artist, new_video, visitor, settle, owner
) -> None:
    ana, everybody = await new_artist(), visitor()
    songs = {"Slow": (70, 4), "Mid": (120, 8), "Fast": (180, 16), "Long": (120, 32)}
    for title, (bpm, bars) in songs.items():
        video = await new_video(ana, bpm=Decimal(bpm), bars=Decimal(bars))
        await ana.http.put(mine(video), json=SHOWING | {"title": title})
        owner.execute("UPDATE showcase_items SET watches = %s WHERE title = %s", [bpm, title])
    await settle()
    shelf.drop()
    assert await shown_titles(everybody) == ["Long", "Fast", "Mid", "Slow"]
    assert await shown_titles(everybody, order="watched", bpm_from=121) == ["Fast"]
    assert (await shown_titles(everybody, order="watched"))[::3] == ["Fast", "Slow"]
    assert await shown_titles(everybody, bpm_from=100, bpm_to=130) == ["Long", "Mid"]
    assert await shown_titles(everybody, bpm_from=130, bpm_to=100) == ["Long", "Mid"]
    assert await shown_titles(everybody, part="Verse") == ["Fast"]
    for order in ("newest", "watched"):
        seen, cursor = [], None
        while True:
            wish = {"order": order, "limit": 1} | ({"cursor": cursor} if cursor else {})
            page = (await everybody.get("/api/showcase", params=wish)).json()
            seen += [one["title"] for one in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert sorted(seen) == sorted(songs), order
    beyond = {"cursor": encode_ranked(2**31, uuid4()), "order": "watched"}
    for wrong in (beyond, {"cursor": "x"}, {"part": "Opera"}, {"bpm_from": 59}):
        assert (await everybody.get("/api/showcase", params=wrong)).status_code == 422, wrong


async def test_what_is_shown_outlives_thirty_days_and_not_its_project_or_its_artist(
    new_artist, new_video, owner, settle
) -> None:
    ana = await new_artist()
    first, second = await new_video(ana), await new_video(ana)
    for video in (first, second):
        await ana.http.put(mine(video), json=SHOWING)
    await settle()
    assert len(await kept()) == 4
    await retention.run(datetime.now(UTC) + timedelta(days=31))
    assert len(await kept()) == 4
    assert await store().head(FINAL_RENDERS, f"videos/{first}/final.mp4") is None
    [project] = owner.execute("SELECT project_id FROM generations WHERE id = %s", [first]).fetchone()
    assert (await ana.http.delete(f"/api/projects/{project}")).status_code == 204
    await settle()
    assert {key.split("/")[1] for key in await kept()} == {second}
    assert (await ana.http.delete("/api/account")).status_code == 204
    await settle()
    assert await kept() == []
    assert owner.execute("SELECT count(*) FROM showcase_items").fetchone() == (0,)


async def test_what_a_dead_worker_left_is_swept(new_artist, new_video, owner, settle, tmp_path) -> None:
    ana = await new_artist()
    video = await new_video(ana)
    await ana.http.put(mine(video), json=SHOWING)
    owner.execute("DELETE FROM procrastinate_jobs")
    (tmp_path / "stray").write_bytes(b"stray")
    await store().upload(
        FINAL_RENDERS, f"showcase/{uuid4()}/public/video.mp4", tmp_path / "stray", "video/mp4"
    )
    later = datetime.now(UTC) + timedelta(hours=2)
    assert await jobs.sweep(later) == 1
    await settle()
    assert (await ana.http.get(mine(video))).json()["state"] == "public"
    assert len(await kept()) == 2


@pytest.mark.parametrize("gone", ["final.mp4", "thumbnail.jpg"])
async def test_a_video_whose_files_are_gone_is_not_shown(new_artist, new_video, settle, gone) -> None:
    ana = await new_artist()
    video = await new_video(ana)
    await store().delete(FINAL_RENDERS, f"videos/{video}/{gone}")
    await ana.http.put(mine(video), json=SHOWING)
    await settle()
    assert (await ana.http.get(mine(video))).json()["state"] == "off"


async def test_ones_copy_of_ones_data_has_what_one_shows_and_said(new_artist, new_video, settle) -> None:
    ana = await new_artist()
    video = await new_video(ana)
    await ana.http.put(mine(video), json=SHOWING)
    await settle()
    await store().delete_prefix(FINAL_RENDERS, f"videos/{video}/")
    await export.make(UUID(ana.id), "exports/test.zip")
    path = store().folder.path(FINAL_RENDERS, "exports/test.zip")  # type: ignore[attr-defined]
    with zipfile.ZipFile(path) as copy:
        assert b"moon.band" in copy.read("data/showcase_items.json")
        assert {"data/content_reports.json", "data/takedowns.json"} <= set(copy.namelist())
        assert copy.read(f"files/showcase/{video}/public/video.mp4") == VIDEO
