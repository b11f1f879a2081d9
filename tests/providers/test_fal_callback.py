"""Whom we believe when fal calls back, and where the keys for it come from."""

import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.fakes.fal import jwk, signed
from tests.fakes.fal_replay import REQUEST, followed, golden, played, queue_at
from vannilli_app.errors import Forbidden, Invalid
from vannilli_app.providers.base import TaskStatus
from vannilli_app.providers.fal import KEYS_RETRY_SECONDS, KEYS_SECONDS, FalQueue
from vannilli_app.providers.pika import Pika

CALLBACK = golden("callback")
NOW = datetime.fromtimestamp(CALLBACK["now"], UTC)
SENT = int(CALLBACK["headers"]["x-fal-webhook-timestamp"])


@pytest.fixture(scope="module")
async def informed() -> AsyncIterator[FalQueue]:
    """A queue that has fetched the keys of the golden callback, as a look does."""
    with played(golden("status_in_queue")["answer"], jwks=CALLBACK["jwks"]) as script:
        async with queue_at(script.base_url) as queue:
            await queue.look(followed(script.base_url))
            yield queue


def parse(queue: FalQueue, *, at: datetime = NOW, **changed: Any) -> tuple[str, str | None]:
    told = CALLBACK | changed
    callback = Pika(queue).parse_callback(told["headers"], told["query"], told["body"].encode(), at)
    return callback.task_id, callback.external_id


async def test_a_genuine_callback_is_known_by_our_id(informed: FalQueue) -> None:
    assert parse(informed) == ("", "7f0c")
    assert parse(informed) == ("", "7f0c")


@pytest.mark.parametrize("seconds", [-300, 300])
async def test_a_callback_is_good_for_five_minutes(informed: FalQueue, seconds: int) -> None:
    assert parse(informed, at=datetime.fromtimestamp(SENT + seconds, UTC)) == ("", "7f0c")
    with pytest.raises(Forbidden) as caught:
        parse(informed, at=datetime.fromtimestamp(SENT + seconds + (1 if seconds > 0 else -1), UTC))
    assert caught.value.code == "bad_signature"


@pytest.mark.parametrize("name", sorted(CALLBACK["headers"]))
@pytest.mark.parametrize("value", [None, "", "0", "zz", "ab" * 64, "9" * 400, "\xe9", "1781080795"])
async def test_a_bent_header_is_refused(informed: FalQueue, name: str, value: str | None) -> None:
    headers = {key: kept for key, kept in CALLBACK["headers"].items() if key != name}
    with pytest.raises(Forbidden) as caught:
        parse(informed, headers=headers if value is None else headers | {name: value})
    assert caught.value.code == "bad_signature"


@pytest.mark.parametrize("body", ["", "{}", CALLBACK["body"][:-1], CALLBACK["body"] + " "])
async def test_a_bent_body_is_refused(informed: FalQueue, body: str) -> None:
    with pytest.raises(Forbidden):
        parse(informed, body=body)


async def test_a_callback_without_our_id_cannot_be_read(informed: FalQueue) -> None:
    with pytest.raises(Invalid):
        parse(informed, query={})


async def test_without_keys_nobody_is_believed() -> None:
    async with queue_at("http://127.0.0.1:9") as queue:
        with pytest.raises(Forbidden):
            parse(queue)


# --- the keys -----------------------------------------------------------------------------------------------------


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


async def test_keys_are_fetched_once_an_hour_without_our_key() -> None:
    clock = Clock()
    answers = [golden("status_in_queue")["answer"]] * 3
    with played(*answers, jwks=CALLBACK["jwks"]) as script:
        async with queue_at(script.base_url, clock=clock) as queue:
            for clock.now in (0, KEYS_SECONDS - 1, KEYS_SECONDS):
                await queue.look(followed(script.base_url))
    assert len(script.asked_for_keys) == 2
    assert all("authorization" not in headers for headers in script.asked_for_keys)


async def test_a_changed_key_is_learnt() -> None:
    clock, other = Clock(), Ed25519PrivateKey.generate()
    headers, query, now = signed(other, "an-id", b"{}"), {"external_id": "7f0c"}, datetime.now(UTC)
    with played(*[golden("status_in_queue")["answer"]] * 2, jwks=CALLBACK["jwks"]) as script:
        async with queue_at(script.base_url, clock=clock) as queue:
            await queue.look(followed(script.base_url))
            script.jwks = {"keys": [*CALLBACK["jwks"]["keys"], jwk(other)]}
            with pytest.raises(Forbidden):
                queue.parse_callback(headers, query, b"{}", now)
            clock.now = KEYS_SECONDS
            await queue.look(followed(script.base_url))
            assert queue.parse_callback(headers, query, b"{}", now).external_id == "7f0c"


@pytest.mark.parametrize(
    "jwks",
    [
        None,
        {},
        {"keys": 1},
        {"keys": ["x", {"kty": "OKP", "crv": "Ed25519"}, {"kty": "OKP", "crv": "Ed25519", "x": "AA"}]},
        ["x"],
    ],
)
async def test_keys_that_cannot_be_had_harm_nothing(jwks: Any, caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock()
    answers = [golden("submit_pika")["answer"], *[golden("status_in_queue")["answer"]] * 2]
    with played(*answers, jwks=jwks) as script, caplog.at_level(logging.WARNING):
        async with queue_at(script.base_url, clock=clock) as queue:
            task = await Pika(queue).start_generation(REQUEST)
            assert (await Pika(queue).check_status([task.task_id]))[task.task_id].status == TaskStatus.PENDING
            assert len(script.asked_for_keys) == 1
            clock.now = KEYS_RETRY_SECONDS
            await queue.look(task.task_id)
            assert len(script.asked_for_keys) == 2
            with pytest.raises(Forbidden):
                parse(queue)
    assert "signing keys" in caplog.text


async def test_known_keys_outlive_a_failing_fetch(caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock()
    with played(*[golden("status_in_queue")["answer"]] * 2, jwks=CALLBACK["jwks"]) as script:
        async with queue_at(script.base_url, clock=clock) as queue:
            await queue.look(followed(script.base_url))
            script.jwks, clock.now = None, KEYS_SECONDS
            await queue.look(followed(script.base_url))
            assert len(script.asked_for_keys) == 2
            assert parse(queue) == ("", "7f0c")
