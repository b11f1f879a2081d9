"""How fast the local animator is, how much memory a render needs, and whether it is on the beat, beside bare decoding
and encoding."""

import tempfile
from fractions import Fraction
from pathlib import Path
from statistics import median

from tests.bench.figures import Figure
from tests.bench.peak import Run, measured
from tests.engine import clips
from vannilli_app import demo
from vannilli_app.engine import animate
from vannilli_app.engine.reader import pictures

WIDTH, HEIGHT, FPS = 720, 1280, 30
BPM, BARS = 120, 7
SECONDS = 14  # what they last in 4/4
ROUNDS = 3
LONG = 9  # times as long
AGAINST = "bare decode + encode of the same clip (PyAV)"


def figures() -> list[Figure]:
    """Times real time (higher is better) and peak memory of the whole render process, final and draft; how far the
    worst beat accent is from its beat."""
    with tempfile.TemporaryDirectory(prefix="vannilli-bench-") as name:
        folder = Path(name)
        inputs = demo.write(folder, bpm=BPM, bars=BARS, clip_size=(WIDTH, HEIGHT))
        clip, out = inputs.performance.path, str(folder / "out.mp4")
        render = _render(inputs.image, clip, out, SECONDS)
        finals, drafts, bares = [], [], []
        for _ in range(ROUNDS):  # in turn, so that whatever else the machine does meets all of them
            bares.append(measured("-m", "tests.bench.transcode", str(clip), out))
            finals.append(measured(*render))
            drafts.append(measured(*render, "--draft"))
        whole = clips.repeated(clip, folder / "long.mp4", LONG)
        long = measured(*_render(inputs.image, whole, out, LONG * SECONDS), "--draft")
        off = _off_the_beat(inputs.image, clip, folder)
    what = f"{SECONDS} s, {WIDTH}x{HEIGHT}"
    return [
        Figure(f"animator, {what}", _speed(finals), _speed(bares), "x real time", AGAINST, ">= 1.5"),
        Figure("  as a draft", _speed(drafts), _speed(bares), "x real time", AGAINST, ">= 3"),
        Figure("  processor time for 1 s of it", _work(finals), _work(bares), "s", AGAINST),
        Figure("  peak memory", _peak(finals), _peak(bares), "MiB", AGAINST, "<= 600"),
        Figure("  peak memory, draft", _peak(drafts), _peak(bares), "MiB", AGAINST),
        Figure(
            f"  the same, {LONG * SECONDS} s", long.peak_mib, _peak(drafts), "MiB", f"{SECONDS} s", "flat"
        ),
        Figure("  beat accents, still performer, worst", off, 0, "frames", "", "<= 1"),
    ]


def _render(image: Path, clip: Path, out: str, seconds: int) -> tuple[str, ...]:
    return (
        "-m", "vannilli_app.engine", "--image", str(image), "--driver", str(clip), "--out", out,
        "--size", f"{WIDTH}x{HEIGHT}", "--fps", str(FPS), "--frames", str(seconds * FPS), "--bpm", str(BPM),
    )  # fmt: skip


def _off_the_beat(image: Path, clip: Path, folder: Path) -> float:
    first = next(iter(pictures(clip, Fraction(25), longest_side=448))).rgb
    still = clips.write(folder / "still.mp4", [first] * 75, [index / 25 for index in range(75)])
    out = folder / "beat.mp4"
    found = []
    for bpm, fps in ((97.0, Fraction(30)), (143.7, Fraction(24)), (120.0, Fraction(30000, 1001))):
        animate(image, still, out, size=(256, 448), fps=fps, bpm=bpm, accent=1.0)
        found.append(clips.accents_off(out, bpm, fps))
    return max(found)


def _speed(runs: list[Run]) -> float:
    return median(SECONDS / run.seconds for run in runs)


def _work(runs: list[Run]) -> float:
    """Processor seconds for a second of video: tells more than the clock while others use the machine too."""
    return median(run.cpu_seconds / SECONDS for run in runs)


def _peak(runs: list[Run]) -> float:
    return median(run.peak_mib for run in runs)
