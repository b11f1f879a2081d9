"""The demo's second face, drawn unlike the first: whoever sings into the phone."""

import numpy as np

from vannilli_app.demo import face
from vannilli_app.demo.brush import Sheet, curve, ellipse, taper
from vannilli_app.demo.face import Look
from vannilli_app.engine.array import Array

SIZE = (540, 960)
WALL, HAIR, HAIR_SHINE, HOOD, HOOD_SHADE = "#8FA7A5", "#221A18", "#5B463C", "#C9573A", "#7E2F22"

LOOK = Look(
    skin="#B97A56",
    shade="#6E3A2C",
    glow="#E9B48A",
    blush="#A8523F",
    lip="#9C4A45",
    lip_shade="#6F2F30",
    lip_shine="#C98079",
    iris="#4A2F22",
    iris_shine="#8A5C3C",
    brow="#1C1412",
    line="#17100E",
    lid="#5E3226",
    rim="#F2D3AE",
    jaw=150.0,
    eye=0.92,
    brow_width=24.0,
    lashes=False,
)


def draw(size: tuple[int, int] = SIZE) -> Array:
    """The performer in a plain room as a BGR picture of `size` (width, height); the same at every call."""
    sheet = Sheet(size, WALL)
    sheet.fill(ellipse(250, 500, 520, 700), "#C4D2CC", blur=160, alpha=0.8)
    frame = np.array([(760, 260), (980, 260), (980, 560), (760, 560)], np.float32)
    sheet.fill(frame, "#5F7472", blur=2, alpha=0.6)
    sheet.fill(frame * 0.92 + (70, 33), "#B9C6C0", blur=1, alpha=0.8)
    _hood(sheet)
    for x in (342.0, 738.0):
        sheet.fill(ellipse(x, 850, 30, 58), LOOK.skin)
        sheet.fill(ellipse(x, 854, 15, 36), LOOK.shade, blur=6, alpha=0.8)
    face.draw(sheet, LOOK)
    _hair(sheet)
    sheet.grain(2.0, seed=11)
    return sheet.picture()


def _hood(sheet: Sheet) -> None:
    body = curve([
        (440, 1130), (640, 1130), (820, 1240), (1000, 1330), (1120, 1560), (1140, 2000), (-60, 2000), (-40, 1560),
        (80, 1330), (260, 1240),
    ])  # fmt: skip
    neck = curve([(440, 960), (640, 960), (650, 1160), (600, 1300), (480, 1300), (430, 1160)])
    skin = sheet.stencil(neck)
    sheet.fill(body, HOOD)
    inside = sheet.stencil(body)
    for x in (180, 420, 660, 900):
        fold = curve([(x, 1300), (x + 30, 1500), (x - 20, 1700), (x + 20, 1960)], closed=False)
        sheet.fill(taper(fold, 70), HOOD_SHADE, blur=22, alpha=0.6, within=inside)
    sheet.fill(neck, LOOK.skin)
    sheet.fill(
        curve([(410, 1000), (680, 1000), (640, 1150), (440, 1150)]),
        LOOK.shade,
        blur=20,
        alpha=0.9,
        within=skin,
    )
    collar = curve(
        [
            (392, 1120),
            (430, 1230),
            (540, 1300),
            (650, 1230),
            (688, 1120),
            (760, 1200),
            (660, 1350),
            (540, 1400),
            (420, 1350),
            (320, 1200),
        ]
    )
    sheet.fill(collar, HOOD)
    sheet.fill(collar, HOOD_SHADE, blur=10, alpha=0.45)
    for x in (470, 610):
        cord = curve([(x, 1330), (x + 8, 1450), (x - 4, 1560)], closed=False)
        sheet.fill(taper(cord, 10, start=1, end=1), "#F0E2CF")


def _hair(sheet: Sheet) -> None:
    crop = curve([
        (334, 790), (318, 660), (350, 530), (440, 450), (560, 430), (670, 460), (744, 550), (764, 660), (746, 790),
        (732, 700), (700, 640), (640, 606), (560, 590), (470, 600), (396, 640), (350, 706),
    ])  # fmt: skip
    sheet.fill(crop, HAIR)
    inside = sheet.stencil(crop)
    lots = np.random.default_rng(5)
    for _ in range(150):  # short curls
        x, y, size, turn = lots.random(4).tolist()
        curl = ellipse(320 + 440 * x, 440 + 320 * y, 10 + 12 * size, 7 + 8 * size, 180 * turn)
        hole = ellipse(320 + 440 * x, 440 + 320 * y, 5 + 9 * size, 3 + 5 * size, 180 * turn)
        sheet.fill(curl, HAIR_SHINE, hole=hole, blur=1, alpha=0.35, within=inside)
