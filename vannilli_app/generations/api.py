"""Generations over JSON: start, look, cancel, download."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Path, Query
from fastapi import Request as HttpRequest

from vannilli_app import routes
from vannilli_app.accounts.identity import CurrentClient, CurrentIdentity
from vannilli_app.cursors import after, cut, decode_cursor
from vannilli_app.db import SERVICE, as_user, reading, transaction
from vannilli_app.generations import begin, callbacks, offers, parts, queries, service, views
from vannilli_app.generations.schemas import (
    Download,
    GenerationPage,
    GenerationView,
    OfferView,
    PartsView,
    Started,
    StartInput,
)
from vannilli_app.models import Generation
from vannilli_app.problems import documented

router = APIRouter(tags=["generations"])
IdempotencyKey = Annotated[str | None, Header(max_length=255)]


@router.post(
    routes.API_START_GENERATION,
    status_code=202,
    responses=documented(
        {
            401: "not_signed_in",
            402: "insufficient_credits",
            403: "attestation_required, free_tier_limit, free_tier_closed",
            404: "not_found",
            409: "already_started",
            422: "asset_missing, asset_invalid, unknown_provider, provider_unavailable, validation_error",
            429: "rate_limited",
        }
    ),
)
async def start_generation(
    wanted: StartInput,
    identity: CurrentIdentity,
    client: CurrentClient,
    idempotency_key: IdempotencyKey = None,
) -> Started:
    """Make a project's video. Answers as soon as it is queued; a second call with the same `Idempotency-Key` gives
    the same answer."""
    started = await begin.start(identity.user_id, wanted, client, idempotency_key)
    return _started(started)


@router.get(routes.API_POLL_STATUS, responses=documented({401: "not_signed_in", 404: "not_found"}))
async def poll_status(task_id: UUID, identity: CurrentIdentity) -> GenerationView:
    """How a generation stands, by its task id."""
    async with reading(as_user(identity.user_id)) as session:
        found = await service.mine(session, identity.user_id, task_id)
    return await views.view(found, datetime.now(UTC))


@router.get(routes.API_GENERATIONS, responses=documented({401: "not_signed_in", 422: "invalid_cursor"}))
async def list_generations(
    identity: CurrentIdentity,
    project_id: UUID | None = None,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> GenerationPage:
    """My videos, newest first, of one project or of all."""
    before = decode_cursor(cursor) if cursor else None
    async with transaction(as_user(identity.user_id)) as session:
        rows = await queries.mine_before(session, identity.user_id, before, limit + 1, project_id)
    page, next_cursor = cut(rows, limit, after)
    now = datetime.now(UTC)
    return GenerationPage(items=[await views.view(row, now) for row in page], next_cursor=next_cursor)


@router.post(
    routes.API_CANCEL_GENERATION,
    status_code=202,
    responses=documented({401: "not_signed_in", 404: "not_found"}),
)
async def cancel_generation(
    generation_id: UUID, identity: CurrentIdentity, client: CurrentClient
) -> GenerationView:
    """Stop a generation; what was reserved comes back. One that has ended stays as it is."""
    async with transaction(SERVICE) as session:
        ended = await service.cancel(session, identity.user_id, generation_id, client, datetime.now(UTC))
    return await views.view(ended, datetime.now(UTC))


@router.get(routes.API_PARTS, responses=documented({401: "not_signed_in", 404: "not_found"}))
async def list_parts(generation_id: UUID, identity: CurrentIdentity) -> PartsView:
    """The parts that a finished video was made in, and what each costs to make again alone."""
    return await parts.look(identity.user_id, generation_id)


@router.post(
    routes.API_PART_AGAIN,
    status_code=202,
    responses=documented(
        {
            401: "not_signed_in",
            402: "insufficient_credits",
            403: "free_tier_limit, free_tier_closed",
            404: "not_found",
            409: "not_ready, one_part, already_started, files_gone",
            422: "unknown_provider, provider_unavailable, validation_error",
            429: "rate_limited",
        }
    ),
)
async def make_part_again(
    generation_id: UUID,
    number: Annotated[int, Path(ge=1, le=9999)],
    identity: CurrentIdentity,
    client: CurrentClient,
    idempotency_key: IdempotencyKey = None,
) -> Started:
    """Make one part of a finished video again, by the same provider from the same take, and keep the others. It becomes
    a video of its own; the one before stays. A second call with the same `Idempotency-Key` gives the same answer."""
    return _started(await parts.make_again(identity.user_id, generation_id, number, client, idempotency_key))


@router.get(
    routes.API_DOWNLOAD,
    responses=documented(
        {401: "not_signed_in", 403: "foreign_origin", 404: "not_found", 409: "not_ready", 410: "expired"}
    ),
)
async def download(generation_id: UUID, identity: CurrentIdentity, client: CurrentClient) -> Download:
    """The finished video. The first call takes the reserved credits; every further one takes none."""
    async with transaction(SERVICE) as session:
        found, taken, balance = await service.collect(
            session, identity.user_id, generation_id, client, datetime.now(UTC)
        )
    return await views.download(found, taken=taken, balance=balance)


@router.get(routes.API_PROVIDERS, responses=documented({401: "not_signed_in"}))
async def list_providers(identity: CurrentIdentity) -> list[OfferView]:  # noqa: ARG001 (only for people)
    """Who can make a video here, best first, and why another cannot right now."""
    async with transaction(SERVICE) as session:
        return [OfferView(**asdict(one)) for one in await offers.offers(session, datetime.now(UTC))]


@router.post(
    routes.API_PROVIDER_CALLBACK,
    status_code=204,
    responses=documented({403: "bad_signature", 404: "not_found", 422: "validation_error"}),
)
async def provider_callback(provider: str, request: HttpRequest) -> None:
    """A provider tells that a task has changed; its signature is checked, and the task looked at."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    body = await request.body()
    await callbacks.receive(provider, headers, request.query_params, body, datetime.now(UTC))


@router.delete(
    routes.API_PROJECT,
    status_code=204,
    responses=documented({401: "not_signed_in", 404: "not_found", 409: "project_busy"}),
)
async def delete_project(project_id: UUID, identity: CurrentIdentity, client: CurrentClient) -> None:
    """Delete a project with its files and videos."""
    async with transaction(SERVICE) as session:
        await service.delete_project(session, identity.user_id, project_id, client, datetime.now(UTC))


@router.delete(
    routes.API_PROJECT_UPLOADS,
    status_code=204,
    responses=documented({401: "not_signed_in", 404: "not_found", 409: "project_busy"}),
)
async def delete_uploads(project_id: UUID, identity: CurrentIdentity, client: CurrentClient) -> None:
    """Delete what I uploaded for a project now, instead of within 24 hours. Its videos stay."""
    async with transaction(SERVICE) as session:
        await service.delete_uploads(session, identity.user_id, project_id, client, datetime.now(UTC))


def _started(generation: Generation) -> Started:
    return Started(
        internal_task_id=generation.internal_task_id,
        generation_id=generation.id,
        status="pending",
        cost_credits=generation.cost_credits,
    )
