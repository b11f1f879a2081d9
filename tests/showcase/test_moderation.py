"""Watching is counted honestly; a report leads to a takedown, which can be lifted."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from uuid import UUID

import pytest

from tests.showcase.conftest import HERE, PHONE, kept
from tests.showcase.test_showing import SHOWING, mine, shown_titles
from vannilli_app.accounts import letters
from vannilli_app.accounts.schemas import Client
from vannilli_app.db import SERVICE, transaction
from vannilli_app.errors import Conflict, NotFound
from vannilli_app.showcase import files, jobs, moderation, service
from vannilli_app.showcase.shelf import shelf

WORDS = {"reason": "copyright", "description": "That is my song."}


@pytest.fixture
async def shown(new_artist, new_video, settle):
    """Ana, and a video that everybody sees."""
    ana = await new_artist()
    video = await new_video(ana)
    await ana.http.put(mine(video), json=SHOWING)
    await settle()
    shelf.drop()
    return ana, video


async def decide(what, *args) -> None:
    async with transaction(SERVICE) as session:
        await what(session, *args)
    shelf.drop()


def mails(owner) -> list[tuple[str, str]]:
    return owner.execute(
        "SELECT kind, recipient FROM mails WHERE kind LIKE '%%video%%' OR kind LIKE '%%report%%'"
    ).fetchall()


async def test_a_person_counts_once_a_day(shown, new_artist, visitor, owner) -> None:
    ana, video = shown

    async def watch(http) -> None:
        assert (await http.post(f"/api/showcase/{video}/watch")).status_code == 204

    def count() -> int:
        return owner.execute("SELECT watches FROM showcase_items").fetchone()[0]

    phone = visitor("203.0.113.9")
    for _ in range(3):
        await watch(phone)
    assert count() == 1
    await watch(visitor("203.0.113.9", agent=PHONE + " again"))  # another browser at the same address
    await watch(visitor("203.0.113.10", agent="Googlebot/2.1"))
    await watch(visitor("203.0.113.10", agent=""))
    assert count() == 1
    await watch(visitor("2001:db8::1"))
    await watch(visitor("2001:db8::2"))  # of the same household
    assert count() == 2
    for who in (ana, await new_artist()):  # the artist, and somebody signed in without an address
        who.http.headers["user-agent"] = PHONE
        await watch(who.http)
        await watch(who.http)
    assert count() == 3
    rows = owner.execute("SELECT count(DISTINCT viewer) FROM showcase_watches").fetchone()
    assert rows[0] >= count()
    async with transaction(SERVICE) as session:
        phone_again = (
            UUID(video),
            None,
            visitor_client("203.0.113.9"),
            datetime.now(UTC) + timedelta(days=1),
        )
        assert await service.watched(session, *phone_again)
    assert count() == 4
    await jobs.sweep(datetime.now(UTC) + timedelta(days=4))
    assert owner.execute("SELECT count(*) FROM showcase_watches").fetchone() == (0,)
    assert count() == 4


def visitor_client(address: str) -> Client:
    return Client(ip_address(address), PHONE)


async def test_a_report_is_taken_from_anybody_and_once(shown, visitor, new_artist, owner) -> None:
    _, video = shown
    body = WORDS | {"generation_id": video}
    first = await visitor().post("/api/content-report", json=body | {"email": "label@vannilli.test"})
    assert (first.status_code, first.json()["state"]) == (201, "open")
    again = await visitor().post("/api/content-report", json=body | {"description": "Really."})
    assert again.json()["id"] == first.json()["id"]
    ben = await new_artist()
    assert (await ben.http.post("/api/content-report", json=body)).status_code == 201
    assert owner.execute("SELECT count(*) FROM content_reports").fetchone() == (2,)
    for wrong in ({"reason": "boring"}, {"description": " "}, {"description": "x" * 2001}, {"email": "x"}):
        assert (await visitor().post("/api/content-report", json=body | wrong)).status_code == 422, wrong
    short = await visitor().post("/api/content-report", json=body | {"description": ""})
    assert short.json()["errors"] == [{"field": "description", "message": "Enter at least 1 character."}]
    nowhere = body | {"generation_id": ben.id}
    assert (await visitor().post("/api/content-report", json=nowhere)).status_code == 404


async def test_taken_down_is_gone_from_lists_links_and_store_until_it_is_restored(
    shown, visitor, new_artist, admin, owner, settle
) -> None:
    ana, video = shown
    everybody, ben = visitor(), await new_artist()
    body = WORDS | {"generation_id": video}
    await everybody.post("/api/content-report", json=body | {"email": "label@vannilli.test"})
    await ben.http.post("/api/content-report", json=body)
    link = await files.link(UUID(video), files.VIDEO)
    now = datetime.now(UTC)
    await decide(moderation.take_down, UUID(video), "It uses somebody else's song.", admin, HERE, now)
    assert await shown_titles(everybody) == []
    assert (await everybody.get(f"/api/showcase/{video}")).status_code == 404
    assert (await everybody.post(f"/api/showcase/{video}/watch")).status_code == 404
    await settle()
    assert (await everybody.get(link)).status_code == 404
    assert {key.split("/")[2] for key in await kept()} == {"withheld"}
    standing = (await ana.http.get(mine(video))).json()
    assert (standing["state"], standing["reason"]) == ("taken_down", "It uses somebody else's song.")
    assert (await ana.http.put(mine(video), json=SHOWING)).json()["code"] == "taken_down"
    assert [kind for kind, _ in mails(owner)].count("report_decided") == 2
    with pytest.raises(Conflict):
        await decide(moderation.take_down, UUID(video), "Twice.", admin, HERE, now)
    await decide(moderation.restore, UUID(video), admin, HERE, now)
    await settle()
    shelf.drop()
    assert await shown_titles(everybody) == ["Night Bus"]
    assert (await everybody.get(link)).status_code == 200
    assert {kind for kind, _ in mails(owner)} == {"video_taken_down", "video_restored", "report_decided"}
    actions = owner.execute(
        "SELECT action FROM audit_log WHERE user_id = %s ORDER BY created_at", [admin.user_id]
    ).fetchall()
    assert actions == [("video_taken_down",), ("video_restored",)]
    with pytest.raises(NotFound):
        await decide(moderation.restore, UUID(video), admin, HERE, now)


async def test_who_is_banned_is_not_seen(shown, visitor, owner) -> None:
    _, video = shown
    owner.execute("UPDATE users SET banned_at = now()")
    for path in ("/api/showcase", f"/api/showcase/{video}"):
        assert video not in (await visitor().get(path)).text


async def test_hiding_what_is_taken_down_does_not_bring_it_back(shown, admin, settle) -> None:
    ana, video = shown
    await decide(moderation.take_down, UUID(video), "No.", admin, HERE, datetime.now(UTC))
    assert (await ana.http.delete(mine(video))).status_code == 204
    await settle()
    assert await kept() == []
    assert (await ana.http.put(mine(video), json=SHOWING)).status_code == 403


async def test_the_queue_tells_repeat_reporters_and_repeat_offenders(
    shown, visitor, new_video, admin, settle
) -> None:
    ana, video = shown
    other = await new_video(ana)
    await ana.http.put(mine(other), json=SHOWING)
    await settle()
    somebody = visitor()
    for one in (video, other):
        await somebody.post("/api/content-report", json=WORDS | {"generation_id": one})
    now = datetime.now(UTC)
    async with transaction(SERVICE) as session:
        [_, second] = await moderation.reports(session, "open", None, 10)
    assert second.reporter_reports == 2
    await decide(moderation.dismiss, second.id, admin, HERE, now)
    await decide(moderation.take_down, UUID(other), "No.", admin, HERE, now)
    async with transaction(SERVICE) as session:
        assert await moderation.reports(session, "open", None, 10) == []
        [newest, oldest] = await moderation.reports(session, None, None, 10)
        [page] = await moderation.reports(session, None, (newest.created_at, newest.id), 1)
    assert page == oldest
    assert (newest.state, newest.item_state, oldest.state) == ("upheld", "taken_down", "dismissed")
    assert (newest.reporter_dismissed, newest.artist_takedowns, str(newest.artist_id)) == (1, 1, ana.id)
    with pytest.raises(Conflict):
        await decide(moderation.dismiss, oldest.id, admin, HERE, now)


def test_every_letter_can_be_written() -> None:
    for kind, details in {
        "video_taken_down": {"title": "Night Bus", "reason": "It is not yours."},
        "video_restored": {"title": "Night Bus", "path": "/showcase/1"},
        "report_decided": {"upheld": True},
    }.items():
        assert letters.LETTERS[kind](details).message("1", "a@vannilli.test")["Subject"]
