"""How like the animator's pictures are to what was performed.

    python -m tests.bench.likeness [FOLDER] [--self] [--cross] [--judge others|animators] [--keep OUT]

FOLDER holds clips (*.mp4, *.mov) and pictures (*.jpg, *.png); without one the project's own are made. Self: the first
frame of a clip performs the clip, so every frame has its truth. Cross: every picture performs every clip.
What the columns mean stands in docs/engine.md.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np

from tests.bench.figures import Figure
from tests.bench.judge import Reading, eye_whites, read
from tests.bench.witness import WITNESSES, Others, Witness
from vannilli_app import demo
from vannilli_app.engine import animate
from vannilli_app.engine import driver as drivers
from vannilli_app.engine import landmarks as lm
from vannilli_app.engine.array import Array
from vannilli_app.engine.mesh import Mesh
from vannilli_app.engine.portrait import Portrait
from vannilli_app.engine.reader import pictures
from vannilli_app.engine.retarget import Retarget

FPS = Fraction(30)
CROSS_SIZE = (432, 768)
Row = dict[str, float]


def main() -> int:
    """Measures what the command line asks for and prints a table for each kind."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.likeness", description="How like it is.")
    parser.add_argument("folder", nargs="?", type=Path, help="clips and pictures; default: our own")
    parser.add_argument("--self", action="store_true", help="only self-reenactment")
    parser.add_argument("--cross", action="store_true", help="only cross-reenactment")
    parser.add_argument(
        "--judge",
        choices=WITNESSES,
        default="others",
        help="whose networks read the videos (default: others)",
    )
    parser.add_argument("--keep", type=Path, help="leave the videos in this folder")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="vannilli-likeness-") as name:
        work = Path(name)
        folder = asked.folder or _own(work)
        out = asked.keep or work
        out.mkdir(parents=True, exist_ok=True)
        clips = sorted(path for path in folder.iterdir() if path.suffix in (".mp4", ".mov"))
        stills = sorted(path for path in folder.iterdir() if path.suffix in (".jpg", ".png"))
        witness = WITNESSES[asked.judge]()
        seen = {clip: read(clip, witness) for clip in clips}
        if not asked.cross:
            _table("self", ((clip.stem, _self(clip, seen[clip], witness, out)) for clip in clips))
        if not asked.self:
            _table("cross", _crosses(stills, seen, witness, out))
    return 0


def figures() -> list[Figure]:
    """How like the project's own performer and singer are, beside a picture that does not move."""
    with tempfile.TemporaryDirectory(prefix="vannilli-likeness-") as name:
        work, witness = Path(name), Others()
        folder = _own(work)
        clip, still = next(folder.glob("*.mp4")), next(folder.glob("*.png"))
        truth = read(clip, witness)
        own = _self(clip, truth, witness, work)
        cross = _cross(still, Portrait.read(still, CROSS_SIZE), clip, truth, witness, work)
    unmoved = "the first frame, unmoved"
    return [
        Figure(
            "the performer's first frame moved, points apart",
            own["AKD"],
            own["still"],
            "px of 256",
            unmoved,
            "<= 1.3",
        ),
        Figure("  grey levels apart", 100 * own["L1"], 100 * own["still "], "%", unmoved),
        Figure("  eyes' grey levels apart", 100 * own["eyes L1"], 100 * own["still  "], "%", unmoved),
        Figure("  jitter, over the clip's own", own["jitter"], 1, "", "the clip", "<= 1"),
        Figure("  flicker, over the clip's own", own["flicker"], 1, "", "the clip"),
        *(
            Figure(f"singer by performer, {what}", cross[what], 1, "correlation", "the performer", goal)
            for what, goal in (("jaw", ">= .85"), ("blink", ">= .8"), ("yaw", ">= .85"))
        ),
    ]


def _own(work: Path) -> Path:
    folder = work / "own"
    folder.mkdir()
    demo.write(folder, bpm=120, bars=4, image_size=(540, 960), clip_size=(432, 768))
    return folder


