"""Whose callbacks Kling's adapters believe, beginning with the documented one."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.fakes.kling import (
    API_KEY,
    WEBHOOK_SECRET,
    signed,
)
from tests.fakes.kling_replay import TASK, golden, legacy_at
from vannilli_app.errors import Forbidden, Invalid
from vannilli_app.providers.kling import Kling
from vannilli_app.providers.kling_legacy import KlingLegacy

ADDRESS = "https://kling.example"


@pytest.fixture
async def kling() -> AsyncIterator[Kling]:
    made = Kling(API_KEY, ADDRESS, WEBHOOK_SECRET)
    yield made
    await made.close()


@pytest.fixture
async def legacy() -> AsyncIterator[KlingLegacy]:
    made = legacy_at(ADDRESS)
    yield made
    await made.close()


CALLBACK = golden("callback")
SENT = int(CALLBACK["headers"]["webhook-timestamp"])
NOW = datetime.fromtimestamp(SENT, UTC)


def parse(kling: Kling, *, at: datetime = NOW, **changed: Any) -> tuple[str, str | None]:
    told = CALLBACK | {"query": {}} | changed
    callback = kling.parse_callback(told["headers"], told["query"], told["body"].encode(), at)
    return callback.task_id, callback.external_id


def with_signature(signature: str) -> dict[str, str]:
    return CALLBACK["headers"] | {"webhook-signature": signature}


async def test_the_documented_callback_is_genuine(kling: Kling) -> None:
    assert CALLBACK["secret"] == WEBHOOK_SECRET
    assert parse(kling) == ("1234567890", None)
    assert parse(kling, query={"external_id": "7f0c"}) == ("1234567890", "7f0c")


async def test_one_good_signature_of_several_is_enough(kling: Kling) -> None:
    good, bad = CALLBACK["headers"]["webhook-signature"], "v1,AAAA"
    for several in (f"{bad} {good}", f"{good} {bad}", f"v1a,xyz {bad} {good}"):
        assert parse(kling, headers=with_signature(several)) == ("1234567890", None)
    for none in (bad, f"{bad} {bad}", good.replace("v1,", "v2,"), good.removeprefix("v1,"), f"{good},"):
        with pytest.raises(Forbidden):
            parse(kling, headers=with_signature(none))


@pytest.mark.parametrize("seconds", [-300, 300])
async def test_a_callback_is_good_for_five_minutes(kling: Kling, seconds: int) -> None:
    parse(kling, at=datetime.fromtimestamp(SENT + seconds, UTC))
    with pytest.raises(Forbidden) as caught:
        parse(kling, at=datetime.fromtimestamp(SENT + seconds + (1 if seconds > 0 else -1), UTC))
    assert caught.value.code == "bad_signature"


@pytest.mark.parametrize("name", sorted(CALLBACK["headers"]))
@pytest.mark.parametrize("value", [None, "", "0", "zz", "9" * 400, "9" * 5000, "\xe9", "1781080795"])
async def test_a_bent_header_is_refused(kling: Kling, name: str, value: str | None) -> None:
    headers = {key: kept for key, kept in CALLBACK["headers"].items() if key != name}
    with pytest.raises(Forbidden) as caught:
        parse(kling, headers=headers if value is None else headers | {name: value})
    assert caught.value.code == "bad_signature"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b'{"id":7}', b'{"id":""}', b"\xff"])
async def test_a_signed_callback_that_names_no_task_cannot_be_read(kling: Kling, body: bytes) -> None:
    with pytest.raises(Invalid):
        kling.parse_callback(signed(WEBHOOK_SECRET, body), {}, body, datetime.now(UTC))


async def test_a_legacy_callback_names_both_ids(legacy: KlingLegacy) -> None:
    body = json.dumps(golden("legacy_look_succeed")["answer"]["body"]["data"]).encode()
    callback = legacy.parse_callback(signed(WEBHOOK_SECRET, body), {}, body, datetime.now(UTC))
    assert (callback.task_id, callback.external_id) == (TASK, "7f0c2f0e-6c1d-4c5e-9a53-0a5c62a3f5d1")


@pytest.mark.parametrize("secret", ["", "whsec_"])
async def test_without_a_secret_nobody_is_believed(secret: str) -> None:
    for adapter in (
        Kling(API_KEY, ADDRESS, secret),
        legacy_at(ADDRESS, secret),
    ):
        assert not adapter.capabilities.calls_back
        with pytest.raises(Forbidden):
            adapter.parse_callback(CALLBACK["headers"], {}, CALLBACK["body"].encode(), NOW)
        await adapter.close()


def test_a_secret_that_is_none_is_noticed_at_the_start() -> None:
    with pytest.raises(ValueError, match="base64"):
        Kling(API_KEY, ADDRESS, "whsec_not base64!")
