"""Files as they really are: found in the store, decoded, and judged against the section.

Decoding takes up to seconds and happens between transactions. What was decoded is kept on the asset's row, so a file
is decoded once; the judgement is made anew each time, since the section may have changed.
"""

import asyncio
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import cast
from uuid import UUID

from pydantic import TypeAdapter

from vannilli_app.db import as_user, transaction
from vannilli_app.errors import NotFound
from vannilli_app.media import sight
from vannilli_app.media.checks import LIMITS, Kind, check_driver, check_image, check_track
from vannilli_app.media.checks import Finding as Unfit
from vannilli_app.media.look import look
from vannilli_app.media.probe import MediaInfo, Unreadable, probe
from vannilli_app.media.sight import Sight
from vannilli_app.models import Asset, Project
from vannilli_app.storage import RAW_UPLOADS, store
from vannilli_app.studio import queries
from vannilli_app.studio.parts import has_arrived
from vannilli_app.studio.schemas import CheckedAsset, CheckView, Finding
from vannilli_app.studio.service import asset_view, require_asset, require_project, section_of
from vannilli_app.words import _

MEDIA_INFO = TypeAdapter(MediaInfo)
# What is looked at, unless it will not do whatever is seen in it.
SEEN: dict[str, Callable[[MediaInfo], list[Unfit]]] = {
    "driver_video": lambda info: check_driver(info, Fraction(0)),
    "target_image": check_image,
}


async def check_asset(user_id: UUID, asset_id: UUID) -> CheckedAsset:
    """Look at one uploaded file. Raises NotFound, also while its upload has not arrived."""
    async with transaction(as_user(user_id)) as session:
        asset = await require_asset(session, user_id, asset_id)
        project = await require_project(session, user_id, asset.project_id)
    if not await has_arrived(asset):
        raise NotFound(_("This file has not arrived yet. Upload it again."), code="asset_missing")
    await _inspect(asset)
    findings = judge(asset, project)
    listed = sight.checks(cast(Kind, asset.kind), [(one.code, one.severity, one.detail) for one in findings])
    return CheckedAsset(
        asset=asset_view(asset), findings=findings, checks=[CheckView(**asdict(one)) for one in listed]
    )


async def arrived(user_id: UUID, project: Project) -> dict[str, Asset]:
    """For each kind the newest file that is in the store, decoded."""
    async with transaction(as_user(user_id)) as session:
        promised = await queries.assets(session, project.id)
    by_kind: dict[str, list[Asset]] = {}
    for asset in promised:
        by_kind.setdefault(asset.kind, []).append(asset)
    newest = await asyncio.gather(*(_newest_arrived(assets) for assets in by_kind.values()))
    there = [asset for asset in newest if asset is not None]
    await asyncio.gather(*(_inspect(asset) for asset in there))
    return {asset.kind: asset for asset in there}


async def decode(asset: Asset, path: Path) -> None:
    """Note on its row what a file is and what is seen in it, or why it cannot be read."""
    try:
        info = await probe(path)
        asset.info = MEDIA_INFO.dump_python(info, mode="json")
    except Unreadable as unreadable:
        asset.findings = [{"code": "unreadable", "detail": _in_kind(cast(Kind, asset.kind), unreadable)}]
        return
    if asset.kind in SEEN and not any(one.severity == "error" for one in SEEN[asset.kind](info)):
        seen = await look(cast(Kind, asset.kind), path)
        asset.sight = asdict(seen) if seen else None


def judge(asset: Asset, project: Project) -> list[Finding]:
    """What a decoded file lacks for this project's section; empty when it is good."""
    if asset.info is None:
        found = asset.findings or []
        return [Finding(kind=asset.kind, severity="error", **finding) for finding in found]
    info = MEDIA_INFO.validate_python(asset.info)
    section = section_of(project)
    match asset.kind:
        case "driver_video":
            begins = Fraction(asset.capture_offset_seconds or 0)
            findings = check_driver(info, begins + section.exact_seconds)
        case "target_image":
            findings = check_image(info)
        case _:
            begins = section.begins_at(project.bar_one_seconds, project.section_start_bar)
            findings = check_track(info, begins + section.exact_seconds)
    if asset.sight:
        findings += sight.check_sight(cast(Kind, asset.kind), Sight(**asset.sight), info, project.aspect)
    return [Finding(kind=asset.kind, code=f.code, severity=f.severity, detail=f.detail) for f in findings]


async def _newest_arrived(assets: list[Asset]) -> Asset | None:
    for asset in assets:
        if asset.checked_at is not None or await has_arrived(asset):
            return asset
    return None


async def _inspect(asset: Asset) -> None:
    """Decode a file that was not yet, and keep what was found."""
    if asset.checked_at is not None:
        return
    with tempfile.TemporaryDirectory(prefix="vannilli-check-") as folder:
        path = Path(folder) / Path(asset.path).name
        await store().download(RAW_UPLOADS, asset.path, path)
        await decode(asset, path)
    asset.checked_at = datetime.now(UTC)
    async with transaction(as_user(asset.user_id)) as session:
        await queries.keep_inspection(session, asset)


def _in_kind(kind: Kind, unreadable: Unreadable) -> str:
    """What is wrong with a file, said of the kind that it was meant to be where nothing nearer is known."""
    limit = LIMITS[kind]
    if unreadable.reason != "not_media":
        return unreadable.message
    return _("Your {kind} cannot be read. Choose {wanted}.", kind=_(limit.name), wanted=_(limit.wanted))
