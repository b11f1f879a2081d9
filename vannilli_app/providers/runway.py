"""Runway Act-Two: the picture's character plays what the artist performed.

The files are uploaded, never linked: Runway asks for a link's head before it fetches, which a signed link refuses. So
it works from a machine that nobody can reach, too. It keeps no ids of ours: a submission whose answer was lost cannot
be found again.
"""

import mimetypes
import tempfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import httpx

from vannilli_app.providers.base import (
    Billed,
    CallsNobodyBack,
    Capabilities,
    ProviderError,
    ProviderTask,
    TaskStatus,
    VideoRequest,
)
from vannilli_app.providers.http import Transport, document, refused
from vannilli_app.storage import located, store
from vannilli_app.words import N_

VERSION = "2024-11-06"
MODEL = "act_two"
UPRIGHT, WIDE, SQUARE = "720:1280", "1280:720", "960:960"  # of its ratios, those of our aspects
USD_PER_CREDIT = Decimal("0.01")  # unverified
CREDITS_PER_SECOND = 5
PARALLEL_TASKS = 2  # unverified: it depends on the account's tier; what is too much waits there as THROTTLED
NO_CREDITS = "not have enough credits"  # a 400 like any other but for these words

NOT_NOW = N_("Runway is not available right now. It cost nothing. Choose another way to make your video.")
ENOUGH_FOR_NOW = N_(
    "Runway takes no more videos for now. Try again later, or choose another way to make your video."
)
NOT_TAKEN = N_("Runway does not take this performance or picture. Try another one.")
TOO_LARGE = N_("Your performance or picture is too large for Runway. Try a smaller one.")
AGAINST_RULES = N_("Runway's content rules do not allow this video. Use another picture or performance.")
UNREADABLE = N_(
    "Runway cannot use this picture or performance. Each has to show one face clearly. Try another one."
)
STOPPED = N_("This video was stopped before it was done. Start it again.")

_STATUS = {
    "PENDING": TaskStatus.PENDING,
    "THROTTLED": TaskStatus.PENDING,
    "RUNNING": TaskStatus.PROCESSING,
    "SUCCEEDED": TaskStatus.COMPLETED,
    "FAILED": TaskStatus.FAILED,
    "CANCELLED": TaskStatus.FAILED,
}


