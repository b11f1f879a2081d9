"""What a file says of its making, and who signed that: read from strangers' files in a limited process."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from vannilli_app.media import limited
from vannilli_app.media.probe import Unreadable

WALL_SECONDS = 60  # a file of hundreds of megabytes is read once from end to end
CPU_SECONDS = 60
# Ours are read piece by piece, in 35 MB; others' may have one hash over all, which is read in two large halves.
MEMORY_BYTES = 600 << 20

State = Literal["Trusted", "Valid", "Invalid", "Unreadable"]
"""Signed with a certificate that is our own; with another one; changed since or no more valid; not readable."""


@dataclass(frozen=True, slots=True)
class Signed:
    """Content credentials. `failures` are C2PA's codes of what is wrong. What is not said is None; times as written."""

    state: State
    failures: tuple[str, ...] = ()
    issuer: str | None = None
    name: str | None = None
    stamped_at: str | None = None
    says: str | None = None
    made_by: str | None = None
    made_at: str | None = None


@dataclass(frozen=True, slots=True)
class Marks:
    """`says`: the IPTC digital source type that the file's XMP names, which anybody may have written."""

    kind: str
    says: str | None
    signed: Signed | None


async def read(path: Path, anchors: str) -> Marks:
    """What a file tells; `path` is absolute. `anchors`: PEM of the certificates that are our own.

    Raises `Unreadable`.
    """
    try:
        ended = await limited.reader(
            "vannilli_app.media.marks_child",
            str(path),
            wall_seconds=WALL_SECONDS,
            cpu_seconds=CPU_SECONDS,
            memory_bytes=MEMORY_BYTES,
            given=anchors.encode(),
        )
    except TimeoutError:
        raise Unreadable("too_much") from None
    if ended.status:
        raise Unreadable("too_much" if ended.status < 0 else "broken")
    return _marks(json.loads(ended.said))


def _marks(found: dict[str, Any]) -> Marks:
    if reason := found.get("error"):
        raise Unreadable(reason)
    signed = found["signed"]
    return Marks(
        found["kind"],
        found["says"],
        Signed(**signed | {"failures": tuple(signed["failures"])}) if signed else None,
    )
