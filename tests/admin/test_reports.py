"""The queue of reports by the API: what an admin decides happens, stands in the audit log, and is mailed."""

import pytest

from tests.accounts.conftest import post
from tests.artist import NewArtist
from tests.people import add_person, insert
from tests.showcase.rows import add_video

WHY = {"reason": "It is not theirs"}


@pytest.fixture
def shown(owner):
    """A video in the showcase."""
    artist = add_person(owner)
    video = add_video(owner, artist)
    insert(
        owner, "showcase_items", generation_id=video, user_id=artist, state="public", title="Night Bus", handle="ana",
        bpm=140, bars=8, part_name="Hook", time_signature="4/4", beat_unit="quarter", aspect="9:16", width=540,
        height=960, duration_seconds=8,
    )  # fmt: skip
    return video, artist


async def test_a_report_is_upheld_by_taking_the_video_down_and_can_be_lifted(
    new_artist: NewArtist, admin, owner, shown
) -> None:
    video, artist = shown
    for reason in ("copyright", "other"):
        someone = await new_artist()
        said = {"generation_id": str(video), "reason": reason, "description": "That is my song."}
        assert (await someone.http.post("/api/content-report", json=said)).status_code == 201
    assert (await someone.http.get("/api/admin/reports")).status_code == 404
    queue = (await admin.http.get("/api/admin/reports?state=open")).json()["items"]
    assert [(one["title"], one["reporter_reports"], one["artist_takedowns"]) for one in queue] == [
        ("Night Bus", 1, 0)
    ] * 2
    dismissed = await admin.http.post(f"/api/admin/reports/{queue[0]['id']}/dismiss", json=WHY)
    assert dismissed.json()["sentence"].startswith("Dismissed.")
    again = await admin.http.post(f"/api/admin/reports/{queue[0]['id']}/dismiss", json=WHY)
    assert (again.status_code, again.json()["code"]) == (409, "decided")

    assert (await admin.http.post(f"/api/admin/videos/{video}/take-down", json=WHY)).status_code == 200
    [upheld] = (await admin.http.get("/api/admin/reports?state=upheld")).json()["items"]
    assert (upheld["item_state"], upheld["artist_takedowns"]) == ("taken_down", 1)
    assert (await admin.http.post(f"/api/admin/videos/{video}/restore", json=WHY)).status_code == 200
    assert (await admin.http.post(f"/api/admin/people/{artist}/warn", json=WHY)).status_code == 200
    mailed = {kind for (kind,) in owner.execute("SELECT kind FROM mails")}
    assert {"report_decided", "video_taken_down", "video_restored", "warned"} <= mailed
    log = owner.execute(
        "SELECT action, metadata ->> 'reason' FROM audit_log WHERE user_id = %s AND metadata ? 'reason'"
        " ORDER BY created_at",
        [admin.id],
    ).fetchall()
    assert log == [
        (action, WHY["reason"])
        for action in ("report_dismissed", "video_taken_down", "video_restored", "user_warned")
    ]


async def test_who_is_decided_on_reads_it_in_their_own_language(
    new_artist: NewArtist, admin, owner, shown
) -> None:
    video, artist = shown
    owner.execute("UPDATE users SET language = 'de' WHERE id = %s", [artist])
    visitor = (await new_artist()).http
    said = {
        "generation_id": str(video),
        "reason": "other",
        "description": "Mein Lied.",
        "email": "a@label.test",
    }
    del visitor.headers["authorization"]
    visitor.cookies.clear()
    await visitor.post("/api/content-report", json=said, headers={"accept-language": "de"})
    for decision in (f"videos/{video}/take-down", f"videos/{video}/restore", f"people/{artist}/warn"):
        assert (await admin.http.post(f"/api/admin/{decision}", json=WHY)).status_code == 200
    assert (await admin.http.post(f"/api/admin/people/{artist}/ban", json=WHY)).status_code == 200
    owner.execute("DELETE FROM mails WHERE kind = 'verify'")
    sent = await post()
    assert [mail["Subject"] for mail in sent] == [
        "„Night Bus“ wurde entfernt",
        "Deine Meldung",
        "„Night Bus“ ist zurück",
        "Ein Wort zu deinen Videos",
        "Dein Konto ist geschlossen",
    ]
    assert f"/de/showcase/{video}" in sent[2].get_body(("plain",)).get_content()


async def test_the_queue_comes_in_pages(admin, owner, shown) -> None:
    video, _ = shown
    for number in range(25):
        insert(
            owner, "content_reports", generation_id=video, reason="other", description="Test", reporter=f"{number}",
        )  # fmt: skip
    first = (await admin.http.get("/api/admin/reports")).json()
    rest = (await admin.http.get("/api/admin/reports", params={"cursor": first["next_cursor"]})).json()
    assert (len(first["items"]), len(rest["items"]), rest["next_cursor"]) == (20, 5, None)
    assert len({one["id"] for one in first["items"] + rest["items"]}) == 25
