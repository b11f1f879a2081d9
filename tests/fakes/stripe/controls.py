"""What a test or a person can make happen over HTTP, which nobody can at Stripe: POST /_fake/…, JSON in and out."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.fakes.stripe.cards import EMAIL, GOOD
from tests.fakes.stripe.problems import Problem

if TYPE_CHECKING:
    from tests.fakes.stripe.service import FakeStripe


def controls(fake: FakeStripe) -> list[Route]:
    """`advance` {seconds}, `pay` {session, card, email}, `clear` {session (or invoice), succeeded}, `refund` {charge,
    amount}, `dispute` {charge, won}, `redeliver` {event}, `settle` and `deliver_all`."""

    async def wait(release: bool) -> Response:
        await (fake.deliver_all() if release else fake.settle())
        return JSONResponse({"done": True})

    async def settle(_: Request) -> Response:
        return await wait(release=False)

    async def deliver_all(_: Request) -> Response:
        return await wait(release=True)

    return [
        _route("advance", lambda asked: fake.advance(int(asked["seconds"]))),
        _route(
            "pay",
            lambda asked: fake.pay(asked["session"], asked.get("card", GOOD), asked.get("email", EMAIL)),
        ),
        _route("clear", lambda asked: fake.clear(asked["session"], succeeded=asked.get("succeeded", True))),
        _route("refund", lambda asked: fake.refund(asked["charge"], asked.get("amount"))),
        _route("dispute", lambda asked: fake.dispute(asked["charge"], asked.get("won"))),
        _route("redeliver", lambda asked: fake.redeliver(asked["event"])),
        Route("/_fake/settle", settle, methods=["POST"]),
        Route("/_fake/deliver_all", deliver_all, methods=["POST"]),
    ]


def _route(name: str, do: Callable[[dict[str, Any]], Any]) -> Route:
    async def endpoint(request: Request) -> Response:
        try:
            asked = json.loads(await request.body() or b"{}")
            return JSONResponse(do(asked) or {"done": True})
        except Problem as problem:
            return JSONResponse({"error": problem.error}, problem.status)
        except KeyError as missing:
            return JSONResponse({"error": {"message": f"say which {missing.args[0]}"}}, 400)

    return Route(f"/_fake/{name}", endpoint, methods=["POST"])
