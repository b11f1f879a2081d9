"""What is seen between the lips: the performer's own mouth in the still's colours, or a drawn one."""

from typing import Literal, Protocol

import cv2
import numpy as np

from vannilli_app.engine import landmarks as lm
from vannilli_app.engine.array import Array
from vannilli_app.engine.drawn_mouth import DrawnMouth
from vannilli_app.engine.opening import Opening, smooth_outline
from vannilli_app.engine.shot import LUMA, Shot, skin, skin_of_lips

Kind = Literal["auto", "filmed", "drawn"]

# Iris, eye and opening of the eye over the face's width or height: people stay below, drawn and modelled figures, who
# are given large eyes, above.
BIG_EYES = 0.385
FIRST, FULL = 0.02, 0.09  # openness of a mouth from which, and at which, its inside is seen
RIM = 0.022  # of the mouth's width, the edge of a lip that turns inwards


class Mouth(Protocol):
    """Fills the inside of lips."""

    def texture(self, lips: Array, size: tuple[int, int], shot: Shot | None) -> Array | None:
        """(height, width, 3) float32 for inner lips (20, 2) in its pixels; None when there is nothing."""
        ...


def choose(kind: Kind, still: Array, points: Array, shut: Shot | None) -> Mouth:
    """The mouth for a still; `shut` is the performer's when it is most shut. "auto" draws for figures with big eyes."""
    drawn = kind == "drawn" or (kind == "auto" and eyes_size(points) > BIG_EYES)
    return DrawnMouth(still, points) if drawn or shut is None else FilmedMouth(still, points, shut)


def eyes_size(points: Array) -> float:
    """How large a face's eyes are: the sum of iris and eye over its width and their opening over its height."""
    width = float(np.linalg.norm(points[lm.CHEEK_RIGHT] - points[lm.CHEEK_LEFT]))
    sizes = []
    for eye, iris in zip(lm.EYES, lm.IRISES, strict=True):
        long = float(np.linalg.norm(points[eye[0]] - points[eye[8]]))
        across = float(np.linalg.norm(points[iris[1]] - points[iris[3]]))
        opened = float(lm.eye_openness(points, eye)) * long / float(lm.face_height(points))
        sizes.append((long + across) / width + opened)
    return float(np.mean(sizes))


class FilmedMouth:
    """The performer's mouth in the light of the still.

    What is neither red nor dark, teeth above all, would give another camera away: on a yellowed painting white teeth
    look blue. The more the two pairs of lips differ in colour, the more the mouth takes on that of the still's skin.
    """

    GREY = 0.35  # how much colour it loses: strong reds of another camera give it away
    TINT, MOST_TINT = 5.0, 0.65  # of the skin's colour, for each e-fold that the lips' colours differ
    INSET = 0.07  # of the opening, left out at each lip: the performer's own lips stay outside

    def __init__(self, still: Array, points: Array, shut: Shot) -> None:
        ours, theirs = skin_of_lips(still, points), shut.colour
        dim = np.clip((ours @ LUMA + 8) / (theirs @ LUMA + 8), 0.35, 1.25)
        apart = np.abs(np.log(_hue(ours) / _hue(theirs))).mean()
        tint = float(np.clip(self.TINT * apart, 0, self.MOST_TINT))
        self._own = np.float32(dim * (1 - self.GREY) * (1 - tint))
        self._shade = (dim * (self.GREY * (1 - tint) + tint * _hue(skin(still, points)))).astype(np.float32)

    def texture(self, lips: Array, size: tuple[int, int], shot: Shot | None) -> Array | None:
        if shot is None:
            return None
        ours, theirs = Opening.of(lips), Opening.of(shot.lips)
        x, y = ours.frame(size)
        x = np.clip(x, 0, 1)
        top, bottom = ours.edge(ours.upper, x), ours.edge(ours.lower, x)
        share = np.clip((y - top) / np.maximum(bottom - top, 1e-3), 0, 1)
        upper, lower = theirs.edge(theirs.upper, x), theirs.edge(theirs.lower, x)
        at = upper + (self.INSET + (1 - 2 * self.INSET) * share) * (lower - upper)
        picture = cv2.remap(
            shot.picture(), *theirs.pixels(x, at), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        ).astype(np.float32)
        grey = (picture @ LUMA)[..., None]
        return np.asarray(picture * self._own + grey * self._shade)


def _hue(colour: Array) -> Array:
    """A colour (3,) at the light of 1."""
    return np.asarray((colour + 1) / (colour @ LUMA + 1))


def fill(
    picture: Array, points: Array, mouth: Mouth, shot: Shot | None, still_openness: float, rim: Array
) -> None:
    """Draws a mouth into `picture`, in place, as far as the lips at `points` (478, 3) are open.

    A still whose own mouth is open keeps its teeth until the lips open wider than they were drawn. `rim` is the colour
    of the lips' inner edge.
    """
    openness = float(lm.mouth_openness(points))
    share = float(np.clip((openness - FIRST) / (FULL - FIRST), 0, 1))
    if still_openness > 0.08:
        share *= float(np.clip((openness - 1.15 * still_openness) / 0.15, 0, 1))
    if share <= 0.01:
        return
    inner = points[lm.LIPS_INNER, :2]
    height, width = picture.shape[:2]
    left, top = np.maximum(np.floor(inner.min(0) - 6), 0).astype(int).tolist()
    right, bottom = np.minimum(np.ceil(inner.max(0) + 6), (width, height)).astype(int).tolist()
    if right - left < 4 or bottom - top < 4:
        return
    lips = inner - (left, top)
    texture = mouth.texture(lips, (right - left, bottom - top), shot)
    if texture is None:
        return
    region = picture[top:bottom, left:right]
    across = float(np.linalg.norm(lips[10] - lips[0]))
    outline = np.round(smooth_outline(lips) * 16).astype(np.int32)
    inside, edge = np.zeros((2, bottom - top, right - left), np.uint8)
    cv2.fillPoly(inside, [outline], 255, lineType=cv2.LINE_AA, shift=4)
    cv2.polylines(edge, [outline], True, 255, max(1, round(RIM * across)), lineType=cv2.LINE_AA, shift=4)
    soft = max(0.6, 0.008 * across)
    shares = [
        cv2.GaussianBlur(mask, (0, 0), soft).astype(np.float32)[..., None] * (much * share / 255)
        for mask, much in ((inside, 1.0), (edge, 0.55))
    ]
    made = region + shares[0] * (texture - region)
    made += shares[1] * (rim - made)
    region[:] = np.clip(made, 0, 255).astype(np.uint8)
