"""Use cases of a generation: start, read, cancel, download, and the endings that jobs bring about.

What is worth money or a limit runs under the service's role, with the owner as a condition of the query; what a
person only reads runs under their own.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app import deletions
from vannilli_app.accounts import audit
from vannilli_app.accounts.schemas import Client
from vannilli_app.accounts.tokens import device_hash
from vannilli_app.billing import service as billing
from vannilli_app.config import settings
from vannilli_app.errors import Conflict, Forbidden, Gone, Invalid, NotFound, TooMany
from vannilli_app.generations import (
    ending,
    free_tier,
    lifecycle,
    provider_queries,
    queries,
    queueing,
    segment_queries,
    work,
)
from vannilli_app.generations.schemas import Request, StartInput
from vannilli_app.models import Asset, Consent, Generation, Project, User
from vannilli_app.providers import VideoProvider
from vannilli_app.studio.inspection import judge
from vannilli_app.studio.schemas import Finding
from vannilli_app.words import N_, _

RIGHTS_VERSION = "2026-11-01"
PAID_PER_HOUR = 100
FREE_TIER = "free_tier"  # a run setting: false closes it
REQUIRED = {"driver_video": N_("your performance"), "target_image": N_("a picture of the character")}


async def start(
    session: AsyncSession,
    user_id: UUID,
    wanted: StartInput,
    assets: dict[str, Asset],
    provider: VideoProvider,
    client: Client,
    now: datetime,
    idempotency_key: str | None = None,
) -> Generation:
    """Reserve the credits, note what is to be made and queue its first step, in one transaction of the service.

    `assets` are the files that arrived, decoded, by kind. The same `idempotency_key` for the same project gives the
    generation that is there. Raises NotFound, Forbidden (`attestation_required`, `free_tier_limit`), Conflict
    (`already_started`), TooMany, Invalid (`asset_missing`, `asset_invalid`), PaymentRequired.
    """
    user = await queries.lock_person(session, user_id)
    project = await queries.lock_project(session, user_id, wanted.project_id)
    if user is None or project is None:
        raise NotFound(_("There is no such project."))
    if idempotency_key:
        before = await queries.by_idempotency_key(session, project.id, idempotency_key)
        if before:
            return before
    if not wanted.rights_attested:
        raise Forbidden(
            _("Confirm that you have the rights to this audio and image."), code="attestation_required"
        )
    if await queries.running(session, project.id):
        raise Conflict(
            _("This project's video is being made already. Wait for it, or cancel it."),
            code="already_started",
        )
    _require_good(assets, project)
    device = device_hash(wanted.device_fingerprint) or user.device_fingerprint
    await require_allowed(session, user, device, client, now)

    cost = project.duration_seconds * provider.capabilities.credits_per_second
    covered = await billing.bought_credits_cover(session, user_id, cost)
    width, height = lifecycle.frame_size(project.aspect, user.tier, provider.capabilities)
    generation = Generation(
        project_id=project.id,
        provider=provider.name,
        cost_credits=cost,
        request=_freeze(project, assets, width, height, wanted.crossfade).model_dump(mode="json"),
        watermarked=lifecycle.is_watermarked(user.tier, bought_credits_cover=covered),
        allow_failover=wanted.allow_failover,
        tier=user.tier,
        free_tier=user.tier == "free",
        device_fingerprint=device,
        ip=client.ip,
        idempotency_key=idempotency_key,
    )
    project.driver_video_r2_path = assets["driver_video"].path
    project.target_image_r2_path = assets["target_image"].path
    project.audio_r2_path = assets["audio"].path if "audio" in assets else None
    await queueing.enqueue(session, generation, now)
    session.add(
        Consent(user_id=user_id, kind="rights", version=RIGHTS_VERSION, accepted_at=now, ip=client.ip)
    )
    _audit(
        session, "generation_started", user_id, generation.id, client, provider=provider.name, credits=cost
    )
    return generation


async def started_before(
    session: AsyncSession, user_id: UUID, wanted: StartInput, idempotency_key: str
) -> Generation | None:
    """What a start with this key began before, whatever has changed since."""
    project = await queries.lock_project(session, user_id, wanted.project_id)
    return await queries.by_idempotency_key(session, project.id, idempotency_key) if project else None


async def mine(session: AsyncSession, user_id: UUID, generation_id: UUID) -> Generation:
    """A person's generation, by its id or its task id. Raises NotFound, for somebody else's too."""
    found = await queries.mine(session, user_id, generation_id)
    if found is None:
        raise NotFound(_("There is no such video."))
    return found


async def cancel(
    session: AsyncSession, user_id: UUID, generation_id: UUID, client: Client, now: datetime
) -> Generation:
    """Stop a generation at whatever stage it is; what was reserved comes back. One that has ended stays as it is.

    Needs the service's role. Raises NotFound. Whoever works on the row finds out by its next write.
    """
    found = await mine(session, user_id, generation_id)
    why = lifecycle.Fail("cancelled", "You cancelled this one. It cost nothing.", "")
    ended = await ending.fail(session, found, why, now=now, as_seen=False)
    if ended is None:
        return found
    _audit(session, "generation_cancelled", user_id, found.id, client)
    return ended


async def complete(session: AsyncSession, generation: Generation, now: datetime) -> None:
    """Note that the video is there; its own row was written by the step that holds it."""
    user_id = Request.model_validate(generation.request).user_id
    if generation.free_tier:  # the person before the project: a start locks them in this order
        await queries.mark_free_redeemed(session, user_id)
    await billing.keep_until(session, generation.id, now + lifecycle.KEPT_FOR)
    await queries.set_project_status(session, generation.project_id, "completed", now)
    await work.tell(session, user_id, generation.id)
    await work.queue_word(session, generation.id)


async def collect(
    session: AsyncSession, user_id: UUID, generation_id: UUID, client: Client, now: datetime
) -> tuple[Generation, int, int]:
    """Take the reserved credits for a finished video, once; needs the service's role.

    Returns the generation, the credits taken by this call, and the balance. Raises NotFound, Conflict (`not_ready`),
    Gone (`expired`).
    """
    user = await queries.lock_person(session, user_id)
    generation = await mine(session, user_id, generation_id)
    if user is None:
        raise NotFound(_("There is no such video."))
    if generation.status != "completed" or generation.completed_at is None:
        raise Conflict(_not_ready(generation), code="not_ready")
    require_kept(generation, now)
    request = Request.model_validate(generation.request)
    taken = await billing.capture(
        session,
        user_id=user_id,
        generation_id=generation.id,
        now=now,
        reason=f"{request.track_name}, {_bars(request.bars)} at {request.bpm.normalize():f}",
    )
    if generation.downloaded_at is None:
        generation.downloaded_at = now
        session.add(generation)
        _audit(session, "video_downloaded", user_id, generation.id, client, credits=taken)
    return generation, taken, user.credits_remaining


def require_kept(generation: Generation, now: datetime) -> None:
    """Raises Gone (`expired`) when a finished video is not kept any more."""
    if generation.completed_at and now - generation.completed_at > lifecycle.KEPT_FOR:
        raise Gone(_("This video was kept for 30 days and is gone now. Make it again from the studio."))


async def delete_project(
    session: AsyncSession, user_id: UUID, project_id: UUID, client: Client, now: datetime
) -> None:
    """Delete a project with its files and videos; needs the service's role. Raises NotFound, Conflict.

    A finished video that was paid for and never downloaded is charged: the work was done.
    """
    user = await queries.lock_person(session, user_id)
    project = await queries.lock_project(session, user_id, project_id)
    if user is None or project is None:
        raise NotFound(_("There is no such project."))
    if await queries.running(session, project.id):
        raise Conflict(_("A video of this project is being made. Cancel it first."), code="project_busy")
    made = await queries.of_project(session, project.id)
    for generation in made:
        if generation.status == "completed":
            await billing.capture(session, user_id=user_id, generation_id=generation.id, now=now)
    uploads = await queries.asset_paths(session, project.id)
    working = [path for one in made for path in lifecycle.working_files(one.id, user_id)]
    results = [key for one in made for key in await segment_queries.result_keys(session, one.id)]
    folders = [folder for one in made for folder in lifecycle.working_folders(one.id, user_id)]
    await work.queue_discard(session, [*uploads, *working, *results], folders, [one.id for one in made])
    _audit(session, "project_deleted", user_id, project.id, client, resource_type="project")
    await session.delete(project)
    await deletions.note(session, deletions.PROJECT, project.id)


async def delete_uploads(
    session: AsyncSession, user_id: UUID, project_id: UUID, client: Client, now: datetime
) -> None:
    """Delete what was uploaded for a project, at once; its videos stay. Needs the service's role. Raises NotFound,
    Conflict."""
    await queries.lock_person(session, user_id)
    project = await queries.lock_project(session, user_id, project_id)
    if project is None:
        raise NotFound(_("There is no such project."))
    if await queries.running(session, project.id):
        raise Conflict(_("A video of this project is being made. Cancel it first."), code="project_busy")
    uploads = await queries.asset_paths(session, project.id)
    made = await queries.of_project(session, project.id)
    parts = [key for one in made for key in await segment_queries.result_keys(session, one.id)]
    await queries.mark_deleted(session, project.id, now)
    await work.queue_discard(session, [*uploads, *parts], [], [])
    _audit(session, "uploads_deleted", user_id, project.id, client, resource_type="project")


def _require_good(assets: dict[str, Asset], project: Project) -> None:
    for kind, words in REQUIRED.items():
        if kind not in assets:
            raise Invalid(
                _("Something is missing: {kind}. Upload it, then start.", kind=_(words)),
                code="asset_missing",
                kind=kind,
            )
    findings: list[Finding] = [finding for asset in assets.values() for finding in judge(asset, project)]
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors:
        raise Invalid(
            errors[0].detail, code="asset_invalid", findings=[finding.model_dump() for finding in findings]
        )


async def require_allowed(
    session: AsyncSession, user: User, device: str | None, client: Client, now: datetime
) -> None:
    """The limits by the hour and the day, counted from rows. Raises TooMany, Forbidden (`free_tier_closed`,
    `free_tier_limit`)."""
    if user.tier != "free":
        if await queries.count_starts(session, user.id, now - timedelta(hours=1)) >= PAID_PER_HOUR:
            raise TooMany(
                _("{n} videos an hour is the most. Wait a little.", n=PAID_PER_HOUR), retry_after=600
            )
        return
    if await provider_queries.run_setting(session, FREE_TIER) is False:
        raise Forbidden(
            _("The free tier is closed for now. Open Mic or a plan opens the stage at once."),
            code="free_tier_closed",
        )
    await free_tier.use(session, user.id, device, client, settings().free_per_day, now)


def _freeze(project: Project, assets: dict[str, Asset], width: int, height: int, crossfade: bool) -> Request:
    names = set(Request.model_fields) & set(Project.model_fields)
    performance = assets["driver_video"]
    return Request(
        **{name: getattr(project, name) for name in names},
        driver_path=performance.path,
        image_path=assets["target_image"].path,
        audio_path=assets["audio"].path if "audio" in assets else None,
        capture_offset_seconds=performance.capture_offset_seconds,
        nudge_ms=performance.nudge_ms,
        width=width,
        height=height,
        crossfade=crossfade,
    )


def _bars(bars: Decimal) -> str:
    return f"{bars.normalize():f} {'bar' if bars == 1 else 'bars'}"


def _not_ready(generation: Generation) -> str:
    if generation.status == "failed":
        return generation.error_message or "This video could not be made. Start it again."
    return "This video is not ready yet. You will see it here as soon as it is."


def _audit(
    session: AsyncSession,
    action: str,
    user_id: UUID,
    resource_id: UUID,
    client: Client,
    resource_type: str = "generation",
    **details: Any,
) -> None:
    audit.record(
        session,
        action,
        user_id=user_id,
        resource_type=resource_type,
        resource_id=resource_id,
        client=client,
        **details,
    )
