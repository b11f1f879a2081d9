"""Every figure of the dashboard, computed again from the raw rows in another way, on two months of business."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from statistics import quantiles
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from tests.admin import month
from tests.people import insert
from vannilli_app import db
from vannilli_app.admin import service
from vannilli_app.admin.schemas import Figures, MoneyRow

NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
DAYS = 30
Rows = dict[str, list[dict[str, Any]]]
FAILED = ("failed", "cancelled", "cancelling", "unsure")


@pytest.fixture
def owner(database_url: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database_url, autocommit=True, row_factory=dict_row) as connection:
        connection.execute("SET timezone = 'UTC'")
        yield connection


@pytest.fixture
async def both(owner, database: db.Database) -> tuple[Figures, Rows]:
    """What the dashboard says, and the rows that it is about."""
    return await figures_and_rows(owner, database, generations=600)


async def figures_and_rows(owner, database: db.Database, generations: int) -> tuple[Figures, Rows]:
    month.write(owner, month.make(generations, NOW))
    admin = insert_admin(owner)
    async with database.transaction(db.as_admin(admin)) as session:
        figures = await service.figures(session, DAYS, NOW)
    return figures, raw(owner)


def insert_admin(owner):
    admin = month.Month(NOW, month.Random(1)).id()
    insert(
        owner, "users", id=admin, email="admin@vannilli.test", password_hash="x", role="admin",
        created_at=NOW - timedelta(days=900),
    )  # fmt: skip
    return admin


def raw(owner) -> Rows:
    tables = (
        "users", "projects", "generations", "credit_entries", "credit_reservations", "provider_tasks", "segments",
        "payment_events", "reconciliations",
    )  # fmt: skip
    return {table: owner.execute(f"SELECT * FROM {table}").fetchall() for table in tables}


def span(before: int = 0) -> tuple[datetime, datetime]:
    """The period, or the one `before`."""
    start = datetime(2026, 11, 20, tzinfo=UTC) - timedelta(days=DAYS - 1)
    shift = timedelta(days=DAYS * before)
    return start - shift, NOW - shift


def within(
    rows: Iterable[dict[str, Any]], column: str = "created_at", before: int = 0
) -> list[dict[str, Any]]:
    since, until = span(before)
    return [row for row in rows if row[column] is not None and since <= row[column] < until]


def outcomes(rows: Rows) -> dict[Any, str]:
    """What became of the video of each task, told step by step."""
    made = {one["id"]: one for one in rows["generations"]}
    lines = {one["reference"]: one for one in rows["credit_entries"]}
    held = {one["generation_id"] for one in rows["credit_reservations"] if one["status"] == "held"}

    def became(task: dict[str, Any]) -> str:
        generation = made.get(task["generation_id"])
        if task["status"] in FAILED or (generation and generation["status"] == "failed"):
            return "failed"
        if generation is None:
            return "deleted"
        if generation["status"] != "completed":
            return "at_work"
        if f"returned:{generation['id']}" in lines:
            return "given_back"
        if generation["id"] in held:
            return "not_taken"
        spent = lines.get(f"generation:{generation['id']}")
        return "paid" if spent and spent["cents"] else "free"

    return {task["id"]: became(task) for task in rows["provider_tasks"]}


def sums(rows: Rows, key: str, before: int = 0) -> dict[str, list[float]]:
    """Revenue, cost, billed and tasks by group, in floats."""
    found: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0, 0])
    for entry in within(rows["credit_entries"], before=before):
        if entry["kind"] in ("generation", "returned") and entry["cents"]:
            kind = "paid" if entry["kind"] == "generation" else "given_back"
            name = {
                "outcome": kind,
                "cause": f"{entry['provider']} {kind}",
                "day": str(entry["created_at"].date()),
                "all": "all",
            }.get(key)
            found[name or entry[key]][0] -= entry["cents"] / 100
    became = outcomes(rows)
    for task in within(rows["provider_tasks"], before=before):
        name = {"day": str(task["created_at"].date()), "all": "all", "outcome": became[task["id"]]}.get(key)
        name = f"{task['provider']} {became[task['id']]}" if key == "cause" else name
        name = name or task[key]
        known = task["billed_usd"]
        found[name][1] += float(task["estimated_usd"] if known is None else known)
        found[name][2] += float(known or 0)
        found[name][3] += 1
    return found


def agree(told: list[MoneyRow], expected: dict[str, list[float]]) -> None:
    assert {row.key for row in told} >= expected.keys()
    for row in told:
        revenue, cost, billed, tasks = expected.get(row.key, [0.0, 0.0, 0.0, 0])
        assert row.revenue_usd == pytest.approx(revenue), row.key
        assert row.cost_usd == pytest.approx(cost), row.key
        assert row.billed_usd == pytest.approx(billed), row.key
        assert row.tasks == tasks, row.key
        assert row.margin == (pytest.approx(1 - cost / revenue) if revenue > 0 else None), row.key


def inclusive(values: list[float], percent: int) -> Any:
    return pytest.approx(quantiles(values, n=100, method="inclusive")[percent - 1], abs=1e-4)


async def test_every_figure_of_a_month(both: tuple[Figures, Rows]) -> None:
    figures, rows = both
    check_money(figures, rows)
    check_work(figures, rows)
    check_people(figures, rows)
    check_now(figures, rows)


def check_money(figures: Figures, rows: Rows) -> None:
    told = figures.money
    agree([told.total.model_copy(update={"key": "all"})], sums(rows, "all"))
    agree([told.before.model_copy(update={"key": "all"})], sums(rows, "all", before=1))
    agree(told.by_day, sums(rows, "day"))
    agree(told.by_tier, sums(rows, "tier"))
    agree(told.by_provider, sums(rows, "provider"))
    agree(told.by_outcome, sums(rows, "outcome"))
    agree(told.by_cause, sums(rows, "cause"))
    assert {row.key for row in told.by_outcome} >= {"paid", "free", "failed", "given_back", "not_taken"}
    unbilled = [
        one
        for one in within(rows["provider_tasks"])
        if one["billed_usd"] is None and one["estimated_usd"] > 0
    ]
    assert told.total.unbilled_tasks == len(unbilled) > 0
    cents = Counter()
    for entry in within(rows["credit_entries"]):
        cents[entry["kind"]] += entry["cents"]
    assert told.cash_in_usd == (cents["plan"] + cents["open_mic"] + cents["topup"]) / 100 > 0
    assert told.taken_back_usd == -(cents["refund"] + cents["dispute"] + cents["reinstated"]) / 100
    assert told.expired_usd == -cents["expiry"] / 100


def check_work(figures: Figures, rows: Rows) -> None:
    told, made = figures.work, within(rows["generations"])
    assert told.started == len(made)
    waits = [
        (one["completed_at"] - one["created_at"]).total_seconds()
        for one in made
        if one["status"] == "completed"
    ]
    assert told.completed == len(waits)
    assert (told.wait_p50, told.wait_p95) == (inclusive(waits, 50), inclusive(waits, 95))
    failed = [one["error_code"] for one in made if one["status"] == "failed"]
    assert (told.failed, told.cancelled) == (
        len(failed) - failed.count("cancelled"),
        failed.count("cancelled"),
    )
    assert {one.key: one.count for one in told.failures} == Counter(failed)
    assert told.running == len([one for one in made if one["status"] == "processing"])
    assert told.free == len([one for one in made if one["tier"] == "free"])
    released = [
        one for one in within(rows["credit_reservations"], "settled_at") if one["status"] == "released"
    ]
    assert told.released_credits == sum(one["amount"] for one in released)
    returned = [one["amount"] for one in within(rows["credit_entries"]) if one["kind"] == "returned"]
    assert told.returned_credits == sum(returned)


def check_people(figures: Figures, rows: Rows) -> None:
    owners = {one["id"]: one["user_id"] for one in rows["projects"]}
    came = {one["id"] for one in within(rows["users"])}
    made = {owners[one["project_id"]] for one in rows["generations"]}
    done = {owners[one["project_id"]] for one in rows["generations"] if one["status"] == "completed"}
    paid = {one["user_id"] for one in rows["credit_entries"] if one["kind"] in ("plan", "topup", "open_mic")}
    verified = {one["id"] for one in rows["users"] if one["email_verified_at"]}
    assert figures.conversion.model_dump() == {
        "signed_up": len(came),
        "verified": len(came & verified),
        "started": len(came & made),
        "completed": len(came & done),
        "paid": len(came & paid),
    }
    sharing: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for one in within(rows["generations"]):
        if one["free_tier"]:
            sharing["device", one["device_fingerprint"]].append(owners[one["project_id"]])
            sharing["address", str(one["ip"])].append(owners[one["project_id"]])
    expected = {key: (len(set(who)), len(who)) for key, who in sharing.items() if len(set(who)) > 1}
    told = {(one.kind, one.key): (one.accounts, one.videos) for one in figures.shared}
    assert len(told) == min(len(expected), 20) > 0
    assert told.items() <= expected.items()
    assert (
        min(who for who, _ in told.values())
        >= sorted((n for n, _ in expected.values()), reverse=True)[len(told) - 1]
    )


def check_now(figures: Figures, rows: Rows) -> None:
    told = figures.liability
    held = [one for one in rows["credit_reservations"] if one["status"] == "held"]
    stuck = [one for one in held if one["deadline_at"] <= NOW]
    assert told.model_dump() == {
        "credits": sum(one["credits_remaining"] for one in rows["users"]),
        "paid_usd": pytest.approx(sum(one["cents"] for one in rows["credit_entries"]) / 100),
        "held": sum(one["amount"] for one in held),
        "debts": sum(one["credit_debt"] for one in rows["users"]),
        "stuck": len(stuck),
        "stuck_credits": sum(one["amount"] for one in stuck),
    }
    assert stuck
    events = Counter(one["status"] for one in within(rows["payment_events"], "received_at"))
    assert figures.payments.model_dump() == {
        "received": events.total(),
        "handled": events["handled"],
        "ignored": events["ignored"],
        "failed": events["failed"],
        "compared_on": date(2026, 11, 19),
        "differences": 1,
    }
    for provider in figures.providers:
        tasks = [one for one in within(rows["provider_tasks"]) if one["provider"] == provider.provider]
        done = [one for one in tasks if one["status"] == "completed"]
        took = [(one["ended_at"] - one["submitted_at"]).total_seconds() for one in done]
        segments = [one["stage"] for one in rows["segments"] if one["provider"] == provider.provider]
        assert provider.tasks == len(tasks) > 0
        assert (provider.completed, provider.failed) == (
            len(done),
            len([1 for t in tasks if t["status"] == "failed"]),
        )
        assert (provider.latency_p50, provider.latency_p95) == (inclusive(took, 50), inclusive(took, 95))
        assert provider.billed_usd == pytest.approx(sum(float(one["billed_usd"] or 0) for one in tasks))
        assert (provider.taken, provider.waiting) == (segments.count("rendering"), segments.count("waiting"))
        assert provider.breaker == ("open" if provider.provider == "kling" else "closed")
    lines = {one.name: one for one in figures.queues}
    assert lines["work"].depth == 5
    waiting = [one for one in rows["segments"] if one["stage"] == "waiting"]
    for name in {one["provider"] for one in waiting}:
        since = [one["created_at"] for one in waiting if one["provider"] == name]
        assert lines[f"before {name}"].depth == len(since)
        assert lines[f"before {name}"].oldest_seconds == (NOW - min(since)).total_seconds()


async def test_the_effects_of_each_breakdown_add_up_to_the_change(both: tuple[Figures, Rows]) -> None:
    told = both[0].money
    change = told.total.margin - told.before.margin
    for rows in (told.by_day, told.by_tier, told.by_provider, told.by_outcome, told.by_cause):
        assert sum(row.effect for row in rows) == pytest.approx(change)


async def test_a_day_without_any_business(owner, database: db.Database) -> None:
    admin = insert_admin(owner)
    async with database.transaction(db.as_admin(admin)) as session:
        figures = await service.figures(session, 1, NOW)
    assert figures.money.total.margin is None
    assert figures.work.wait_p50 is None
    assert figures.money.by_day == []


@pytest.mark.long
async def test_every_figure_of_ten_thousand_videos(owner, database: db.Database) -> None:
    figures, rows = await figures_and_rows(owner, database, generations=20_000)
    assert figures.work.started > 9_000
    check_money(figures, rows)
    check_work(figures, rows)
    check_people(figures, rows)
    check_now(figures, rows)
