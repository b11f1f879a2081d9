"""Names for the 478 points of the face mesh, and the few measures that are read off them.

Numbering: MediaPipe Face Mesh V2 (468 points of the face, then 5 of each iris). "Right" is the person's.
"""

import numpy as np

from vannilli_app.engine.array import Array

COUNT = 478

OVAL = [
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
    152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
]  # fmt: skip

# Lips, from the person's right corner over the top and back below: 20 points each.
LIPS_INNER = [78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95]
LIPS_OUTER = [61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146]
LIP_UPPER, LIP_LOWER = LIPS_INNER[1:10], LIPS_INNER[:10:-1]  # facing points, corner to corner

# An eye, from the outer corner over the lid and back below: 16 points each.
EYE_RIGHT = [33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7]
EYE_LEFT = [263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249]
EYES = (EYE_RIGHT, EYE_LEFT)
BROWS = ([70, 63, 105, 66, 107, 55, 65, 52, 53, 46], [300, 293, 334, 296, 336, 285, 295, 282, 283, 276])
IRIS_RIGHT = [468, 469, 470, 471, 472]
IRIS_LEFT = [473, 474, 475, 476, 477]
IRISES = (IRIS_RIGHT, IRIS_LEFT)

# Points that skin and muscle move least: the head's pose is read off these.
RIGID = [
    10, 338, 297, 109, 67, 151, 9, 8, 168, 6, 197, 195, 5, 4, 33, 263, 133, 362,
    127, 356, 234, 454, 98, 327, 70, 300,
]  # fmt: skip

FOREHEAD, CHIN, CHEEK_RIGHT, CHEEK_LEFT = 10, 152, 234, 454
MOUTH_RIGHT, MOUTH_LEFT, MOUTH_TOP, MOUTH_BOTTOM = 78, 308, 13, 14


def lids(eye: list[int]) -> tuple[list[int], list[int]]:
    """Facing points of the upper and the lower lid, corners left out."""
    return eye[1:8], eye[:8:-1]


def distance(points: Array, a: int, b: int) -> Array:
    """Distance in pixels between two points, in the picture's plane; for (..., 478, 2 or 3)."""
    return np.asarray(np.linalg.norm(points[..., a, :2] - points[..., b, :2], axis=-1))


def face_height(points: Array) -> Array:
    """From the forehead's top to the chin in space, pixels: a nod does not shrink it."""
    return np.asarray(np.linalg.norm(points[..., FOREHEAD, :] - points[..., CHIN, :], axis=-1))


def mouth_openness(points: Array) -> Array:
    """Gap of the inner lips over their width: 0 shut, about 0.8 wide open."""
    gap = distance(points, MOUTH_TOP, MOUTH_BOTTOM)
    return np.asarray(gap / (distance(points, MOUTH_RIGHT, MOUTH_LEFT) + 1e-6))


def eye_openness(points: Array, eye: list[int]) -> Array:
    """Mean gap of the lids over the eye's width: about 0.25 open, below 0.1 shut."""
    upper, lower = lids(eye)
    gap = np.linalg.norm(points[..., upper, :2] - points[..., lower, :2], axis=-1).mean(-1)
    return np.asarray(gap / (distance(points, eye[0], eye[8]) + 1e-6))


def head_angles(points: Array) -> Array:
    """(..., 3) pitch, yaw and roll in radians: the turns about x, y and z that a frontal face would need.

    Read off the lines cheek to cheek and forehead to chin; the pitch of a level head is near, not at, zero.
    """
    across = points[..., CHEEK_LEFT, :] - points[..., CHEEK_RIGHT, :]
    down = points[..., CHIN, :] - points[..., FOREHEAD, :]
    pitch = np.arctan2(down[..., 2], down[..., 1])
    yaw = np.arctan2(-across[..., 2], across[..., 0])
    roll = np.arctan2(across[..., 1], across[..., 0])
    return np.stack([pitch, yaw, roll], axis=-1)
