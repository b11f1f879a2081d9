"""What a visitor is told of a file, signed out, from the file's bytes to the sentence."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.media import makers
from tests.media.makers import marking
from vannilli_app.config import Settings
from vannilli_app.http_api import make_api
from vannilli_app.media.marking import Marking, mark
from vannilli_app.media.marks import Marks, Signed
from vannilli_app.provenance import service
from vannilli_app.provenance.judgement import judged


@pytest.fixture
async def visitor(environment: Settings) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(make_api()), base_url="http://api") as client:
        yield client


async def check(visitor: httpx.AsyncClient, content: bytes) -> httpx.Response:
    return await visitor.post("/api/verify-video", content=content)


async def test_a_video_of_ours_one_of_others_a_changed_one_and_one_without_marks(
    visitor: httpx.AsyncClient, environment: Settings, tmp_path: Path
) -> None:
    plain = makers.film(tmp_path / "plain.mp4", frames=10).read_bytes()
    path = tmp_path / "final.mp4"

    async def marked(config: Settings) -> bytes:
        path.write_bytes(plain)
        claim = marking(tmp_path)
        await mark([path], Marking(claim.source, claim.made_by, claim.made_at, config))
        return path.read_bytes()

    ours = await marked(environment)
    found = (await check(visitor, ours)).json()
    assert (found["proof"], found["says_ai"]) == ("signed_here", True)
    assert (found["signed_by"], found["made_with"]) == ("Vannilli", "Kling")
    assert "certificate of its own" in found["sentences"][0]
    assert "not on the public trust list" in found["sentences"][0]

    changed = bytearray(ours)
    picture = plain.index(b"mdat") + 1000
    changed[ours.index(plain[picture : picture + 100])] ^= 1
    found = (await check(visitor, bytes(changed))).json()
    assert (found["proof"], found["signed_by"]) == ("changed", None)

    found = (await check(visitor, await marked(Settings(data_dir=tmp_path / "others")))).json()
    assert found["proof"] == "signed_elsewhere"
    assert "none of ours" in found["sentences"][0]

    found = (await check(visitor, plain)).json()
    assert (found["proof"], found["says_ai"], found["digital_source_type"]) == ("nothing", False, None)
    assert not list((environment.data_dir).rglob("vannilli-verify-*"))


@pytest.mark.parametrize(
    ("content", "status", "code", "sentence"),
    [
        (b"", 422, "asset_invalid", "That file is empty. Choose another one."),
        (b"no video", 422, "asset_invalid", "not a video, a track or a picture"),
        (b"<svg onload='alert(1)'>", 422, "asset_invalid", "not a video, a track or a picture"),
    ],
)
async def test_what_is_no_video_gets_a_sentence(
    visitor: httpx.AsyncClient, content: bytes, status: int, code: str, sentence: str
) -> None:
    answer = await check(visitor, content)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert sentence in answer.json()["detail"]


async def test_a_file_that_is_too_large_is_not_taken_to_its_end(visitor: httpx.AsyncClient) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(service.MOST_BYTES // 10_000_000 + 1):
            yield bytes(10_000_000)

    with pytest.raises(service.TooLarge, match="more than 500 MB"):
        await service.check(endless())
    announced = {"content-length": str(service.MOST_BYTES + 1)}
    answer = await visitor.post("/api/verify-video", content=b"x", headers=announced)
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


async def test_only_so_many_are_checked_at_once() -> None:
    go = asyncio.Event()

    async def waiting() -> AsyncIterator[bytes]:
        await go.wait()
        yield b"no video"

    running = [asyncio.create_task(service.check(waiting())) for _ in range(service.AT_ONCE)]
    await asyncio.sleep(0)
    with pytest.raises(service.TooMany, match="Others are checking"):
        await service.check(waiting())
    go.set()
    assert len(await asyncio.gather(*running, return_exceptions=True)) == service.AT_ONCE


@pytest.mark.parametrize(
    ("marks", "proof", "says_ai"),
    [
        (Marks("video/mp4", None, None), "nothing", False),
        (Marks("video/mp4", "digitalCapture", None), "only_said", False),
        (Marks("video/mp4", "trainedAlgorithmicMedia", None), "only_said", True),
        (Marks("video/mp4", None, Signed("Invalid", ("assertion.bmffHash.mismatch",))), "changed", False),
        (Marks("video/mp4", None, Signed("Invalid", ("signingCredential.expired",))), "unreadable", False),
        (Marks("video/mp4", None, Signed("Unreadable")), "unreadable", False),
        (Marks("video/mp4", None, Signed("Valid", says="trainedAlgorithmicMedia")), "signed_elsewhere", True),
        (
            Marks("video/mp4", None, Signed("Trusted", says="compositeWithTrainedAlgorithmicMedia")),
            "signed_here",
            True,
        ),
    ],
)
def test_nothing_more_is_said_than_is_proven(marks: Marks, proof: str, says_ai: bool) -> None:
    found = judged(marks, own=True)
    assert (found.proof, found.says_ai) == (proof, says_ai)
    assert all(sentence.endswith(".") for sentence in found.sentences)


def test_what_a_broken_signature_says_is_not_repeated() -> None:
    liar = Signed(
        "Invalid", ("claimSignature.mismatch",), issuer="The Moon", says="digitalCapture", made_by="Me"
    )
    found = judged(Marks("video/mp4", None, liar), own=True)
    assert (found.signed_by, found.made_with, found.digital_source_type) == (None, None, None)


def test_a_bought_certificate_is_named() -> None:
    found = judged(Marks("video/mp4", None, Signed("Trusted", issuer="Label Ltd")), own=False)
    assert "the certificate of Label Ltd" in found.sentences[0]
    assert "public trust list" not in found.sentences[0]
