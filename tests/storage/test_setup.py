"""`vannilli storage setup` against a real S3 server."""

import json

import httpx
import pytest

from tests.conftest import forget_choices
from tests.s3 import S3Server
from tests.test_cli import vannilli
from vannilli_app.storage import BUCKETS, FINAL_RENDERS, RAW_UPLOADS, setup
from vannilli_app.storage.s3 import S3Store, connect

ORIGIN = "https://vannilli.example"


@pytest.fixture
def s3(s3_server: S3Server, bare_environment, monkeypatch: pytest.MonkeyPatch) -> S3Server:
    monkeypatch.setenv("S3_ENDPOINT_URL", s3_server.endpoint_url)
    monkeypatch.setenv("S3_ACCESS_KEY_ID", s3_server.access_key_id)
    monkeypatch.setenv("S3_SECRET_ACCESS_KEY", s3_server.secret_access_key)
    monkeypatch.setenv("PUBLIC_URL", ORIGIN)
    forget_choices()
    return s3_server


async def test_a_store_has_all_that_it_needs_and_a_second_run_changes_nothing(s3: S3Server) -> None:
    done = vannilli("storage", "setup", "--json")
    assert done.exit_code == 0, done.stdout
    steps = json.loads(done.stdout)["steps"]
    assert [one["what"] for one in steps if not one["well"]] == []
    assert {f"bucket {bucket}" for bucket in BUCKETS} < {one["what"] for one in steps}
    assert any(one["changed"] for one in steps)
    again = json.loads(vannilli("storage", "setup", "--json").stdout)["steps"]
    assert [one["what"] for one in again if one["changed"]] == []

    keys = {"access_key_id": s3.access_key_id, "secret_access_key": s3.secret_access_key}
    put = await S3Store(s3.endpoint_url, **keys).presign_put(
        RAW_UPLOADS, "driver-videos/a.mp4", content_type="video/mp4", size=4, expires=60
    )
    for origin, allowed in ((ORIGIN, ORIGIN), ("https://elsewhere.example", None)):
        asks = {
            "origin": origin,
            "access-control-request-method": "PUT",
            "access-control-request-headers": "content-type",
        }
        async with httpx.AsyncClient() as browser:
            answer = await browser.options(put.url, headers=asks)
        assert answer.headers.get("access-control-allow-origin") == allowed


def test_what_somebody_changed_is_mended(s3: S3Server) -> None:
    client = connect(
        s3.endpoint_url,
        access_key_id=s3.access_key_id,
        secret_access_key=s3.secret_access_key,
        region="auto",
    )
    assert all(step.well for step in setup.set_up(client, (ORIGIN,)))
    rules = setup.lifecycle({"videos/": 3})
    client.put_bucket_lifecycle_configuration(Bucket=FINAL_RENDERS, LifecycleConfiguration={"Rules": rules})
    changed = [step.what for step in setup.set_up(client, (ORIGIN,)) if step.changed]
    assert changed == [f"lifecycle of {FINAL_RENDERS}"]
    client.close()


def test_wrong_keys_and_no_store_are_said_in_a_sentence(
    s3: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value, sentence in (
        ("S3_SECRET_ACCESS_KEY", "wrong", "Check S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY"),
        ("S3_ENDPOINT_URL", "http://127.0.0.1:1", "The files cannot be reached right now."),
        ("S3_ENDPOINT_URL", "", "Set S3_ENDPOINT_URL first."),
    ):
        monkeypatch.setenv(name, value)
        forget_choices()
        done = vannilli("storage", "setup")
        assert (done.exit_code, sentence in done.stderr) == (1, True), done.stderr
