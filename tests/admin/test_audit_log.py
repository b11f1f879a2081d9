"""The audit log as an admin reads it."""

from datetime import UTC, datetime, timedelta

from tests.people import add_person, insert
from vannilli_app.admin.audit_log import PAGE

ADDRESS = "203.0.113.9"
NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)


def note(owner, person, action: str, at: datetime = NOW, **columns) -> None:
    values = {
        "resource_type": "user",
        "ip_address": ADDRESS,
        "user_agent": "Firefox on a Linux box",
    } | columns
    insert(owner, "audit_log", user_id=person, action=action, created_at=at, **values)


async def read(admin, **asked) -> list[dict]:
    answer = await admin.http.get("/api/admin/audit", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def test_who_did_what_from_where_is_read_and_found(admin, owner) -> None:
    ana, ben = add_person(owner), add_person(owner)
    note(owner, ana, "video_downloaded", resource_id=ben)
    note(owner, ben, "signed_in", NOW - timedelta(days=1))
    note(owner, None, "sign_in_refused", NOW - timedelta(seconds=1), ip_address="2001:db8::7")
    (email,) = owner.execute("SELECT email FROM users WHERE id = %s", [ana]).fetchone()

    (hers,) = await read(admin, search=email.upper())
    assert (hers["action"], hers["email"], hers["ip"]) == ("video_downloaded", email, ADDRESS)
    assert hers["resource_id"] == str(ben)
    assert [one["action"] for one in await read(admin, search=str(ben))] == ["video_downloaded", "signed_in"]
    assert [one["user_id"] for one in await read(admin, search="2001:db8::7")] == [None]
    assert [one["user_id"] for one in await read(admin, action="video down")] == [str(ana)]
    assert [one["user_id"] for one in await read(admin, action="SIGNED_IN", day="2026-03-03")] == [str(ben)]
    assert await read(admin, search="100%") == []


async def test_the_log_is_read_page_by_page(admin, owner) -> None:
    person = add_person(owner)
    for number in range(PAGE + 1):
        note(owner, person, f"did_{number}", NOW + timedelta(seconds=number // 2))
    first = (await admin.http.get("/api/admin/audit", params={"search": str(person)})).json()
    rest = await read(admin, search=str(person), cursor=first["next_cursor"])
    seen = [one["action"] for one in first["items"] + rest]
    assert len(seen) == len(set(seen)) == PAGE + 1
    assert (await admin.http.get("/api/admin/audit", params={"day": "yesterday"})).status_code == 422
