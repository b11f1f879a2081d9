"""Spans reach a real OTLP receiver, without what names people; without an address nothing is set up."""

import subprocess
import sys

from opentelemetry import trace
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.fakes import server
from vannilli_app import tracing
from vannilli_app.config import ROOT, Settings

# In a process of its own: OpenTelemetry takes one provider for good.
PROGRAM = """
import asyncio, sys
import httpx
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route
from vannilli_app import tracing
from vannilli_app.config import Settings

flush = tracing.configure(Settings(otel_exporter_otlp_endpoint=sys.argv[1]), "vannilli-server")

async def broken(request):
    return Response(status_code=503)

async def job(person):
    pass

async def main():
    app = tracing.Traced(Starlette(routes=[Route("/api/health", broken)]))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://t") as http:
        caller = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}
        await http.get("/api/health?token=hunter2", headers=caller)
    await tracing.traced("generations.advance", job)(person="ana@example.com")

asyncio.run(main())
flush()
"""


def test_requests_and_jobs_arrive_as_spans() -> None:
    took: list[bytes] = []

    async def take(request: Request) -> Response:
        took.append(await request.body())
        return Response(media_type="application/x-protobuf")

    with server.serving(Starlette(routes=[Route("/v1/traces", take, methods=["POST"])])) as url:
        done = subprocess.run([sys.executable, "-c", PROGRAM, url], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    spans = [
        span
        for body in took
        for group in ExportTraceServiceRequest.FromString(body).resource_spans
        for scope in group.scope_spans
        for span in scope.spans
    ]
    assert [span.name for span in spans] == ["GET /api/health", "generations.advance"]
    assert spans[0].trace_id.hex() == "0af7651916cd43dd8448eb211c80319c"
    found = {one.key: one.value.int_value or one.value.string_value for one in spans[0].attributes}
    assert found["http.response.status_code"] == 503
    assert not [body for body in took if b"hunter2" in body or b"ana@" in body]


def test_without_an_address_nothing_is_set_up() -> None:
    assert tracing.configure(Settings(), "vannilli-server") is None
    assert not trace.get_tracer("test").start_span("nothing").is_recording()
