"""Files that come in parts, over the API and into a store on this machine."""

import io
import wave
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.artist import Artist, NewArtist
from vannilli_app import storage
from vannilli_app.config import Settings
from vannilli_app.generations import retention
from vannilli_app.studio.parts import LINKS_AT_ONCE

PART = 1 << 20
SECONDS = 90


@pytest.fixture
def track() -> bytes:
    """90 s of silence: more parts than links are given at once, and a last one that is shorter."""
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setparams((2, 2, 48_000, 0, "NONE", ""))
        file.writeframes(bytes(4 * 48_000 * SECONDS))
    return written.getvalue()


async def test_an_interrupted_upload_goes_on_where_it_stopped(new_artist: NewArtist, track: bytes) -> None:
    artist = await new_artist()
    asset = await _promised(artist, track)
    left = await _left(artist, asset)
    assert (left["sent_bytes"], len(left["parts"])) == (0, LINKS_AT_ONCE)
    await _send(artist, left["parts"][:3], track)
    # a reload: nothing but the asset's id is known
    left = await _left(artist, asset)
    assert left["sent_bytes"] == 3 * PART
    assert [part["number"] for part in left["parts"]][:2] == [4, 5]
    early = await artist.http.post(f"/api/assets/{asset}/check")
    assert (early.status_code, early.json()["code"]) == (404, "asset_missing")
    while left["parts"]:
        await _send(artist, left["parts"], track)
        left = await _left(artist, asset)
    assert left["sent_bytes"] == left["size_bytes"] == len(track)

    checked = (await artist.http.post(f"/api/assets/{asset}/check")).json()
    assert checked["asset"]["uploaded"]
    assert checked["findings"] == []
    assert (await _left(artist, asset))["parts"] == []


async def test_an_upload_that_nobody_ends_is_ended_with_its_project_or_its_day(
    new_artist: NewArtist, track: bytes, environment: Settings
) -> None:
    artist = await new_artist()
    asset = await _promised(artist, track)
    await _send(artist, (await _left(artist, asset))["parts"][:1], track)
    parts = environment.data_dir / "files" / ".parts"
    await retention.run(datetime.now(UTC))
    assert len(list(parts.iterdir())) == 1
    await retention.run(datetime.now(UTC) + timedelta(hours=23, minutes=1))
    assert list(parts.iterdir()) == []
    assert (await artist.http.post(f"/api/assets/{asset}/parts")).status_code == 404


async def test_an_upload_that_the_store_has_dropped_begins_anew(new_artist: NewArtist, track: bytes) -> None:
    artist = await new_artist()
    asset = await _promised(artist, track)
    await _send(artist, (await _left(artist, asset))["parts"][:1], track)
    later = datetime.now(UTC) + timedelta(minutes=1)
    assert await storage.store().abandon_uploads(storage.RAW_UPLOADS, "", before=later) == 1
    left = await _left(artist, asset)
    assert (left["sent_bytes"], left["parts"][0]["number"]) == (0, 1)


async def _promised(artist: Artist, track: bytes) -> str:
    project = await artist.project(bpm=120, bars=8)
    wanted = {"kind": "audio", "content_type": "audio/wav", "size_bytes": len(track)}
    answer = await artist.http.post("/api/upload-assets", json={"project_id": project, "assets": [wanted]})
    return str(answer.json()["uploads"][0]["asset_id"])


async def _left(artist: Artist, asset: str) -> dict[str, Any]:
    answer = await artist.http.post(f"/api/assets/{asset}/parts")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def _send(artist: Artist, parts: list[dict[str, Any]], track: bytes) -> None:
    for part in parts:
        piece = track[part["first_byte"] :][: part["size_bytes"]]
        sent = await artist.http.request(
            part["method"], part["url"], content=piece, headers=part["headers"] | {"authorization": ""}
        )
        assert sent.status_code == 200, sent.text
