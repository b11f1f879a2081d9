"""A generation as its owner sees it, with links that open for an hour."""

import asyncio
from datetime import UTC, datetime, timedelta

from vannilli_app.errors import VannilliError
from vannilli_app.generations.lifecycle import overall
from vannilli_app.generations.schemas import Download, Failure, GenerationView, Request
from vannilli_app.models import Generation
from vannilli_app.providers import providers
from vannilli_app.storage import FINAL_RENDERS, store
from vannilli_app.words import _

LINK_SECONDS = 3600
SHOWS = 0.05  # of a stage: from here on its pace tells how long it takes
MOST_GUESSED = 0.95  # of a stage, where the time alone tells how far it is


async def view(generation: Generation, now: datetime) -> GenerationView:
    """How a generation stands at `now`, with links to what may be seen before it is bought."""
    request = Request.model_validate(generation.request)
    preview, gif, thumbnail = await asyncio.gather(
        _link(generation.preview_video_r2_path),
        _link(generation.preview_gif_r2_path),
        _link(generation.thumbnail_r2_path),
    )
    return GenerationView(
        internal_task_id=generation.internal_task_id,
        generation_id=generation.id,
        project_id=generation.project_id,
        track_name=request.track_name,
        bpm=float(request.bpm),
        bars=float(request.bars),
        time_signature=request.time_signature,
        aspect=request.aspect,
        status=generation.status,
        stage=generation.stage,
        progress=overall(generation.stage, _progress(generation, now)),
        eta_seconds=_eta(generation, now),
        eta_late_seconds=_until(generation.late_done_at, now),
        elapsed_seconds=round(((generation.completed_at or now) - generation.created_at).total_seconds(), 1),
        preview_url=preview,
        preview_gif_url=gif,
        thumbnail_url=thumbnail,
        error=_failure(generation),
        provider=generation.provider,
        provider_label=_label(generation.provider),
        billed_seconds=request.section.billed_seconds,
        cost_credits=generation.cost_credits,
        watermarked=generation.watermarked,
        created_at=generation.created_at,
        completed_at=generation.completed_at,
        downloaded=generation.downloaded_at is not None,
        remade_from=request.remake.generation_id if request.remake else None,
    )


async def download(generation: Generation, *, taken: int, balance: int) -> Download:
    """The link to a finished video, named after its track, for an hour."""
    if generation.final_video_r2_path is None or generation.width is None or generation.height is None:
        raise ValueError("only a completed generation can be downloaded")
    request = Request.model_validate(generation.request)
    url = await store().presign_get(
        FINAL_RENDERS,
        generation.final_video_r2_path,
        expires=LINK_SECONDS,
        filename=f"{request.track_name} - Vannilli.mp4",
    )
    return Download(
        download_url=url,
        expires_at=datetime.now(UTC) + timedelta(seconds=LINK_SECONDS),
        credits_deducted=taken,
        credits_remaining=balance,
        watermarked=generation.watermarked,
        width=generation.width,
        height=generation.height,
        duration_seconds=generation.duration_seconds or 0.0,
    )


async def _link(path: str | None) -> str | None:
    return await store().presign_get(FINAL_RENDERS, path, expires=LINK_SECONDS) if path else None


def _eta(generation: Generation, now: datetime) -> float | None:
    """Seconds that it will still take in this stage: by its own pace once that shows, else by how long the provider's
    recent tasks took; None while nobody can tell."""
    if generation.status != "processing":
        return None
    if generation.progress >= SHOWS:
        elapsed = (now - generation.stage_started_at).total_seconds()
        return max(round(elapsed * (1 - generation.progress) / generation.progress, 1), 0.0)
    return _until(generation.expected_done_at, now)


def _until(moment: datetime | None, now: datetime) -> float | None:
    return max(round((moment - now).total_seconds(), 1), 0.0) if moment else None


def _progress(generation: Generation, now: datetime) -> float:
    """Progress within the stage. Where the provider tells none, the share of its usual time that has passed."""
    if not generation.expected_done_at or generation.stage != "rendering":
        return generation.progress
    usual = (generation.expected_done_at - generation.stage_started_at).total_seconds()
    elapsed = (now - generation.stage_started_at).total_seconds()
    return max(generation.progress, min(elapsed / max(usual, 1.0), MOST_GUESSED))


def _label(name: str) -> str:
    """What people call a provider; one that is not set up any more goes by its name."""
    there = providers().get(name)
    return _(there.capabilities.label) if there else name


def _failure(generation: Generation) -> Failure | None:
    if generation.status != "failed" or generation.error_code is None:
        return None
    return Failure(code=generation.error_code, detail=_(generation.error_message or VannilliError().message))
