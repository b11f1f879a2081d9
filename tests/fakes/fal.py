"""fal's queue as it documents itself: submit, status, result, cancel, signed callbacks and the keys that check them."""

import base64
import hashlib
import json
import time
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.fakes.faults import Where
from tests.fakes.service import FakeService, FakeTask

KEY = "key-id:key-secret"
JWKS_PATH = "/.well-known/jwks.json"
REQUIRED = {
    "fal-ai/pika/v2/pikadditions": {"video_url", "image_url"},
    "fal-ai/kling-video/v2.6/standard/motion-control": {"video_url", "image_url", "character_orientation"},
    "fal-ai/kling-video/v2.6/pro/motion-control": {"video_url", "image_url", "character_orientation"},
    "fal-ai/wan/v2.2-14b/animate/move": {"video_url", "image_url"},
}
# How a failed task's result answers, by outcome: status and type.
FAILURES = {"fails": (500, "downstream_service_error"), "refused": (422, "content_policy_violation")}


class FalFake(FakeService):
    """Tasks above `slots` wait IN_QUEUE; `jwks` is what the address of the signing keys answers."""

    name = "fal"

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.signing_key = Ed25519PrivateKey.generate()
        self.jwks: dict[str, Any] = {"keys": [jwk(self.signing_key)]}

    def routes(self) -> list[Route]:
        return [
            Route(JWKS_PATH, self._jwks),
            Route("/{app:path}/requests/{task_id}/status", self._status),
            Route("/{app:path}/requests/{task_id}/cancel", self._cancel, methods=["PUT"]),
            Route("/{app:path}/requests/{task_id}", self._response),
            Route("/{model:path}", self._submit, methods=["POST"]),
        ]

    def too_fast(self, headers: dict[str, str]) -> Response:
        return JSONResponse({"detail": "Too many requests"}, 429, headers)

    def broken(self, status: int) -> Response:
        return JSONResponse({"detail": "Internal Server Error"}, status)

    async def call_back(self, http: httpx.AsyncClient, task: FakeTask, *, forged: bool) -> None:
        body = json.dumps(self.webhook(task)).encode()
        key = Ed25519PrivateKey.generate() if forged else self.signing_key
        assert task.callback_url
        await http.post(task.callback_url, content=body, headers=signed(key, task.id, body))

    def webhook(self, task: FakeTask) -> dict[str, Any]:
        """What a callback says of an ended task."""
        told = {"request_id": task.id, "gateway_request_id": task.id}
        if task.outcome == "done":
            return told | {"status": "OK", "payload": self._made(task)}
        return told | {"status": "ERROR", "error": f"task {task.outcome}", "payload": None}

    async def _submit(self, request: Request) -> Response:
        async def work() -> Response:
            if refusal := self._unknown_key(request):
                return refusal
            model = request.path_params["model"]
            if model not in REQUIRED:
                return JSONResponse({"detail": f"Application {model!r} not found"}, 404)
            body = await request.json()
            if missing := sorted(REQUIRED[model] - body.keys()):
                return JSONResponse({"detail": [_missing(name) for name in missing]}, 422)
            task = self.submit(
                body,
                video_url=body["video_url"],
                image_url=body["image_url"],
                callback_url=request.query_params.get("fal_webhook"),
            )
            # fal's own scheme leaves out what follows the app's name.
            at = f"{self.base_url}/{'/'.join(model.split('/')[:2])}/requests/{task.id}"
            waiting = {"status": "IN_QUEUE", "queue_position": self._position(task)}
            links = {"response_url": at, "status_url": f"{at}/status", "cancel_url": f"{at}/cancel"}
            return JSONResponse(waiting | {"request_id": task.id} | links)

        return await self.respond("submit", request, work)

    async def _status(self, request: Request) -> Response:
        async def answer(task: FakeTask) -> Response:
            told: dict[str, Any] = {"request_id": task.id}
            if task.outcome == "cancelled":
                words = {"error": "Request was cancelled", "error_type": "client_cancelled"}
                return JSONResponse(told | {"status": "COMPLETED"} | words)
            if task.outcome:
                return JSONResponse(told | {"status": "COMPLETED"})
            if task.started_at is None:
                waiting = {"status": "IN_QUEUE", "queue_position": self._position(task)}
                return JSONResponse(told | waiting, 202)
            return JSONResponse(told | {"status": "IN_PROGRESS"}, 202)

        return await self._of_task("look", request, answer)

    async def _response(self, request: Request) -> Response:
        async def answer(task: FakeTask) -> Response:
            if task.outcome is None:
                return JSONResponse({"detail": "Request is still in progress"}, 400)
            if task.outcome == "done":
                return JSONResponse(self._made(task))
            if task.words:
                return _failure(422, "file_download_error", task.words)
            return _failure(*FAILURES[task.outcome], f"task {task.outcome}")

        return await self._of_task("look", request, answer)

    async def _cancel(self, request: Request) -> Response:
        async def answer(task: FakeTask) -> Response:
            if task.outcome:
                return JSONResponse({"status": "ALREADY_COMPLETED"}, 400)
            self.cancel(task)
            return JSONResponse({"status": "CANCELLATION_REQUESTED"}, 202)

        return await self._of_task("cancel", request, answer)

    async def _of_task(self, where: Where, request: Request, answer: Any) -> Response:
        async def work() -> Response:
            if refusal := self._unknown_key(request):
                return refusal
            task = self.tasks.get(request.path_params["task_id"])
            return await answer(task) if task else JSONResponse({"status": "NOT_FOUND"}, 404)

        return await self.respond(where, request, work)

    async def _jwks(self, request: Request) -> Response:
        self.calls.append(("keys", request.url.path))
        return JSONResponse(self.jwks)

    def _unknown_key(self, request: Request) -> Response | None:
        if request.headers.get("authorization") == f"Key {KEY}":
            return None
        return JSONResponse({"detail": "Cannot access application. Authentication is required."}, 401)

    def _position(self, task: FakeTask) -> int:
        return [other for other in self.at_work if other.started_at is None].index(task)

    def _made(self, task: FakeTask) -> dict[str, Any]:
        file = {"url": self.link(task), "content_type": "video/mp4", "file_name": "output.mp4"}
        return {"video": file | {"file_size": len(task.video)}}


def jwk(key: Ed25519PrivateKey) -> dict[str, str]:
    """The public half, as fal publishes it."""
    x = base64.urlsafe_b64encode(key.public_key().public_bytes_raw()).rstrip(b"=").decode()
    return {"kty": "OKP", "crv": "Ed25519", "x": x}


def signed(
    key: Ed25519PrivateKey, request_id: str, body: bytes, *, at: float | None = None
) -> dict[str, str]:
    """The headers of a callback, sent at that time (now)."""
    timestamp = str(int(time.time() if at is None else at))
    message = "\n".join((request_id, "a-user", timestamp, hashlib.sha256(body).hexdigest()))
    return {
        "x-fal-webhook-request-id": request_id,
        "x-fal-webhook-user-id": "a-user",
        "x-fal-webhook-timestamp": timestamp,
        "x-fal-webhook-signature": key.sign(message.encode()).hex(),
        "content-type": "application/json",
    }


def _missing(field: str) -> dict[str, Any]:
    return {"loc": ["body", field], "msg": "Field required", "type": "missing"}


def _failure(status: int, kind: str, words: str) -> Response:
    detail = [{"loc": ["body"], "msg": words, "type": kind}]
    return JSONResponse({"detail": detail}, status, {"x-fal-error-type": kind})
