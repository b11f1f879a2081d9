from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from vannilli_app.errors import Invalid, TooLarge, UnsupportedMedia
from vannilli_app.media.checks import LIMITS, MEGABYTE, check_driver, check_image, check_track, check_upload
from vannilli_app.media.probe import MediaInfo

SECTION = Fraction(96, 7)
DRIVER = MediaInfo(
    kind="video",
    container="matroska,webm",
    size_bytes=4 * MEGABYTE,
    video_codec="vp9",
    audio_codec="opus",
    width=720,
    height=1280,
    fps=Fraction(30),
    frames=420,
    duration=Fraction(14),
)
IMAGE = MediaInfo(kind="image", container="jpeg", size_bytes=MEGABYTE, width=600, height=704)
TRACK = MediaInfo(
    kind="audio", container="mp3", size_bytes=MEGABYTE, audio_codec="mp3", duration=Fraction(180), channels=2,
    sample_rate=44_100,
)  # fmt: skip


def test_what_is_right_has_no_finding() -> None:
    assert check_driver(DRIVER, SECTION) == []
    assert check_image(IMAGE) == []
    assert check_track(TRACK, Fraction(180)) == []


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ({"kind": "audio"}, "wrong_kind", "no moving picture"),
        ({"container": "ogg"}, "wrong_format", "MP4, MOV or WebM"),
        ({"size_bytes": 500 * MEGABYTE + 1}, "too_large", "501 MB. It may have 500 MB"),
        ({"width": 339}, "too_small", "339 by 1280 px"),
        ({"height": 3851}, "too_wide", "720 by 3851 px"),
        ({"fps": Fraction(99, 10)}, "too_few_frames", "under 10 frames"),
        ({"frames": 1, "fps": Fraction(0)}, "too_few_frames", "under 10 frames"),
        ({"duration": SECTION - Fraction(501, 1000)}, "too_short", "13.2 s and the section 13.7 s"),
    ],
)
def test_a_performance_that_will_not_do(change: dict[str, Any], code: str, words: str) -> None:
    findings = check_driver(replace(DRIVER, **change), SECTION)
    assert [(one.code, one.severity) for one in findings] == [(code, "error")]
    assert words in findings[0].detail


@pytest.mark.parametrize(
    "change",
    [
        {"duration": SECTION - Fraction(1, 2)},
        {"duration": Fraction(600)},
        {"width": 340, "height": 3850},
        {"fps": Fraction(10)},
        {"size_bytes": 500 * MEGABYTE},
    ],
)
def test_the_bounds_of_a_performance_are_within(change: dict[str, Any]) -> None:
    assert check_driver(replace(DRIVER, **change), SECTION) == []


def test_a_silent_performance_is_only_warned_of() -> None:
    findings = check_driver(replace(DRIVER, audio_codec=""), SECTION)
    assert [(one.code, one.severity) for one in findings] == [("no_sound", "warning")]


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ({"kind": "video"}, "wrong_kind", "JPEG, PNG or WebP"),
        ({"size_bytes": 10 * MEGABYTE + 1}, "too_large", "11 MB"),
        ({"width": 299}, "too_small", "299 by 704 px"),
        ({"width": 300, "height": 751}, "wrong_ratio", "Crop it"),
        ({"width": 1001, "height": 400}, "wrong_ratio", "Crop it"),
    ],
)
def test_a_picture_that_will_not_do(change: dict[str, Any], code: str, words: str) -> None:
    findings = check_image(replace(IMAGE, **change))
    assert [(one.code, one.severity) for one in findings] == [(code, "error")]
    assert words in findings[0].detail


@pytest.mark.parametrize("sides", [(300, 750), (750, 300), (300, 300)])
def test_the_bounds_of_a_picture_are_within(sides: tuple[int, int]) -> None:
    assert check_image(replace(IMAGE, width=sides[0], height=sides[1])) == []


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ({"kind": "image"}, "wrong_kind", "no sound file"),
        ({"container": "matroska,webm"}, "wrong_format", "MP3, WAV"),
        ({"size_bytes": 100 * MEGABYTE + 1}, "too_large", "101 MB"),
        ({"channels": 6}, "too_many_channels", "6 channels. Export it in stereo"),
        ({"duration": Fraction(17994, 100)}, "too_short", "179.9 s and the section ends at 180.0 s"),
    ],
)
def test_a_track_that_will_not_do(change: dict[str, Any], code: str, words: str) -> None:
    findings = check_track(replace(TRACK, **change), Fraction(180))
    assert [(one.code, one.severity) for one in findings] == [(code, "error")]
    assert words in findings[0].detail


def test_several_things_are_said_at_once() -> None:
    broken = replace(DRIVER, width=100, duration=Fraction(1), fps=Fraction(1))
    assert {one.code for one in check_driver(broken, SECTION)} == {"too_small", "too_few_frames", "too_short"}


def test_an_upload_that_is_worth_starting() -> None:
    for kind, limit in LIMITS.items():
        for content_type in limit.types:
            check_upload(kind, content_type, limit.max_bytes)
            check_upload(kind, content_type, 1)
    assert LIMITS["audio"].types["audio/x-wav"] == "wav"


def test_an_upload_that_is_not() -> None:
    with pytest.raises(UnsupportedMedia, match="MP4, MOV or WebM"):
        check_upload("driver_video", "text/plain", 1)
    with pytest.raises(UnsupportedMedia, match="picture"):
        check_upload("target_image", "video/mp4", 1)
    with pytest.raises(TooLarge, match="101 MB"):
        check_upload("audio", "audio/mpeg", 100 * MEGABYTE + 1)
    with pytest.raises(Invalid, match="empty"):
        check_upload("audio", "audio/mpeg", 0)
