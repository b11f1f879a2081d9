"""The demo's picture: a singer on a dark stage in vanilla light, drawn by code."""

import math

import numpy as np

from vannilli_app.demo import face
from vannilli_app.demo.brush import Sheet, curve, ellipse, mirrored, shifted, taper
from vannilli_app.demo.face import AXIS, Look
from vannilli_app.engine.array import Array

SIZE = (1080, 1920)
STAGE, VANILLA, CREAM, PINK = "#0C0A10", "#FFE9B8", "#FFF6DC", "#FF7FB0"
HAIR, HAIR_SHADE, HAIR_SHINE = "#43213F", "#1C0E22", "#9A4F7C"
CLOTH, CLOTH_SHADE, CLOTH_SHINE = "#221B2E", "#0E0B14", "#43365A"

SINGER = Look(
    skin="#EDB795",
    shade="#9C4C5C",
    glow="#FFE8C6",
    blush="#E36C5F",
    lip="#CB3A51",
    lip_shade="#92203D",
    lip_shine="#FFA3A0",
    iris="#4E7A5A",
    iris_shine="#B7D69A",
    brow="#3A1C34",
    line="#1F0D1C",
    lid="#7C3B5E",
    rim=PINK,
)

Line = tuple[tuple[float, float], ...]


def draw(size: tuple[int, int] = SIZE) -> Array:
    """The singer as a BGR picture of `size` (width, height); the same at every call."""
    sheet = Sheet(size, STAGE)
    _stage(sheet)
    _hair_behind(sheet)
    _neck(sheet)
    _jacket(sheet)
    face.draw(sheet, SINGER)
    _hair_before(sheet)
    _microphone(sheet)
    sheet.light(ellipse(330, 560, 210, 420, 14), VANILLA, blur=130, alpha=0.14)
    sheet.light(ellipse(880, 980, 110, 320), PINK, blur=120, alpha=0.12)
    sheet.surround(ellipse(540, 860, 660, 1040), STAGE, blur=190, alpha=0.75)
    sheet.grain(1.6, seed=7)
    return sheet.picture()


def _stage(sheet: Sheet) -> None:
    sheet.fill(ellipse(540, 860, 520, 640), "#43243F", blur=150, alpha=0.85)
    sheet.fill(ellipse(540, 760, 330, 400), "#A2603F", blur=130, alpha=0.5)
    lots = np.random.default_rng(3)
    # The bar grid of the product, as lamps at the back of the stage.
    for column in range(10):
        x, rise = 45 + column * 110, 110 + 250 * abs(math.sin(column * 1.7 + 0.4))
        bar = np.array([(x - 9, 860 - rise), (x + 9, 860 - rise), (x + 9, 860 + rise), (x - 9, 860 + rise)])
        sheet.light(bar, "#FF8A3C", blur=38, alpha=0.95)
        sheet.light(bar, VANILLA, blur=4, alpha=1.0)
    for x, left, right, alpha in ((170, 40, 620, 0.30), (930, 500, 1060, 0.20), (540, 300, 780, 0.10)):
        beam = np.array([(x - 26, -60), (x + 26, -60), (right, 1950), (left, 1950)], np.float32)
        sheet.light(beam, "#FFC27A", blur=30, alpha=alpha)
        sheet.light(beam * (0.4, 1) + (0.6 * x, 0), VANILLA, blur=20, alpha=0.7 * alpha)
        sheet.light(ellipse(x, 40, 70, 40), CREAM, blur=36, alpha=1.0)
    for _ in range(34):
        x, y, radius, alpha = lots.random(4).tolist()
        disc = ellipse(1080 * x, 60 + 1300 * y, 6 + 24 * radius, 6 + 24 * radius)
        sheet.light(disc, VANILLA if x < 0.6 else PINK, blur=2 + 5 * radius, alpha=0.05 + 0.2 * alpha)


HAIR_BACK: Line = (
    (530, 428), (640, 424), (760, 470), (850, 570), (892, 720), (882, 880), (922, 1040), (912, 1190), (862, 1310),
    (770, 1345), (660, 1290), (540, 1230), (420, 1290), (312, 1350), (220, 1310), (172, 1190), (186, 1040),
    (208, 880), (196, 730), (232, 580), (318, 478), (420, 438),
)  # fmt: skip
HAIR_RIGHT: Line = (
    (496, 452), (600, 428), (724, 474), (812, 580), (846, 730), (830, 880), (866, 1040), (858, 1180), (806, 1296),
    (780, 1190), (798, 1060), (762, 930), (758, 810), (744, 706), (704, 640), (632, 600), (556, 590), (512, 556),
)  # fmt: skip
HAIR_LEFT: Line = (
    (510, 454), (420, 436), (326, 506), (256, 620), (232, 760), (252, 900), (222, 1050), (236, 1190), (292, 1296),
    (306, 1190), (284, 1060), (320, 930), (318, 810), (336, 708), (384, 640), (440, 590), (488, 548), (504, 510),
)  # fmt: skip


