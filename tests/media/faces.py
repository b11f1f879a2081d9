"""Pictures with faces in them, drawn by code."""

import numpy as np

from vannilli_app.demo import character, performer
from vannilli_app.engine.array import Array


def two() -> Array:
    """A large face on the left and a small one on the right, BGR; the mouths are at x = 180 and 601 of 760."""
    wide = np.full((640, 760, 3), 150, np.uint8)
    wide[:, :360] = performer.draw((360, 640))
    wide[200:627, 480:720] = character.draw((240, 427))
    return wide


def head() -> Array:
    """A face with little about it, BGR."""
    return performer.draw((360, 640))[160:402, 66:294]
