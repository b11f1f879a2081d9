"""The picture that goes with a shared link: tempo, bars and length, 1200 by 630."""

import io
from functools import lru_cache
from math import ceil

from PIL import Image, ImageDraw, ImageFont

from vannilli_app.calculator.words import counted_bars, plain, written
from vannilli_app.config import ROOT
from vannilli_app.music.tempo import Section
from vannilli_app.words import SOURCE, _, number, speaking

SIZE = (1200, 630)
_STAGE, _VANILLA, _TEXT, _QUIET = "#0c0a10", "#ffe9b8", "#f5f0e6", "#aaa2b6"
_BEAT, _OFF = "#a8987b", "#221d2a"
_EDGE = 72
_FONTS = ROOT / "assets" / "fonts"
_ACROSS, _ROWS = 16, 2


@lru_cache(maxsize=256)
def png(section: Section, language: str = SOURCE) -> bytes:
    """The picture as a PNG file. Takes some 60 ms the first time."""
    with speaking(language):
        return _drawn(section)


def _drawn(section: Section) -> bytes:
    image = Image.new("RGB", SIZE, _STAGE)
    draw = ImageDraw.Draw(image)
    tempo = number(plain(section.bpm))
    large = _font(300 if len(tempo) <= 3 else 210)
    draw.text((_EDGE - 8, 290), tempo, font=large, fill=_VANILLA, anchor="ls")
    draw.text(
        (_EDGE + draw.textlength(tempo, large) + 16, 290), "BPM", font=_font(56), fill=_TEXT, anchor="ls"
    )
    words = _(
        "{bars} of {signature}", bars=counted_bars(section.bars), signature=section.meter.time_signature
    )
    draw.text((SIZE[0] - _EDGE, 106), words, font=_font(48), fill=_QUIET, anchor="rs")
    seconds = f"{number(written(section.exact_seconds))} s"
    draw.text((_EDGE - 4, 478), seconds, font=_font(160), fill=_TEXT, anchor="ls")
    draw.text((SIZE[0] - _EDGE, 478), "Vannilli", font=_font(44), fill=_VANILLA, anchor="rs")
    _grid(draw, section)
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


def _grid(draw: ImageDraw.ImageDraw, section: Section) -> None:
    """32 bars of beats in two rows, those of the section lit."""
    width, height, gap = (SIZE[0] - 2 * _EDGE) / _ACROSS, 28, 6
    beats = ceil(section.meter.beats_per_bar)
    for bar in range(_ACROSS * _ROWS):
        left = _EDGE + bar % _ACROSS * width
        top = 524 + bar // _ACROSS * (height + gap)
        step = (width - gap) / beats
        for beat in range(beats):
            lit = bar + beat / beats < section.bars
            draw.rectangle(
                (left + beat * step, top, left + (beat + 1) * step - 2, top + height),
                fill=_BEAT if lit else _OFF,
            )


@lru_cache(maxsize=8)
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(_FONTS / "bricolage-grotesque.woff2", size)
