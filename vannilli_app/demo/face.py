"""A drawn face, from the front: its features are where a face detector and a listener look for them."""

from dataclasses import dataclass

import numpy as np

from vannilli_app.demo.brush import Sheet, both_sides, curve, ellipse, mirrored, taper
from vannilli_app.engine.array import Array

AXIS = 540.0


@dataclass(frozen=True)
class Look:
    """The colours and proportions of a face. `jaw` is its half width at the jaw, in units; `eye` its eyes' size."""

    skin: str
    shade: str
    glow: str
    blush: str
    lip: str
    lip_shade: str
    lip_shine: str
    iris: str
    iris_shine: str
    brow: str
    line: str
    lid: str
    rim: str
    jaw: float = 128.0
    eye: float = 1.0
    brow_width: float = 17.0
    lashes: bool = True


def outline(look: Look) -> Array:
    """The face's edge (K, 2), forehead to chin."""
    jaw = look.jaw
    half = [
        (AXIS, 548.0),
        (640.0, 566.0),
        (712.0, 640.0),
        (736.0, 750.0),
        (731.0, 850.0),
        (AXIS + jaw + 46, 940.0),
        (AXIS + jaw, 1015.0),
        (AXIS + 0.55 * jaw, 1064.0),
        (AXIS, 1082.0),
    ]
    return curve(both_sides(half, AXIS))


def draw(sheet: Sheet, look: Look) -> None:
    """Draws the face, without hair, neck and ears."""
    edge = outline(look)
    face = sheet.stencil(edge)
    sheet.fill(edge, look.skin)
    _shading(sheet, look, face)
    for flip in (False, True):
        _eye(sheet, look, flip)
        _brow(sheet, look, flip)
    _nose(sheet, look, face)
    _mouth(sheet, look)


def _shading(sheet: Sheet, look: Look, face: Array) -> None:
    # The key light comes from the upper left: the right side falls into shade.
    side = curve([(760, 560), (700, 700), (676, 850), (640, 980), (560, 1100), (800, 1110)])
    sheet.fill(side, look.shade, blur=42, alpha=0.62, within=face)
    sheet.fill(ellipse(360, 900, 40, 150, -12), look.shade, blur=26, alpha=0.30, within=face)
    sheet.fill(ellipse(AXIS, 560, 220, 60), look.shade, blur=34, alpha=0.55, within=face)
    sheet.fill(ellipse(AXIS, 1082, 70, 20), look.shade, blur=14, alpha=0.35, within=face)
    rim = curve([(728, 700), (732, 820), (716, 930), (668, 1020)], closed=False)
    sheet.fill(taper(rim, 26), look.rim, blur=7, alpha=0.6, within=face)
    for x, strength in ((430, 0.42), (655, 0.34)):
        sheet.fill(
            ellipse(x, 905, 62, 40, 12 if x > AXIS else -12), look.blush, blur=26, alpha=strength, within=face
        )
    for x, y, rx, ry, strength in (
        (478, 690, 110, 55, 0.55),
        (428, 868, 44, 26, 0.5),
        (525, 1045, 30, 15, 0.45),
    ):
        sheet.fill(ellipse(x, y, rx, ry, -8), look.glow, blur=24, alpha=strength, within=face)
    for eye in (452.0, 628.0):
        sheet.fill(ellipse(eye, 790, 74, 42), look.lid, blur=18, alpha=0.42, within=face)


def _turned(points: list[tuple[float, float]] | Array, flip: bool) -> Array:
    line = np.asarray(points, np.float32)
    return mirrored(line, AXIS) if flip else line