def _hair_behind(sheet: Sheet) -> None:
    mass = curve(HAIR_BACK)
    hair = sheet.stencil(mass)
    sheet.fill(mass, HAIR_SHADE)
    sheet.fill(ellipse(820, 640, 110, 260, -16), HAIR, blur=50, alpha=0.9, within=hair)
    sheet.fill(ellipse(250, 640, 110, 260, 16), HAIR, blur=50, alpha=0.9, within=hair)
    _strands(sheet, HAIR_BACK[3:10], hair, count=9, step=(-17, 4))
    _strands(sheet, tuple(reversed(HAIR_BACK[12:21])), hair, count=9, step=(17, 4))
    left_edge = curve(HAIR_BACK[14:22], closed=False)
    sheet.fill(taper(shifted(left_edge, 7, 3), 12), VANILLA, blur=3, alpha=0.8, within=hair)
    right_edge = curve(HAIR_BACK[2:9], closed=False)
    sheet.fill(taper(shifted(right_edge, -6, 2), 12), PINK, blur=4, alpha=0.7, within=hair)


def _strands(sheet: Sheet, line: Line, within: Array, *, count: int, step: tuple[float, float]) -> None:
    """Locks that follow `line`, side by side, light and dark in turn."""
    for i in range(count):
        lock = curve(line, closed=False) + np.array(step, np.float32) * (i + 0.6)
        colour = (HAIR_SHINE, HAIR_SHADE, HAIR)[i % 3]
        sheet.fill(taper(lock, 15), colour, blur=3, alpha=0.5, within=within)


def _hair_before(sheet: Sheet) -> None:
    skin = sheet.stencil(face.outline(SINGER))
    for line, step, rim in ((HAIR_RIGHT, (-9, 7), PINK), (HAIR_LEFT, (9, 7), VANILLA)):
        lock = curve(line)
        sheet.fill(shifted(lock, 0, 16), SINGER.shade, blur=13, alpha=0.6, within=skin)
        hair = sheet.stencil(lock)
        sheet.fill(lock, HAIR)
        _strands(sheet, line[:9], hair, count=8, step=step)
        bright = curve(line[1:6], closed=False)
        for shift in (16, 28):
            shine = bright + np.array(step, np.float32) * shift / 8
            sheet.fill(taper(shine, 8), rim, blur=2.5, alpha=0.75, within=hair)
    for x in (300.0, 780.0):
        sheet.fill(ellipse(x, 1080, 33, 42), VANILLA, hole=ellipse(x, 1078, 27, 36))
        sheet.light(ellipse(x - 20, 1050, 8, 12), CREAM, blur=8, alpha=0.9)


def _neck(sheet: Sheet) -> None:
    neck = curve([
        (456, 960), (624, 960), (630, 1110), (662, 1200), (780, 1262), (700, 1420), (540, 1500), (380, 1420),
        (300, 1262), (418, 1200), (450, 1110),
    ])  # fmt: skip
    skin = sheet.stencil(neck)
    sheet.fill(neck, SINGER.skin)
    chin = curve([(400, 1010), (690, 1010), (660, 1120), (556, 1176), (440, 1112)])
    sheet.fill(chin, SINGER.shade, blur=20, alpha=0.9, within=skin)
    side = curve([(600, 1040), (800, 1240), (680, 1400), (570, 1210)])
    sheet.fill(side, SINGER.shade, blur=26, alpha=0.65, within=skin)
    sheet.fill(ellipse(470, 1180, 26, 90, 8), SINGER.glow, blur=16, alpha=0.5, within=skin)
    for points, colour in (
        ([(552, 1322), (606, 1276), (716, 1256)], SINGER.shade),
        ([(528, 1322), (474, 1276), (364, 1256)], SINGER.glow),
    ):
        sheet.fill(taper(curve(points, closed=False), 11), colour, blur=4, alpha=0.7, within=skin)
    top = curve([(380, 1400), (470, 1440), (540, 1478), (610, 1440), (700, 1400), (720, 1990), (360, 1990)])
    sheet.fill(top, "#2A1626")
    chain = curve([(440, 1176), (470, 1270), (540, 1322), (610, 1270), (640, 1176)], closed=False)
    sheet.fill(taper(chain, 4, start=1, end=1), VANILLA, alpha=0.9)
    sheet.fill(ellipse(540, 1338, 13, 16), VANILLA)
    sheet.light(ellipse(536, 1332, 10, 10), CREAM, blur=7, alpha=0.9)


