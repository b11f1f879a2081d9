"""Every SELECT and UPDATE about providers: their state, the books about their tasks, an admin's settings for them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app.models import ProviderState, ProviderTaskRow, RunSetting
from vannilli_app.providers import Billed

_QUIETLY = {"synchronize_session": False}


async def states(session: AsyncSession) -> dict[str, ProviderState]:
    """What is known of each provider, by name; one that nothing was handed to yet is missing."""
    return {state.provider: state for state in await session.exec(select(ProviderState))}


async def run_setting(session: AsyncSession, name: str) -> Any:
    """An admin's setting, or None."""
    found = await session.exec(select(RunSetting.value).where(RunSetting.name == name))
    return found.one_or_none()


async def set_run_setting(session: AsyncSession, name: str, value: Any, now: datetime) -> None:
    put = insert(RunSetting).values(name=name, value=value, updated_at=now)
    await session.exec(
        put.on_conflict_do_update(index_elements=["name"], set_={"value": value, "updated_at": now})
    )


async def lock_state(session: AsyncSession, provider: str) -> ProviderState:
    """A provider's state, held until the transaction ends; made where there is none yet."""
    await session.exec(insert(ProviderState).values(provider=provider).on_conflict_do_nothing())
    found = await session.exec(
        select(ProviderState).where(ProviderState.provider == provider).with_for_update()
    )
    return found.one()


async def note_task(session: AsyncSession, task: ProviderTaskRow) -> None:
    """Open the book on a submission; one that is open already stays."""
    values = task.model_dump(exclude_none=True)
    await session.exec(insert(ProviderTaskRow).values(values).on_conflict_do_nothing())


async def write_task(session: AsyncSession, provider: str, external_id: str, **values: Any) -> None:
    """Write down what became of a submission."""
    await session.exec(
        update(ProviderTaskRow)
        .where(col(ProviderTaskRow.provider) == provider, col(ProviderTaskRow.external_id) == external_id)
        .values(**values)
        .execution_options(**_QUIETLY)
    )


async def task(session: AsyncSession, provider: str, external_id: str) -> ProviderTaskRow | None:
    found = await session.exec(
        select(ProviderTaskRow).where(
            ProviderTaskRow.provider == provider, ProviderTaskRow.external_id == external_id
        )
    )
    return found.one_or_none()


async def start_cancelling(
    session: AsyncSession, provider: str, external_ids: Sequence[str], due_at: datetime, **values: Any
) -> list[str]:
    """Note that the provider has to be told that these tasks are not wanted; gives those that may be at work there."""
    changed = await session.exec(
        update(ProviderTaskRow)
        .where(
            col(ProviderTaskRow.provider) == provider,
            col(ProviderTaskRow.external_id).in_(external_ids),
            col(ProviderTaskRow.status).in_(("submitting", "at_work", "cancelling", "cancelled")),
        )
        .values(status="cancelling", due_at=due_at, **values)
        .returning(col(ProviderTaskRow.external_id))
        .execution_options(**_QUIETLY)
    )
    return [external_id for (external_id,) in changed.all()]


async def cancels_due(session: AsyncSession, now: datetime, again_at: datetime) -> list[ProviderTaskRow]:
    """Tasks that are still to be cancelled at their provider; they come due again."""
    due = await session.exec(
        update(ProviderTaskRow)
        .where(col(ProviderTaskRow.status) == "cancelling", col(ProviderTaskRow.due_at) <= now)
        .values(due_at=again_at)
        .returning(ProviderTaskRow)
        .execution_options(**_QUIETLY)
    )
    return list(due.scalars())


async def timings(session: AsyncSession, provider: str, since: datetime) -> tuple[float, float] | None:
    """Median and 95th percentile of how long a provider's tasks took since then, in seconds, of the latest 200; None
    with fewer than three."""
    latest = (
        select(
            func.extract("epoch", col(ProviderTaskRow.ended_at) - col(ProviderTaskRow.submitted_at)).label(
                "took"
            )
        )
        .where(
            ProviderTaskRow.provider == provider,
            ProviderTaskRow.status == "completed",
            col(ProviderTaskRow.ended_at) > since,
        )
        .order_by(col(ProviderTaskRow.ended_at).desc())
        .limit(200)
        .subquery()
    )
    found = await session.exec(
        select(
            func.count(),
            func.percentile_cont(0.5).within_group(latest.c.took),
            func.percentile_cont(0.95).within_group(latest.c.took),
        ).select_from(latest)
    )
    count, middle, late = found.one()
    return (float(middle), float(late)) if count >= 3 else None


async def write_billed(session: AsyncSession, provider: str, external_id: str, billed: Billed) -> None:
    """Write down what the provider says that it took."""
    await write_task(
        session,
        provider,
        external_id,
        billed_amount=billed.amount,
        billed_unit=billed.unit,
        billed_usd=billed.usd,
    )
