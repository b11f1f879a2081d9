"""The camera that plays along: a nod on each beat, a sway over the bars, a cut to a nearer view on a downbeat."""

import math
from dataclasses import dataclass

NOD = 0.03  # of the picture's size, how far a beat jumps nearer
DECAY = 0.12  # seconds until two thirds of the jump are gone
SWAY = 0.014  # widths to either side, there and back in two bars
PUSH = 0.035  # of the picture's size, how far the camera comes nearer in a bar
VIEWS = (1.0, 1.0, 1.16, 1.0, 1.0, 1.1, 1.24, 1.0)  # how near the view of each bar is, a phrase of eight


@dataclass(frozen=True)
class Beat:
    """The musical grid as the camera hears it: the first beat is a downbeat at 0 s.

    `strength` 1 is the camera's own measure, 0 leaves it still. A beat falls on the picture nearest to it.
    """

    bpm: float
    fps: float
    strength: float = 1.0
    beats_per_bar: float = 4

    def nod(self, index: int) -> float:
        """How much nearer the camera is at picture `index`, 1 or more."""
        since, _ = self._since(index, 60 / self.bpm)
        return 1 + self.strength * NOD * math.exp(-since / DECAY)

    def sway(self, index: int) -> float:
        """How far aside the camera is, in widths."""
        bars = index / self.fps / self._bar
        return self.strength * SWAY * math.sin(math.pi * bars)

    def view(self, index: int) -> float:
        """How near the view is: it changes from one picture to the next, on a downbeat, and creeps nearer in a bar."""
        since, bar = self._since(index, self._bar)
        near = VIEWS[bar % len(VIEWS)] - 1 + PUSH * since / self._bar
        return 1 + self.strength * near

    @property
    def _bar(self) -> float:
        return self.beats_per_bar * 60 / self.bpm

    def _since(self, index: int, period: float) -> tuple[float, int]:
        """Seconds since the last multiple of `period`, and which it was."""
        time, half = index / self.fps, 0.5 / self.fps
        count = math.floor((time + half) / period)
        return max(time - count * period, 0.0), count
