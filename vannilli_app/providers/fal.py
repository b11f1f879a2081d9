"""fal's queue, behind which several vendors' models stand: submit, look, cancel, and who calls back.

fal asks that its addresses be followed and not built, so a task's id is the addresses that it gave (`Addresses`).
It keeps no ids of ours: a submission whose answer was lost cannot be found again.
"""

import logging
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from vannilli_app.errors import Invalid
from vannilli_app.providers import fal_callback
from vannilli_app.providers.base import (
    Callback,
    Capabilities,
    ProviderError,
    ProviderTask,
    ReadsLinks,
    TaskStatus,
    VideoRequest,
)
from vannilli_app.providers.fal_verdict import accepted, failed, failure
from vannilli_app.providers.http import Transport, document, refused
from vannilli_app.words import _

KEYS_SECONDS = 3600.0  # how long fal's signing keys are believed without looking again
KEYS_RETRY_SECONDS = 60.0
KEYS_TIMEOUT = 5.0  # seconds; a video does not wait long for what only callbacks need
PARALLEL_TASKS = 10  # U: fal queues what is above the account's limit

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Addresses:
    """Where a task is looked at, where its result is and where it is cancelled: all of `origin`, since our key goes
    along. Separated by spaces they are the task's id, which is just text to the rest of the product."""

    status: str
    response: str
    cancel: str

    @classmethod
    def given(cls, answer: Mapping[str, Any], origin: str) -> "Addresses | None":
        """Those of an answer to a submission; None when it does not give them as it should."""
        return cls._checked([answer.get(f"{name}_url") for name in ("status", "response", "cancel")], origin)

    @classmethod
    def unpacked(cls, task_id: str, origin: str) -> "Addresses | None":
        """Those of a task's id; None when it is not the id of a task of this queue."""
        return cls._checked(task_id.split(" "), origin)

    def packed(self) -> str:
        return f"{self.status} {self.response} {self.cancel}"

    @classmethod
    def _checked(cls, urls: list[Any], origin: str) -> "Addresses | None":
        if len(urls) != 3 or not all(isinstance(url, str) and " " not in url for url in urls):
            return None
        return cls(*urls) if all(origin_of(url) == origin for url in urls) else None


