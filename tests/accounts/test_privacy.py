import io
import json
import re
import zipfile
from datetime import UTC, datetime, timedelta

import pytest

from tests.accounts.conftest import ANA, bearer, post, rows
from vannilli_app import leaving
from vannilli_app.accounts import jobs, privacy, retention
from vannilli_app.generations.jobs import discard_files
from vannilli_app.storage import FINAL_RENDERS, RAW_UPLOADS, store

PROJECT = {"track_name": "Night Bus", "bpm": 140, "bars": 8}


@pytest.fixture
async def uploaded(api, ana, tmp_path):
    """A project of Ana's with a file; gives the file's key."""
    project = (await api.post("/api/projects", json=PROJECT, headers=bearer(ana))).raise_for_status().json()
    asset = {"kind": "audio", "content_type": "audio/wav", "size_bytes": 5}
    wanted = {"project_id": project["id"], "assets": [asset]}
    (await api.post("/api/upload-assets", json=wanted, headers=bearer(ana))).raise_for_status()
    [(key,)] = await rows("SELECT path FROM assets")
    (tmp_path / "track").write_bytes(b"a wav")
    await store().upload(RAW_UPLOADS, key, tmp_path / "track", "audio/wav")
    return key


async def discard():
    """Do the waiting jobs that delete files."""
    for (args,) in await rows(
        "DELETE FROM procrastinate_jobs WHERE task_name = 'generations.discard_files' RETURNING args"
    ):
        await discard_files(**args)


async def export(api, ana):
    asked = await api.post("/api/account/exports", headers=bearer(ana))
    assert (asked.status_code, asked.json()["status"]) == (202, "pending")
    await jobs.make_export(asked.json()["id"])
    return asked.json()["id"]


async def test_a_copy_has_everything_of_mine_and_nothing_of_anybody_elses(api, ana, uploaded):
    ben = (await api.post("/api/auth/signup", json=ANA | {"email": "ben@example.com"})).json()
    await api.post("/api/projects", json=PROJECT | {"track_name": "Ben's"}, headers=bearer(ben))
    export_id = await export(api, ana)
    [found] = (await api.get("/api/account/exports", headers=bearer(ana))).json()["items"]
    assert (found["id"], found["status"]) == (export_id, "ready")
    link = (await api.get(f"/api/account/exports/{export_id}", headers=bearer(ana))).json()["download_url"]
    copy = zipfile.ZipFile(io.BytesIO((await api.get(link)).content))
    assert copy.read(f"files/{uploaded}") == b"a wav"
    index = copy.read("index.html").decode()
    assert "Your account" in index
    linked = set(re.findall(r'href="([^"]+)"', index))
    assert linked == set(copy.namelist()) - {"index.html"}
    data = {name: json.loads(copy.read(name)) for name in copy.namelist() if name.endswith(".json")}
    assert [one["track_name"] for one in data["data/projects.json"]] == ["Night Bus"]
    assert [one["email"] for one in data["data/users.json"]] == [ANA["email"]]
    assert {one["kind"] for one in data["data/consents.json"]} == {"terms", "likeness_licence"}
    assert {"sessions", "credit_entries", "audit_log", "generations", "assets"} <= {
        name.removeprefix("data/").removesuffix(".json") for name in data
    }
    everything = json.dumps(data)
    assert "argon2" not in everything
    assert ben["user"]["id"] not in everything
    assert "Your data is ready" in [mail["Subject"] for mail in await post()]


async def test_a_second_asking_while_one_is_made_is_the_same_copy(api, ana):
    first, second = [await api.post("/api/account/exports", headers=bearer(ana)) for _ in range(2)]
    assert first.json()["id"] == second.json()["id"]


async def test_a_copy_is_gone_after_seven_days(api, ana):
    export_id = await export(api, ana)
    now = datetime.now(UTC)
    assert await retention.run(now + timedelta(days=6)) == 0
    assert await retention.run(now + timedelta(days=8)) == 1
    assert await store().head(FINAL_RENDERS, privacy.export_key(ana["user"]["id"], export_id)) is None
    assert (await api.get(f"/api/account/exports/{export_id}", headers=bearer(ana))).status_code == 404


async def test_deletion_leaves_the_ledger_without_a_name_and_nothing_else(api, ana, uploaded):
    await export(api, ana)
    await post()
    await rows("UPDATE sessions SET proven_at = now() - interval '1 hour' RETURNING id")
    assert (await api.delete("/api/account", headers=bearer(ana))).status_code == 403
    await api.post("/api/auth/confirm", json={"password": ANA["password"]}, headers=bearer(ana))
    assert (await api.delete("/api/account", headers=bearer(ana))).status_code == 204
    assert (await api.get("/api/auth/me", headers=bearer(ana))).status_code == 401
    for table in ("users", "projects", "assets", "sessions", "consents", "exports", "recovery_codes"):
        assert await rows(f"SELECT 1 FROM {table}") == [], table
    assert await rows("SELECT user_id, amount FROM credit_entries") == [(None, 3)]
    assert await rows("SELECT action, user_id, ip_address FROM audit_log") == [
        ("account_deleted", None, None)
    ]
    await discard()
    assert await store().head(RAW_UPLOADS, uploaded) is None
    assert [one.key async for one in store().list(FINAL_RENDERS, "")] == []
    assert [mail["Subject"] for mail in await post()] == ["Your account is deleted"]
    again = await api.post("/api/auth/signup", json=ANA)
    assert again.status_code == 201


