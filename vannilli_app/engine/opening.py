"""The gap between two lips, and coordinates in it that fit every mouth."""

from dataclasses import dataclass

import numpy as np

from vannilli_app.engine.array import Array

FINE = 6  # points of a smooth outline for each of the tracker's


@dataclass(frozen=True)
class Opening:
    """An open mouth in its own frame: origin at the person's right corner, x to the left corner, y down, both in
    widths of the mouth. `upper` and `lower` (K, 2) are the lips' edges there, x rising."""

    corner: Array
    across: Array
    down: Array
    upper: Array
    lower: Array

    @classmethod
    def of(cls, lips: Array) -> "Opening":
        """The opening between inner lips (20, 2)."""
        across = lips[10] - lips[0]
        down = np.array([-across[1], across[0]])
        frame = np.stack([across, down]) / max(float(across @ across), 1e-6)
        line = (lips - lips[0]) @ frame.T
        upper, lower = line[:11], np.concatenate([line[10:], line[:1]])[::-1]
        return cls(lips[0], across, down, *(edge[np.argsort(edge[:, 0])] for edge in (upper, lower)))

    @property
    def width(self) -> float:
        """In pixels."""
        return float(np.linalg.norm(self.across)) + 1e-6

    @property
    def gap(self) -> float:
        """The most that the lips are apart, in widths."""
        at = np.linspace(0.2, 0.8, 13)
        return max(float((self.edge(self.lower, at) - self.edge(self.upper, at)).max()), 0.0)

    @staticmethod
    def edge(line: Array, x: Array) -> Array:
        """y of an edge at each x."""
        return np.interp(x, line[:, 0], line[:, 1]).astype(np.float32)

    def frame(self, size: tuple[int, int]) -> tuple[Array, Array]:
        """x and y in our frame for each pixel of a picture of `size` (width, height)."""
        square = self.width**2
        dx = np.arange(size[0], dtype=np.float32) - self.corner[0]
        dy = np.arange(size[1], dtype=np.float32)[:, None] - self.corner[1]
        x = (dx * self.across[0] + dy * self.across[1]) / square
        return x, (dx * self.down[0] + dy * self.down[1]) / square

    def pixels(self, x: Array, y: Array) -> tuple[Array, Array]:
        """From our frame to the picture's pixels."""
        return (
            (self.corner[0] + x * self.across[0] + y * self.down[0]).astype(np.float32),
            (self.corner[1] + x * self.across[1] + y * self.down[1]).astype(np.float32),
        )


def smooth_outline(lips: Array) -> Array:
    """A closed outline (20, 2) with FINE times the points and no corners but the mouth's own two.

    Formula: Catmull-Rom.
    """
    share = (np.arange(FINE) / FINE)[:, None]
    parts = []
    for side in (lips[:11], np.concatenate([lips[10:], lips[:1]])):
        padded = np.concatenate([2 * side[:1] - side[1:2], side, 2 * side[-1:] - side[-2:-1]])[:, None]
        p0, p1, p2, p3 = padded[:-3], padded[1:-2], padded[2:-1], padded[3:]
        bend = 2 * p0 - 5 * p1 + 4 * p2 - p3
        parts.append(p1 + 0.5 * share * (p2 - p0 + share * (bend + share * (3 * (p1 - p2) + p3 - p0))))
    return np.asarray(np.concatenate(parts).reshape(-1, 2))
