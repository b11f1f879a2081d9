"""The browser's pure parts: the metronome, what a file may be, what a camera's refusal means, the waveform."""

from typing import Any

import pytest

from vannilli_app.media.checks import LIMITS, Kind
from vannilli_app.ui.draft import browser_limit


def beats(ask: Any, bars: float, bpm: str = "120", signature: str = "4/4", unit: str = "quarter") -> Any:
    tempo = {"bpm": bpm, "bars": "8", "timeSignature": signature, "beatUnit": unit}
    return ask("clicks.js", "clicks.beatsOf(given[0], given[1])", [[tempo, bars]])[0]


def test_a_bar_clicks_its_beats_and_accents_the_first(ask: Any) -> None:
    found = beats(ask, 2)
    assert [beat["at"] for beat in found] == [0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5]
    assert [beat["accent"] for beat in found] == [True, False, False, False] * 2


def test_half_a_bar_clicks_half_its_beats(ask: Any) -> None:
    assert [beat["at"] for beat in beats(ask, 1.5)] == [0, 0.5, 1, 1.5, 2, 2.5]


def test_a_bar_of_seven_eighths_in_quarters_ends_on_a_half_beat(ask: Any) -> None:
    assert [beat["at"] for beat in beats(ask, 2, signature="7/8")] == [0, 0.5, 1, 1.5, 1.75, 2.25, 2.75, 3.25]


def test_a_bar_of_six_eighths_in_dotted_quarters_has_two_beats(ask: Any) -> None:
    assert [beat["at"] for beat in beats(ask, 1, signature="6/8", unit="dotted_quarter")] == [0, 0.5]


@pytest.mark.parametrize(
    ("name", "type_", "found"),
    [
        ("song.mp3", "audio/mpeg", "audio/mpeg"),
        ("SONG.FLAC", "", "audio/flac"),
        ("take", "video/webm;codecs=vp9,opus", "video/webm"),
        ("nothing", "", ""),
    ],
)
def test_a_files_type_is_what_it_says_or_is_called(ask: Any, name: str, type_: str, found: str) -> None:
    assert ask("upload.js", "upload.contentType(given)", [{"name": name, "type": type_}]) == [found]


@pytest.mark.parametrize("kind", list(LIMITS))
def test_the_browser_refuses_what_the_server_would(ask: Any, kind: Kind) -> None:
    limit = browser_limit(kind)
    good = {"name": "x", "type": limit["types"][0], "size": limit["maxBytes"]}
    files = [
        good,
        {**good, "type": "text/plain"},
        {**good, "size": 0},
        {**good, "size": limit["maxBytes"] + 1},
    ]
    said = ask("upload.js", "upload.objection(given[0], given[1])", [[file, limit] for file in files])
    assert said[0] == ""
    assert [bool(sentence) for sentence in said[1:]] == [True] * 3
    assert limit["wanted"] in said[1]


def test_the_recording_format_is_the_first_that_the_browser_writes(ask: Any) -> None:
    for written, chosen in [
        (["video/webm"], "video/webm"),
        (["video/webm", "video/mp4"], "video/mp4"),
        ([], None),
    ]:
        assert ask("capture.js", "capture.recordingFormat((type) => given.includes(type))", [written]) == [
            chosen
        ]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("NotAllowedError", "Allow both"),
        ("NotFoundError", "no camera"),
        ("NotReadableError", "Another app"),
        ("TypeError", "upload a video instead"),
    ],
)
def test_a_refused_camera_is_explained_with_what_to_do(ask: Any, error: str, words: str) -> None:
    assert words in ask("capture.js", "capture.explained(given)", [{"name": error}])[0]


def test_the_first_sound_of_a_track_is_found(ask: Any) -> None:
    peaks = [0.01] * 250 + [0.9] + [0.3] * 100
    [seconds] = ask("track.js", "track.firstSound(Float32Array.from(given))", [peaks])
    assert seconds == 250 / 200
