"""How well performances are put in time: known takes in many rooms, known tracks, and what is delivered."""

import asyncio
import tempfile
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests import npm
from tests.bench.figures import Figure
from tests.media import grooves
from tests.media.delivered import Case, deliver
from tests.media.rooms import caught
from tests.media.test_beats import PLAYED
from vannilli_app.media import beats
from vannilli_app.media.beats import Beats
from vannilli_app.media.onsets import RATE, listen
from vannilli_app.media.sync import TRUSTED, Offset, estimate

SECONDS = 13.7
NEAR = 0.005  # seconds
TEMPOS = {"house": 124, "rock": 96, "trap": 140, "shuffle": 110, "ballad": 72.4, "waltz": 90, "bossa": 118,
          "techno": 133}  # fmt: skip
LATENCIES = (0.05, 0.15, 0.25, 0.4)
DRIFTS = (0.0, 200e-6, -200e-6)
DECIBELS = (-14, -30)
HALF_A_BPM = 0.5
# Sonic Pi's loops (CC0): recordings of drummers, drum machines and percussion. Each is so many beats long, so that its
# length tells its tempo.
LOOPS = {"amen": 4, "amen_full": 16, "breakbeat": 4, "compus": 16, "electric": 4, "garzul": 16, "industrial": 2,
         "mehackit1": 4, "mehackit2": 4, "mika": 16, "perc1": 4, "perc2": 4, "safari": 16, "weirdo": 8}  # fmt: skip
LOOPED_SECONDS = 20


def figures() -> list[Figure]:
    """Offsets, tempos of generated and of recorded music, and flash against click on two delivered files."""
    return [*_offsets(), *_tempos(), *asyncio.run(_loops()), *_delivered()]


def _offsets() -> list[Figure]:
    believed, wrong, heard, errors = 0, 0, 0, []
    for style, bpm in TEMPOS.items():
        track = grooves.groove(style, bpm, bars=9, lead=0).sound[: round(SECONDS * RATE)]
        for decibels, offset, drift in product(DECIBELS, LATENCIES, DRIFTS):
            found = _find(track, caught(track, offset, decibels=decibels, drift=drift))
            heard += 1
            if found.confidence >= TRUSTED:
                believed += 1
                at_end = found.seconds - offset + SECONDS * (found.drift - drift)
                error = max(abs(found.seconds - offset), abs(at_end))
                errors.append(error)
                wrong += error > NEAR
        for other in (np.zeros_like(track), grooves.groove("reggae", bpm * 1.07, bars=12, lead=0).sound):
            wrong += _find(track, caught(other, 0.1, decibels=-14, drift=0)).confidence >= TRUSTED
    worst = 1000 * max(errors)
    return [
        Figure(f"offset of {heard} takes with bleed, worst that is believed", worst, 0, "ms", "", "<= 5"),
        Figure("  believed (else the recorder's clock is)", 100 * believed / heard, 0, "%", ""),
        Figure(f"  wrong and believed, with {2 * len(TEMPOS)} takes without bleed", wrong, 0, "", "", "0"),
    ]


def _find(track: NDArray[np.float32], take: NDArray[np.float32]) -> Offset:
    return estimate(track, take, around=0.0, within=5.0)


def _tempos() -> list[Figure]:
    found = [(one.bpm, beats.find(one.sound, one.beats_per_bar)) for one in PLAYED]
    return _judged(f"tempo of {len(PLAYED)} tracks within 0.5 BPM", found)


async def _loops() -> list[Figure]:
    found, folder = [], npm.packages("loops") / "supersonic-scsynth-samples" / "samples"
    for name, count in LOOPS.items():
        loop = await listen(folder / f"loop_{name}.flac")
        sound = np.tile(loop, -(-LOOPED_SECONDS * RATE // loop.size))
        found.append((60 * count * RATE / loop.size, beats.find(sound)))
    return _judged(f"tempo of {len(LOOPS)} recorded loops within 0.5 BPM", found)


def _judged(name: str, found: list[tuple[float, Beats]]) -> list[Figure]:
    """How many tempos were found, or offered besides."""
    at_once = sum(abs(heard.bpm - bpm) <= HALF_A_BPM for bpm, heard in found)
    offered = sum(
        min(abs(one - bpm) for one in (heard.bpm, *heard.alternatives)) <= HALF_A_BPM for bpm, heard in found
    )
    return [
        Figure(name, 100 * at_once / len(found), 0, "%", ""),
        Figure("  or an offered octave", 100 * offered / len(found), 0, "%", "", ">= 95"),
    ]


def _delivered() -> list[Figure]:
    found = []
    for case in (Case("60", "4/4", 30), Case("93.5", "7/8", 24)):
        with tempfile.TemporaryDirectory(prefix="vannilli-bench-") as folder:
            measured = asyncio.run(deliver(case, Path(folder)))
        name = f"picture after sound, 32 bars of {case.time_signature} at {case.bpm}, {case.fps} fps"
        found += [
            Figure(name, 1000 * measured.lag, 0, "ms", "", "<= 20"),
            Figure("  of the worst single frame", 1000 * measured.worst, 0, "ms", "", "<= 20"),
        ]
    return found
