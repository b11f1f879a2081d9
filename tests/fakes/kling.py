"""Kling's motion control as it documents itself: both standards of its API over the same tasks, signed callbacks."""

import asyncio
import base64
import hmac
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import httpx
import jwt
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.fakes.faults import Where
from tests.fakes.service import FakeService, FakeTask, seconds_of

API_KEY = "api_key_of_the_tests"
ACCESS_KEY = "access_key_of_the_tests"
SECRET_KEY = "secret key of the tests, 32 characters and more"
WEBHOOK_SECRET = "whsec_dGVzdHNlY3JldHRlc3RzZWNyZXR0ZXN0c2VjcmV0MTI="
MODELS = ("kling-2.6", "kling-3.0")
LEGACY_PATH = "/v1/videos/motion-control"
MOST_IDS = 20
MOST_LISTED = 500
MOST_PROMPT = 2500
SECONDS = {"video": (3.0, 30.0), "image": (3.0, 10.0)}  # of the performance, by orientation
USD_PER_SECOND = {"720p": 0.07, "1080p": 0.112}
MESSAGES = {
    1000: "Authentication failed",
    1001: "Authorization is empty",
    1002: "Authorization is invalid",
    1003: "Authorization is not yet valid",
    1004: "Authorization has expired",
    1100: "Account exception",
    1101: "Account in arrears",
    1102: "Resource pack depleted or expired",
    1103: "Unauthorized access to the requested resource",
    1200: "Invalid request parameters",
    1201: "Invalid parameters",
    1202: "The requested method is invalid",
    1203: "The requested resource does not exist",
    1300: "Trigger strategy of the platform",
    1301: "Trigger the content security policy of the platform",
    1302: "The API request is too fast",
    1303: "Parallel tasks over limit",
    1304: "Trigger the IP whitelisting policy",
    5000: "Server internal error",
    5001: "Server temporarily unavailable",
    5002: "Server internal timeout",
}
FAILURES = {"fails": "Service internal error", "refused": "Failure to pass the risk control system"}


class Refused(Exception):
    """A call that is not done, by HTTP status and Kling's code."""

    def __init__(self, status: int, code: int, words: str = "") -> None:
        super().__init__(status, code)
        self.status, self.code, self.words = status, code, words or MESSAGES[code]


Call = Callable[[Request], Awaitable[Any]]


