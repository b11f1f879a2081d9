"""A child process of ours: it hears only the signals we send it and does not outlive us."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

_PR_SET_PDEATHSIG, _PR_SET_SECUREBITS, _PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE = 1, 28, 47, 2
_SECBIT_NO_SETUID_FIXUP = 1 << 2
_CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH = 1, 2
_CAPABILITY_VERSION_3 = 0x20080522


@dataclass(frozen=True)
class User:
    """Whom a child of root runs as; `passes_folders` lets it through folders closed to it (Linux)."""

    uid: int
    gid: int
    passes_folders: bool = False


def spawn(
    argv: Sequence[str | Path],
    *,
    when_we_die: signal.Signals = signal.SIGTERM,
    user: User | None = None,
    given: IO[bytes] | int = subprocess.DEVNULL,
    output: IO[bytes] | int | None = None,
    env: dict[str, str] | None = None,
    cwd: str | Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start `argv` in a process group of its own, reading `given`, `output` taking both of its streams.

    On Linux the child gets the signal `when_we_die` as soon as the calling THREAD ends, however it ends: call
    from a thread that lives as long as the child shall.
    """
    return subprocess.Popen(
        [str(part) for part in argv],
        stdin=given,
        stdout=output,
        stderr=output,
        env=env,
        cwd=cwd,
        process_group=0,
        preexec_fn=tied(when_we_die, user),
    )


def stop(process: subprocess.Popen[bytes], *, first: signal.Signals = signal.SIGTERM, grace: float) -> None:
    """Send `first`, wait up to `grace` seconds, then kill whatever is left of the child's process group."""
    if process.poll() is None:
        process.send_signal(first)
    try:
        process.wait(grace)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return  # nobody is left in the group (macOS answers EPERM for a group of zombies)


def tied(when_we_die: signal.Signals = signal.SIGKILL, user: User | None = None) -> Callable[[], None]:
    """The `preexec_fn` of a child that gets `when_we_die` when the thread that starts it ends (on Linux)."""
    # All that needs memory or imports happens here, before the fork.
    libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
    parent = os.getpid()

    def prepare() -> None:
        if user is not None:
            _become(user, libc)
        if libc is not None:  # after the change of user, which would clear it
            libc.prctl(_PR_SET_PDEATHSIG, int(when_we_die), 0, 0, 0)
            if os.getppid() != parent:
                os._exit(1)

    return prepare


def _become(user: User, libc: ctypes.CDLL | None) -> None:
    passes = libc if user.passes_folders else None
    if passes is not None:
        # Capabilities stay over the change of user, and count in access(2), by which PostgreSQL finds its programs.
        passes.prctl(_PR_SET_SECUREBITS, _SECBIT_NO_SETUID_FIXUP, 0, 0, 0)
    os.setgroups([])
    os.setgid(user.gid)
    os.setuid(user.uid)
    if passes is not None:
        _keep_one_capability(passes)


def _keep_one_capability(libc: ctypes.CDLL) -> None:
    """Reading suffices; a container may hold only the wider one. exec drops all but the one that is ambient."""
    for capability in (_CAP_DAC_READ_SEARCH, _CAP_DAC_OVERRIDE):
        bit = 1 << capability
        header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
        sets = (ctypes.c_uint32 * 6)(bit, bit, bit, 0, 0, 0)  # effective, permitted, inheritable
        if libc.capset(header, sets) == 0:
            libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, capability, 0, 0)
            return
