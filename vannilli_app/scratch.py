"""Temporary files of a process that may be killed: they hold faces and voices, so the next start removes them."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path


@contextmanager
def scratch(root: Path) -> Iterator[Path]:
    """Have `tempfile` work in a folder of this process's own below `root` while the block runs; gives that folder.

    Folders below `root` whose process has ended are removed; those of living processes are locked and stay.
    """
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    with ExitStack() as stack:
        with _locked(root):  # so that nobody sweeps a folder between its making and its locking
            for folder in root.iterdir():
                _remove_if_left(folder)
            own = Path(tempfile.mkdtemp(dir=root))
            stack.callback(shutil.rmtree, own, ignore_errors=True)
            stack.enter_context(_locked(own))
        before, tempfile.tempdir = tempfile.tempdir, str(own)
        try:
            yield own
        finally:
            tempfile.tempdir = before


def _remove_if_left(folder: Path) -> None:
    try:
        with _locked(folder, fcntl.LOCK_NB):
            shutil.rmtree(folder, ignore_errors=True)
    except BlockingIOError:
        return


@contextmanager
def _locked(folder: Path, option: int = 0) -> Iterator[None]:
    """Hold the folder; the system lets go of it when the process ends, however it ends."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | option)
        yield
    finally:
        os.close(descriptor)
