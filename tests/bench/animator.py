"""How fast the local animator is, and how much memory a render needs, beside bare decoding and encoding."""

import tempfile
from pathlib import Path
from statistics import median

from tests.bench.figures import Figure
from tests.bench.peak import Run, measured
from tests.engine import clips
from vannilli_app import demo

WIDTH, HEIGHT, FPS = 720, 1280, 30
BPM, BARS = 120, 7
SECONDS = 14  # what they last in 4/4
ROUNDS = 3
LONG = 9  # times as long
AGAINST = "bare decode + encode of the same clip (PyAV)"


def figures() -> list[Figure]:
    """Times real time (higher is better) and peak memory of the whole render process, final and draft."""
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
    what = f"{SECONDS} s, {WIDTH}x{HEIGHT}"
    return [
        Figure(f"animator, {what}", _speed(finals), _speed(bares), "x real time", AGAINST, ">= 1.5"),
        Figure("  as a draft", _speed(drafts), _speed(bares), "x real time", AGAINST),
        Figure("  processor time for 1 s of it", _work(finals), _work(bares), "s", AGAINST),
        Figure("  peak memory", _peak(finals), _peak(bares), "MiB", AGAINST, "<= 600"),
        Figure("  peak memory, draft", _peak(drafts), _peak(bares), "MiB", AGAINST),
        Figure(
            f"  the same, {LONG * SECONDS} s", long.peak_mib, _peak(drafts), "MiB", f"{SECONDS} s", "flat"
        ),
    ]


def _render(image: Path, clip: Path, out: str, seconds: int) -> tuple[str, ...]:
    return (
        "-m", "vannilli_app.engine", "--image", str(image), "--driver", str(clip), "--out", out,
        "--size", f"{WIDTH}x{HEIGHT}", "--fps", str(FPS), "--frames", str(seconds * FPS), "--bpm", str(BPM),
    )  # fmt: skip


def _speed(runs: list[Run]) -> float:
    return median(SECONDS / run.seconds for run in runs)


def _work(runs: list[Run]) -> float:
    """Processor seconds for a second of video: tells more than the clock while others use the machine too."""
    return median(run.cpu_seconds / SECONDS for run in runs)


def _peak(runs: list[Run]) -> float:
    return median(run.peak_mib for run in runs)
