"""Inputs that the project makes itself, from nothing, for `make demo`, the landing page and the tests.

    brush -> face -> character        the picture: a singer on a stage
                  -> performer        a second face, drawn unlike the first
    track                             the song: a synthesised groove of known tempo
    performance                       the driver clip: the performer sings the song, by known curves
    inputs                            all three as files

Everything is deterministic: the same call makes the same picture, song and movement.
"""

from vannilli_app.demo.inputs import Inputs, write

__all__ = ["Inputs", "write"]
