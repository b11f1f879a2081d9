from pathlib import Path

import numpy as np
import pytest

from tests.media import makers
from tests.media.grooves import RATE, STYLES, Groove, groove
from vannilli_app.media.beats import Beats, NoBeat, beats_of, find

TEMPOS = {
    "house": (124, 118.5), "rock": (96, 132), "boom bap": (86, 93.5), "trap": (140, 72),
    "drum and bass": (174, 168), "waltz": (90, 150), "shuffle": (110, 76), "reggae": (76, 80),
    "ballad": (63, 72.4), "arpeggio": (104, 128), "bossa": (130, 118), "techno": (133, 145),
    "ukulele": (112, 90), "metal": (180, 116), "click": (60, 97.3),
}  # fmt: skip
PLAYED = [
    groove(style, bpm, loose=loose, seed=3)
    for style, tempos in TEMPOS.items()
    for bpm, loose in zip(tempos, (0.0, 0.008), strict=True)
]


@pytest.fixture(scope="module")
def heard() -> list[tuple[Groove, Beats]]:
    return [(one, find(one.sound, one.beats_per_bar)) for one in PLAYED]


def test_the_tempo_or_its_octave_is_found_in_every_style(heard: list[tuple[Groove, Beats]]) -> None:
    """At least 95 of a hundred within half a BPM, among them most without an alternative."""
    assert len(heard) == 30
    assert TEMPOS.keys() == STYLES.keys()
    at_once = [one.bpm for one, found in heard if abs(found.bpm - one.bpm) <= 0.5]
    offered = [
        one.bpm
        for one, found in heard
        if min(abs(bpm - one.bpm) for bpm in (found.bpm, *found.alternatives)) <= 0.5
    ]
    assert len(offered) >= 0.95 * len(heard)
    assert len(at_once) >= 0.65 * len(heard)


def test_the_beats_lie_where_they_are_played(heard: list[tuple[Groove, Beats]]) -> None:
    """Of what is played to the sample, and begins with the beat."""
    for one, found in heard:
        if one.name in ("house", "rock", "shuffle", "techno", "boom bap", "metal") and _is_right(one, found):
            true = one.lead + np.arange(100) * 60 / one.bpm
            errors = [float(np.abs(true - beat).min()) for beat in found.beats]
            assert np.median(errors) < 0.01
            assert max(errors) < 0.03


def test_a_bar_begins_where_the_music_does(heard: list[tuple[Groove, Beats]]) -> None:
    for one, found in heard:
        if one.name in ("house", "rock", "boom bap", "waltz", "click") and _is_right(one, found):
            assert found.downbeats[0] == pytest.approx(one.lead, abs=0.03)
            assert np.diff(found.downbeats) == pytest.approx(one.beats_per_bar * 60 / one.bpm, abs=0.05)


def _is_right(one: Groove, found: Beats) -> bool:
    return abs(found.bpm - one.bpm) <= 0.5


def test_a_band_that_gets_faster_is_followed() -> None:
    """From 100 to 104 BPM over a minute."""
    times, at = [0.2], 100.0
    while times[-1] < 60:
        times.append(times[-1] + 60 / at)
        at = 100 + 4 * times[-1] / 60
    sound = np.random.default_rng(1).normal(size=62 * RATE).astype(np.float32) * 0.001
    hit = groove("click", 60, bars=1, lead=0).sound[: RATE // 10]
    for time in times:
        sound[round(time * RATE) :][: hit.size] += hit
    found = find(sound)
    errors = [float(np.abs(np.array(times) - beat).min()) for beat in found.beats]
    assert 99.5 < found.bpm < 104.5
    assert max(errors) < 0.03


@pytest.mark.parametrize("seconds", [0, 3, 20])
def test_silence_has_no_beat(seconds: int) -> None:
    with pytest.raises(NoBeat):
        find(np.zeros(seconds * RATE, np.float32))


def test_of_noise_it_is_less_sure_than_of_music(heard: list[tuple[Groove, Beats]]) -> None:
    random = np.random.default_rng(4)
    noise = [find(random.normal(size=20 * RATE).astype(np.float32)).confidence for _ in range(5)]
    assert max(noise) < 0.2
    assert np.percentile([found.confidence for _, found in heard], 10) > 2 * max(noise)


async def test_a_file_is_heard(tmp_path: Path) -> None:
    played = groove("house", 124)
    makers.wav(tmp_path / "track.wav", np.repeat(played.sound, 3))
    assert (await beats_of(tmp_path / "track.wav")).bpm == pytest.approx(124, abs=0.1)
