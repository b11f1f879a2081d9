"""The local animator: real face transfer on the CPU, with no key and no network.

`animate` does the work in the calling thread; `process.render` does it in a child process, which is what a
server uses. How it works, from the clip to the file:

    reader -> tracker (detector) -> cover, hold -> driver   what the performer's face does
    portrait                                            the still and its face
    filter -> pose -> retarget                          what the still's face shall do
    mesh (raster), matte, eyelids, mouth -> puppet      one frame of it
    movement -> scene                                   the same for pictures and clips without a face
    beat, ahead, encode                                 the camera that plays along, both cores busy, the file
"""

from vannilli_app.engine.animate import Animation, animate
from vannilli_app.engine.encode import SoundUnreadable
from vannilli_app.engine.models import ModelDamaged
from vannilli_app.engine.portrait import ImageUnreadable
from vannilli_app.engine.progress import Cancelled
from vannilli_app.engine.reader import DriverTooShort, DriverUnreadable

__all__ = [
    "Animation",
    "Cancelled",
    "DriverTooShort",
    "DriverUnreadable",
    "ImageUnreadable",
    "ModelDamaged",
    "SoundUnreadable",
    "animate",
]
