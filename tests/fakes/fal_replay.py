"""A queue of fal's that plays recorded answers, and the request that its recordings are of."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.fakes.fal import JWKS_PATH, KEY
from tests.fakes.replay import Document, Replay, recording
from tests.fakes.server import serving
from vannilli_app.providers.base import VideoRequest
from vannilli_app.providers.fal import FalQueue

REQUEST = VideoRequest(
    external_id="7f0c",
    driver_video_url="https://store.example/take.mp4?signature=1",
    target_image_url="https://store.example/picture.png?signature=2",
    width=720,
    height=1280,
    fps=30,
    frames=150,
    bpm=100,
    prompt="a cat on the piano",
    callback_url="https://vannilli.example/api/providers/pika/callback?external_id=7f0c",
)


golden = partial(recording, "fal")


class Script(Replay):
    """A replay that has fal's signing keys as well, `jwks`, and keeps the headers with which they were asked for."""

    def __init__(self, *answers: Document, jwks: Any = None) -> None:
        super().__init__()
        self.answers += answers
        self.jwks = jwks
        self.asked_for_keys: list[dict[str, str]] = []

    def app(self) -> Starlette:
        methods = ["GET", "POST", "PUT"]
        return Starlette(
            routes=[Route(JWKS_PATH, self._keys), Route("/{path:path}", self._answer, methods=methods)]
        )

    async def _keys(self, request: Request) -> Response:
        self.asked_for_keys.append(dict(request.headers))
        return JSONResponse(self.jwks, 200 if self.jwks else 500)

    async def _answer(self, request: Request) -> Response:
        answer = await super()._answer(request)
        self.asked[-1]["query"] = dict(request.query_params)
        return answer


def answering(status: int, body: Any, **headers: str) -> Document:
    return {
        "status": status,
        "body": body,
        "headers": {name.replace("_", "-"): headers[name] for name in headers},
    }


@contextmanager
def played(*answers: Document, jwks: Any = None) -> Iterator[Script]:
    script = Script(*answers, jwks=jwks)
    with serving(script.app()) as script.base_url:
        yield script


@asynccontextmanager
async def queue_at(base_url: str, *, key: str = KEY, **options: Any) -> AsyncIterator[FalQueue]:
    queue = FalQueue(key, base_url, base_url + JWKS_PATH, **options)
    try:
        yield queue
    finally:
        await queue.close()


def followed(base_url: str) -> str:
    """A task's id with addresses that nobody could have built."""
    of = "of=80e732af-660e-45cd-bd63-580e4f2a94cc"
    return " ".join(f"{base_url}/followed/{name}?{of}" for name in ("status", "response", "cancel"))
