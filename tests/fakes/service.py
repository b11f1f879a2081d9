"""What all fakes of video providers have in common: tasks that take their time, results that expire, faults.

A vendor's fake is a subclass with routes; it answers each call inside `respond`, which lets the script of faults have
its way. What comes out of a task is the performance that went in: a real video of the right length.
"""

import asyncio
import contextlib
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import av
import httpx
import imageio_ffmpeg
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.fakes import mishaps
from tests.fakes.faults import Faults, Where
from tests.fakes.mishaps import Work
from tests.fakes.server import break_connection

SHORT = 0.6


@dataclass
class FakeTask:
    """One task as the vendor has it. `outcome` is None while it is at work, then "done", "fails", "refused" or
    "cancelled"; `video` is what came out."""

    id: str
    external_id: str | None
    request: dict[str, Any]
    video_url: str
    image_url: str
    callback_url: str | None
    created_at: float = field(default_factory=time.time)
    started_at: float | None = None
    ended_at: float | None = None
    outcome: str | None = None
    video: bytes = b""
    seconds: float = 0.0
    words: str = ""


class FakeService:
    """`render_seconds` is how long a task works, `slots` how many work at once, `link_seconds` how long a result's link
    lives. With `canned`, tasks do not fetch their inputs and give this video; `callback_host` replaces the host of
    callback addresses that cannot be reached."""

    name = "fake"
    tells_start = False  # whether it calls back when a task begins to work, too, and not only when it ends

    def __init__(
        self,
        *,
        render_seconds: float = 0.2,
        slots: int = 5,
        link_seconds: float = 3600.0,
        canned: bytes | None = None,
        faults: Faults | None = None,
    ) -> None:
        self.render_seconds = render_seconds
        self.slots = slots
        self.link_seconds = link_seconds
        self.canned = canned
        self.faults = faults or Faults()
        self.tasks: dict[str, FakeTask] = {}
        self.calls: list[tuple[str, str]] = []
        self.base_url = ""
        self._running: set[asyncio.Task[None]] = set()

    # --- for a subclass ---------------------------------------------------------------------------------------

    def routes(self) -> list[Route]:
        """The vendor's own routes."""
        raise NotImplementedError

    def too_fast(self, headers: dict[str, str]) -> Response:
        """The vendor's answer to a call that comes too fast."""
        return JSONResponse({"error": "too fast"}, 429, headers)

    def broken(self, status: int) -> Response:
        """The vendor's answer when it is broken itself."""
        return JSONResponse({"error": "broken"}, status)

    async def inputs(self, task: FakeTask) -> bytes:
        """The performance that a task is made from. Raises ValueError or httpx.HTTPError when it cannot be read."""
        return await _fetch(task.video_url, task.image_url)

    async def call_back(self, http: httpx.AsyncClient, task: FakeTask, *, forged: bool) -> None:
        """Tell the customer that a task has changed; by default nobody is told."""

    # --- the common part --------------------------------------------------------------------------------------

    def app(self) -> Starlette:
        result = Route("/results/{task_id}/{expires}.mp4", self._result, methods=["GET", "HEAD"])
        return Starlette(routes=[*self.routes(), result])

    @property
    def at_work(self) -> list[FakeTask]:
        return [task for task in self.tasks.values() if task.outcome is None]

    @property
    def slots_taken(self) -> int:
        return sum(task.started_at is not None for task in self.at_work)

    def by_external_id(self, external_id: str) -> FakeTask | None:
        return next((task for task in self.tasks.values() if task.external_id == external_id), None)

    def submit(
        self,
        request: dict[str, Any],
        *,
        video_url: str,
        image_url: str,
        external_id: str | None = None,
        callback_url: str | None = None,
    ) -> FakeTask:
        """Take a task and begin it."""
        task = FakeTask(uuid4().hex, external_id, request, video_url, image_url, callback_url)
        self.tasks[task.id] = task
        job = asyncio.get_running_loop().create_task(self._render(task))
        self._running.add(job)
        job.add_done_callback(self._running.discard)
        return task

    def cancel(self, task: FakeTask) -> None:
        self._end(task, "cancelled")

    def link(self, task: FakeTask) -> str:
        """A link to the result that expires."""
        return f"{self.base_url}/results/{task.id}/{int(time.time() + self.link_seconds)}.mp4"

    async def respond(self, where: Where, request: Request, work: Work) -> Response:
        """Answer a call by `work`, with the fault that the script has for it."""
        self.calls.append((where, request.url.path))
        fault = self.faults.take(where)
        return await mishaps.answer(fault, request, work, too_fast=self.too_fast, broken=self.broken)

    async def _render(self, task: FakeTask) -> None:
        """Fetch, wait for a slot, work, end."""
        fault = self.faults.take("render")
        try:
            clip = self.canned if self.canned is not None else await self.inputs(task)
        except (httpx.HTTPError, ValueError) as error:
            task.words = f"cannot fetch: {error}"
            self._end(task, "refused")
            await self._tell(task)
            return
        while task.outcome is None and self.slots_taken >= self.slots:  # noqa: ASYNC110 (few wait)
            await asyncio.sleep(0.01)
        task.started_at = time.time()
        if self.tells_start:
            await self._tell(task)
        await asyncio.sleep(self.render_seconds)
        match fault.what if fault else "done":
            case "stuck":
                return
            case "fails" | "refused" as outcome:
                pass
            case "short":
                clip, outcome = await asyncio.to_thread(_shortened, clip), "done"
            case _:
                outcome = "done"
        if self.canned is None and outcome == "done":
            task.seconds = await asyncio.to_thread(seconds_of, clip)
        task.video = clip
        self._end(task, outcome)
        await self._tell(task)

    def _end(self, task: FakeTask, outcome: str) -> None:
        if task.outcome is None:
            task.outcome, task.ended_at = outcome, time.time()

    async def _tell(self, task: FakeTask) -> None:
        if not task.callback_url:
            return
        fault = self.faults.take("callback")
        what = fault.what if fault else None
        if what == "lost":
            return
        async with httpx.AsyncClient(timeout=5) as http:
            for _ in range(2 if what == "doubled" else 1):
                with contextlib.suppress(httpx.HTTPError):
                    await self.call_back(http, task, forged=what == "forged")

    async def _result(self, request: Request) -> Response:
        task = self.tasks.get(request.path_params["task_id"])
        fault = self.faults.take("result") if request.method == "GET" else None
        expired = time.time() > int(request.path_params["expires"])
        if task is None or task.outcome != "done" or expired or (fault and fault.what == "404"):
            return Response("gone", 404)
        match fault.what if fault else None:
            case "html":
                return HTMLResponse("<html><body>Sign in to see this video</body></html>")
            case "huge":
                return StreamingResponse(
                    _endless(), headers={"content-length": str(10_000_000_000)}, media_type="video/mp4"
                )
            case "half":
                return mishaps.half(Response(task.video, media_type="video/mp4"))
            case "500" | "503" as status:
                return Response("broken", int(status))
            case "slow":
                await asyncio.sleep(fault.seconds if fault else 0)
            case "reset":
                break_connection(request.scope)
        return Response(task.video, media_type="video/mp4")