def _eye(sheet: Sheet, look: Look, flip: bool) -> None:
    x, y, size = 628.0, 806.0, look.eye

    def at(points: list[tuple[float, float]], closed: bool = True) -> Array:
        placed = np.asarray(points, np.float32) * size + (x, y)
        return curve(_turned(placed, flip), closed=closed)

    # Right eye of the sheet; the other is its mirror image, but the light is not mirrored.
    almond = at(
        [
            (-52, 9),
            (-34, -12),
            (-8, -25),
            (20, -24),
            (42, -11),
            (57, -3),
            (40, 13),
            (14, 22),
            (-16, 21),
            (-40, 14),
        ]
    )
    ball = sheet.stencil(almond)
    sheet.fill(almond, "#F3ECE6")
    upper = at([(-56, 10), (-36, -14), (-8, -28), (22, -27), (46, -12), (62, -4), (40, 2), (0, -8), (-40, 6)])
    sheet.fill(upper, look.lid, blur=5, alpha=0.6, within=ball)
    centre = 2 * AXIS - x if flip else x
    iris = ellipse(centre, y - 2 * size, 24.5 * size, 24.5 * size)
    sheet.fill(iris, look.line, within=ball)
    sheet.fill(ellipse(centre, y - 2 * size, 22.5 * size, 22.5 * size), look.iris, within=ball)
    sheet.fill(
        ellipse(centre, y + 6 * size, 16 * size, 12 * size), look.iris_shine, blur=4, alpha=0.9, within=ball
    )
    sheet.fill(ellipse(centre, y - 2 * size, 10.5 * size, 10.5 * size), "#0C0A10", within=ball)
    sheet.fill(upper, look.line, blur=5, alpha=0.35, within=ball)
    sheet.fill(ellipse(centre - 8 * size, y - 11 * size, 6.5 * size, 6.0 * size), "#FFFFFF", within=ball)
    sheet.fill(
        ellipse(centre + 8 * size, y + 8 * size, 3.2 * size, 2.8 * size), "#FFE9B8", alpha=0.8, within=ball
    )
    sheet.fill(
        ellipse(centre + (47 if flip else -47) * size, y + 8 * size, 6 * size, 5 * size),
        look.blush,
        blur=2,
        alpha=0.7,
        within=ball,
    )
    lash = at([(-54, 12), (-34, -13), (-8, -27), (20, -26), (44, -12), (66, -12)], closed=False)
    sheet.fill(taper(lash, 11 * size if look.lashes else 7 * size, start=0.25, end=0.3), look.line)
    if look.lashes:
        wing = at([(30, -20), (52, -14), (78, -26)], closed=False)
        sheet.fill(taper(wing, 9 * size, start=0.6), look.line)
    lower = at([(-40, 15), (-14, 23), (16, 23), (42, 12), (58, -2)], closed=False)
    sheet.fill(taper(lower, 4 * size), look.line, alpha=0.55)
    crease = at([(-46, -8), (-26, -30), (4, -42), (34, -36), (60, -20)], closed=False)
    sheet.fill(taper(crease, 5 * size), look.shade, blur=1, alpha=0.85)


def _brow(sheet: Sheet, look: Look, flip: bool) -> None:
    line = curve(_turned([(572, 737), (610, 722), (656, 713), (706, 738)], flip), closed=False)
    sheet.fill(taper(line, look.brow_width, start=0.5), look.brow, blur=1.2, alpha=0.92)


def _nose(sheet: Sheet, look: Look, face: Array) -> None:
    side = curve([(566, 770), (574, 830), (588, 890), (574, 918), (552, 900), (556, 830)])
    sheet.fill(side, look.shade, blur=10, alpha=0.62, within=face)
    sheet.fill(
        curve([(500, 912), (540, 930), (582, 912), (566, 934), (540, 942), (514, 934)]),
        look.shade,
        blur=6,
        alpha=0.75,
        within=face,
    )
    for x, degrees in ((518.0, 18.0), (563.0, -18.0)):
        sheet.fill(ellipse(x, 918, 11, 5.5, degrees), look.line, blur=1.5, alpha=0.72)
    for flip in (False, True):
        wing = curve(_turned([(578, 890), (592, 906), (584, 922)], flip), closed=False)
        sheet.fill(taper(wing, 6), look.shade, blur=1.5, alpha=0.9 if not flip else 0.6)
    sheet.fill(ellipse(532, 850, 9, 62, 2), look.glow, blur=9, alpha=0.6, within=face)
    sheet.fill(ellipse(533, 898, 15, 12), look.glow, blur=7, alpha=0.75, within=face)


def _mouth(sheet: Sheet, look: Look) -> None:
    seam = [(467, 982), (500, 985), (525, 989), (540, 991), (555, 989), (580, 985), (613, 982)]
    upper = curve(
        [
            (466, 984),
            (496, 970),
            (524, 960),
            (540, 965),
            (556, 960),
            (584, 970),
            (614, 984),
            (584, 988),
            (556, 992),
            (540, 994),
            (524, 992),
            (496, 988),
        ]
    )
    lower = curve(
        [
            (466, 984),
            (500, 986),
            (540, 991),
            (580, 986),
            (614, 984),
            (592, 1008),
            (562, 1023),
            (540, 1026),
            (518, 1023),
            (488, 1008),
        ]
    )
    sheet.fill(ellipse(AXIS, 1034, 46, 9), look.shade, blur=6, alpha=0.6)
    sheet.fill(lower, look.lip)
    sheet.fill(upper, look.lip_shade)
    inside = sheet.stencil(lower)
    sheet.fill(ellipse(AXIS, 1026, 60, 12), look.lip_shade, blur=7, alpha=0.7, within=inside)
    sheet.fill(ellipse(526, 1004, 30, 7, -3), look.lip_shine, blur=4, alpha=0.75, within=inside)
    sheet.fill(
        taper(curve([(512, 967), (526, 961), (540, 966), (554, 961), (568, 967)], closed=False), 4),
        look.lip_shine,
        blur=1.5,
        alpha=0.5,
    )
    sheet.fill(taper(curve(seam, closed=False), 4.5, start=0.5, end=0.5), look.line, blur=0.8, alpha=0.7)
