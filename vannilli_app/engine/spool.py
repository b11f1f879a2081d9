"""Arrays of one shape, kept in a temporary file: memory does not grow with the length of a clip."""

import os
import tempfile
import weakref
from collections.abc import Callable, Iterator

import numpy as np

from vannilli_app.engine.array import Array

AT_ONCE = 256  # moments that are worked on at once


class Spool:
    """N float32 arrays of `shape`, read by number, by numbers or by slice as an array (N, *shape) would be.

    One thread writes; several may read what it has written. The file has no name and ends with the object.
    """

    def __init__(self, shape: tuple[int, ...]) -> None:
        self._shape = shape
        self._size = 4 * int(np.prod(shape))
        self._file = tempfile.TemporaryFile(prefix="vannilli-")  # noqa: SIM115  it lives as long as we do
        weakref.finalize(self, self._file.close)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def append(self, things: Array) -> None:
        """Adds arrays (K, *shape) at the end."""
        self[self._count : self._count + len(things)] = things

    def __setitem__(self, at: slice, things: Array) -> None:
        self._file.seek(at.start * self._size)
        self._file.write(np.ascontiguousarray(things, np.float32).data)
        self._file.flush()
        self._count = max(self._count, at.start + len(things))

    def __getitem__(self, at: "int | slice | Array") -> Array:
        if isinstance(at, slice):
            start, stop, _ = at.indices(self._count)
            return self._read(start, max(stop - start, 0))
        if isinstance(at, np.ndarray):
            return np.stack([self[int(one)] for one in at])
        return np.asarray(self._read(at, 1)[0])

    def _read(self, start: int, count: int) -> Array:
        content = os.pread(self._file.fileno(), count * self._size, start * self._size)
        return np.frombuffer(content, np.float32).reshape(count, *self._shape)


Series = Array | Spool


def parts(count: int) -> list[slice]:
    """0 to `count` in slices of at most AT_ONCE."""
    return [slice(start, min(start + AT_ONCE, count)) for start in range(0, count, AT_ONCE)]


def chunks(series: Series) -> Iterator[Array]:
    """A series in arrays of at most AT_ONCE."""
    return (series[part] for part in parts(len(series)))


def measured(measure: Callable[[Array], Array], series: Series) -> Array:
    """`measure` of a series, for measures of each moment by itself."""
    return np.concatenate([measure(chunk) for chunk in chunks(series)])
