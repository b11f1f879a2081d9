"""Whether what is seen in a picture or a performance will do, before anything is spent. Pure.

What is looked for costs nothing to mend now: each finding says how. All but a picture of darkness are warnings, since
what is unusual may be meant.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from vannilli_app.media.checks import Finding, Kind
from vannilli_app.media.probe import MediaInfo
from vannilli_app.words import N_, _

# Measured on portraits and performances made darker, smaller and softer step by step, until the animator lost them.
NOTHING_SEEN, DIM = 8.0, 45.0  # mean brightness of the face, of 255
SMALL = 0.12  # of the picture's height
TURNED = 35.0  # degrees
SOFT = 8.0  # variance of the Laplacian of the face at 128 px
MOSTLY, NOW_AND_THEN = 0.7, 0.25  # of the pictures looked at
MOUTH_STILL, ENOUGH = 0.05, 8  # between its most and its least open; pictures with a face
OTHER_SHAPE = Fraction(8, 5)

CHECKS: dict[str, tuple[str, tuple[str, ...]]] = {
    "face": (
        N_("One face, and all of it"),
        ("no_face", "face_lost", "several_faces", "small_face", "turned_away"),
    ),
    "mouth": (N_("The mouth is free"), ("mouth_still",)),
    "light": (N_("Light enough"), ("nothing_seen", "dim")),
    "sharp": (N_("Sharp and large enough"), ("soft", "too_small", "too_wide")),
    "shape": (N_("The shape of the video"), ("other_shape", "wrong_ratio")),
    "length": (N_("Long enough"), ("too_short", "too_long")),
}
OF_KIND: dict[Kind, tuple[str, ...]] = {
    "driver_video": ("face", "mouth", "light", "sharp", "shape", "length"),
    "target_image": ("face", "light", "sharp", "shape"),
    "audio": ("length",),
}


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the checklist: what is looked for, how it stands, and what to do where it is not good."""

    name: str
    label: str
    standing: Literal["good", "warning", "error"]
    detail: str


@dataclass(frozen=True, slots=True)
class Sight:
    """What `looks` pictures show: the share `faces` of them a face, the share `several` more than one.

    Medians over those with a face: `size` of its height to the picture's, `light` of 255, `sharp`, `turned` in degrees;
    without a face `light` is the picture's. `mouth` is how far it opens and shuts, over its width. `boxes` are the
    faces of a picture, the one first that is moved unless another is chosen, then the largest: x and y of the upper
    left corner, width and height, in shares of the picture.
    """

    looks: int
    faces: float
    several: float
    size: float
    light: float
    sharp: float
    turned: float
    mouth: float
    boxes: Sequence[Sequence[float]] = ()


def check_sight(kind: Kind, seen: Sight, info: MediaInfo, aspect: str) -> list[Finding]:
    """What is wrong with what is seen, for a video of this `aspect`; empty when it is good."""
    found = _of_picture(seen) if kind == "target_image" else _of_performance(seen)
    return [*found, *_of_both(seen), *_of_shape(kind, info, aspect)]


def checks(kind: Kind, findings: Iterable[tuple[str, str, str]]) -> list[Check]:
    """The checklist of a file: every check of its kind, with the worst of the findings (code, severity, detail) that
    are its own. What belongs to no check stands at the end."""
    left = list(findings)
    listed = []
    for name in OF_KIND[kind]:
        label, codes = CHECKS[name]
        own = sorted((one for one in left if one[0] in codes), key=lambda one: one[1])  # errors first
        left = [one for one in left if one not in own]
        _code, standing, detail = own[0] if own else ("", "good", "")
        listed.append(Check(name, _(label), standing, detail))  # type: ignore[arg-type]
    return listed + [Check(code, "", severity, detail) for code, severity, detail in left]  # type: ignore[arg-type]


def _of_picture(seen: Sight) -> Iterator[Finding]:
    if not seen.faces:
        yield _warning(
            "no_face",
            _(
                "No face is found in your picture: a draft sways as a scene, without lips. Use one face, eyes to the"
                " front."
            ),
        )
    elif seen.turned > TURNED:
        yield _warning(
            "turned_away",
            _("The face in your picture looks aside. One that looks to the front sings better."),
        )
    if seen.several:
        yield _warning(
            "several_faces",
            _("There is more than one face. The largest one performs, unless you choose another."),
        )


def _of_performance(seen: Sight) -> Iterator[Finding]:
    if seen.faces < MOSTLY:
        yield _warning(
            "face_lost",
            _(
                "Your face is seen in {percent} % of your performance. Look into the camera, and keep your head in the"
                " picture.",
                percent=round(100 * seen.faces),
            ),
        )
    elif seen.looks * seen.faces >= ENOUGH and seen.mouth < MOUTH_STILL:
        yield _warning(
            "mouth_still",
            _("Your mouth hardly moves. Take the microphone or the hand from before it, and sing out."),
        )
    if seen.several > NOW_AND_THEN:
        yield _warning(
            "several_faces",
            _("There is more than one face; the largest one counts. Better alone in the picture."),
        )


def _of_both(seen: Sight) -> Iterator[Finding]:
    if seen.light < NOTHING_SEEN:
        yield Finding(
            "nothing_seen", "error", _("It is too dark to see anything. Turn on a light, and take it again.")
        )
    elif seen.light < DIM:
        yield _warning("dim", _("It is dark. Face a window or a lamp, and take it again."))
    if seen.faces and seen.size < SMALL:
        yield _warning("small_face", _("The face is small in the picture. Come nearer, or crop it."))
    if seen.faces and seen.light >= NOTHING_SEEN and seen.sharp < SOFT:
        yield _warning("soft", _("The face is blurred. Wipe the lens, hold still, or use a sharper picture."))


def _of_shape(kind: Kind, info: MediaInfo, aspect: str) -> Iterator[Finding]:
    across, down = (int(part) for part in aspect.split(":"))
    shape = Fraction(info.width * down, info.height * across)
    if max(shape, 1 / shape) <= OTHER_SHAPE:
        return
    said = (
        _("Your performance and the video have different shapes: turn the phone, or choose another shape.")
        if kind == "driver_video"
        else _(
            "Your picture and the video have different shapes: much of it is cut off. Choose another shape."
        )
    )
    yield _warning("other_shape", said)


def _warning(code: str, detail: str) -> Finding:
    return Finding(code, "warning", detail)
