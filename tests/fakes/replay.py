"""Recorded examples, and a server that plays their answers: what an adapter really sends, and what it reads."""

import json
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

Document = dict[str, Any]
GOLDEN = Path(__file__).parents[1] / "providers" / "golden"


def recording(vendor: str, name: str) -> Document:
    """One of a vendor's recorded examples."""
    found: Document = json.loads((GOLDEN / vendor / f"{name}.json").read_text())
    return found


def recordings(vendor: str, beginning: str) -> list[str]:
    """The names of a vendor's examples that begin so."""
    return sorted(path.stem for path in (GOLDEN / vendor).glob(f"{beginning}_*.json"))


class Replay:
    """Gives `answers` in turn, `{base}` in them standing for its own address, and keeps what it was `asked`."""

    def __init__(self) -> None:
        self.base_url = ""
        self.answers: list[Document] = []
        self.asked: list[Document] = []

    def app(self) -> Starlette:
        return Starlette(routes=[Route("/{path:path}", self._answer, methods=["GET", "POST", "DELETE"])])

    async def _answer(self, request: Request) -> Response:
        asked: Document = {
            "method": request.method,
            "path": request.url.path,
            "query": request.url.query,
            "headers": dict(request.headers),
        }
        if request.headers.get("content-type", "").startswith("multipart/form-data"):
            async with request.form() as form:
                asked["form"] = [
                    [name, value]
                    if isinstance(value, str)
                    else [name, {"filename": value.filename, "content_type": value.content_type}]
                    for name, value in form.multi_items()
                ]
                asked["file"] = await form["file"].read()  # type: ignore[union-attr]
        elif body := await request.body():
            asked["body"] = json.loads(body)
        self.asked.append(asked)
        answer = self.answers.pop(0)
        if "body" not in answer:
            return Response(status_code=answer["status"])
        body = json.loads(json.dumps(answer["body"]).replace("{base}", self.base_url))
        return JSONResponse(body, answer["status"], answer.get("headers"))


def assert_asked(asked: Document, wanted: Document) -> None:
    """Compare a request with a recorded one, field by field; of the headers those that were recorded."""
    assert (asked["method"], asked["path"]) == (wanted["method"], wanted["path"])
    assert asked["query"] == wanted.get("query", "")
    assert asked["headers"].items() >= wanted.get("headers", {}).items()
    assert not set(wanted.get("absent_headers", [])) & asked["headers"].keys()
    assert asked.get("body") == wanted.get("body")
    assert asked.get("form") == wanted.get("form")
