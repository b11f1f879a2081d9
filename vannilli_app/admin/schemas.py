"""What the admin's pages and API show. Money is in US dollars, shares and margins are 0..1, times are UTC, waits are in
seconds. `None` is what cannot be told, never a zero."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from vannilli_app.showcase.schemas import ReportRow

PERIODS = (1, 7, 30, 90)
Days = Annotated[int, Field(ge=1, le=90)]


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True)


class MoneyRow(_Row):
    """Earnings and cost of one group. `cost_usd` is what providers billed, and their list price for `unbilled_tasks`,
    of which they have told no dollars; `billed_usd` is the former alone.

    `effect` is by how much the group moved the whole margin against the period before: the effects of all groups of a
    breakdown add up to the change. A group that earns at the margin of before moves nothing.
    """

    key: str
    revenue_usd: float
    cost_usd: float
    billed_usd: float
    unbilled_tasks: int
    tasks: int
    margin: float | None
    effect: float | None


class Mover(_Row):
    """One group that moved the margin. `kind`: day, tier, provider, or cause, which is provider and outcome."""

    kind: str
    key: str
    effect: float


class Money(_Row):
    """Credits that were spent on videos, at what had been paid for them, against what the videos cost.

    Revenue falls on the day when the credits were taken, cost on the day when the task was handed over.
    """

    total: MoneyRow
    before: MoneyRow
    by_day: list[MoneyRow]
    by_tier: list[MoneyRow]
    by_provider: list[MoneyRow]
    by_outcome: list[MoneyRow]
    by_cause: list[MoneyRow]
    movers: list[Mover] = Field(description="what pulled the margin down most, then what pushed it up most")
    cash_in_usd: float = Field(description="paid for plans and credits in the period")
    taken_back_usd: float = Field(description="behind credits that went back by refund or dispute, net")
    expired_usd: float = Field(description="behind credits whose period was over; earned, but by no video")


class Work(_Row):
    """Generations that were started in the period. Waits are from start to finish of those that were completed."""

    started: int
    completed: int
    failed: int
    cancelled: int
    running: int
    free: int = Field(description="of free accounts")
    released_credits: int = Field(description="set aside and given back, since nothing came of it")
    returned_credits: int = Field(description="spent and given back by an admin")
    wait_p50: float | None
    wait_p95: float | None
    failures: list["Counted"]


class Counted(_Row):
    key: str
    count: int


class Conversion(_Row):
    """Of the people who signed up in the period and still have an account: how many came so far."""

    signed_up: int
    verified: int
    started: int
    completed: int
    paid: int


class Queue(_Row):
    """Work that waits now. `oldest_seconds` is None where nothing waits."""

    name: str
    depth: int
    oldest_seconds: float | None


class ProviderRow(_Row):
    """A provider: its tasks of the period, and how it stands now. `breaker` is closed, open or half open."""

    provider: str
    label: str
    able: bool
    why_not: str
    slots: int
    taken: int
    waiting: int
    breaker: str
    open_until: datetime | None
    failures_in_a_row: int
    tasks: int
    completed: int
    failed: int
    unsure: int
    latency_p50: float | None
    latency_p95: float | None
    cost_usd: float
    billed_usd: float
    unbilled_tasks: int


class Liability(_Row):
    """What is owed to people: credits, the money behind them, and what is set aside for videos."""

    credits: int
    paid_usd: float
    held: int
    debts: int
    stuck: int = Field(description="reservations past their deadline")
    stuck_credits: int


class Shared(_Row):
    """A device or address from which several accounts made free videos."""

    kind: Literal["device", "address"]
    key: str
    accounts: int
    videos: int


class Payments(_Row):
    """Events of the payment service in the period, by status, and the newest comparison with it."""

    received: int
    handled: int
    ignored: int
    failed: int
    compared_on: date | None
    differences: int


class IncidentRow(_Row):
    id: UUID
    rule: str
    subject: str
    sentence: str
    opened_at: datetime
    recovered_at: datetime | None


class Served(_Row):
    """What all servers answered; `unchanged` from the browser's own cache (304)."""

    requests: int
    unchanged: int
    bytes: int


class Figures(_Row):
    """The business from `since` to `until`."""

    days: int
    since: datetime
    until: datetime
    money: Money
    work: Work
    conversion: Conversion
    queues: list[Queue]
    providers: list[ProviderRow]
    liability: Liability
    shared: list[Shared]
    payments: Payments
    incidents: list[IncidentRow]
    traffic: Served


class JobFilter(BaseModel):
    """Which generations to list; empty fields do not filter. `search` is a generation's id, a task's id or an email."""

    status: Literal["", "pending", "processing", "completed", "failed"] = ""
    provider: str = Field("", max_length=40)
    tier: str = Field("", max_length=40)
    error: str = Field("", max_length=60)
    outcome: Literal["", "paid", "free", "given_back", "not_taken", "failed", "at_work"] = ""
    day: date | None = None
    days: Days | None = None
    search: str = Field("", max_length=320)


class JobRow(_Row):
    """A generation in the list. `cost_usd` is of all its tasks, `revenue_usd` what its credits had cost."""

    id: UUID
    email: str
    tier: str
    provider: str
    status: str
    stage: str
    error_code: str | None
    cost_credits: int
    cost_usd: float
    revenue_usd: float
    tasks: int
    created_at: datetime
    completed_at: datetime | None


class JobPage(_Row):
    items: list[JobRow]
    next_cursor: str | None


class Moment(_Row):
    """One thing that happened to a generation. `raw` are the provider's or the system's own words."""

    at: datetime
    what: str
    detail: str = ""
    raw: str = ""


class Attempt(_Row):
    """One task at a provider."""

    provider: str
    external_id: str
    task_id: str | None
    status: str
    seconds: float
    listed_usd: float
    billed_amount: float | None
    billed_unit: str | None
    billed_usd: float | None
    error_code: str | None
    error_raw: str | None
    created_at: datetime
    submitted_at: datetime | None
    ended_at: datetime | None


class Job(_Row):
    """A generation with all that is known of it."""

    row: JobRow
    user_id: UUID
    track_name: str
    error_message: str | None
    error_raw: str | None
    reservation: str | None
    request: dict[str, Any]
    attempts: list[Attempt]
    timeline: list[Moment]


class EventRow(_Row):
    id: str
    type: str
    status: str
    tries: int
    error: str | None
    received_at: datetime


class Comparison(_Row):
    """One night's comparison with the payment service."""

    day: date
    ended_at: datetime | None
    facts: int
    repaired: list[str]
    differences: list[str]


class EventPage(_Row):
    items: list[EventRow]
    next_cursor: str | None
    comparisons: list[Comparison]


class PersonRow(_Row):
    id: UUID
    email: str
    tier: str
    credits: int
    owed: int
    role: str
    videos: int
    paid_usd: float
    created_at: datetime
    banned_at: datetime | None


class PersonPage(_Row):
    items: list[PersonRow]
    next_cursor: str | None


class Setting(_Row):
    """A setting that may change while it runs. `value` is None while the built-in one holds."""

    name: str
    value: Any
    updated_at: datetime | None


class ReportPage(_Row):
    """Some reports, and where the next ones begin."""

    items: list[ReportRow]
    next_cursor: str | None
