"""The vendored model files: read and checked once a process, run by LiteRT. Nothing here opens a socket."""

import hashlib
import io
import zipfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from vannilli_app.engine.array import Array
from vannilli_app.errors import VannilliError

FOLDER = Path(__file__).parent
SHA256 = {
    "face_landmarker_v2.task": "64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff",
    "selfie_segmentation.tflite": "9ee168ec7c8f2a16c56fe8e1cfbc514974cbbb7e434051b455635f1bd1462f5c",
}


class ModelDamaged(VannilliError):
    """A file of the animator is missing or damaged. Install Vannilli again."""

    code = "model_damaged"


def checked(path: Path, digests: Mapping[str, str] = SHA256) -> bytes:
    """The bytes of a vendored model file, whose SHA-256 stands in `digests` under its name.

    Raises ModelDamaged when the file is missing or its SHA-256 is not the one it was vendored with.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelDamaged from error
    if hashlib.sha256(content).hexdigest() != digests.get(path.name):
        raise ModelDamaged
    return content


@cache
def _content(name: str) -> bytes:
    bundle, _, member = name.partition("/")
    content = checked(FOLDER / bundle)
    if not member:
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(member)


class Model:
    """One network with one input. Not safe for use by several threads at once.

    `source` is a file of this folder, `bundle.task/member.tflite`, or a network's own bytes.
    """

    def __init__(self, source: str | bytes, threads: int = 2) -> None:
        content = _content(source) if isinstance(source, str) else source
        self._net = Interpreter(model_content=content, num_threads=threads)
        self._net.allocate_tensors()
        self._input = self._net.get_input_details()[0]["index"]
        self._outputs = {o["name"]: o["index"] for o in self._net.get_output_details()}

    def __call__(self, picture: Array) -> dict[str, Array]:
        """Outputs by name for one float32 RGB picture (H, W, 3), H and W those of the network."""
        self._net.set_tensor(self._input, np.ascontiguousarray(picture[None], dtype=np.float32))
        self._net.invoke()
        return {name: self._net.get_tensor(index) for name, index in self._outputs.items()}
