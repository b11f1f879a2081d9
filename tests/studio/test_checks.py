"""What is said of a file before anything is spent."""

from pathlib import Path

import cv2
import numpy as np

from tests.artist import NewArtist
from vannilli_app.config import ROOT

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
