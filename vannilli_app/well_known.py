"""What stands at addresses that others look for on every site: whom to tell of a weakness (RFC 9116), and that the
Global Privacy Control signal is honoured."""

from datetime import UTC, datetime, timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from vannilli_app import routes
from vannilli_app.config import settings

GOOD_FOR = timedelta(days=180)
GPC_SINCE = "2026-11-28"


def paths() -> list[Route]:
    """The addresses; that of weaknesses only where SECURITY_CONTACT says whom to tell."""
    gpc = Route(routes.GPC, _gpc)
    return [Route(routes.SECURITY_TXT, _security), gpc] if settings().security_contact else [gpc]


async def _security(_: Request) -> Response:
    now = datetime.now(UTC).replace(microsecond=0)
    contact = settings().security_contact
    lines = {
        "Contact": contact if ":" in contact else f"mailto:{contact}",
        "Expires": (now + GOOD_FOR).isoformat().replace("+00:00", "Z"),
        "Preferred-Languages": "en",
        "Canonical": settings().base_url + routes.SECURITY_TXT,
    }
    return PlainTextResponse("".join(f"{name}: {value}\n" for name, value in lines.items()))


async def _gpc(_: Request) -> Response:
    return JSONResponse({"gpc": True, "lastUpdate": GPC_SINCE})
