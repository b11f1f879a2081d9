"""Marking a finished file as made by AI: in itself (XMP), and signed (C2PA content credentials)."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import c2pa

from vannilli_app import __version__
from vannilli_app.config import Settings
from vannilli_app.media import xmp
from vannilli_app.media.authority import NoSigner, authority

NOTICE = "AI-generated video, made with Vannilli"
# Far beyond what a 4K video takes; a time stamp authority that does not answer must not hold up a video.
SIGN_SECONDS = 120.0
_SETTINGS = {
    # Neither a second reading of what was just written, nor a picture of it inside of it.
    "verify": {"verify_after_sign": False},
    "builder": {"thumbnail": {"enabled": False}},
    # The film is hashed and copied piece by piece: 60 MB of memory for a file of 400 MB, else 820.
    "core": {"merkle_tree_chunk_size_in_kb": 1024, "backing_store_memory_threshold_in_mb": 16},
}

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Marking:
    """What is said of a video: how its picture came about, what made it, and when (UTC). Nothing in it leads to a
    person. `config` says who signs it."""

    source: xmp.SourceType
    made_by: str
    made_at: datetime
    config: Settings


async def mark(files: Sequence[Path], marking: Marking) -> None:
    """Mark the files of one video, in place. Frames, sound and the order of an MP4's boxes stay as they are.

    A file that cannot be signed keeps the mark in itself: a video that is paid for is not lost over a signature, and
    neither is a signature over a time stamp.
    """
    stamps = dict.fromkeys((marking.config.c2pa_timestamp_url, ""))
    for path in files:
        await asyncio.to_thread(
            xmp.write, path, marking.source, notice=NOTICE, tool=f"Vannilli {__version__}"
        )
        for stamp in stamps:
            try:
                async with asyncio.timeout(SIGN_SECONDS):
                    await asyncio.to_thread(_sign, path, marking, stamp)
                break
            except (NoSigner, c2pa.C2paError, OSError, TimeoutError):
                log.exception("%s could not be signed", path.name)
        else:
            log.error("%s is delivered without content credentials", path.name)


def _sign(path: Path, marking: Marking, timestamp_url: str) -> None:
    signed = path.with_name(f"signed-{path.name}")
    signs = authority(marking.config, marking.made_at)
    words = (signs.algorithm, signs.chain, signs.key, timestamp_url)
    info = c2pa.C2paSignerInfo(*(word.encode() or None for word in words))
    try:
        with (
            c2pa.Context.from_dict(_SETTINGS) as context,
            c2pa.Signer.from_info(info) as signer,
            c2pa.Builder(_claim(path.name, marking), context=context) as builder,
        ):
            builder.sign_file(path, signed, signer)
        signed.replace(path)
    finally:
        signed.unlink(missing_ok=True)


def _claim(title: str, marking: Marking) -> dict[str, object]:
    """C2PA specification 2.x: one action, which says where the picture comes from."""
    created = {
        "action": "c2pa.created",
        "when": marking.made_at.isoformat(timespec="seconds"),
        "digitalSourceType": xmp.VOCABULARY + marking.source,
        "softwareAgent": {"name": marking.made_by},
        "description": NOTICE,
    }
    return {
        "title": title,
        "claim_generator_info": [{"name": "Vannilli", "version": __version__}],
        "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": [created]}}],
    }
