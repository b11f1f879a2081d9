"""A month of business and the one before it, in rows: people, purchases, videos, tasks with bills, mishaps.

The same `seed` gives the same month. Balances are not kept: nothing here is spent by the product itself.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb

TIERS = ("free", "open_mic", "indie_artist", "artist", "label")
CENTS = {"open_mic": 50, "indie_artist": 30, "artist": 25, "label": 20}
USD_A_SECOND = {"local": 0.0, "kling": 0.07, "runway": 0.05}
ERRORS = ("render_failed", "provider_error", "render_timeout", "result_unusable")
SPAN = timedelta(days=60)
FILES = {
    "final_video_r2_path": "f", "preview_video_r2_path": "p", "preview_gif_r2_path": "g", "thumbnail_r2_path": "t",
    "width": 720, "height": 1280, "duration_seconds": 14,
}  # fmt: skip


@dataclass
class Month:
    """Rows by table, before they are written."""

    now: datetime
    random: Random
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def add(self, table: str, **values: Any) -> dict[str, Any]:
        self.rows.setdefault(table, []).append(values)
        return values

    def id(self) -> UUID:
        return UUID(int=self.random.getrandbits(128), version=4)

    def moment(self, since: datetime, until: datetime) -> datetime:
        return since + (until - since) * self.random.random()

    def chance(self, share: float) -> bool:
        return self.random.random() < share


def make(generations: int, now: datetime, seed: int = 7) -> Month:
    """So many generations over two months up to `now`."""
    month = Month(now, Random(seed))
    people = [_person(month, number) for number in range(max(generations // 20, 8))]
    for number in range(generations):
        _video(month, month.random.choice(people), number)
    for number in range(generations // 40):
        _event(month, number)
    for days in range(3):
        day = now.date() - timedelta(days=days)
        differences = ["invoice:in_7 is in our ledger only"] if days == 1 else []
        ended = None if days == 0 else now
        month.add("reconciliations", day=day, ended_at=ended, facts=9, differences=Jsonb(differences))
    month.add("provider_states", provider="kling", failures=6, open_until=now + timedelta(minutes=2))
    for number in range(5):
        month.add("procrastinate_jobs", queue_name="work", task_name="t", args=Jsonb({"n": number}))
    return month


def still(month: Month) -> Month:
    """The month for a product that runs: nothing of it is taken up as work, or settled."""
    never = datetime(2040, 1, 1, tzinfo=month.now.tzinfo)
    month.rows.pop("procrastinate_jobs")
    for row in [*month.rows.get("segments", []), *month.rows["generations"]]:
        row["due_at"] = never
    for row in month.rows["credit_reservations"]:
        row["deadline_at"] = never
    return month


def write(connection: psycopg.Connection[Any], month: Month) -> None:
    """Put the rows into the database, as its owner."""
    order = (
        "users", "projects", "generations", "credit_entries", "credit_reservations", "segments", "provider_tasks",
        "provider_states", "payment_events", "reconciliations", "procrastinate_jobs",
    )  # fmt: skip
    with connection.transaction(), connection.cursor() as cursor:
        for table in order:
            rows = month.rows.get(table, [])
            names = sorted({name for row in rows for name in row})
            if not rows:
                continue
            with cursor.copy(f"COPY {table} ({', '.join(names)}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row([row.get(name) for name in names])
    connection.execute("ANALYZE")


def _person(month: Month, number: int) -> dict[str, Any]:
    came = month.moment(month.now - SPAN, month.now)
    tier = month.random.choices(TIERS, weights=(5, 2, 2, 2, 1))[0]
    person = month.add(
        "users",
        id=month.id(),
        email=f"artist{number}@vannilli.test",
        password_hash="no password",
        tier=tier,
        credits_remaining=month.random.randrange(200),
        credit_debt=3 if month.chance(0.05) else 0,
        device_fingerprint=f"device{number // 2 if month.chance(0.2) else number}",
        email_verified_at=came if month.chance(0.7) else None,
        created_at=came,
    )
    _entry(month, person, 3, "signup", came)
    if tier != "free":
        credits = month.random.choice((40, 66, 120))
        kind = "open_mic" if tier == "open_mic" else "plan"
        bought = month.moment(came, month.now)
        entry = _entry(month, person, credits, kind, bought, cents=credits * CENTS[tier])
        if month.chance(0.1):
            _entry(
                month, person, -credits // 4, month.random.choice(("refund", "dispute", "expiry")),
                month.moment(bought, month.now), cents=-entry["cents"] // 4,
            )  # fmt: skip
    return person


def _video(month: Month, person: dict[str, Any], number: int) -> None:
    began = month.moment(month.now - SPAN, month.now)
    running = month.now - began < timedelta(hours=4) and month.chance(0.6)
    provider = month.random.choices(tuple(USD_A_SECOND), weights=(4, 4, 2))[0]
    status = "processing" if running else month.random.choices(("completed", "failed"), weights=(84, 16))[0]
    seconds = month.random.choice((7, 14, 28))
    error = (
        ("cancelled" if month.chance(0.3) else month.random.choice(ERRORS)) if status == "failed" else None
    )
    took = timedelta(seconds=month.random.lognormvariate(4.5, 0.6))
    ended = None if running else began + took
    project = month.add(
        "projects", id=month.id(), user_id=person["id"], track_name=f"Song {number}", bpm=140, bars=8,
        duration_seconds=seconds, exact_seconds=seconds, created_at=began,
    )  # fmt: skip
    generation = month.add(
        "generations",
        id=month.id(),
        project_id=project["id"],
        provider=provider,
        cost_credits=0 if provider == "local" else seconds,
        status=status,
        stage="done" if status == "completed" else "rendering",
        request=Jsonb({"track_name": f"Song {number}"}),
        error_code=error,
        error_message="It went wrong." if error else None,
        error_raw="raw words" if error else None,
        tier=person["tier"],
        free_tier=person["tier"] == "free",
        device_fingerprint=person["device_fingerprint"],
        ip=f"10.0.{number % 40}.{number % 200}",
        created_at=began,
        completed_at=ended,
        **(FILES if status == "completed" else {}),
    )
    _tasks(month, generation, seconds, began, ended)
    _books(month, person, generation, began, ended)
    if running:
        month.add(
            "segments", id=month.id(), generation_id=generation["id"], user_id=person["id"], number=1, first_frame=0,
            frames=30, take_first=0, take_frames=30, skip_frames=0, provider=provider,
            stage=month.random.choice(("waiting", "rendering")), external_id=f"s{number}", created_at=began,
        )  # fmt: skip


def _tasks(
    month: Month, generation: dict[str, Any], seconds: int, began: datetime, ended: datetime | None
) -> None:
    """One task, and sometimes one before it that failed; a few of deleted videos."""
    listed = seconds * USD_A_SECOND[generation["provider"]]
    attempts = 2 if month.chance(0.1) else 1
    gone = month.chance(0.02)
    for attempt in range(1, attempts + 1):
        last = attempt == attempts
        status = {"completed": "completed", "processing": "at_work", "failed": "failed"}[generation["status"]]
        billed = bool(listed) and status != "at_work" and month.chance(0.8)
        month.add(
            "provider_tasks",
            id=month.id(),
            generation_id=None if gone else generation["id"],
            provider=generation["provider"],
            tier=generation["tier"],
            external_id=f"{generation['id']}-a{attempt}",
            task_id=f"task-{generation['id']}-{attempt}",
            status=status if last else "failed",
            seconds=seconds,
            estimated_usd=listed,
            billed_amount=round(listed * 1.1, 4) if billed else None,
            billed_unit="credits" if billed else None,
            billed_usd=round(listed * 1.1, 4) if billed else None,
            error_raw=None if last else "first try broke",
            created_at=began,
            submitted_at=began + timedelta(seconds=2),
            ended_at=ended if last else began + timedelta(seconds=5),
        )


def _books(
    month: Month, person: dict[str, Any], generation: dict[str, Any], began: datetime, ended: datetime | None
) -> None:
    credits = generation["cost_credits"]
    status = {"processing": "held", "failed": "released"}.get(generation["status"])
    taken = ended and min(month.moment(ended, ended + timedelta(days=3)), month.now)
    if status is None:
        status = "captured" if month.chance(0.9) else "held"
    month.add(
        "credit_reservations",
        id=month.id(),
        user_id=person["id"],
        generation_id=generation["id"],
        amount=credits,
        status=status,
        created_at=began,
        deadline_at=began + timedelta(days=20),
        settled_at=None if status == "held" else taken,
    )
    if status != "captured" or not credits:
        return
    cents = -credits * CENTS.get(person["tier"], 0)
    names = {"tier": generation["tier"], "provider": generation["provider"]}
    _entry(
        month, person, -credits, "generation", taken, cents=cents, reference=f"generation:{generation['id']}", **names
    )  # fmt: skip
    if month.chance(0.03):
        _entry(
            month, person, credits, "returned", month.moment(taken, month.now), cents=-cents,
            reference=f"returned:{generation['id']}", **names,
        )  # fmt: skip


def _event(month: Month, number: int) -> None:
    at = month.moment(month.now - SPAN, month.now)
    status = month.random.choices(("handled", "ignored", "failed"), weights=(8, 2, 1))[0]
    month.add(
        "payment_events", id=f"evt_{number}", type="invoice.paid", payload=Jsonb({}), status=status,
        error="Boom" if status == "failed" else None, created_at=at, received_at=at,
    )  # fmt: skip


def _entry(
    month: Month, person: dict[str, Any], amount: int, kind: str, at: datetime, **values: Any
) -> dict[str, Any]:
    reference = {"reference": f"{kind}:{month.id()}", "cents": 0} | values
    return month.add(
        "credit_entries", id=month.id(), user_id=person["id"], amount=amount, kind=kind, balance_after=1,
        created_at=at, **reference,
    )  # fmt: skip
