"""Checking a file over JSON, for everybody."""

from fastapi import APIRouter, Request
from starlette.requests import ClientDisconnect

from vannilli_app import routes
from vannilli_app.errors import Invalid
from vannilli_app.problems import documented
from vannilli_app.provenance import service
from vannilli_app.provenance.schemas import Finding
from vannilli_app.words import _

router = APIRouter(tags=["provenance"])
_FILE = {"schema": {"type": "string", "format": "binary"}}


@router.post(
    routes.API_VERIFY_VIDEO,
    responses=documented(
        {413: "asset_too_large", 422: "asset_invalid, validation_error", 429: "rate_limited"}
    ),
    openapi_extra={
        "requestBody": {"required": True, "content": {"application/octet-stream": _FILE, "video/mp4": _FILE}}
    },
)
async def verify_video(request: Request) -> Finding:
    """What a video, GIF or picture proves of its making. The body is the file; it is not kept."""
    try:
        return await service.check(request.stream())
    except ClientDisconnect:
        raise Invalid(_("The file broke off on its way. Send it again.")) from None
