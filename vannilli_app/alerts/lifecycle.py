"""Pure decisions about an incident: a reading and what is open give the next step."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from vannilli_app.alerts.rules import Rule


@dataclass(frozen=True)
class Open:
    """An incident that goes on: since when it has looked well again, if it does."""

    well_since: datetime | None


Step = Literal["open", "worsen", "well", "recover", "nothing"]


def decide(rule: Rule, incident: Open | None, value: float | None, now: datetime) -> Step:
    """What follows from a reading; `value` is None where nothing can be told, which counts as well.

    open: it is broken and was not. worsen: still broken. well: it looks well for the first time. recover: it has for
    long enough. A value that swings round its threshold is one incident.
    """
    broken = value is not None and rule.is_broken(value)
    if incident is None:
        return "open" if broken else "nothing"
    if broken:
        return "worsen"
    if incident.well_since is None:
        return "well"
    return "recover" if now - incident.well_since >= timedelta(seconds=rule.calm) else "nothing"
