"""The list of generations, filtered, and all that is known of one. Sessions are of the reading role."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping
from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app.admin import words
from vannilli_app.admin.money_queries import OUTCOME
from vannilli_app.admin.queries import rows
from vannilli_app.admin.schemas import Attempt, Job, JobFilter, JobPage, JobRow, Moment
from vannilli_app.admin.service import period_start
from vannilli_app.cursors import after, cut, decode_cursor
from vannilli_app.errors import NotFound
from vannilli_app.words import _

PAGE = 50

_ROW = """
SELECT generation.id, person.email, generation.tier, generation.provider, generation.status, generation.stage,
    generation.error_code, generation.cost_credits, generation.created_at, generation.completed_at,
    coalesce(work.cost_usd, 0) AS cost_usd, coalesce(work.tasks, 0) AS tasks,
    -(coalesce(spent.cents, 0) + coalesce(returned.cents, 0)) / 100.0 AS revenue_usd
"""
_FROM = """
FROM generations generation
JOIN projects project ON project.id = generation.project_id
JOIN users person ON person.id = project.user_id
LEFT JOIN credit_reservations reservation ON reservation.generation_id = generation.id
LEFT JOIN credit_entries spent ON spent.reference = 'generation:' || generation.id
LEFT JOIN credit_entries returned ON returned.reference = 'returned:' || generation.id
LEFT JOIN LATERAL (SELECT sum(coalesce(billed_usd, estimated_usd)) AS cost_usd, count(*) AS tasks
    FROM provider_tasks WHERE generation_id = generation.id) work ON true
"""
_HAS_OUTCOME = f"""EXISTS (SELECT 1 FROM provider_tasks task
    WHERE task.generation_id = generation.id AND {OUTCOME} = :outcome)"""  # noqa: S608 (a constant)
_CONDITIONS = {
    "status": "generation.status = :status",
    "provider": "generation.provider = :provider",
    "tier": "generation.tier = :tier",
    "error": "generation.error_code = :error",
    "outcome": _HAS_OUTCOME,
    "day": "(generation.created_at AT TIME ZONE 'UTC')::date = :day",
    "since": "generation.created_at >= :since",
    "search": "(generation.id::text = :search OR generation.internal_task_id::text = :search"
    " OR generation.kling_task_id = :search OR person.email = lower(:search))",
    "before": "(generation.created_at, generation.id) < (:before, :before_id)",
    "id": "generation.id = :id",
}

_JOB = """
SELECT generation.*, project.user_id AS owner, project.track_name, reservation.status AS reservation_status,
    reservation.amount AS reserved, reservation.settled_at
FROM generations generation JOIN projects project ON project.id = generation.project_id
LEFT JOIN credit_reservations reservation ON reservation.generation_id = generation.id
WHERE generation.id = :id
"""
_ATTEMPTS = "SELECT * FROM provider_tasks WHERE generation_id = :id ORDER BY created_at, external_id"
_DONE = """
SELECT entry.created_at, entry.action, entry.metadata AS details, person.email
FROM audit_log entry LEFT JOIN users person ON person.id = entry.user_id
WHERE entry.resource_id = :id ORDER BY entry.created_at
"""
_BOOKED = """
SELECT created_at, kind, amount, cents, reason FROM credit_entries
WHERE reference IN ('generation:' || :key, 'returned:' || :key) ORDER BY position
"""


async def page(session: AsyncSession, wanted: JobFilter, cursor: str | None, now: datetime) -> JobPage:
    """Generations, newest first. Raises Invalid (`invalid_cursor`)."""
    values: dict[str, Any] = {
        name: value for name, value in wanted if value not in ("", None) and name != "days"
    }
    if wanted.days and not wanted.day:
        values["since"] = period_start(wanted.days, now)
    if cursor:
        values["before"], values["before_id"] = decode_cursor(cursor)
    conditions = [_CONDITIONS[name] for name in values if name in _CONDITIONS] or ["true"]
    query = f"{_ROW} {_FROM} WHERE {' AND '.join(conditions)}" + (
        f" ORDER BY generation.created_at DESC, generation.id DESC LIMIT {PAGE + 1}"
    )
    found = [JobRow(**row) for row in await rows(session, query, **values)]
    items, next_cursor = cut(found, PAGE, after)
    return JobPage(items=items, next_cursor=next_cursor)


async def one(session: AsyncSession, generation_id: UUID) -> Job:
    """A generation with every attempt, its money and what people did about it. Raises NotFound."""
    listed = await rows(session, f"{_ROW} {_FROM} WHERE {_CONDITIONS['id']}", id=generation_id)
    found = await rows(session, _JOB, id=generation_id)
    if not listed or not found:
        raise NotFound(_("There is no such video, or its project was deleted."))
    made = found[0]
    tasks = await rows(session, _ATTEMPTS, id=generation_id)
    done = await rows(session, _DONE, id=generation_id)
    booked = await rows(session, _BOOKED, key=str(generation_id))
    return Job(
        row=JobRow(**listed[0]),
        user_id=made["owner"],
        track_name=made["track_name"],
        error_message=made["error_message"],
        error_raw=made["error_raw"],
        reservation=made["reservation_status"],
        request=made["request"],
        attempts=[_attempt(task) for task in tasks],
        timeline=timeline(made, tasks, done, booked),
    )


def timeline(
    made: RowMapping, tasks: list[RowMapping], done: list[RowMapping], booked: list[RowMapping]
) -> list[Moment]:
    """Everything that happened, oldest first."""
    moments = [Moment(at=made["created_at"], what="Started", detail=f"by {made['provider']}")]
    for number, task in enumerate(tasks, 1):
        moments += _of_task(task, f"Attempt {number} at {task['provider']}")
    for line in booked:
        what = "Credits taken" if line["kind"] == "generation" else "Credits given back"
        worth = f"{words.credits(abs(line['amount']))}, ${abs(line['cents']) / 100:.2f} behind them"
        moments.append(Moment(at=line["created_at"], what=what, detail=worth))
    for entry in done:
        reason = (entry["details"] or {}).get("reason", "")
        who = entry["email"] or "somebody who left"
        moments.append(
            Moment(
                at=entry["created_at"],
                what=entry["action"].replace("_", " "),
                detail=f"{who} {reason}".strip(),
            )
        )
    if made["reservation_status"] == "released" and made["settled_at"]:
        moments.append(Moment(at=made["settled_at"], what="Reserved credits came back"))
    if made["completed_at"]:
        failed = made["status"] == "failed"
        moments.append(
            Moment(
                at=made["completed_at"],
                what="Failed" if failed else "Finished",
                detail=made["error_message"] or "",
                raw=made["error_raw"] or "",
            )
        )
    return sorted(moments, key=lambda moment: moment.at)


def _of_task(task: RowMapping, name: str) -> list[Moment]:
    moments = [Moment(at=task["created_at"], what=f"{name}: handed over", detail=task["external_id"])]
    if task["submitted_at"]:
        moments.append(
            Moment(at=task["submitted_at"], what=f"{name}: accepted", detail=task["task_id"] or "")
        )
    if task["ended_at"]:
        moments.append(
            Moment(
                at=task["ended_at"],
                what=f"{name}: {task['status'].replace('_', ' ')}",
                detail=task["error_code"] or "",
                raw=task["error_raw"] or "",
            )
        )
    return moments


def _attempt(task: RowMapping) -> Attempt:
    values = {name: task[name] for name in Attempt.model_fields if name != "listed_usd"}
    return Attempt(listed_usd=task["estimated_usd"], **values)