async def _endless() -> AsyncIterator[bytes]:
    block = bytes(1 << 20)
    while True:
        yield block
        await asyncio.sleep(0)  # or the server would not notice that nobody listens any more


async def _fetch(video_url: str, image_url: str) -> bytes:
    """What the customer's links give; a vendor that cannot read them fails the task."""
    async with httpx.AsyncClient(timeout=30) as http:
        picture = await http.get(image_url)
        picture.raise_for_status()
        clip = await http.get(video_url)
        clip.raise_for_status()
    if not picture.content or not clip.content:
        raise ValueError("an empty file")
    return clip.content


def seconds_of(clip: bytes) -> float:
    """How long a clip's picture lasts."""
    with tempfile.NamedTemporaryFile(suffix=".mp4") as file:
        file.write(clip)
        file.flush()
        with av.open(file.name) as container:
            stream = container.streams.video[0]
            return float(stream.frames / (stream.average_rate or 30))


def _shortened(clip: bytes) -> bytes:
    """The first part of a clip, as a vendor that found no more usable motion gives it."""
    with tempfile.TemporaryDirectory() as name:
        whole, part = Path(name) / "whole.mp4", Path(name) / "part.mp4"
        whole.write_bytes(clip)
        length = str(round(seconds_of(clip) * SHORT, 3))
        command = [
            imageio_ffmpeg.get_ffmpeg_exe(),
            "-loglevel",
            "error",
            "-i",
            whole,
            "-t",
            length,
            "-c:v",
            "libx264",
        ]
        subprocess.run([*command, "-preset", "ultrafast", "-an", part], check=True)
        return part.read_bytes()
