"""Kling 2.6 motion control: the picture's character moves as the artist moved.

`KlingApi` is what both standards of its API share; `Kling` speaks the new one, `kling_legacy` the old one. A task
carries our id, which Kling takes only once, so a submission may be repeated without harm.
"""

import base64
import hmac
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, TypeGuard
from urllib.parse import quote, urlsplit

import httpx

from vannilli_app.errors import Forbidden, Invalid
from vannilli_app.providers.base import (
    Billed,
    Callback,
    Capabilities,
    ProviderError,
    ProviderTask,
    ReadsLinks,
    TaskStatus,
    VideoRequest,
)
from vannilli_app.providers.http import Headers, Transport, document, refused
from vannilli_app.words import N_

MODEL = "kling-2.6"
PARALLEL_TASKS = 5  # unverified: it depends on the account
USD_PER_CASH = Decimal(1)  # unverified: the currency of what is billed as "cash"
CALLBACK_SECONDS = 300  # how far a callback's time may be from ours
# Unverified: what a failed task's message says where trying again would fail again. There is no code.
CONTENT_WORDS = "risk control"
INPUT_WORDS = "invalid"

NOT_NOW = N_("Kling is not available right now. It cost nothing. Choose another way to make your video.")
BUSY = N_("Kling is busy right now. Your video is made as soon as there is room.")
NOT_TAKEN = N_("Kling does not take this performance or picture. Try another one.")
AGAINST_RULES = N_(
    "Kling's content rules do not allow this video. Use another picture, performance or description."
)

ALREADY_THERE = 1201  # also a bad parameter of any other kind
_BUSY_CODES = frozenset({1302, 1303, 1304})  # too fast, too many tasks at work, too many from our address
_LASTING = {
    **dict.fromkeys((*range(1000, 1005), *range(1100, 1104)), NOT_NOW),  # our key, our account, our balance
    **dict.fromkeys((1202, 1203), NOT_NOW),  # the method or the model is gone
    **dict.fromkeys((1200, ALREADY_THERE), NOT_TAKEN),
    **dict.fromkeys((1300, 1301), AGAINST_RULES),
}
_STATUS = {
    "submitted": TaskStatus.PENDING,
    "processing": TaskStatus.PROCESSING,
    "succeeded": TaskStatus.COMPLETED,
    "succeed": TaskStatus.COMPLETED,  # so spelled by the legacy standard
    "failed": TaskStatus.FAILED,
}
CAPABILITIES = Capabilities(
    label="Kling 2.6",
    does=N_(
        "Moves the character in your picture as you moved: body, hands and face, at Kling. "
        "Your video may come out shorter than your take."
    ),
    motion_transfer=True,
    credits_per_second=1,
    fetches_links=True,
    max_seconds={"video": 30, "image": 10},
    min_seconds=3,
    max_short_side=1080,
    min_image_side=300,
    max_video_bytes=100_000_000,
    max_image_bytes=10_000_000,
    takes_prompt=True,
    usd_per_second={"standard": Decimal("0.07"), "pro": Decimal("0.112")},
    parallel_tasks=PARALLEL_TASKS,
    batch=20,
    submissions_per_minute=100,
    poll_seconds=10,
)


