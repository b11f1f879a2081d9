"""Checking a file that somebody sends: kept only while it is read, in this process's scratch folder."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from vannilli_app.config import settings
from vannilli_app.errors import Invalid, TooLarge, TooMany
from vannilli_app.media import authority, marks
from vannilli_app.provenance.judgement import judged
from vannilli_app.provenance.schemas import Finding
from vannilli_app.words import _

MOST_BYTES = 500_000_000
AT_ONCE = 2
SEND_SECONDS = 600.0

_free = asyncio.Semaphore(AT_ONCE)


async def check(body: AsyncIterator[bytes]) -> Finding:
    """Read a file's marks. Raises `TooLarge`, `TooMany`, `Invalid` (nothing came, or not in time), `Unreadable`."""
    if _free.locked():
        raise TooMany(_("Others are checking videos right now. Try again in a few seconds."), retry_after=5)
    config = settings()
    async with _free:
        with tempfile.TemporaryDirectory(prefix="vannilli-verify-") as folder:
            path = Path(folder) / "file"
            try:
                async with asyncio.timeout(SEND_SECONDS):
                    await _save(body, path)
            except TimeoutError:
                raise Invalid(
                    _("The file took too long to arrive. Try again with a better connection.")
                ) from None
            anchors = await asyncio.to_thread(authority.anchors, config)
            found = await marks.read(path, anchors)
    return judged(found, own=config.c2pa_certificates is None)


async def _save(body: AsyncIterator[bytes], path: Path) -> None:
    written = 0
    with path.open("wb") as file:
        async for block in body:
            written += len(block)
            if written > MOST_BYTES:
                raise TooLarge(
                    _(
                        "This file has more than {most} MB. Choose a smaller one.",
                        most=MOST_BYTES // 1_000_000,
                    )
                )
            await asyncio.to_thread(file.write, block)
    if not written:
        raise Invalid(_("That file is empty. Choose another one."), code="asset_invalid")
