"""The parts that a finished video was made in: what each costs to make again, and making one again while the others
stay.

The new video is a generation with a price and a life of its own; the one before stays as it is.
"""

from datetime import UTC, datetime
from math import ceil
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app.accounts import audit
from vannilli_app.accounts.schemas import Client
from vannilli_app.billing import service as billing
from vannilli_app.db import SERVICE, reading, transaction
from vannilli_app.errors import Conflict, NotFound, VannilliError
from vannilli_app.generations import again, lifecycle, offers, queries, remake, segment_queries, service
from vannilli_app.generations.schemas import FPS, PartsView, PartView, Remake, Request
from vannilli_app.models import Generation, Segment
from vannilli_app.music.segments import Span, span
from vannilli_app.providers import providers
from vannilli_app.words import _


async def look(user_id: UUID, generation_id: UUID) -> PartsView:
    """The parts of a person's video in the order of the song, and why none of them can be made again. Raises
    NotFound."""
    async with reading(SERVICE) as session:
        found = await service.mine(session, user_id, generation_id)
        segments = await segment_queries.of_generation(session, found.id)
    shown = PartsView(
        generation_id=found.id,
        finished=found.status == "completed",
        beats_per_bar=float(Request.model_validate(found.request).section.meter.beats_per_bar),
        parts=[_view(found, segment) for segment in segments],
    )
    try:
        async with transaction(SERVICE) as session:
            await _require_possible(session, found, segments)
        await remake.require_results(segments)
    except VannilliError as error:
        shown.why_not = error.message
    return shown


async def make_again(
    user_id: UUID, generation_id: UUID, number: int, client: Client, idempotency_key: str | None = None
) -> Generation:
    """Begin the video that keeps all parts of this one but `number`. The same `idempotency_key` gives the one that was
    begun with it.

    Raises NotFound, Conflict (`not_ready`, `one_part`, `already_started`, `files_gone`), Invalid
    (`provider_unavailable`), Forbidden (`free_tier_limit`, `free_tier_closed`), TooMany, PaymentRequired.
    """
    async with transaction(SERVICE) as session:
        found = await service.mine(session, user_id, generation_id)
        segments = await segment_queries.of_generation(session, found.id)
        if before := await _begun(session, found, idempotency_key):
            return before
        await _require_possible(session, found, segments)
    part = next((segment for segment in segments if segment.number == number), None)
    if part is None:
        raise NotFound(_("There is no such part."))
    await remake.require_results(segments)
    async with transaction(SERVICE) as session:
        return await _begin(session, user_id, found, segments, part, client, idempotency_key)


def credits_for(generation: Generation, segment: Segment) -> int:
    """What a part costs to make again: its own seconds, rounded up."""
    made_by = providers().get(generation.provider)
    return ceil(_span(generation, segment).seconds) * (
        made_by.capabilities.credits_per_second if made_by else 0
    )


async def _begin(
    session: AsyncSession,
    user_id: UUID,
    found: Generation,
    segments: list[Segment],
    part: Segment,
    client: Client,
    idempotency_key: str | None,
) -> Generation:
    """All of it in one transaction, one after the other for each person."""
    now = datetime.now(UTC)
    user = await queries.lock_person(session, user_id)
    if user is None:
        raise NotFound(_("There is no such video."))
    if before := await _begun(session, found, idempotency_key):
        return before
    await _require_possible(session, found, segments)
    await service.require_allowed(session, user, user.device_fingerprint, client, now)
    cost = credits_for(found, part)
    covered = await billing.bought_credits_cover(session, user_id, cost)
    marked = lifecycle.is_watermarked(user.tier, bought_credits_cover=covered)
    kept = Request.model_validate(found.request)
    wanted = kept.model_copy(update={"remake": Remake(generation_id=found.id, number=part.number)})
    fresh = await again.queue_like(
        session,
        found,
        now,
        request=wanted.model_dump(mode="json"),
        cost_credits=cost,
        watermarked=found.watermarked or marked,  # one part that was paid for does not free the others of it
        allow_failover=False,  # another provider's hand would not go with the parts that are kept
        tier=user.tier,
        free_tier=user.tier == "free",
        device_fingerprint=user.device_fingerprint,
        ip=client.ip,
        idempotency_key=idempotency_key,
    )
    audit.record(
        session,
        "part_made_again",
        user_id=user_id,
        resource_type="generation",
        resource_id=fresh.id,
        client=client,
        part=part.number,
        credits=cost,
    )
    return fresh


async def _begun(session: AsyncSession, found: Generation, key: str | None) -> Generation | None:
    return await queries.by_idempotency_key(session, found.project_id, key) if key else None


async def _require_possible(session: AsyncSession, found: Generation, segments: list[Segment]) -> None:
    if found.status != "completed":
        raise Conflict(
            _("This video is not finished. Its parts can be made again once it is."), code="not_ready"
        )
    if len(segments) < 2:
        raise Conflict(_("This video was made in one piece. Make another take of it."), code="one_part")
    await again.require_idle(session, found)
    if not await again.files_there(session, found):
        raise Conflict(remake.files_gone(), code="files_gone")
    offers.choose(await offers.offers(session, datetime.now(UTC)), found.provider)


def _view(generation: Generation, segment: Segment) -> PartView:
    where = _span(generation, segment)
    return PartView(
        number=segment.number,
        first_bar=float(where.first) + 1,
        end_bar=float(where.end) + 1,
        first_frame=segment.first_frame,
        frames=segment.frames,
        exact_seconds=float(where.seconds),
        cost_credits=credits_for(generation, segment),
    )


def _span(generation: Generation, segment: Segment) -> Span:
    section = Request.model_validate(generation.request).section
    return span(section, fps=FPS, first_frame=segment.first_frame, frames=segment.frames)
