"""How a call to a fake goes wrong, whatever the fake is of."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from tests.fakes.faults import Fault
from tests.fakes.server import break_connection

Work = Callable[[], Awaitable[Response]]


async def answer(
    fault: Fault | None,
    request: Request,
    work: Work,
    *,
    too_fast: Callable[[dict[str, str]], Response],
    broken: Callable[[int], Response],
) -> Response:
    """Answer a call by `work`, with this fault; `too_fast` and `broken` are the vendor's refusals."""
    match fault.what if fault else None:
        case None:
            return await work()
        case "unknown_status":
            return _strange(await work())
        case "slow":
            await asyncio.sleep(fault.seconds if fault else 0)
            return await work()
        case "429":
            return too_fast({})
        case "429_after":
            return too_fast({"retry-after": "1"})
        case "500" | "503" as status:
            return broken(int(status))
        case "reset":
            break_connection(request.scope)
            return Response()
        case "reset_after":
            await work()
            break_connection(request.scope)
            return Response()
        case "half":
            return half(await work())
        case "wrong_json":
            await work()
            return Response(b'{"oops": ', media_type="application/json")
    raise ValueError(f"a call cannot meet {fault}")


def half(whole: Response) -> Response:
    """An answer that promises all of its body and breaks off in the middle."""
    body = bytes(whole.body)

    async def first_half() -> AsyncIterator[bytes]:
        yield body[: len(body) // 2]

    headers = {"content-length": str(len(body) + 1), "content-type": whole.headers.get("content-type", "")}
    return StreamingResponse(first_half(), whole.status_code, headers)


def _strange(whole: Response) -> Response:
    """The same answer with a status that nobody has heard of."""
    body = re.sub(rb'("(?:task_)?status": *")[^"]*', rb"\1dreaming", bytes(whole.body))
    return Response(body, whole.status_code, media_type=whole.media_type)
