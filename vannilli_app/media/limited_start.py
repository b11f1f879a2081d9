"""Set limits, then become the program that is named: see `limited.command`. Run as a file; imports nothing of ours."""

import ctypes
import os
import platform
import resource
import struct
import sys

_PR_SET_PDEATHSIG, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 1, 22, 38
_SECCOMP_MODE_FILTER, _ALLOW, _REFUSE = 2, 0x7FFF0000, 0x00050000 | 13  # SECCOMP_RET_ERRNO with EACCES
_LOAD, _IF_EQUAL, _IF_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06  # of classic BPF
# AUDIT_ARCH, and the number of socket(2). io_uring could open sockets too, and has the same number everywhere.
_MACHINES = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}
_IO_URING_SETUP, _X32 = 425, 0x40000000


def without_network(libc: ctypes.CDLL) -> None:
    """Have the kernel refuse every new socket, which takes no privileges and holds for good (seccomp).

    A second line of defence: the programs are told to open files only. Where there is no seccomp it is left out.
    """
    if platform.machine() not in _MACHINES:
        return
    architecture, socket = _MACHINES[platform.machine()]
    # Of each check: how many lines to skip when it holds, and when not. The last two lines allow and refuse.
    lines = [
        (_LOAD, 0, 0, 4),
        (_IF_EQUAL, 0, 5, architecture),
        (_LOAD, 0, 0, 0),
        (_IF_AT_LEAST, 3, 0, _X32),
        (_IF_EQUAL, 2, 0, socket),
        (_IF_EQUAL, 1, 0, _IO_URING_SETUP),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE),
    ]
    code = b"".join(struct.pack("=HBBI", *line) for line in lines)
    held = ctypes.create_string_buffer(code, len(code))
    program = ctypes.create_string_buffer(struct.pack("@HP", len(lines), ctypes.addressof(held)))
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, program, 0, 0)


def main(numbers: list[int], program: list[str]) -> None:
    parent, nice, memory, cpu, reads_only = numbers
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        libc.prctl(_PR_SET_PDEATHSIG, 9)
        if os.getppid() != parent:
            sys.exit(1)
        without_network(libc)
        if memory:
            resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    os.nice(nice)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if cpu:
        resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 1))
    if reads_only:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    os.execv(program[0], program)  # noqa: S606 (an argument list of our own)


if __name__ == "__main__":
    main([int(number) for number in sys.argv[1:6]], sys.argv[6:])
