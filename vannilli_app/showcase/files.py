"""Where the showcase's files are: a copy of the video and its still, under a name that links may point to, or withheld
under another, so that every link to it is dead."""

import tempfile
from pathlib import Path
from uuid import UUID

from vannilli_app.models import Generation
from vannilli_app.storage import FINAL_RENDERS, SHOWCASE, ObjectMissing, store

VIDEO, POSTER = "video.mp4", "poster.jpg"
_TYPES = {VIDEO: "video/mp4", POSTER: "image/jpeg"}
LINK_SECONDS = 300


def folder(generation_id: UUID) -> str:
    """Where everything of a shown video is."""
    return f"{SHOWCASE}{generation_id}/"


def generation_of(key: str) -> UUID | None:
    """Whose file this is; None where the key is not one of ours."""
    try:
        return UUID(key.removeprefix(SHOWCASE).partition("/")[0])
    except ValueError:
        return None


async def link(generation_id: UUID, name: str) -> str:
    """A link that opens the public file for some minutes; dead once it is withheld."""
    return await store().presign_get(FINAL_RENDERS, _public(generation_id, name), expires=LINK_SECONDS)


async def is_there(generation_id: UUID) -> bool:
    """Whether the public files are complete."""
    return await store().head(FINAL_RENDERS, _public(generation_id, VIDEO)) is not None


async def copy(made: Generation) -> None:
    """Copy a generation's files to where they are kept. Raises ObjectMissing once their time is over."""
    if made.final_video_r2_path is None or made.thumbnail_r2_path is None:
        raise ObjectMissing
    # The video goes last: what has one is complete.
    await _move(made.thumbnail_r2_path, _public(made.id, POSTER), POSTER, keep=True)
    await _move(made.final_video_r2_path, _public(made.id, VIDEO), VIDEO, keep=True)


async def withhold(generation_id: UUID) -> None:
    """Move the files to where no link points. Doing it again is harmless."""
    for name in (VIDEO, POSTER):
        await _rename(_public(generation_id, name), _withheld(generation_id, name), name)


async def bring_back(generation_id: UUID) -> None:
    """Move withheld files back. Doing it again is harmless."""
    for name in (POSTER, VIDEO):
        await _rename(_withheld(generation_id, name), _public(generation_id, name), name)


def _public(generation_id: UUID, name: str) -> str:
    return f"{folder(generation_id)}public/{name}"


def _withheld(generation_id: UUID, name: str) -> str:
    return f"{folder(generation_id)}withheld/{name}"


async def _rename(source: str, target: str, name: str) -> None:
    if await store().head(FINAL_RENDERS, source):
        await _move(source, target, name, keep=False)


async def _move(source: str, target: str, name: str, *, keep: bool) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        path = Path(temporary) / name
        await store().download(FINAL_RENDERS, source, path)
        await store().upload(FINAL_RENDERS, target, path, _TYPES[name])
    if not keep:
        await store().delete(FINAL_RENDERS, source)
