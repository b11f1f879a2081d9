"""`python -m tests.bench.asked`: a Kling that has every task it is asked about and never ends one.

It does nothing but answer looks, fast, in a process of its own. The first line of standard output is its address; it
ends when its standard input does.
"""

import asyncio
import json
import socket
import sys
from urllib.parse import parse_qs

import uvloop
from starlette.types import Receive, Scope, Send

from tests.fakes.kling import API_KEY, MESSAGES, MOST_IDS
from tests.fakes.server import listening, serving_here

CALLER = f"Bearer {API_KEY}".encode()


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """`GET /tasks?task_ids=…` in Kling's new standard, for whoever has the key."""
    listed = parse_qs(scope["query_string"].decode()).get("task_ids", [""])[0]
    ids = listed.split(",") if listed else []
    if dict(scope["headers"]).get(b"authorization") != CALLER:
        status, code, told = 401, 1002, []
    elif (scope["method"], scope["path"]) != ("GET", "/tasks") or not 0 < len(ids) <= MOST_IDS:
        status, code, told = 400, 1201, []
    else:
        status, code, told = 200, 0, [_at_work(task_id) for task_id in ids]
    words = MESSAGES[code] if code else "SUCCEED"
    body = json.dumps({"code": code, "message": words, "request_id": "asked", "data": told}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _at_work(task_id: str) -> dict[str, object]:
    times = {"create_time": 1_700_000_000_000, "update_time": 1_700_000_000_000}
    return {"id": task_id, "status": "processing", "message": "", "external_id": task_id, **times}


async def main() -> None:
    """Answers until nobody holds our standard input any more."""
    listener = listening()
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # its connections get it from it
    async with serving_here(app, listener):
        host, port = listener.getsockname()
        sys.stdout.write(f"http://{host}:{port}\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())