def _self(clip: Path, truth: Reading, witness: Witness, out: Path) -> Row:
    """The first frame of `clip` performs the clip; `truth` is the clip as the judge sees it."""
    first = next(iter(pictures(clip, FPS, longest_side=10_000))).rgb
    size = (first.shape[1] // 2 * 2, first.shape[0] // 2 * 2)
    still, made = out / f"{clip.stem}-first.png", out / f"self-{clip.stem}.mp4"
    cv2.imwrite(str(still), np.ascontiguousarray(first[: size[1], : size[0], ::-1]))
    animate(still, clip, made, size=size, fps=FPS)
    return compared(read(made, witness), truth)


def compared(seen: Reading, truth: Reading) -> Row:
    """How like a video is to the clip that it shall be."""
    both = truth.seen & seen.seen
    return {
        "AKD": float(seen.apart(truth)[both].mean()),
        "still": float(truth.apart(truth.still)[both].mean()),
        "L1": _apart(seen.pictures, truth.pictures),
        "still ": _apart(truth.pictures[:1], truth.pictures),
        "eyes L1": _apart(seen.eyes, truth.eyes),
        "still  ": _apart(truth.eyes[:1], truth.eyes),
        "jaw": _correlation(seen.jaw, truth.jaw, both),
        "blink": _correlation(seen.blink, truth.blink, both),
        "gaze": _correlation(seen.gaze, truth.gaze, both),
        "jitter": seen.jitter / truth.jitter,
        "flicker": seen.flicker / truth.flicker,
    }


def _crosses(
    stills: Iterable[Path], clips: dict[Path, Reading], witness: Witness, out: Path
) -> Iterable[tuple[str, Row]]:
    for still in stills:
        portrait = Portrait.read(still, CROSS_SIZE)
        if portrait.points is None:
            continue
        for clip, truth in clips.items():
            yield f"{still.stem} / {clip.stem}", _cross(still, portrait, clip, truth, witness, out)


def _cross(still: Path, portrait: Portrait, clip: Path, truth: Reading, witness: Witness, out: Path) -> Row:
    made = out / f"{still.stem}-{clip.stem}.mp4"
    animate(still, clip, made, size=CROSS_SIZE, fps=FPS)
    seen = read(made, witness)
    both = truth.seen & seen.seen
    return {
        "seen": float(seen.seen.mean()),
        "jaw": _correlation(seen.jaw, truth.jaw, both),
        "blink": _correlation(seen.blink, truth.blink, both),
        "yaw": _correlation(seen.yaw, truth.yaw, both) if truth.turns else float("nan"),
        "gaze": _correlation(seen.gaze, truth.gaze, both),
        "identity": _identity(seen, witness.read(np.ascontiguousarray(portrait.still[..., ::-1]))),
        "white": eye_whites(seen, truth),
        "jitter": seen.jitter / truth.jitter,
        "flicker": seen.flicker / truth.flicker,
        "folds %": _folds(portrait, clip),
    }


def _apart(made: Array, truth: Array) -> float:
    count = min(len(made), len(truth)) if len(made) > 1 else len(truth)
    return float(np.abs(made[:count].astype(np.float32) - truth[:count]).mean() / 255)


def _correlation(made: Array, truth: Array, both: Array) -> float:
    return float(np.corrcoef(made[both], truth[both])[0, 1])


def _identity(seen: Reading, still: Array | None) -> float:
    """How far the bones' landmarks are from the still's, in hundredths of the face's height, pose taken out."""
    if still is None:
        return float("nan")
    shape = still[lm.RIGID] / lm.face_height(still)
    shape -= shape.mean(0)
    apart = []
    for points in seen.plain.points[seen.seen][:, lm.RIGID]:
        centred = points - points.mean(0)
        u, singular, vt = np.linalg.svd(centred.T @ shape)
        fitted = centred @ (u @ vt) * (singular.sum() / (centred**2).sum())
        apart.append(np.linalg.norm(fitted - shape, axis=1).mean())
    return 100 * float(np.mean(apart))


def _folds(portrait: Portrait, clip: Path) -> float:
    """Hundredths of the face, lips and eyes left out, over which the picture runs backwards."""
    assert portrait.points is not None
    performance = drivers.watch(clip, FPS, None, lambda seconds: None)
    moves = Retarget(performance.points, portrait.points, float(FPS), portrait.size)
    mesh = Mesh(portrait.points, portrait.size)
    shares = []
    for index in range(0, len(moves), 5):
        vertices = mesh.place(moves.move(index), zoom=1, body=True)
        map_x, map_y = mesh.field(vertices)
        backwards = np.gradient(map_x, axis=1) * np.gradient(map_y, axis=0) < np.gradient(
            map_x, axis=0
        ) * np.gradient(map_y, axis=1)
        face: Array = np.zeros(backwards.shape, np.uint8)
        cv2.fillConvexPoly(face, cv2.convexHull(vertices[lm.OVAL, :2].astype(np.int32)), 1)
        for group in (lm.LIPS_OUTER, *lm.EYES):
            cv2.fillConvexPoly(face, cv2.convexHull(vertices[group, :2].astype(np.int32)), 0)
        shares.append((backwards & (face > 0)).sum() / max(int(face.sum()), 1))
    return 100 * float(np.mean(shares))


def _table(title: str, rows: Iterable[tuple[str, Row]]) -> None:
    kept: list[Row] = []
    for name, row in rows:
        if not kept:
            _say(f"\n{title:<40}" + "".join(f"{column:>9}" for column in row))
        kept.append(row)
        _say(f"{name:<40}" + "".join(f"{value:9.3f}" for value in row.values()))
    if kept:
        means = (np.nanmean([row[column] for row in kept]) for column in kept[0])
        _say(f"{'mean':<40}" + "".join(f"{value:9.3f}" for value in means))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
