"""Kling by recorded examples: what is really sent by both its standards, and what is made of the answers."""

import base64
import hmac
import json
from collections.abc import AsyncIterator
from dataclasses import asdict, replace
from typing import Any

import pytest

from tests.contracts.provider import refusal
from tests.fakes.kling import (
    API_KEY,
    LEGACY_PATH,
    WEBHOOK_SECRET,
)
from tests.fakes.kling_replay import REQUEST, TASK, golden, legacy_at, names
from tests.fakes.replay import Document, Replay, assert_asked
from vannilli_app.providers.base import ProviderError
from vannilli_app.providers.kling import NOT_TAKEN, Kling
from vannilli_app.providers.kling_legacy import KlingLegacy, token


@pytest.fixture
async def replayed(replay: Replay) -> AsyncIterator[Kling]:
    made = Kling(API_KEY, replay.base_url, WEBHOOK_SECRET)
    yield made
    await made.close()


@pytest.fixture
async def legacy_replayed(replay: Replay) -> AsyncIterator[KlingLegacy]:
    made = legacy_at(replay.base_url)
    yield made
    await made.close()


def assert_read(task: Any, recorded: Document) -> None:
    """Compare a task with a recorded one, field by field; of what was billed all."""
    told = asdict(task)
    if "billed" in recorded:
        billed = {name: str(value) for name, value in (told.pop("billed") or {}).items()}
        assert billed == recorded.pop("billed")
    assert told.items() >= recorded.items()


@pytest.mark.parametrize("name", names("submission"))
async def test_a_submission_is_sent_as_recorded(replay: Replay, replayed: Kling, name: str) -> None:
    recorded = golden(name)
    replay.answers = [recorded["answer"]]
    task = await replayed.start_generation(replace(REQUEST, **recorded["wanted"]))
    assert_asked(replay.asked[0], recorded["request"])
    assert_read(task, recorded["task"])


@pytest.mark.parametrize("name", names("look"))
async def test_a_look_is_read_as_recorded(replay: Replay, replayed: Kling, name: str) -> None:
    recorded = golden(name)
    replay.answers = [recorded["answer"]]
    found = await replayed.check_status([TASK])
    assert_asked(replay.asked[0], recorded["request"])
    if recorded["task"] is None:
        assert found == {}
    else:
        assert_read(found[TASK], recorded["task"])


async def test_a_batch_is_one_call(replay: Replay, replayed: Kling) -> None:
    recorded = golden("batch")
    replay.answers = [recorded["answer"]]
    found = await replayed.check_status(recorded["request"]["query"].removeprefix("task_ids=").split(","))
    assert_asked(replay.asked[0], recorded["request"])
    assert {task_id: task.status for task_id, task in found.items()} == recorded["statuses"]


async def test_our_id_is_looked_for_as_recorded(replay: Replay, replayed: Kling) -> None:
    recorded = golden("find")
    replay.answers = [recorded["answer"], recorded["answer"]]
    task = await replayed.find(REQUEST.external_id)
    assert_asked(replay.asked[0], recorded["request"])
    assert_read(task, recorded["task"])
    assert await replayed.find("another") is None  # whatever Kling gives, it is not the one


async def test_a_task_that_is_there_already_is_found(replay: Replay, replayed: Kling) -> None:
    duplicate, found = golden("duplicate")["refusal"], golden("find")
    replay.answers = [duplicate, found["answer"]]
    assert_read(await replayed.start_generation(REQUEST), found["task"])
    assert_asked(replay.asked[1], found["request"])


async def test_a_bad_parameter_is_not_taken_for_a_task(replay: Replay, replayed: Kling) -> None:
    replay.answers = [golden("duplicate")["refusal"], golden("look_unknown")["answer"]]
    error = await refusal(replayed, REQUEST)
    assert (error.message, error.permanent, error.maybe_accepted) == (NOT_TAKEN, True, False)
    assert "external_task_id already exists" in error.raw


@pytest.mark.parametrize("standard", [Kling, KlingLegacy])
@pytest.mark.parametrize("name", names("refusal"))
async def test_a_refusal_is_read_as_recorded(
    replay: Replay, replayed: Kling, legacy_replayed: KlingLegacy, name: str, standard: type
) -> None:
    recorded = golden(name)
    adapter = replayed if standard is Kling else legacy_replayed
    replay.answers = [recorded["answer"]] * 2
    errors = [await refusal(adapter, REQUEST)]
    with pytest.raises(ProviderError) as caught:
        await adapter.check_status([TASK])
    for error in (*errors, caught.value):
        assert vars(error).items() >= recorded["error"].items()
        assert recorded["answer"]["body"]["message"] in error.raw


