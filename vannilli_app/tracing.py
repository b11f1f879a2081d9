"""Traces by OpenTelemetry, where OTEL_EXPORTER_OTLP_ENDPOINT says so: a span for each request and each job.

Paths and names of jobs are in them, never queries, bodies or what a job was asked: those name people.
"""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import ParamSpec

from opentelemetry import propagate, trace
from opentelemetry.trace import SpanKind, StatusCode
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vannilli_app import __version__
from vannilli_app.config import Settings

SERVER_ERROR = 500
Asked = ParamSpec("Asked")
_tracer = trace.get_tracer("vannilli", __version__)


def configure(config: Settings, service: str) -> Callable[[], None] | None:
    """Send spans of this process, as `service`, to the collector; gives what sends the last of them. Without an address
    spans are nothing, and cost nothing."""
    if not (endpoint := config.otel_exporter_otlp_endpoint.rstrip("/")):
        return None
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(
        resource=Resource.create({"service.name": service, "service.version": __version__}),
        shutdown_on_exit=True,
    )
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=f"{endpoint}/v1/traces")))
    trace.set_tracer_provider(provider)
    return provider.shutdown


class Traced:
    """A span for each request, below the caller's where it names one (`traceparent`)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        with _tracer.start_as_current_span(
            f"{scope['method']} {scope['path']}",
            context=propagate.extract(dict(Headers(scope=scope))),
            kind=SpanKind.SERVER,
            attributes={"http.request.method": scope["method"], "url.path": scope["path"]},
        ) as span:

            async def note(message: Message) -> None:
                if message["type"] == "http.response.start":
                    span.set_attribute("http.response.status_code", message["status"])
                    if message["status"] >= SERVER_ERROR:
                        span.set_status(StatusCode.ERROR)
                await send(message)

            await self.app(scope, receive, note)


def traced(name: str, job: Callable[Asked, Awaitable[None]]) -> Callable[Asked, Awaitable[None]]:
    """The job in a span of this name."""

    @wraps(job)
    async def within(*args: Asked.args, **kwargs: Asked.kwargs) -> None:
        with _tracer.start_as_current_span(name, kind=SpanKind.CONSUMER):
            await job(*args, **kwargs)

    return within