class KlingFake(FakeService):
    """Above `slots` tasks at work a submission is refused. `refusal`, an HTTP status and a code, is the answer to every
    submission while it is set; `charge_type` is how the new standard bills: "cash" or "unit"."""

    name = "kling"
    tells_start = True

    def __init__(
        self,
        *,
        api_key: str = API_KEY,
        access_key: str = ACCESS_KEY,
        secret_key: str = SECRET_KEY,
        webhook_secret: str = WEBHOOK_SECRET,
        **common: Any,
    ) -> None:
        super().__init__(**common)
        self.api_key, self.access_key, self.secret_key = api_key, access_key, secret_key
        self.webhook_secret = webhook_secret
        self.charge_type = "cash"
        self.refusal: tuple[int, int] | None = None

    def routes(self) -> list[Route]:
        models = [self._route("POST", f"/motion-control/{model}", self._create) for model in MODELS]
        return [
            *models,
            self._route("GET", "/tasks", self._look),
            self._route("POST", "/tasks", self._list),
            self._route("POST", LEGACY_PATH, self._legacy_create),
            self._route("GET", LEGACY_PATH + "/{either_id}", self._legacy_look),
        ]

    def too_fast(self, headers: dict[str, str]) -> Response:
        return _answer(429, 1302, MESSAGES[1302], headers=headers)

    def broken(self, status: int) -> Response:
        code = 5001 if status == 503 else 5000
        return _answer(status, code, MESSAGES[code])

    async def inputs(self, task: FakeTask) -> bytes:
        clip = await super().inputs(task)
        shortest, longest = SECONDS[_orientation(task)]
        if not shortest <= await asyncio.to_thread(seconds_of, clip) <= longest:
            raise ValueError("Video duration is invalid")
        return clip

    async def call_back(self, http: httpx.AsyncClient, task: FakeTask, *, forged: bool) -> None:
        body = json.dumps(self._legacy_told(task) if _is_legacy(task) else self._told(task)).encode()
        secret = "whsec_" + base64.b64encode(b"another secret").decode() if forged else self.webhook_secret
        await http.post(task.callback_url or "", content=body, headers=signed(secret, body))

    # --- the new standard -------------------------------------------------------------------------------------

    async def _create(self, request: Request) -> Any:
        body = await request.json()
        listed, settings, options = (body.get(name, {}) for name in ("contents", "settings", "options"))
        contents = {one.get("type"): one.get("url", one.get("text")) for one in listed}
        _check(
            contents=contents.keys() <= {"prompt", "image", "video"}
            and len(contents) == len(body["contents"]),
            image=_is_link(contents.get("image")),
            video=_is_link(contents.get("video")),
            prompt=len(contents.get("prompt", "")) <= MOST_PROMPT,
            character_orientation=settings.get("character_orientation") in SECONDS,
            audio=settings.get("audio", "original") in ("original", "off"),
            resolution=settings.get("resolution", "720p") in USD_PER_SECOND,
        )
        return self._told(
            self._accept(
                body,
                video_url=contents["video"],
                image_url=contents["image"],
                external_id=options.get("external_task_id"),
                callback_url=options.get("callback_url"),
            )
        )

    async def _look(self, request: Request) -> Any:
        query = request.query_params
        by = [name for name in ("task_ids", "external_task_ids") if query.get(name)]
        _check(task_ids=len(by) == 1)
        ids = query[by[0]].split(",")
        _check(task_ids=len(ids) <= MOST_IDS)
        found = map(self.tasks.get if by == ["task_ids"] else self.by_external_id, ids)
        return [self._told(task) for task in found if task]

    async def _list(self, request: Request) -> Any:
        """The tasks of some time; how they are paged is not documented well enough to copy."""
        body = await request.json()
        limit = body.get("limit", MOST_LISTED)
        _check(limit=0 < limit <= MOST_LISTED)
        since, until = body.get("start_time", 0), body.get("end_time", float("inf"))
        tasks = [task for task in self.tasks.values() if since <= _milliseconds(task.created_at) <= until]
        return [self._told(task) for task in tasks[:limit]]

    def _told(self, task: FakeTask) -> dict[str, Any]:
        """A task as a look and a callback show it."""
        told = {
            "id": task.id,
            "status": _status(task, "succeeded"),
            "message": _message(task),
            "create_time": _milliseconds(task.created_at),
            "update_time": _updated(task),
            "external_id": task.external_id or "",
        }
        if task.outcome != "done":
            return told
        price = USD_PER_SECOND[task.request.get("settings", {}).get("resolution", "720p")]
        amount = task.seconds * price if self.charge_type == "cash" else task.seconds
        bill = {"charge_type": self.charge_type, "amount": str(round(amount, 4)), "package_type": "video"}
        return told | {"outputs": [{"type": "video", **self._video(task)}], "billing": [bill]}

    # --- the legacy standard ----------------------------------------------------------------------------------

    async def _legacy_create(self, request: Request) -> Any:
        body = await request.json()
        _check(
            model_name=body.get("model_name") in ("kling-v2-6", "kling-v3"),
            image_url=_is_link(body.get("image_url")),
            video_url=_is_link(body.get("video_url")),
            prompt=len(body.get("prompt", "")) <= MOST_PROMPT,
            keep_original_sound=body.get("keep_original_sound", "yes") in ("yes", "no"),
            character_orientation=body.get("character_orientation") in SECONDS,
            mode=body.get("mode") in ("std", "pro"),
        )
        return self._legacy_told(
            self._accept(
                body,
                video_url=body["video_url"],
                image_url=body["image_url"],
                external_id=body.get("external_task_id"),
                callback_url=body.get("callback_url"),
            )
        )

    async def _legacy_look(self, request: Request) -> Any:
        either_id = request.path_params["either_id"]
        task = self.tasks.get(either_id) or self.by_external_id(either_id)
        _check(task_id=task is not None)
        return self._legacy_told(task)

    def _legacy_told(self, task: FakeTask) -> dict[str, Any]:
        told = {
            "task_id": task.id,
            "task_status": _status(task, "succeed"),
            "task_status_msg": _message(task),
            "task_info": {"external_task_id": task.external_id or ""},
            "task_result": {},
            "created_at": _milliseconds(task.created_at),
            "updated_at": _updated(task),
        }
        if task.outcome != "done":
            return told
        result = {"videos": [self._video(task)]}
        return told | {"task_result": result, "final_unit_deduction": str(round(task.seconds, 4))}

    # --- both -------------------------------------------------------------------------------------------------

    def _route(self, method: str, path: str, call: Call) -> Route:
        """A route that checks who calls and answers in Kling's envelope."""
        where: Where = "submit" if call in (self._create, self._legacy_create) else "look"
        legacy = path.startswith(LEGACY_PATH)

        async def endpoint(request: Request) -> Response:
            async def work() -> Response:
                try:
                    self._check_caller(request, legacy)
                    return _answer(200, 0, "SUCCEED", await call(request))
                except Refused as refused:
                    return _answer(refused.status, refused.code, refused.words)

            return await self.respond(where, request, work)

        return Route(path, endpoint, methods=[method])

    def _check_caller(self, request: Request, legacy: bool) -> None:
        """Who calls: by the API key everywhere, by a signed token on the legacy paths only."""
        kind, _, credential = request.headers.get("authorization", "").partition(" ")
        if not credential:
            raise Refused(401, 1001)
        if kind == "Bearer" and hmac.compare_digest(credential, self.api_key):
            return
        if kind != "Bearer" or not legacy:
            raise Refused(401, 1002)
        try:
            claims = jwt.decode(credential, self.secret_key, ["HS256"], {"require": ["iss", "exp", "nbf"]})
        except jwt.ExpiredSignatureError:
            raise Refused(401, 1004) from None
        except jwt.ImmatureSignatureError:
            raise Refused(401, 1003) from None
        except jwt.InvalidTokenError:
            raise Refused(401, 1002) from None
        if claims["iss"] != self.access_key:
            raise Refused(401, 1000)

    def _accept(self, body: dict[str, Any], *, external_id: str | None, **files: Any) -> FakeTask:
        """Take a task, unless its id is taken or there is no room."""
        if self.refusal:
            raise Refused(*self.refusal)
        if external_id and self.by_external_id(external_id):
            raise Refused(400, 1201, "external_task_id already exists")
        if len(self.at_work) >= self.slots:
            raise Refused(429, 1303)
        return self.submit(body, external_id=external_id, **files)

    def _video(self, task: FakeTask) -> dict[str, str]:
        return {
            "id": f"video-{task.id}",
            "url": self.link(task),
            "watermark_url": "",
            "duration": str(round(task.seconds, 3)),
        }