class KlingApi(ReadsLinks):
    """The port, but for a standard's own words: `path` of a submission, its body, how tasks are asked for and read.

    `id_field` names a task's id. The callbacks' signature is checked with `webhook_secret`; without it none are
    believed. Raises ValueError when that secret is not one of Kling's.
    """

    name = "kling"
    path: str
    id_field: str

    def __init__(
        self, headers: Headers, base_url: str, webhook_secret: str, capabilities: Capabilities
    ) -> None:
        address = urlsplit(base_url)
        self.origin = f"{address.scheme}://{address.netloc}"
        self._webhook_key = base64.b64decode(webhook_secret.removeprefix("whsec_"), validate=True)
        self.capabilities = replace(capabilities, calls_back=bool(self._webhook_key))
        self._http = Transport(self.name, base_url, headers)

    def submission(self, request: VideoRequest) -> dict[str, Any]:
        """The body of a submission."""
        raise NotImplementedError

    def read(self, told: Mapping[str, Any]) -> ProviderTask:
        """A task as Kling tells it."""
        raise NotImplementedError

    async def find(self, external_id: str) -> ProviderTask | None:
        raise NotImplementedError

    async def start_generation(self, request: VideoRequest) -> ProviderTask:
        answer = await self._http.call("POST", self.path, json=self.submission(request))
        if code_of(answer) == ALREADY_THERE and (found := await self.find(request.external_id)):
            return found
        if not (tasks := self._tasks(answer)):
            raise refused(answer, permanent=False, maybe_accepted=True)
        return tasks[0]

    async def cancel_generation(self, task_id: str) -> None:
        """Nothing: Kling makes to the end what it has begun."""

    def parse_callback(
        self, headers: Mapping[str, str], query: Mapping[str, str], body: bytes, now: datetime
    ) -> Callback:
        """The body is the task itself; our id may be in the address only."""
        if not self._webhook_key:
            raise Forbidden(N_("Kling's callbacks cannot be checked here."), code="bad_signature")
        verify(self._webhook_key, headers, body, now)
        try:
            told = json.loads(body)
        except ValueError:
            told = None
        if not self._is_task(told):
            raise Invalid(N_("This callback does not say which video it speaks of."))
        task = self.read(told)
        return Callback(task.task_id, task.external_id or query.get("external_id"))

    async def close(self) -> None:
        await self._http.close()

    def _tasks(self, answer: httpx.Response) -> list[ProviderTask]:
        """The tasks of an answer, if it is a yes. Raises ProviderError."""
        if not answer.is_success or code_of(answer) != 0:
            raise refusal(answer)
        data = document(answer).get("data")
        return [
            self.read(told) for told in (data if isinstance(data, list) else [data]) if self._is_task(told)
        ]

    def _is_task(self, told: Any) -> TypeGuard[dict[str, Any]]:
        task_id = told.get(self.id_field) if isinstance(told, dict) else None
        return isinstance(task_id, str) and task_id != ""


class Kling(KlingApi):
    """The new standard, whose key is sent as it is."""

    path = f"/motion-control/{MODEL}"
    id_field = "id"

    def __init__(self, api_key: str, base_url: str, webhook_secret: str = "") -> None:
        headers = {"Authorization": f"Bearer {api_key}"}
        super().__init__(lambda: headers, base_url, webhook_secret, CAPABILITIES)

    def submission(self, request: VideoRequest) -> dict[str, Any]:
        prompt = [{"type": "prompt", "text": request.prompt}] if request.prompt else []
        called_back = {"callback_url": request.callback_url} if request.callback_url else {}
        return {
            "contents": [
                *prompt,
                {"type": "image", "url": request.target_image_url},
                {"type": "video", "url": request.driver_video_url},
            ],
            "settings": {
                "character_orientation": request.character_orientation,
                "audio": "off",
                "resolution": "1080p" if request.mode == "pro" else "720p",
            },
            "options": {
                **called_back,
                "external_task_id": request.external_id,
                "watermark_info": {"enabled": False},
            },
        }

    async def find(self, external_id: str) -> ProviderTask | None:
        found = await self._look("external_task_ids", [external_id])
        return next((task for task in found if task.external_id == external_id), None)

    async def check_status(self, task_ids: list[str]) -> dict[str, ProviderTask]:
        return {task.task_id: task for task in await self._look("task_ids", task_ids)}

    def read(self, told: Mapping[str, Any]) -> ProviderTask:
        return as_task(
            told["id"],
            told.get("status"),
            external_id=told.get("external_id"),
            video_url=first_url(told.get("outputs")),
            words=told.get("message"),
            billed=_billed(told.get("billing")),
        )

    async def _look(self, by: str, ids: list[str]) -> list[ProviderTask]:
        """The tasks of these ids; those that Kling does not know are missing."""
        listed = ",".join(quote(one, safe="") for one in ids)
        return self._tasks(await self._http.call("GET", f"/tasks?{by}={listed}"))


