"""Arrays and their conventions, the same in every module of the engine.

Pictures are uint8, (height, width, 3), blue-green-red unless a name says `rgb`.
Points are float32, (..., 2 or 3), in pixels: x to the right, y down, z away from the camera.
Times are seconds, angles radians unless a name says degrees.
"""

from typing import Any

from numpy.typing import NDArray

Array = NDArray[Any]