class FalQueue:
    """The calls that all models share; one object serves all adapters. `jwks_url` is where fal publishes the keys
    that sign its callbacks, `clock` counts seconds for how old they are."""

    def __init__(
        self, key: str, queue_url: str, jwks_url: str, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.origin = origin_of(queue_url) or ""
        self._http = Transport("fal", queue_url, lambda: {"Authorization": f"Key {key}"})
        self._jwks_url = jwks_url
        self._keys: list[Ed25519PublicKey] = []
        self._clock = clock
        self._keys_due = -math.inf

    async def submit(self, path: str, arguments: Mapping[str, Any], callback_url: str | None) -> ProviderTask:
        """Put a task into the queue of the model at `path`, like `fal-ai/pika/v2/pikadditions`."""
        await self._refresh_keys()
        query = {"fal_webhook": callback_url} if callback_url else {}
        answer = accepted(await self._http.call("POST", f"/{path}", params=query, json=arguments))
        addresses = Addresses.given(document(answer), self.origin)
        if addresses is None:
            raise refused(answer, permanent=False, maybe_accepted=True)
        return ProviderTask(addresses.packed(), TaskStatus.PENDING)

    async def look(self, task_id: str) -> ProviderTask | None:
        """How a task stands; None when fal does not know it."""
        addresses = Addresses.unpacked(task_id, self.origin)
        if addresses is None:
            return None
        await self._refresh_keys()
        answer = await self._http.call("GET", addresses.status)
        if answer.status_code == httpx.codes.NOT_FOUND:
            return None
        told = document(accepted(answer))
        match told.get("status"):
            case "IN_QUEUE":
                return ProviderTask(task_id, TaskStatus.PENDING)
            case "COMPLETED" if told.get("error"):
                return failed(task_id, kind=str(told.get("error_type") or ""), words=str(told["error"]))
            case "COMPLETED":
                return await self._result(task_id, addresses)
        return ProviderTask(task_id, TaskStatus.PROCESSING)

    async def cancel(self, task_id: str) -> None:
        """Ask for the end of a task; fal says 400 ALREADY_COMPLETED and 404 NOT_FOUND where there is nothing to do."""
        addresses = Addresses.unpacked(task_id, self.origin)
        if addresses is None:
            return
        answer = await self._http.call("PUT", addresses.cancel)
        if answer.status_code not in (httpx.codes.BAD_REQUEST, httpx.codes.NOT_FOUND):
            accepted(answer)

    def parse_callback(
        self, headers: Mapping[str, str], query: Mapping[str, str], body: bytes, now: datetime
    ) -> Callback:
        """A callback names fal's own id of the request, which our task ids do not hold; our id is in the query of the
        address that we gave, and `task_id` stays empty."""
        fal_callback.verify(self._keys, headers, body, now)
        if not (external_id := query.get("external_id")):
            raise Invalid(_("This callback does not say which video it speaks of."))
        return Callback(task_id="", external_id=external_id)

    async def close(self) -> None:
        await self._http.close()

    async def _result(self, task_id: str, addresses: Addresses) -> ProviderTask:
        """What came out. A failed task's result is an error status, also a 5xx; one without fal's own words for it is
        trouble on the way and says nothing about the task."""
        answer = await self._http.call("GET", addresses.response, any_status=True)
        if not answer.is_success:
            return failure(task_id, answer)
        video = document(answer).get("video")
        url = video.get("url") if isinstance(video, dict) else None
        if not isinstance(url, str):
            return failed(task_id, kind="no_video", words=answer.text)
        return ProviderTask(task_id, TaskStatus.COMPLETED, progress=1.0, video_url=url)

    async def _refresh_keys(self) -> None:
        """Fetch the signing keys when they are old. Without them callbacks are refused, and looking finds out all."""
        now = self._clock()
        if now < self._keys_due:
            return
        self._keys_due = now + KEYS_RETRY_SECONDS
        try:
            answer = await self._http.call_elsewhere("GET", self._jwks_url, timeout=KEYS_TIMEOUT)
            keys = fal_callback.read_keys(document(answer))
            if not keys:
                raise refused(answer, permanent=False)
        except ProviderError as error:
            log.warning("fal's signing keys could not be fetched: %s", error.raw)
            return
        self._keys, self._keys_due = keys, now + KEYS_SECONDS


class FalModel(ReadsLinks):
    """The port on one model of the queue. `path` is the model's place in the queue, by `{mode}` where that makes a
    difference; a model that takes more than video, image and prompt adds to `arguments`."""

    name: str
    path: str
    capabilities: Capabilities

    def __init__(self, queue: FalQueue) -> None:
        self._queue = queue
        self.origin = queue.origin

    def arguments(self, request: VideoRequest) -> dict[str, Any]:
        """The body of a submission."""
        files = {"video_url": request.driver_video_url, "image_url": request.target_image_url}
        prompted = self.capabilities.takes_prompt and request.prompt
        return {**files, "prompt": request.prompt} if prompted else files

    async def start_generation(self, request: VideoRequest) -> ProviderTask:
        path = self.path.format(mode=request.mode)
        return await self._queue.submit(path, self.arguments(request), request.callback_url)

    async def find(self, external_id: str) -> None:
        """Nothing: fal keeps no ids of ours."""

    async def check_status(self, task_ids: list[str]) -> dict[str, ProviderTask]:
        looks = [await self._queue.look(task_id) for task_id in task_ids]
        return {task.task_id: task for task in looks if task is not None}

    async def cancel_generation(self, task_id: str) -> None:
        await self._queue.cancel(task_id)

    def parse_callback(
        self, headers: Mapping[str, str], query: Mapping[str, str], body: bytes, now: datetime
    ) -> Callback:
        return self._queue.parse_callback(headers, query, body, now)

    async def close(self) -> None:
        """Close the queue, for the other models as well."""
        await self._queue.close()


def origin_of(url: str) -> str | None:
    """`scheme://host[:port]` as the HTTP client itself reads an address; None when it cannot, or when the address
    carries a name and a password."""
    try:
        read = httpx.URL(url)
    except httpx.InvalidURL:
        return None
    return None if read.userinfo else f"{read.scheme}://{read.netloc.decode('ascii')}"
