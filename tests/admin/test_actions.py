"""What an admin does, over the API: each with a reason, in the audit log, and never twice."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.admin import month
from tests.people import add_person, add_project, insert
from vannilli_app import config, db, providers
from vannilli_app.accounts import tokens
from vannilli_app.generations.schemas import Request
from vannilli_app.http_api import make_api

WHY = {"reason": "They asked for it"}


@pytest.fixture
def signed_in(owner: psycopg.Connection[Any], database: db.Database):
    """`signed_in(person)` gives a client of theirs."""

    def client(person: UUID) -> httpx.AsyncClient:
        session = uuid4()
        insert(owner, "sessions", id=session, user_id=person, secret="x", expires_at="tomorrow")
        headers = {"authorization": f"Bearer {tokens.issue_access(person, session, datetime.now(UTC))}"}
        transport = httpx.ASGITransport(make_api())
        return httpx.AsyncClient(transport=transport, base_url="http://api", headers=headers)

    return client


@pytest.fixture
async def admin(owner: psycopg.Connection[Any], signed_in) -> AsyncIterator[httpx.AsyncClient]:
    person = add_person(owner)
    owner.execute("UPDATE users SET role = 'admin', email = 'admin@vannilli.test' WHERE id = %s", [person])
    async with signed_in(person) as client:
        yield client


@pytest.fixture
def artist(owner: psycopg.Connection[Any]) -> UUID:
    return add_person(owner, credits=50, tier="artist")


def audited(owner: psycopg.Connection[Any], action: str) -> list[dict[str, Any]]:
    found = owner.execute("SELECT metadata FROM audit_log WHERE action = %s", [action])
    return [details for (details,) in found]


def add_video(owner: psycopg.Connection[Any], artist: UUID, status: str, *, reserved: str = "held") -> UUID:
    paths = {"driver_video_r2_path": "d", "target_image_r2_path": "i"}
    video, project = uuid4(), add_project(owner, artist, **paths)
    request = Request(
        user_id=artist, track_name="Song", bpm=Decimal(140), bars=Decimal(8), time_signature="4/4",
        beat_unit="quarter", aspect="9:16", prompt=None, mode="standard", character_orientation="video",
        bar_one_seconds=Decimal(0), section_start_bar=Decimal(1), driver_path=f"driver-videos/{video}.mp4",
        image_path=f"target-images/{video}.png", audio_path=None, capture_offset_seconds=None, width=720, height=1280,
    )  # fmt: skip
    ended = status in ("completed", "failed")
    insert(
        owner, "generations", id=video, project_id=project, cost_credits=14, status=status, tier="artist",
        provider="kling", request=Jsonb(request.model_dump(mode="json")),
        error_code="render_failed" if status == "failed" else None,
        final_video_r2_path="f" if status == "completed" else None,
        completed_at=datetime.now(UTC) if ended else None,
    )  # fmt: skip
    for kind, path in (("driver_video", request.driver_path), ("target_image", request.image_path)):
        insert(
            owner, "assets", project_id=project, user_id=artist, kind=kind, path=path, content_type="x", size_bytes=1
        )  # fmt: skip
    insert(
        owner, "credit_reservations", user_id=artist, generation_id=video, amount=14, status=reserved,
        deadline_at="tomorrow", settled_at=None if reserved == "held" else datetime.now(UTC),
    )  # fmt: skip
    return video


async def test_a_running_video_is_stopped_once(admin, owner, artist) -> None:
    video = add_video(owner, artist, "processing")
    path = f"/api/admin/videos/{video}/cancel"
    answers = await asyncio.gather(admin.post(path, json=WHY), admin.post(path, json=WHY))
    assert sorted(one.status_code for one in answers) == [200, 409]
    found = owner.execute("SELECT status, error_code FROM generations WHERE id = %s", [video]).fetchone()
    assert found == ("failed", "cancelled")
    assert owner.execute("SELECT status FROM credit_reservations").fetchone() == ("released",)
    assert [one["reason"] for one in audited(owner, "video_cancelled_by_admin")] == [WHY["reason"]]


async def test_a_failed_video_is_started_again_with_its_price(admin, owner, artist) -> None:
    video = add_video(owner, artist, "failed", reserved="released")
    path = f"/api/admin/videos/{video}/retry"
    assert (await admin.post(path, json=WHY)).status_code == 200
    again = owner.execute(
        "SELECT id, cost_credits, provider, status FROM generations WHERE status = 'pending'"
    ).fetchone()
    assert again[1:] == (14, "kling", "pending")
    held = owner.execute("SELECT amount FROM credit_reservations WHERE generation_id = %s", [again[0]])
    assert held.fetchone() == (14,)
    assert owner.execute("SELECT count(*) FROM procrastinate_jobs").fetchone() == (1,)
    assert (await admin.post(path, json=WHY)).json()["code"] == "already_started"
    assert audited(owner, "video_retried_by_admin")[0]["again"] == str(again[0])


async def test_a_video_whose_files_are_gone_is_not_started_again(admin, owner, artist) -> None:
    video = add_video(owner, artist, "failed", reserved="released")
    owner.execute("UPDATE assets SET deleted_at = now()")
    answer = await admin.post(f"/api/admin/videos/{video}/retry", json=WHY)
    assert (answer.status_code, answer.json()["code"]) == (409, "files_gone")


async def test_spent_credits_come_back_once_with_their_money(admin, owner, artist) -> None:
    video = add_video(owner, artist, "completed", reserved="captured")
    insert(
        owner, "credit_entries", user_id=artist, amount=-14, cents=-350, kind="generation",
        reference=f"generation:{video}", tier="artist", provider="kling", balance_after=36,
    )  # fmt: skip
    owner.execute("UPDATE users SET credits_remaining = 36 WHERE id = %s", [artist])
    path = f"/api/admin/videos/{video}/refund"
    assert (await admin.post(path, json=WHY)).json()["sentence"] == "14 credits are back."
    assert (await admin.post(path, json=WHY)).json()["code"] == "nothing_spent"
    assert owner.execute("SELECT credits_remaining FROM users WHERE id = %s", [artist]).fetchone() == (50,)
    money = (await admin.get("/api/metrics?days=1")).json()["money"]["total"]
    assert money["revenue_usd"] == 0
    job = (await admin.get(f"/api/admin/videos/{video}")).json()
    said = [one["what"] for one in job["timeline"]]
    assert {"Started", "Credits taken", "Credits given back", "video refunded by admin"} <= set(said)


async def test_reserved_credits_of_a_finished_video_are_let_go(admin, owner, artist) -> None:
    video = add_video(owner, artist, "completed")
    assert (await admin.post(f"/api/admin/videos/{video}/refund", json=WHY)).status_code == 200
    assert owner.execute("SELECT status FROM credit_reservations").fetchone() == ("released",)


async def test_credits_are_given_and_taken_with_a_reason(admin, owner, artist) -> None:
    path = f"/api/admin/people/{artist}/credits"
    given = await admin.post(path, json={"credits": 5, "reason": "Sorry for the wait"})
    assert given.json()["sentence"] == "They have 55 credits now."
    assert (await admin.post(path, json={"credits": -500, **WHY})).json()["code"] == "too_few_credits"
    assert (await admin.post(path, json={"credits": 5})).status_code == 422
    line = owner.execute(
        "SELECT amount, kind, reason FROM credit_entries WHERE kind = 'admin' AND amount = 5"
    )
    assert line.fetchone() == (5, "admin", "Sorry for the wait")


async def test_who_is_banned_is_out_at_once_and_can_be_let_in_again(admin, owner, artist, signed_in) -> None:
    theirs = signed_in(artist)
    assert (await theirs.get("/api/auth/me")).status_code == 200
    assert (await admin.post(f"/api/admin/people/{artist}/ban", json=WHY)).status_code == 200
    assert (await theirs.get("/api/auth/me")).status_code == 401
    assert (await signed_in(artist).get("/api/auth/me")).status_code == 401, "with a session of before, too"
    assert owner.execute("SELECT kind, details FROM mails").fetchone() == (
        "banned",
        WHY | {"language": "en"},
    )
    assert (await admin.post(f"/api/admin/people/{artist}/unban", json=WHY)).status_code == 200
    assert (await signed_in(artist).get("/api/auth/me")).status_code == 200


async def test_an_admin_is_not_banned(admin, owner) -> None:
    (person,) = owner.execute("SELECT id FROM users WHERE role = 'admin'").fetchone()
    answer = await admin.post(f"/api/admin/people/{person}/ban", json=WHY)
    assert (answer.status_code, answer.json()["code"]) == (409, "is_admin")


async def test_a_setting_holds_at_once_and_its_change_is_kept(admin, owner, artist) -> None:
    there = list(providers.providers())
    settings = {
        "provider_order": there,
        "free_tier": False,
        "alerts": {"margin": {"threshold": 0.3, "on": True}},
    }
    for name, value in settings.items():
        answer = await admin.put(f"/api/admin/settings/{name}", json={"value": value, **WHY})
        assert answer.status_code == 200, answer.text
    shown = {one["name"]: one["value"] for one in (await admin.get("/api/admin/settings")).json()}
    assert shown == settings | {"providers_off": None}
    assert {one["name"] for one in audited(owner, "setting_changed")} == settings.keys()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("provider_order", ["nobody"]),
        ("provider_order", "local"),
        ("providers_off", ["local"]),
        ("free_tier", "no"),
        ("alerts", {"margin": {"threshold": "much"}}),
        ("alerts", {"nothing": {}}),
    ],
)
async def test_a_wrong_setting_is_refused(admin, name: str, value: Any) -> None:
    answer = await admin.put(f"/api/admin/settings/{name}", json={"value": value, **WHY})
    assert answer.status_code == 422, answer.text


async def test_lists_go_on_by_cursor_and_filter(admin, owner, artist) -> None:
    for _ in range(53):
        add_video(owner, artist, "failed", reserved="released")
    mine = add_video(owner, add_person(owner), "completed")
    first = (await admin.get("/api/admin/videos?status=failed")).json()
    second = (await admin.get(f"/api/admin/videos?status=failed&cursor={first['next_cursor']}")).json()
    seen = {one["id"] for one in first["items"] + second["items"]}
    assert (len(first["items"]), len(second["items"]), len(seen)) == (50, 3, 53)
    assert second["next_cursor"] is None
    found = (await admin.get(f"/api/admin/videos?search={mine}")).json()["items"]
    assert [one["id"] for one in found] == [str(mine)]
    filters = "provider=kling&tier=artist&error=render_failed&outcome=failed&days=7"
    assert (await admin.get(f"/api/admin/videos?{filters}")).json()["items"] == []
    people = (await admin.get("/api/admin/people?search=ADMIN@")).json()["items"]
    assert [one["email"] for one in people] == ["admin@vannilli.test"]


async def test_prometheus_is_for_this_machine_or_the_token(
    environment: config.Settings, database, monkeypatch
) -> None:
    def client(address: str, **headers: str) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(make_api(), client=(address, 1))
        return httpx.AsyncClient(transport=transport, base_url="http://api", headers=headers)

    async def status(address: str, **headers: str) -> int:
        async with client(address, **headers) as http:
            answer = await http.get("/metrics")
        assert ("vannilli_credits_owed 0.0" in answer.text) == (answer.status_code == 200)
        return answer.status_code

    assert await status("127.0.0.1") == 200
    assert await status("203.0.113.9") == 404
    assert await status("127.0.0.1", **{"x-forwarded-for": "203.0.113.9"}) == 404
    monkeypatch.setenv("METRICS_TOKEN", "a token")
    config.settings.cache_clear()
    assert await status("127.0.0.1") == 404
    assert await status("203.0.113.9", authorization="Bearer a token") == 200


async def test_the_grafana_file_asks_for_what_there_is(admin, owner, artist) -> None:
    month.write(owner, month.make(60, datetime.now(UTC)))
    # The figures are today's, and today may have begun a minute ago.
    owner.execute(
        "UPDATE generations SET created_at = now(), completed_at = now() WHERE status = 'completed'"
    )
    insert(
        owner, "credit_entries", amount=-1, cents=-100, kind="generation", reference="generation:now", balance_after=0
    )  # fmt: skip
    insert(owner, "incidents", rule="margin", value=0, sentence="x", opened_at=datetime.now(UTC))
    insert(owner, "procrastinate_jobs", queue_name="work", task_name="t", args=Jsonb({}))
    transport = httpx.ASGITransport(make_api(), client=("127.0.0.1", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://api") as http:
        told = set(re.findall(r"^(\w+)[{ ]", (await http.get("/metrics")).text, re.MULTILINE))
    panels = json.loads((config.ROOT / "deploy" / "grafana.json").read_text())["panels"]
    asked = {
        name
        for one in panels
        for target in one["targets"]
        for name in re.findall(r"(?:vannilli|process)_\w+", target["expr"])
    }
    assert len(asked) >= 15
    assert asked <= told


async def test_a_table_as_csv(admin, owner) -> None:
    insert(owner, "users", email="x@vannilli.test", password_hash="x")
    insert(
        owner,
        "provider_tasks",
        provider="=HYPERLINK()",
        external_id="x",
        status="completed",
        seconds=9,
        billed_usd=7,
    )
    answer = await admin.get("/api/admin/tables/providers.csv?days=7")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    head, line = answer.text.splitlines()
    assert head.startswith("key,revenue_usd,cost_usd")
    assert line.startswith("'=HYPERLINK(),0.0,7.0,7.0")
    assert (await admin.get("/api/admin/tables/nothing.csv")).status_code == 404
