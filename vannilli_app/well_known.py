"""What stands at addresses that others look for on every site: whom to tell of a weakness (RFC 9116), and that the
Global Privacy Control signal is honoured."""

from datetime import UTC, datetime, timedelta

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from vannilli_app import https, routes
from vannilli_app.config import settings

GOOD_FOR = timedelta(days=180)
GPC_SINCE = "2026-11-28"


def paths() -> list[Route]:
    """The addresses; that of weaknesses only where SECURITY_CONTACT says whom to tell, that of our own certificate
    authority where it is in use."""
    found = [Route(routes.GPC, _gpc)]
    if settings().security_contact:
        found.append(Route(routes.SECURITY_TXT, _security))
    if settings().https:
        found.append(Route(routes.OWN_AUTHORITY, _own_authority))
    return found


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


async def _own_authority(_: Request) -> Response:
    path = settings().data_dir / https.FOLDER / https.AUTHORITY
    return FileResponse(path, media_type="application/x-x509-ca-cert", filename="vannilli-ca.crt")
