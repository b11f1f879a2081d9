"""The rules, as data: what is measured, from where on it is too much, and what is said."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from vannilli_app.errors import Invalid

SETTING = "alerts"
"""The run setting that changes rules: `{"margin": {"threshold": 0.3, "on": true}}`."""


@dataclass(frozen=True)
class Rule:
    """One rule. `sentence` gets `value` and `subject`, as does `of_one`, said of a single thing; `page` is where
    to look.

    It is broken when the reading is `beyond` the threshold. It is looked at every `every` seconds, over the last
    `window` seconds, and is over after looking well for `calm` seconds. `local`: each machine looks for itself.
    """

    name: str
    label: str
    beyond: Literal["above", "below"]
    threshold: float
    window: float
    every: float
    calm: float
    sentence: str
    page: str
    local: bool = False
    on: bool = True
    of_one: str = ""

    def is_broken(self, value: float) -> bool:
        """Whether a reading is beyond the threshold."""
        return value > self.threshold if self.beyond == "above" else value < self.threshold

    def said(self, value: float, subject: str) -> str:
        """What stands in the alert about a reading."""
        sentence = self.of_one if self.of_one and round(value) == 1 else self.sentence
        return sentence.format(value=value, subject=subject)


MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
RULES = (
    Rule(
        "margin", "Margin of a day", "below", 0.40, DAY, 5 * MINUTE, 10 * MINUTE,
        "The margin of the last 24 hours is {value:.0%}.", "/admin?days=1",
    ),
    Rule(
        "errors", "Failed videos in 15 minutes", "above", 0.05, 15 * MINUTE, MINUTE, 5 * MINUTE,
        "{value:.0%} of the videos that ended in the last 15 minutes have failed.",
        "/admin/videos?status=failed&days=1",
    ),
    Rule(
        "queue_age", "Age of the oldest waiting work, in seconds", "above", 300, 0, 30, MINUTE,
        "The oldest work has waited for {value:.0f} s to be taken up.", "/admin#queues",
    ),
    Rule(
        "provider_down", "A provider's failures in a row", "above", 4, 0, 30, MINUTE,
        "{subject} has failed {value:.0f} times in a row and gets no work for now.", "/admin#providers",
    ),
    Rule(
        "payment_events", "Payment events that are not booked", "above", 0, DAY, MINUTE, MINUTE,
        "{value:.0f} events of the payment service are not booked.", "/admin/payments?status=failed",
        of_one="1 event of the payment service is not booked.",
    ),
    Rule(
        "stuck_credits", "Reservations past their deadline", "above", 0, 0, 5 * MINUTE, 10 * MINUTE,
        "{value:.0f} reservations are past their deadline.", "/admin#figures",
        of_one="1 reservation is past its deadline.",
    ),
    Rule(
        "undone", "Hours for which a task has failed", "above", 6, 0, 5 * MINUTE, 15 * MINUTE,
        "{subject} has failed for {value:.0f} hours and is tried again every ten minutes. Look into the worker's log.",
        "/admin#queues",
    ),
    Rule(
        "backup", "Hours since the last backup", "above", 36, 0, 5 * MINUTE, MINUTE,
        "The last backup is {value:.0f} hours old. Look into the worker's log, and run: vannilli backup", "/admin",
    ),
    Rule(
        "disk", "Free share of the disk", "below", 0.10, 0, MINUTE, 5 * MINUTE,
        "Only {value:.0%} of the disk of {subject} is free.", "/admin", local=True,
    ),
    Rule(
        "certificate", "Days of the signing certificate", "below", 14, 0, HOUR, HOUR,
        "The certificate that signs videos on {subject} ends in {value:.0f} days.", "/admin", local=True,
        of_one="The certificate that signs videos on {subject} ends in 1 day.",
    ),
)  # fmt: skip


def in_force(changes: Any) -> tuple[Rule, ...]:
    """The rules with an admin's changes; what is not understood changes nothing."""
    changed = changes if isinstance(changes, Mapping) else {}
    return tuple(replace(rule, **changed[rule.name]) if rule.name in changed else rule for rule in RULES)


def checked(changes: Any) -> dict[str, dict[str, Any]]:
    """The changes if every one can be meant. Raises Invalid."""
    known = {rule.name for rule in RULES}
    if not isinstance(changes, Mapping) or changes.keys() - known:
        raise Invalid(f"Give changes by rule: {', '.join(sorted(known))}.")
    for name, change in changes.items():
        if not isinstance(change, Mapping) or change.keys() - {"threshold", "on"}:
            raise Invalid(f"{name}: give threshold, on, or both.")
        threshold = change.get("threshold", 0)
        if isinstance(threshold, bool) or not isinstance(threshold, int | float):
            raise Invalid(f"{name}: the threshold is a number.")
        if not isinstance(change.get("on", True), bool):
            raise Invalid(f"{name}: on is true or false.")
    return {name: dict(change) for name, change in changes.items()}