async def test_do_not_sell_is_kept_with_its_time(api, ana):
    for wanted in (True, False):
        answer = await api.put("/api/account/do-not-sell", json={"do_not_sell": wanted}, headers=bearer(ana))
        assert answer.status_code == 204
        standing = (await api.get("/api/account", headers=bearer(ana))).json()
        assert standing["do_not_sell"] is wanted
    actions = (await api.get("/api/account/activity", headers=bearer(ana))).json()["items"]
    assert [one["action"] for one in actions] == ["do_not_sell_off", "do_not_sell_on", "signed_up"]


async def test_what_i_did_comes_in_pages_and_goes_after_ninety_days(api, ana):
    await api.put("/api/account/do-not-sell", json={"do_not_sell": True}, headers=bearer(ana))
    first = (await api.get("/api/account/activity?limit=1", headers=bearer(ana))).json()
    rest = await api.get(
        "/api/account/activity", params={"cursor": first["next_cursor"]}, headers=bearer(ana)
    )
    assert [one["action"] for one in rest.json()["items"]] == ["signed_up"]
    await retention.run(datetime.now(UTC) + timedelta(days=89))
    assert len(await rows("SELECT 1 FROM audit_log")) == 2
    await retention.run(datetime.now(UTC) + timedelta(days=91))
    assert await rows("SELECT action, user_id, metadata FROM audit_log") == [
        ("retention", None, {"audit_log": 2})
    ]


async def test_an_account_that_is_never_confirmed_goes_after_thirty_days_unless_it_cost_money(api, ana):
    buyer = (await api.post("/api/auth/signup", json=ANA | {"email": "ben@example.com"})).json()
    reader = (await api.post("/api/auth/signup", json=ANA | {"email": "cleo@example.com"})).json()
    await rows(
        "INSERT INTO credit_entries (user_id, amount, cents, kind, reference, balance_after)"
        " VALUES (:id, 10, 300, 'topup', 'session:cs_1', 13) RETURNING id",
        id=buyer["user"]["id"],
    )
    change = "UPDATE users SET {} WHERE id = :id RETURNING id"
    await rows(change.format("stripe_customer_id = 'cus_1'"), id=ana["user"]["id"])  # looked at a checkout
    await rows(change.format("email_verified_at = now()"), id=reader["user"]["id"])
    now = datetime.now(UTC)
    assert await leaving.forget_unverified(now + timedelta(days=29)) == 0
    assert await leaving.forget_unverified(now + timedelta(days=31)) == 1
    assert await rows("SELECT email FROM users ORDER BY email") == [
        ("ben@example.com",),
        ("cleo@example.com",),
    ]
    assert (await api.get("/api/auth/me", headers=bearer(ana))).status_code == 401
    assert await rows("SELECT metadata FROM audit_log WHERE action = 'retention'") == [
        ({"unverified_accounts": 1},)
    ]
    assert await rows("SELECT user_id FROM credit_entries WHERE user_id IS NULL") == [(None,)]


async def test_what_was_uploaded_goes_at_once_when_asked_and_the_project_stays(api, ana, uploaded):
    [(project,)] = await rows("SELECT project_id FROM assets")
    asked = await api.delete(f"/api/projects/{project}/uploads", headers=bearer(ana))
    assert asked.status_code == 204
    await discard()
    assert await store().head(RAW_UPLOADS, uploaded) is None
    found = (await api.get(f"/api/projects/{project}", headers=bearer(ana))).json()
    assert (found["track_name"], found["has_audio"]) == ("Night Bus", False)
    actions = (await api.get("/api/account/activity", headers=bearer(ana))).json()["items"]
    assert actions[0]["action"] == "uploads_deleted"


async def test_the_video_goes_with_its_project_also_a_moment_after_the_uploads(api, ana, uploaded, tmp_path):
    [(project,)] = await rows("SELECT project_id FROM assets")
    [(video,)] = await rows(
        "INSERT INTO generations (project_id, cost_credits, request, status, stage, completed_at, final_video_r2_path,"
        " preview_video_r2_path, preview_gif_r2_path, thumbnail_r2_path)"
        " VALUES (:project, 0, '{}', 'completed', 'done', now(), 'x', 'x', 'x', 'x') RETURNING id",
        project=project,
    )
    await store().upload(FINAL_RENDERS, f"videos/{video}/final.mp4", tmp_path / "track", "video/mp4")
    assert (await api.delete(f"/api/projects/{project}/uploads", headers=bearer(ana))).status_code == 204
    assert (await api.delete(f"/api/projects/{project}", headers=bearer(ana))).status_code == 204
    await discard()
    assert await store().head(RAW_UPLOADS, uploaded) is None
    assert [one.key async for one in store().list(FINAL_RENDERS, "")] == []


async def test_a_browsers_signal_is_the_persons_word(api):
    signal = {"sec-gpc": "1"}
    ana = (await api.post("/api/auth/signup", json=ANA, headers=signal)).json()
    assert (await api.get("/api/account", headers=bearer(ana))).json()["do_not_sell"] is True
    [noted] = await rows("SELECT metadata FROM audit_log WHERE action = 'do_not_sell_on'")
    assert noted == ({"signal": "gpc"},)
    taken_back = await api.put("/api/account/do-not-sell", json={"do_not_sell": False}, headers=bearer(ana))
    assert taken_back.status_code == 204
    entrance = {"email": ANA["email"], "password": ANA["password"]}
    await api.post("/api/auth/signin", json=entrance)
    assert (await api.get("/api/account", headers=bearer(ana))).json()["do_not_sell"] is False
    await api.post("/api/auth/signin", json=entrance, headers=signal)
    assert (await api.get("/api/account", headers=bearer(ana))).json()["do_not_sell"] is True