def as_task(
    task_id: str, word: Any, *, external_id: Any, video_url: str | None, words: Any, billed: Billed | None
) -> ProviderTask:
    """A task by the parts that both standards tell. A status that is not known stands for work: Kling may add some."""
    status = _STATUS.get(str(word), TaskStatus.PROCESSING)
    if status is TaskStatus.COMPLETED and video_url is None:
        status, words = TaskStatus.FAILED, "a completed task without a video"
    task = ProviderTask(task_id, status, external_id=external_id or None, video_url=video_url, billed=billed)
    if status is not TaskStatus.FAILED:
        return task
    error, permanent = _why_failed(str(words or ""))
    return replace(task, error=error, raw_error=f"failed: {words}", permanent=permanent)


def first_url(videos: Any) -> str | None:
    """The link of the first of a task's videos."""
    first = videos[0] if isinstance(videos, list) and videos else None
    url = first.get("url") if isinstance(first, dict) else None
    return url if isinstance(url, str) and url else None


def amount_of(value: Any) -> Decimal | None:
    """A billed amount, which comes as text or as a number; None when it is neither."""
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


def code_of(answer: httpx.Response) -> int | None:
    """Kling's own code in an answer: 0 is a yes; None when it cannot be read."""
    try:
        told = answer.json()
    except ValueError:
        return None
    code = told.get("code") if isinstance(told, dict) else None
    return code if isinstance(code, int) else None


def refusal(answer: httpx.Response) -> ProviderError:
    """The error for an answer below 500 that is not a yes."""
    code, status = code_of(answer), answer.status_code
    if code in _BUSY_CODES:
        return refused(answer, BUSY, permanent=False, busy=True)
    if sentence := _LASTING.get(code or 0):
        return refused(answer, sentence, permanent=True)
    if status == httpx.codes.TOO_MANY_REQUESTS:
        return refused(answer, BUSY, permanent=False, busy=True)
    if answer.is_client_error:
        return refused(answer, NOT_NOW if status in (401, 403, 404) else NOT_TAKEN, permanent=True)
    return refused(answer, permanent=False, maybe_accepted=answer.is_success)


def verify(key: bytes, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
    """Raises Forbidden (`bad_signature`) unless Kling signed this callback in the last five minutes.

    That is the scheme of standardwebhooks.com: while a secret is replaced there are several signatures.
    """
    forbidden = Forbidden(N_("This callback does not come from Kling."), code="bad_signature")
    try:
        sent_id, sent_at, given = (headers[f"webhook-{name}"] for name in ("id", "timestamp", "signature"))
        age = int(now.timestamp()) - int(sent_at)
    except (KeyError, ValueError):
        raise forbidden from None
    digest = hmac.digest(key, f"{sent_id}.{sent_at}.".encode() + body, "sha256")
    wanted = b"v1," + base64.b64encode(digest)
    genuine = any(hmac.compare_digest(wanted, one.encode()) for one in given.split(" "))
    if not genuine or abs(age) > CALLBACK_SECONDS:
        raise forbidden


def _billed(billing: Any) -> Billed | None:
    """What was taken: money, or units of a package. Where it was both, the money is not the whole price."""
    cash, units = (_charged(billing, charge_type) for charge_type in ("cash", "unit"))
    if units is not None:
        return Billed(units, "units", None)
    return None if cash is None else Billed(cash, "cash", cash * USD_PER_CASH)


def _charged(billing: Any, charge_type: str) -> Decimal | None:
    """The sum of a bill's entries of one kind; None when there are none."""
    entries = [entry for entry in billing if isinstance(entry, dict)] if isinstance(billing, list) else []
    charges = [amount_of(entry.get("amount")) for entry in entries if entry.get("charge_type") == charge_type]
    amounts = [amount for amount in charges if amount is not None]
    return sum(amounts, Decimal(0)) if amounts else None


def _why_failed(words: str) -> tuple[str | None, bool]:
    """The person's sentence where there is one, and whether another try is pointless."""
    if CONTENT_WORDS in words.lower():
        return AGAINST_RULES, True
    if INPUT_WORDS in words.lower():
        return NOT_TAKEN, True
    return None, False
