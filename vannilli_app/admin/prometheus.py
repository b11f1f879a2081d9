"""The same figures for machines, in Prometheus' text format: gauges of today and of what waits now."""

from hmac import compare_digest
from ipaddress import ip_address

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Gauge, generate_latest
from starlette.requests import Request

from vannilli_app.admin.schemas import Figures
from vannilli_app.config import settings
from vannilli_app.errors import NotFound

CONTENT_TYPE = CONTENT_TYPE_LATEST


def require_scraper(request: Request) -> None:
    """Lets in who has METRICS_TOKEN, and without that setting who asks from this machine itself, not through a proxy.
    Raises NotFound."""
    token = settings().metrics_token.get_secret_value()
    if token:
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and compare_digest(given.strip().encode(), token.encode()):
            return
    elif _is_loopback(request.client.host if request.client else "") and not (
        {"forwarded", "x-forwarded-for"}.intersection(request.headers)
    ):
        return
    raise NotFound


def text(figures: Figures) -> bytes:
    """Today's figures, and this process's own."""
    registry = CollectorRegistry()
    for name, words, value in _plain(figures):
        if value is not None:
            Gauge(f"vannilli_{name}", words, registry=registry).set(value)
    _money(figures, registry)
    _queues(figures, registry)
    _providers(figures, registry)
    open_ = Gauge("vannilli_incidents_open", "Alerts that are not over", ["rule"], registry=registry)
    for one in figures.incidents:
        if one.recovered_at is None:
            open_.labels(one.rule).inc()
    return generate_latest(registry) + generate_latest(REGISTRY)


def _plain(figures: Figures) -> list[tuple[str, str, float | None]]:
    work, owed = figures.work, figures.liability
    return [
        ("margin_ratio", "Margin of today (UTC)", figures.money.total.margin),
        ("videos_started", "Videos started today", work.started),
        ("videos_completed", "Videos of today that are finished", work.completed),
        ("videos_failed", "Videos of today that failed", work.failed),
        ("wait_p50_seconds", "Median from start to finish", work.wait_p50),
        ("wait_p95_seconds", "95th percentile from start to finish", work.wait_p95),
        ("credits_owed", "Credits that people have", owed.credits),
        ("credits_held", "Credits set aside for videos", owed.held),
        ("reservations_stuck", "Reservations past their deadline", owed.stuck),
        ("payment_events_failed", "Payment events of today that failed", figures.payments.failed),
        ("requests", "Requests answered today", figures.traffic.requests),
        ("bytes_served", "Bytes of today's answers", figures.traffic.bytes),
        ("cash_in_dollars", "Paid today", figures.money.cash_in_usd),
    ]


def _money(figures: Figures, registry: CollectorRegistry) -> None:
    revenue = Gauge("vannilli_revenue_dollars", "Earned by videos today", ["provider"], registry=registry)
    cost = Gauge("vannilli_cost_dollars", "Cost of tasks handed over today", ["provider"], registry=registry)
    for row in figures.money.by_provider:
        revenue.labels(row.key).set(row.revenue_usd)
        cost.labels(row.key).set(row.cost_usd)


def _queues(figures: Figures, registry: CollectorRegistry) -> None:
    depth = Gauge("vannilli_queue_depth", "Work that waits", ["queue"], registry=registry)
    age = Gauge("vannilli_queue_oldest_seconds", "Age of the oldest", ["queue"], registry=registry)
    for line in figures.queues:
        depth.labels(line.name).set(line.depth)
        age.labels(line.name).set(line.oldest_seconds or 0)


def _providers(figures: Figures, registry: CollectorRegistry) -> None:
    taken = Gauge("vannilli_provider_slots_taken", "Tasks at work", ["provider"], registry=registry)
    slots = Gauge("vannilli_provider_slots", "Most tasks at once", ["provider"], registry=registry)
    open_ = Gauge(
        "vannilli_provider_breaker_open", "Breaker open or half open", ["provider"], registry=registry
    )
    for one in figures.providers:
        taken.labels(one.provider).set(one.taken)
        slots.labels(one.provider).set(one.slots)
        open_.labels(one.provider).set(one.breaker != "closed")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
