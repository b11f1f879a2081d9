"""What is said of a file before anything is spent."""

from pathlib import Path

import cv2
import numpy as np

from tests.artist import NewArtist
from vannilli_app import words
from vannilli_app.config import ROOT
from vannilli_app.models import Asset
from vannilli_app.studio.inspection import decode

THUMBNAIL = ROOT / "assets" / "demo" / "thumbnail.jpg"


async def test_a_picture_gets_its_checklist_and_what_is_all_dark_is_an_error(
    new_artist: NewArtist, tmp_path: Path
) -> None:
    artist = await new_artist()
    project = await artist.project(aspect="16:9")
    dark = tmp_path / "dark.png"
    cv2.imwrite(str(dark), np.full((720, 1280, 3), 2, np.uint8))
    standings = []
    for picture in (THUMBNAIL, dark):
        size = picture.stat().st_size
        kind = "image/jpeg" if picture.suffix == ".jpg" else "image/png"
        wanted = {"kind": "target_image", "content_type": kind, "size_bytes": size}
        promised = await artist.http.post(
            "/api/upload-assets", json={"project_id": project, "assets": [wanted]}
        )
        [link] = promised.json()["uploads"]
        await artist.http.put(
            link["url"], content=picture.read_bytes(), headers=link["headers"] | {"authorization": ""}
        )
        checked = (await artist.http.post(f"/api/assets/{link['asset_id']}/check")).json()
        standings.append({check["name"]: check["standing"] for check in checked["checks"]})
        assert all(check["detail"] for check in checked["checks"] if check["standing"] != "good")
    assert standings == [
        {"face": "good", "light": "good", "sharp": "good", "shape": "warning"},
        {"face": "warning", "light": "error", "sharp": "good", "shape": "good"},
    ]
    errors = [found["code"] for found in checked["findings"] if found["severity"] == "error"]
    assert errors == ["nothing_seen"]


async def test_a_file_that_is_none_is_said_in_the_language_of_whoever_sent_it(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_text("no picture")
    said = {}
    for language in ("en", "de"):
        asset = Asset(kind="target_image")
        with words.speaking(language):
            await decode(asset, tmp_path / "a.jpg")
        [finding] = asset.findings
        said[language] = finding["detail"]
    assert said["en"] == "Your picture cannot be read. Choose a JPEG, PNG or WebP picture."
    assert said["de"].startswith("Bild: Die Datei ist nicht lesbar.")
