"""How much is asked of us and served: counted in each process, added up by day in the database."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vannilli_app.db import SERVICE, transaction
from vannilli_app.models import Traffic

NOT_MODIFIED = 304


@dataclass
class Counted:
    """What this process has served and not written down yet; `unchanged` answers cost a browser's cache nothing."""

    requests: int = 0
    unchanged: int = 0
    bytes: int = 0


_counted = Counted()


class Counting:
    """Counts answers and their bodies' bytes, as they leave; a proxy or CDN in front may serve more by itself."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def count(message: Message) -> None:
            if message["type"] == "http.response.start":
                _counted.requests += 1
                _counted.unchanged += message["status"] == NOT_MODIFIED
            elif message["type"] == "http.response.body":
                _counted.bytes += len(message.get("body", b""))
            await send(message)

        await self.app(scope, receive, count if scope["type"] == "http" else send)


async def write_down(now: datetime) -> int:
    """Add what was counted to the day's row (UTC); returns how many requests. What cannot be written is kept."""
    requests, unchanged, sent = _counted.requests, _counted.unchanged, _counted.bytes
    if not requests:
        return 0
    fresh = insert(Traffic).values(day=now.date(), requests=requests, unchanged=unchanged, bytes=sent)
    added = {
        name: getattr(Traffic, name) + fresh.excluded[name] for name in ("requests", "unchanged", "bytes")
    }
    async with transaction(SERVICE) as session:
        await session.exec(fresh.on_conflict_do_update(index_elements=["day"], set_=added))
    _counted.requests -= requests
    _counted.unchanged -= unchanged
    _counted.bytes -= sent
    return requests
