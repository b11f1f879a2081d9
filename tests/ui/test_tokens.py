"""Colours that people can read: WCAG AA for every pair that stands on one another."""

import re

import pytest

from vannilli_app.config import ROOT

TOKENS = (ROOT / "assets" / "styles" / "tokens.css").read_text()
TEXT, SHAPE = 4.5, 3.0
PAIRS = [
    *((text, ground, TEXT) for text in ("text", "text-quiet") for ground in ("stage", "riser", "riser-high")),
    *(("vanilla", ground, TEXT) for ground in ("stage", "riser")),
    ("on-vanilla", "vanilla", TEXT),
    ("on-vanilla", "vanilla-lit", TEXT),
    ("on-live", "live", TEXT),
    ("edge", "stage", SHAPE),
    ("edge", "riser", SHAPE),
    ("vanilla", "vanilla-dim", SHAPE),
    *((lamp, "stage", SHAPE) for lamp in ("live", "in-sync", "warning")),
]


def colour(role: str, theme: str) -> str:
    found = re.search(rf"--{role}: light-dark\((#\w{{6}}), (#\w{{6}})\)", TOKENS)
    assert found, role
    return found[1 if theme == "light" else 2]


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize(("upper", "lower", "least"), PAIRS)
def test_contrast(upper: str, lower: str, least: float, theme: str) -> None:
    light, dark = sorted((luminance(colour(upper, theme)), luminance(colour(lower, theme))), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= least