def signed(secret: str, body: bytes, *, message_id: str = "", at: float | None = None) -> dict[str, str]:
    """The headers of a callback, sent at that time (now). Without a secret it is not signed."""
    headers = {"content-type": "application/json"}
    if not secret:
        return headers
    message_id, timestamp = message_id or uuid4().hex, str(int(time.time() if at is None else at))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.digest(key, f"{message_id}.{timestamp}.".encode() + body, "sha256")
    return headers | {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }


def _answer(
    status: int, code: int, message: str, data: Any = None, *, headers: dict[str, str] | None = None
) -> Response:
    told = {"code": code, "message": message, "request_id": uuid4().hex}
    return JSONResponse(told if data is None else told | {"data": data}, status, headers)


def _check(**parameters: bool) -> None:
    """Refuses a call with parameters that are not right."""
    if wrong := [name for name, is_right in parameters.items() if not is_right]:
        raise Refused(400, 1201, f"{', '.join(wrong)} is invalid")


def _is_link(value: Any) -> bool:
    return isinstance(value, str) and value.startswith(("http://", "https://"))


def _is_legacy(task: FakeTask) -> bool:
    return "model_name" in task.request


def _orientation(task: FakeTask) -> str:
    asked = task.request if _is_legacy(task) else task.request["settings"]
    return str(asked["character_orientation"])


def _status(task: FakeTask, success: str) -> str:
    if task.outcome:
        return success if task.outcome == "done" else "failed"
    return "submitted" if task.started_at is None else "processing"


def _message(task: FakeTask) -> str:
    return task.words or FAILURES.get(task.outcome or "", "")


def _updated(task: FakeTask) -> int:
    return _milliseconds(task.ended_at or task.started_at or task.created_at)


def _milliseconds(seconds: float) -> int:
    return int(seconds * 1000)
