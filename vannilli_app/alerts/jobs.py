"""What the clock does about alerts, in every process: look at the rules that are due, send the messages that are.

A look claims its rule by moving `due_at`, and is one transaction with the incident and its messages; so however many
processes tick, an incident is opened once. A message is held like any work (`leases`) and sent until it is taken. If
its sender dies after the receiver took it and before that is written, it comes once more, with the same incident's id.
"""

import logging
from datetime import UTC, datetime, timedelta

from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from vannilli_app.alerts import channels, queries, readings
from vannilli_app.alerts.lifecycle import Open, decide
from vannilli_app.alerts.rules import SETTING, Rule, in_force
from vannilli_app.db import SERVICE, transaction
from vannilli_app.generations import provider_queries
from vannilli_app.leases import DATABASE_AWAY, LostClaim, free_lapsed, heartbeat, take, write
from vannilli_app.models import AlertMessage, Incident

MOST_PAUSE = timedelta(minutes=10)

log = logging.getLogger(__name__)


async def look(now: datetime) -> int:
    """Look at every rule whose turn it is; returns how many incidents were opened or are over."""
    async with transaction(SERVICE) as session:
        rules = in_force(await provider_queries.run_setting(session, SETTING))
        later = await queries.not_due(session, now)
    news = 0
    for rule in rules:
        place = readings.here() if rule.local else ""
        if (rule.name, place) in later:
            continue
        try:
            async with transaction(SERVICE) as session:
                if await queries.claim(session, rule.name, place, now, now + timedelta(seconds=rule.every)):
                    news += await _look_at(session, rule, now)
        except DATABASE_AWAY:
            raise
        except Exception:  # one rule that cannot be read must not silence the others
            log.exception("the rule %s could not be looked at", rule.name)
    return news


async def send(now: datetime) -> int:
    """Send the messages that are due; returns how many went out."""
    async with transaction(SERVICE) as session:
        due = await free_lapsed(session, AlertMessage, queries.is_next(now), now=now)
    return sum([await _send(message) for message in due])


async def _look_at(session: AsyncSession, rule: Rule, now: datetime) -> int:
    values = await readings.read(session, rule, now) if rule.on else {}
    there = await queries.open_incidents(session, rule.name)
    if rule.local:  # what another machine has is its own to see
        there = {subject: one for subject, one in there.items() if subject == readings.here()}
    news = 0
    for subject in sorted(values.keys() | there.keys()):
        incident, value = there.get(subject), values.get(subject)
        step = decide(rule, Open(incident.well_since) if incident else None, value, now)
        match step:
            case "open":
                assert value is not None
                await _open(session, rule, subject, value, now)
            case "worsen":
                assert incident is not None
                assert value is not None
                incident.value, incident.well_since = value, None
            case "well":
                assert incident is not None
                incident.well_since = now
            case "recover":
                assert incident is not None
                incident.recovered_at = now
                _tell(session, incident, "recovered", now)
        news += step in ("open", "recover")
    await session.flush()
    if news:
        await queries.tell_pages(session)
    return news


async def _open(session: AsyncSession, rule: Rule, subject: str, value: float, now: datetime) -> None:
    incident = Incident(
        rule=rule.name,
        subject=subject,
        value=value,
        sentence=rule.said(value, subject),
        opened_at=now,
    )
    session.add(incident)
    await session.flush()
    log.warning("alert: %s", incident.sentence, extra={"incident": str(incident.id)})
    _tell(session, incident, "opened", now)


def _tell(session: AsyncSession, incident: Incident, news: str, now: datetime) -> None:
    session.add_all(
        AlertMessage(
            incident_id=incident.id,
            channel=channel,
            recipient=recipient,
            news=news,
            due_at=now,
            created_at=now,
        )
        for channel, recipient in channels.receivers()
    )


async def _send(message: AlertMessage) -> bool:
    hold = await take(
        AlertMessage,
        col(AlertMessage.id) == message.id,
        col(AlertMessage.sent_at).is_(None),
        now=datetime.now(UTC),
    )
    if hold is None:
        return False
    async with transaction(SERVICE) as session:
        incident = (await session.exec(select(Incident).where(Incident.id == hold.row.incident_id))).one()
    try:
        async with heartbeat(hold):
            await channels.send(hold.row, incident)
        async with transaction(SERVICE) as session:
            await write(session, hold, claim=None, sent_at=datetime.now(UTC))
    except LostClaim:
        return False
    except channels.NotTaken as error:
        log.warning("alert %s not sent: %s", message.id, error.message)
        pause = min(timedelta(seconds=2.0 ** min(hold.row.tries + 1, 10)), MOST_PAUSE)
        later = {"claim": None, "due_at": datetime.now(UTC) + pause}
        async with transaction(SERVICE) as session:
            await session.exec(update(AlertMessage).where(hold.is_held()).values(**later))
        return False
    return True
