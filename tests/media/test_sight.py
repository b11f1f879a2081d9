from dataclasses import replace
from typing import Any

import pytest

from tests.media.test_checks import DRIVER, IMAGE
from vannilli_app.media.sight import Sight, check_sight, checks

GOOD = Sight(looks=20, faces=1.0, several=0.0, size=0.3, light=120, sharp=200, turned=5, mouth=0.3)


def test_what_is_right_has_no_finding_and_a_whole_checklist() -> None:
    assert check_sight("driver_video", GOOD, DRIVER, "9:16") == []
    assert check_sight("target_image", replace(GOOD, looks=1, mouth=0), IMAGE, "9:16") == []
    listed = checks("driver_video", [])
    assert [one.name for one in listed] == ["face", "mouth", "light", "sharp", "shape", "length"]
    assert {one.standing for one in listed} == {"good"}


@pytest.mark.parametrize(
    ("change", "code", "severity", "remedy"),
    [
        ({"faces": 0.5}, "face_lost", "warning", "50 % of your performance. Look into the camera"),
        ({"mouth": 0.02}, "mouth_still", "warning", "Take the microphone"),
        ({"light": 30}, "dim", "warning", "Face a window"),
        ({"light": 3}, "nothing_seen", "error", "Turn on a light"),
        ({"several": 0.6}, "several_faces", "warning", "alone"),
        ({"size": 0.08}, "small_face", "warning", "Come nearer"),
        ({"sharp": 4}, "soft", "warning", "Wipe the lens"),
    ],
)
def test_a_performance_that_could_be_better(
    change: dict[str, Any], code: str, severity: str, remedy: str
) -> None:
    [found] = check_sight("driver_video", replace(GOOD, **change), DRIVER, "9:16")
    assert (found.code, found.severity) == (code, severity)
    assert remedy in found.detail


def test_a_picture_without_a_face_or_with_one_that_looks_aside() -> None:
    nobody = replace(GOOD, looks=1, faces=0.0, size=0, sharp=0)
    assert [one.code for one in check_sight("target_image", nobody, IMAGE, "9:16")] == ["no_face"]
    both = replace(GOOD, several=1.0)
    [found] = check_sight("target_image", both, IMAGE, "9:16")
    assert (found.code, found.severity) == ("several_faces", "warning")
    assert "choose another" in found.detail
    aside = replace(GOOD, turned=50)
    assert [one.code for one in check_sight("target_image", aside, IMAGE, "9:16")] == ["turned_away"]


@pytest.mark.parametrize(
    ("aspect", "found"), [("9:16", []), ("1:1", ["other_shape"]), ("16:9", ["other_shape"])]
)
def test_a_phone_that_is_held_the_other_way(aspect: str, found: list[str]) -> None:
    assert [one.code for one in check_sight("driver_video", GOOD, DRIVER, aspect)] == found


def test_the_checklist_says_the_worst_of_each_and_leaves_nothing_out() -> None:
    findings = [
        ("dim", "warning", "It is dark."),
        ("nothing_seen", "error", "Too dark."),
        ("wrong_format", "error", "Another format."),
    ]
    listed = {one.name: one for one in checks("target_image", findings)}
    assert list(listed) == ["face", "light", "sharp", "shape", "wrong_format"]
    assert (listed["light"].standing, listed["light"].detail) == ("error", "Too dark.")
    assert (listed["face"].standing, listed["face"].detail) == ("good", "")
    assert (listed["wrong_format"].standing, listed["wrong_format"].detail) == ("error", "Another format.")