@pytest.mark.parametrize(
    ("status", "permanent", "busy"), [(401, True, False), (403, True, False), (429, False, True)]
)
async def test_a_refusal_without_a_code(
    replay: Replay, replayed: Kling, status: int, permanent: bool, busy: bool
) -> None:
    replay.answers = [{"status": status, "body": {"error": "from a gateway"}}]
    error = await refusal(replayed, REQUEST)
    assert (error.permanent, error.busy, error.maybe_accepted) == (permanent, busy, False)


async def test_a_redirect_is_not_followed(replay: Replay, replayed: Kling) -> None:
    elsewhere = {"location": f"{replay.base_url}/elsewhere"}
    replay.answers = [{"status": 307, "body": {}, "headers": elsewhere}]
    error = await refusal(replayed, REQUEST)
    assert (error.permanent, error.maybe_accepted) == (False, False)
    assert len(replay.asked) == 1


@pytest.mark.parametrize("data", [None, {}, [], "yes", {"id": 7}, {"status": "submitted"}])
async def test_a_yes_without_a_task_may_stand_for_one(replay: Replay, replayed: Kling, data: Any) -> None:
    replay.answers = [{"status": 200, "body": {"code": 0, "message": "SUCCEED", "data": data}}]
    error = await refusal(replayed, REQUEST)
    assert (error.permanent, error.maybe_accepted) == (False, True)


@pytest.mark.parametrize("body", [[], "yes", {"code": "0"}, {"code": None}])
async def test_an_answer_that_is_none_is_no_lost_task(replay: Replay, replayed: Kling, body: Any) -> None:
    replay.answers = [{"status": 200, "body": body}]
    with pytest.raises(ProviderError) as caught:
        await replayed.check_status([TASK])
    assert not caught.value.permanent


# --- the legacy standard, by the recorded examples ------------------------------------------------------------


@pytest.mark.parametrize("name", names("legacy_submission"))
async def test_a_legacy_submission_is_sent_as_recorded(
    replay: Replay, legacy_replayed: KlingLegacy, name: str
) -> None:
    recorded = golden(name)
    replay.answers = [recorded["answer"]]
    task = await legacy_replayed.start_generation(replace(REQUEST, **recorded["wanted"]))
    assert_asked(replay.asked[0], recorded["request"])
    assert_read(task, recorded["task"])


@pytest.mark.parametrize("name", names("legacy_look"))
async def test_a_legacy_look_is_read_as_recorded(
    replay: Replay, legacy_replayed: KlingLegacy, name: str
) -> None:
    recorded = golden(name)
    replay.answers = [recorded["answer"]]
    found = await legacy_replayed.check_status([TASK])
    assert_asked(replay.asked[0], recorded["request"])
    if recorded["task"] is None:
        assert found == {}
    else:
        assert_read(found[TASK], recorded["task"])


async def test_our_id_is_looked_for_as_recorded_by_the_legacy_standard(
    replay: Replay, legacy_replayed: KlingLegacy
) -> None:
    recorded = golden("legacy_find")
    replay.answers = [recorded["answer"], recorded["answer"]]
    assert_read(await legacy_replayed.find(REQUEST.external_id), recorded["task"])
    assert_asked(replay.asked[0], recorded["request"])
    assert await legacy_replayed.find("another") is None


def test_a_token_is_as_recorded() -> None:
    recorded = golden("legacy_token")
    made = token(recorded["access_key"], recorded["secret_key"], recorded["at"])
    assert [decoded(part) for part in made.split(".")[:2]] == [
        decoded(part) for part in recorded["token"].split(".")[:2]
    ]
    signed_part, _, signature = made.rpartition(".")
    digest = hmac.digest(recorded["secret_key"].encode(), signed_part.encode(), "sha256")
    assert signature == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def decoded(part: str) -> dict[str, Any]:
    return json.loads(base64.urlsafe_b64decode(part + "=="))


@pytest.mark.parametrize("ending", ["", "/", "/v1", "/v1/"])
async def test_a_legacy_address_may_end_with_its_version(
    replay: Replay, legacy_replayed: KlingLegacy, ending: str
) -> None:
    adapter = legacy_at(replay.base_url + ending)
    replay.answers = [golden("legacy_look_submitted")["answer"]]
    await adapter.check_status([TASK])
    await adapter.close()
    assert replay.asked[0]["path"] == f"{LEGACY_PATH}/{TASK}"
    assert adapter.origin == replay.base_url
