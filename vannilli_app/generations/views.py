"""A generation as its owner sees it, with links that open for an hour."""

import asyncio
from datetime import UTC, datetime, timedelta

from vannilli_app.generations.lifecycle import overall
from vannilli_app.generations.schemas import Download, GenerationView, Problem, Request
from vannilli_app.models import Generation
from vannilli_app.storage import FINAL_RENDERS, store

LINK_SECONDS = 3600


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
        progress=overall(generation.stage, generation.progress),
        eta_seconds=_eta(generation, now),
        preview_url=preview,
        preview_gif_url=gif,
        thumbnail_url=thumbnail,
        error=_problem(generation),
        provider=generation.provider,
        cost_credits=generation.cost_credits,
        watermarked=generation.watermarked,
        created_at=generation.created_at,
        completed_at=generation.completed_at,
        downloaded=generation.downloaded_at is not None,
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
    if generation.expected_done_at is None or generation.status != "processing":
        return None
    return max(round((generation.expected_done_at - now).total_seconds(), 1), 0.0)


def _problem(generation: Generation) -> Problem | None:
    if generation.status != "failed" or generation.error_code is None:
        return None
    return Problem(code=generation.error_code, detail=generation.error_message or "")