class Runway(CallsNobodyBack):
    """The port on Runway's API. What our own store cannot give is raised as the store's own error."""

    name = "runway"
    capabilities = Capabilities(
        label="Runway Act-Two",
        does=N_(
            "Plays your face and gestures with the character in your picture, at Runway. "
            "Your take and your picture must each show one face clearly all the time."
        ),
        motion_transfer=True,
        credits_per_second=1,
        fetches_links=False,
        max_seconds={"video": 30, "image": 30},
        min_seconds=3,
        max_short_side=720,
        max_video_bytes=200_000_000,
        max_image_bytes=16_000_000,
        cancels=True,
        finds_by_our_id=False,
        usd_per_second=dict.fromkeys(("standard", "pro"), CREDITS_PER_SECOND * USD_PER_CREDIT),
        parallel_tasks=PARALLEL_TASKS,
        poll_seconds=10,  # Runway asks for 5 or more
    )

    def __init__(self, api_key: str, base_url: str) -> None:
        address = urlsplit(base_url)
        self.origin = f"{address.scheme}://{address.netloc}"
        headers = {"Authorization": f"Bearer {api_key}", "X-Runway-Version": VERSION}
        self._http = Transport(self.name, base_url, lambda: headers)

    async def prepare(self, request: VideoRequest) -> VideoRequest:
        try:
            picture = await self._uploaded(request.target_image_url, self.capabilities.max_image_bytes)
            performance = await self._uploaded(request.driver_video_url, self.capabilities.max_video_bytes)
        except ProviderError as error:
            error.maybe_accepted = False  # whatever became of the files: no task was made of them
            raise
        return replace(request, target_image_url=picture, driver_video_url=performance)

    async def start_generation(self, request: VideoRequest) -> ProviderTask:
        request = await self.prepare(request)
        made = await self._told(
            "/v1/character_performance",
            {
                "model": MODEL,
                "character": {"type": "image", "uri": request.target_image_url},
                "reference": {"type": "video", "uri": request.driver_video_url},
                "ratio": _ratio(request.width, request.height),
                "bodyControl": True,
            },
        )
        if not isinstance(made.get("id"), str):
            raise ProviderError(
                permanent=False, maybe_accepted=True, raw=f"runway: a task without id: {made}"
            )
        return ProviderTask(made["id"], TaskStatus.PENDING)

    async def find(self, external_id: str) -> ProviderTask | None:  # noqa: ARG002 (it keeps none of ours)
        """Nothing: Runway keeps no ids of ours."""
        return None

    async def check_status(self, task_ids: list[str]) -> dict[str, ProviderTask]:
        looks = [await self._look(task_id) for task_id in task_ids]
        return {task.task_id: task for task in looks if task}

    async def cancel_generation(self, task_id: str) -> None:
        """An ended task is deleted by this, its video too."""
        answer = await self._http.call("DELETE", _task_path(task_id))
        if not answer.is_success and answer.status_code != httpx.codes.NOT_FOUND:
            raise _refusal(answer)

    async def close(self) -> None:
        await self._http.close()

    async def _look(self, task_id: str) -> ProviderTask | None:
        answer = await self._http.call("GET", _task_path(task_id))
        if answer.status_code == httpx.codes.NOT_FOUND:
            return None
        if not answer.is_success:
            raise _refusal(answer)
        return _as_task(task_id, document(answer))

    async def _told(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """What Runway says to a POST that it takes."""
        answer = await self._http.call("POST", path, json=body)
        if not answer.is_success:
            raise _refusal(answer)
        return document(answer)

    async def _uploaded(self, link: str, most_bytes: int) -> str:
        """Upload a file of our store; gives its `runway://` address, which lives for 24 h. What is there stays."""
        if link.startswith("runway:"):
            return link
        bucket, key = located(link)
        with tempfile.TemporaryDirectory(prefix="vannilli-runway-") as folder:
            path = Path(folder) / Path(key).name
            await store().download(bucket, key, path)
            if (size := path.stat().st_size) > most_bytes:
                raise ProviderError(TOO_LARGE, permanent=True, raw=f"{key} has {size} bytes")
            return await self._upload(path)

    async def _upload(self, path: Path) -> str:
        slot = await self._told("/v1/uploads", {"filename": path.name, "type": "ephemeral"})
        if not {"runwayUri", "uploadUrl", "fields"} <= slot.keys():
            raise ProviderError(permanent=False, raw=f"runway: an upload slot of {sorted(slot)}")
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        with path.open("rb") as file:  # read piece by piece while it is sent
            answer = await self._http.call_elsewhere(
                "POST", slot["uploadUrl"], data=slot["fields"], files={"file": (path.name, file, kind)}
            )
        if not answer.is_success:
            raise refused(answer, permanent=False)
        return str(slot["runwayUri"])


def _task_path(task_id: str) -> str:
    return f"/v1/tasks/{quote(task_id, safe='')}"


def _ratio(width: int, height: int) -> str:
    if width == height:
        return SQUARE
    return WIDE if width > height else UPRIGHT


def _as_task(task_id: str, told: dict[str, Any]) -> ProviderTask:
    """A status that is not known stands for work: Runway may add some."""
    status = _STATUS.get(str(told.get("status")), TaskStatus.PROCESSING)
    billed = _billed(told.get("cost"))
    if status is TaskStatus.FAILED:
        error, permanent = _why_failed(told)
        raw = f"{told.get('status')} {told.get('failureCode')}: {told.get('failure')}"
        return ProviderTask(task_id, status, error=error, raw_error=raw, permanent=permanent, billed=billed)
    output, progress = told.get("output"), told.get("progress")
    return ProviderTask(
        task_id,
        status,
        progress=float(progress) if isinstance(progress, int | float) else None,
        video_url=str(output[0]) if isinstance(output, list) and output else None,
        billed=billed,
    )


def _why_failed(told: dict[str, Any]) -> tuple[str | None, bool]:
    """The person's sentence where there is one, and whether another try is pointless.

    The third part of a failure code is only a guess of Runway's, so it is not told.
    """
    code = str(told.get("failureCode") or "")
    if told.get("status") == "CANCELLED":
        return STOPPED, True
    if code.partition(".")[0] == "SAFETY":
        return AGAINST_RULES, True
    if code == "ASSET.INVALID":
        return UNREADABLE, True
    return None, False


def _billed(cost: Any) -> Billed | None:
    """What a task took, by the `cost` of a look."""
    credits = cost.get("credits") if isinstance(cost, dict) else None
    if not isinstance(credits, int | float):
        return None
    amount = Decimal(str(credits))
    return Billed(amount, "credits", amount * USD_PER_CREDIT)


def _refusal(answer: httpx.Response) -> ProviderError:
    """The error for an answer below 500 that says no: by it, nothing was done."""
    if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:  # the limit of a day, not of tasks at work
        return refused(answer, ENOUGH_FOR_NOW, permanent=False)
    if answer.status_code in (401, 403) or NO_CREDITS in answer.text:
        return refused(answer, NOT_NOW, permanent=True)
    return refused(answer, NOT_TAKEN, permanent=True)
