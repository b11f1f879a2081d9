"""What a draft may be asked for beside its section: the camera, the mouth, and which of several faces performs."""

from pathlib import Path
from typing import Any
from uuid import UUID

import cv2
import numpy as np
import pytest

from tests.artist import NewArtist
from tests.media import faces
from tests.settled import request_of
from vannilli_app.generations.schemas import Request


async def test_choices_are_kept_and_a_face_can_be_taken_back(new_artist: NewArtist) -> None:
    artist = await new_artist()
    path = f"/api/projects/{await artist.project()}"

    async def chosen(**changes: Any) -> tuple[Any, ...]:
        assert (await artist.http.patch(path, json=changes)).status_code == 200
        found = (await artist.http.get(path)).json()
        return found["beat_accent"], found["mouth"], found["face"]

    assert await chosen() == ("off", "auto", None)
    wanted = {"beat_accent": "strong", "mouth": "drawn", "face": [0.123456, 1]}
    assert await chosen(**wanted) == ("strong", "drawn", [0.1235, 1.0])
    assert await chosen(beat_accent=None, prompt="Rain") == ("strong", "drawn", [0.1235, 1.0])
    assert await chosen(face=None) == ("strong", "drawn", None)


@pytest.mark.parametrize(
    "changes",
    [
        {"beat_accent": "loud"},
        {"mouth": ""},
        {"face": [0.5, 1.01]},
        {"face": [-0.1, 0.5]},
        {"face": [0.5]},
        {"face": [0.5, 0.5, 0.5]},
        {"face": ["0.5", True]},
    ],
)
async def test_what_cannot_be_is_refused(new_artist: NewArtist, changes: dict[str, Any]) -> None:
    artist = await new_artist()
    refused = await artist.http.patch(f"/api/projects/{await artist.project()}", json=changes)
    assert (refused.status_code, refused.json()["code"]) == (422, "validation_error")


async def test_the_faces_of_a_picture_are_told_by_its_check_and_by_its_project(
    new_artist: NewArtist, tmp_path: Path
) -> None:
    artist = await new_artist()
    project = await artist.project()
    cv2.imwrite(str(tmp_path / "both.png"), np.fliplr(faces.two()))
    asset = await artist.send(project, "target_image", tmp_path / "both.png")
    checked = (await artist.http.post(f"/api/assets/{asset}/check")).json()
    large, small = checked["asset"]["faces"]
    assert large["x"] > 0.5 > small["x"] + small["width"]
    assert [one["code"] for one in checked["findings"] if "face" in one["code"]] == ["several_faces"]
    assert (await artist.http.get(f"/api/projects/{project}")).json()["faces"] == [large, small]


def test_a_request_that_was_frozen_before_there_was_a_choice_is_still_read() -> None:
    frozen = request_of(UUID(int=1)).model_dump(mode="json")
    old = {name: value for name, value in frozen.items() if name not in ("beat_accent", "mouth", "face")}
    assert Request.model_validate(old) == request_of(UUID(int=1))
    chosen = Request.model_validate({**frozen, "face": [0.2, 0.4]})
    assert chosen.face == (0.2, 0.4)