def _jacket(sheet: Sheet) -> None:
    for flip in (False, True):

        def side(points: list[tuple[float, float]], flip: bool = flip) -> Array:
            placed = np.asarray(points, np.float32)
            return mirrored(placed, AXIS) if flip else placed

        cloth = curve(side([
            (690, 1222), (846, 1276), (976, 1352), (1052, 1500), (1120, 1990), (556, 1990), (552, 1700),
            (590, 1500), (640, 1340),
        ]))  # fmt: skip
        sheet.fill(cloth, CLOTH)
        inside = sheet.stencil(cloth)
        for shift, tone in ((10, CLOTH_SHADE), (-90, CLOTH_SHINE), (90, CLOTH_SHINE), (-170, CLOTH_SHADE)):
            fold = curve(
                shifted(side([(880, 1330), (900, 1520), (860, 1760), (890, 1960)]), shift, 0), closed=False
            )
            sheet.fill(taper(fold, 56), tone, blur=17, alpha=0.8, within=inside)
        lapel = side(
            [(672, 1232), (778, 1290), (742, 1430), (776, 1476), (556, 1820), (562, 1620), (606, 1440)]
        )
        sheet.fill(shifted(lapel, 0, 10), CLOTH_SHADE, blur=12, alpha=0.9, within=inside)
        sheet.fill(lapel, "#15111D")
        edge = curve(side([(672, 1232), (636, 1340), (592, 1470), (562, 1620), (554, 1820)]), closed=False)
        sheet.fill(taper(edge, 7, start=0.8, end=0.8), VANILLA, alpha=0.95)
        shoulder = curve(side([(700, 1228), (850, 1282), (972, 1356), (1044, 1500)]), closed=False)
        sheet.fill(taper(shoulder, 13), VANILLA if flip else PINK, blur=3, alpha=0.85)


def _microphone(sheet: Sheet) -> None:
    degrees = 16.0
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))

    def at(points: Array | list[tuple[float, float]]) -> Array:
        """Points of an upright microphone, its head's middle at the origin, put in its place."""
        p = np.asarray(points, np.float32)
        return np.stack([636 + p[:, 0] * cos - p[:, 1] * sin, 1580 + p[:, 0] * sin + p[:, 1] * cos], 1)

    handle = at(curve([(-50, 92), (50, 92), (40, 230), (32, 560), (-32, 560), (-40, 230)]))
    barrel = sheet.stencil(handle)
    sheet.fill(shifted(handle, 14, 10), STAGE, blur=22, alpha=0.7)
    sheet.fill(handle, "#2B2633")
    sheet.fill(at([(-34, 80), (-18, 80), (-14, 600), (-26, 600)]), VANILLA, blur=6, alpha=0.7, within=barrel)
    sheet.fill(at([(30, 80), (60, 80), (50, 600), (20, 600)]), PINK, blur=8, alpha=0.3, within=barrel)
    ball = at(ellipse(0, 0, 92, 98))
    head = sheet.stencil(ball)
    sheet.fill(shifted(ball, 16, 14), STAGE, blur=24, alpha=0.6)
    sheet.fill(ball, "#4A4356")
    for i in range(-7, 8):
        bend = 9.0 * i
        for lean in (-34, 34):
            wire = at(
                curve([(1.35 * bend - lean, -105), (1.6 * bend, 0), (1.35 * bend + lean, 105)], closed=False)
            )
            sheet.fill(taper(wire, 4.5, start=1, end=1), "#14111A", alpha=0.85, within=head)
    sheet.fill(at(ellipse(44, 40, 60, 78)), STAGE, blur=26, alpha=0.8, within=head)
    sheet.fill(at(ellipse(-36, -34, 34, 44)), CREAM, blur=18, alpha=0.75, within=head)
    collar = at(curve([(-66, 62), (0, 86), (66, 62), (58, 96), (0, 116), (-58, 96)]))
    ring = sheet.stencil(collar)
    sheet.fill(collar, "#B99F66")
    sheet.fill(at(ellipse(-30, 88, 16, 22)), CREAM, blur=7, alpha=0.95, within=ring)
    sheet.fill(at(ellipse(50, 84, 20, 26)), "#5A4426", blur=8, alpha=0.8, within=ring)
