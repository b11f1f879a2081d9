"""A fake of Runway's API: uploads to a bucket, Act-Two tasks of what was uploaded, looks and deletions."""

import asyncio
import math
import mimetypes
import time
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.fakes.faults import Where
from tests.fakes.mishaps import Work
from tests.fakes.service import FakeService, FakeTask, seconds_of

VERSION = "2024-11-06"
RATIOS = ("1280:720", "720:1280", "960:960", "1104:832", "832:1104", "1584:672")
CREDITS_PER_SECOND = 5
UPLOAD_SECONDS = 24 * 3600.0
MOST_UPLOAD_BYTES = 200_000_000
DOCS = "https://docs.dev.runwayml.com/api"


@dataclass
class Upload:
    """A slot in the bucket and, once it was used, what lies there."""

    filename: str
    fields: dict[str, str]
    content: bytes | None = None
    expires_at: float = math.inf


class RunwayFake(FakeService):
    """`credits` is what the account has left. Above `slots` tasks are THROTTLED; a deleted one is unknown."""

    name = "runway"

    def __init__(self, *, key: str = "key_of_the_tests", credits: int = 10_000, **common: Any) -> None:
        super().__init__(**common)
        self.key = key
        self.credits = credits
        self.uploads: dict[str, Upload] = {}
        self.costs: dict[str, int] = {}
        self.deleted: set[str] = set()

    def routes(self) -> list[Route]:
        return [
            Route("/v1/uploads", self._upload_slot, methods=["POST"]),
            Route("/bucket", self._bucket, methods=["POST"]),
            Route("/v1/character_performance", self._create, methods=["POST"]),
            Route("/v1/tasks/{task_id:path}", self._look, methods=["GET"]),
            Route("/v1/tasks/{task_id:path}", self._delete, methods=["DELETE"]),
        ]

    def too_fast(self, headers: dict[str, str]) -> Response:
        return JSONResponse({"error": "You have reached your daily task limit."}, 429, headers)

    async def inputs(self, task: FakeTask) -> bytes:
        clip, picture = self._content(task.video_url), self._content(task.image_url)
        if not clip or not picture:
            raise ValueError("an empty file")
        if not 3 <= (seconds := await asyncio.to_thread(seconds_of, clip)) <= 30:
            raise ValueError(f"a reference of {seconds} s")
        return clip

    # --- the routes -------------------------------------------------------------------------------------------

    async def _upload_slot(self, request: Request) -> Response:
        async def work() -> Response:
            body = await request.json()
            if not body.get("filename") or body.get("type") != "ephemeral":
                return _invalid([_issue("invalid_type", "filename")])
            uri = f"runway://{uuid4()}"
            fields = {
                "Content-Type": mimetypes.guess_type(body["filename"])[0] or "",
                "key": f"ephemeral/{uuid4()}/{body['filename']}",
                "policy": "e30=",
                "X-Amz-Signature": uuid4().hex,
            }
            self.uploads[uri] = Upload(body["filename"], fields)
            return JSONResponse({"runwayUri": uri, "uploadUrl": f"{self.base_url}/bucket", "fields": fields})

        return await self._answer("upload", request, work)

    async def _bucket(self, request: Request) -> Response:
        """As S3 takes a signed POST: exactly the given fields, then the file, and no key of anybody's."""

        async def work() -> Response:
            async with request.form() as form:
                parts = form.multi_items()
                slot = self._slot({name: value for name, value in parts if isinstance(value, str)})
                if slot is None or parts[-1][0] != "file" or "authorization" in request.headers:
                    return Response("<Error><Code>AccessDenied</Code></Error>", 403)
                slot.content = await parts[-1][1].read()
            if len(slot.content) > MOST_UPLOAD_BYTES:
                return Response("<Error><Code>EntityTooLarge</Code></Error>", 400)
            slot.expires_at = time.time() + UPLOAD_SECONDS
            return Response(status_code=204)

        return await self.respond("upload", request, work)

    async def _create(self, request: Request) -> Response:
        async def work() -> Response:
            body = await request.json()
            if issues := self._issues(body):
                return _invalid(issues)
            cost = math.ceil(CREDITS_PER_SECOND * await self._seconds(body["reference"]["uri"]))
            if cost > self.credits:
                return JSONResponse({"error": "You do not have enough credits to run this task."}, 400)
            uris = {"video_url": body["reference"]["uri"], "image_url": body["character"]["uri"]}
            task = self.submit(body, **uris)
            self.credits -= cost
            self.costs[task.id] = cost
            return JSONResponse({"id": task.id, "estimatedCost": {"credits": cost}})

        return await self._answer("submit", request, work)

    async def _look(self, request: Request) -> Response:
        async def work() -> Response:
            task = self._known(request)
            return JSONResponse(self._told(task)) if task else _not_found()

        return await self._answer("look", request, work)

    async def _delete(self, request: Request) -> Response:
        async def work() -> Response:
            task = self._known(request)
            if task is None:
                return _not_found()
            self.cancel(task)
            self.deleted.add(task.id)
            return Response(status_code=204)

        return await self._answer("cancel", request, work)

    async def _answer(self, where: Where, request: Request, work: Work) -> Response:
        """What a caller with the right headers is answered."""

        async def checked() -> Response:
            if request.headers.get("authorization") != f"Bearer {self.key}":
                return JSONResponse({"error": "The provided API key is not valid."}, 401)
            if request.headers.get("x-runway-version") != VERSION:
                return JSONResponse({"error": "This version of the API is not supported."}, 400)
            return await work()

        return await self.respond(where, request, checked)

    # --- what it knows ----------------------------------------------------------------------------------------

    def _known(self, request: Request) -> FakeTask | None:
        task_id = request.path_params["task_id"]
        return None if task_id in self.deleted else self.tasks.get(task_id)

    def _slot(self, fields: dict[str, str]) -> Upload | None:
        return next((one for one in self.uploads.values() if one.fields == fields), None)

    def _content(self, uri: str) -> bytes | None:
        upload = self.uploads.get(uri)
        return upload.content if upload and time.time() < upload.expires_at else None

    async def _seconds(self, uri: str) -> float:
        """How long an uploaded clip is; 0 when it is none, which only the task finds out."""
        try:
            return await asyncio.to_thread(seconds_of, self._content(uri) or b"")
        except ValueError:
            return 0.0

    def _issues(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        """What is wrong with the body of a submission."""
        fine = {
            "model": body.get("model") == "act_two",
            "character": self._is_asset(body.get("character"), "image"),
            "reference": self._is_asset(body.get("reference"), "video"),
            "ratio": body.get("ratio") in RATIOS,
            "bodyControl": isinstance(body.get("bodyControl", True), bool),
            "expressionIntensity": body.get("expressionIntensity", 3) in range(1, 6),
        }
        wrong = [name for name, is_fine in fine.items() if not is_fine]
        unknown = [name for name in body if name not in {*fine, "seed", "contentModeration"}]
        return [
            *(_issue("invalid_value", name) for name in wrong),
            *(_issue("unrecognized_keys", name) for name in unknown),
        ]

    def _is_asset(self, asset: Any, kind: str) -> bool:
        return (
            isinstance(asset, dict)
            and asset.get("type") == kind
            and self._content(str(asset.get("uri"))) is not None
        )

    def _told(self, task: FakeTask) -> dict[str, Any]:
        """A task as a look shows it."""
        told: dict[str, Any] = {
            "id": task.id,
            "createdAt": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(task.created_at)),
        }
        match task.outcome:
            case None if task.started_at is None:
                return told | {"status": "THROTTLED" if self.slots_taken >= self.slots else "PENDING"}
            case None:
                done = (time.time() - (task.started_at or 0)) / max(self.render_seconds, 0.001)
                return told | {"status": "RUNNING", "progress": round(min(done, 0.99), 2)}
            case "done":
                cost = {"credits": self.costs[task.id]}
                return told | {"status": "SUCCEEDED", "output": [self.link(task)], "cost": cost}
            case "refused" if task.words:
                return told | _failed("ASSET.INVALID", task.words)
            case "refused":
                return told | _failed("SAFETY.INPUT.IMAGE", "The input did not pass content moderation.")
        return told | _failed("INTERNAL.BAD_OUTPUT.CODE01", "An unexpected error occurred.")


def _failed(code: str, failure: str) -> dict[str, Any]:
    return {"status": "FAILED", "failure": failure, "failureCode": code}


def _issue(code: str, name: str) -> dict[str, Any]:
    return {"code": code, "message": f"Invalid {name}", "path": [name]}


def _invalid(issues: list[dict[str, Any]]) -> Response:
    return JSONResponse({"error": "Validation of body failed", "issues": issues, "docUrl": DOCS}, 400)


def _not_found() -> Response:
    return JSONResponse({"error": "Could not find Task"}, 404)
