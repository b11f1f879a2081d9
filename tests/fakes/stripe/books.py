"""All that the fake knows: objects as the API shows them, events, and what Stripe keeps to itself."""

import json
import secrets
import time
from collections import defaultdict
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Literal

from tests.fakes.stripe.problems import missing

Object = dict[str, Any]
API_VERSION = "2026-10-28.endive"
_KEPT = ("tables", "card_numbers", "line_items", "asked", "pending_lines", "endpoint_secrets", "offset")


@dataclass
class Rules:
    """An account's settings. `retry_days`: when a failed invoice is tried again, in days since it first failed;
    `when_all_failed`: what its subscription then becomes; `draft_seconds`: how long a renewal's invoice is a draft."""

    retry_days: tuple[int, ...] = (3, 5, 7)
    when_all_failed: Literal["canceled", "unpaid", "past_due"] = "canceled"
    draft_seconds: int = 3600


class Books:
    """Objects by kind and id, in the order in which they came. Whoever changes them holds the fake's lock."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.base_url = ""
        self.offset = 0
        self.tables: dict[str, dict[str, Object]] = defaultdict(dict)
        self.card_numbers: dict[str, str] = {}  # of payment methods
        self.line_items: dict[str, list[Object]] = {}  # of checkout sessions
        self.asked: dict[str, Object] = {}  # what a checkout session was made with
        self.pending_lines: dict[str, list[Object]] = {}  # of subscriptions, for the next invoice
        self.endpoint_secrets: dict[str, str] = {}
        self.request: Object | None = None  # the call that is being answered
        self.on_event: Callable[[Object], None] = lambda event: None

    def dump(self) -> str:
        """All that must not be forgotten, as JSON."""
        return json.dumps({name: getattr(self, name) for name in _KEPT})

    def load(self, dumped: str) -> None:
        """Know what was dumped, instead of what is known."""
        for name, value in json.loads(dumped).items():
            setattr(self, name, defaultdict(dict, value) if name == "tables" else value)

    def now(self, customer_id: str | None = None) -> int:
        """The time, in seconds since 1970: of the customer's test clock, or the real one as far as it was moved."""
        customer = self.tables["customer"].get(customer_id or "")
        if customer and customer.get("test_clock"):
            frozen: int = self.tables["test_helpers.test_clock"][customer["test_clock"]]["frozen_time"]
            return frozen
        return int(time.time()) + self.offset

    def add(self, thing: Object) -> Object:
        self.tables[thing["object"]][thing["id"]] = thing
        return thing

    def all(self, kind: str, **where: Any) -> list[Object]:
        """The objects of a kind whose fields are so."""
        found = self.tables[kind].values()
        return [one for one in found if all(one.get(field) == value for field, value in where.items())]

    def get(self, kind: str, object_id: str, param: str | None = None) -> Object:
        """One that must be there and not be deleted. Raises Problem, for the parameter that named it."""
        found = self.tables[kind].get(object_id)
        if found is None or found.get("deleted"):
            raise missing(kind, object_id, param)
        return found

    def anything(self, object_id: str) -> Object | None:
        """The object of that id, of whatever kind."""
        return next((table[object_id] for table in self.tables.values() if object_id in table), None)

    def change(self, thing: Object, event_type: str, now: int, **changes: Any) -> bool:
        """Change an object and tell of it with what it was before; nothing is told when nothing changes."""
        before = {name: deepcopy(thing.get(name)) for name in changes}
        thing.update(changes)
        if previous := _difference(before, {name: thing[name] for name in changes}):
            self.emit(event_type, thing, now, previous)
        return bool(previous)

    def emit(self, event_type: str, thing: Object, now: int, previous: Object | None = None) -> Object:
        """Write down what happened, as it is now, and have it told."""
        data = {"object": deepcopy(thing)} | ({"previous_attributes": previous} if previous else {})
        event: Object = {
            "id": new_id("evt"),
            "object": "event",
            "api_version": API_VERSION,
            "created": now,
            "data": data,
            "livemode": False,
            "pending_webhooks": 0,
            "request": dict(self.request or {"id": None, "idempotency_key": None}),
            "type": event_type,
        }
        self.add(event)
        self.on_event(event)
        return event


def new_id(prefix: str, length: int = 24) -> str:
    return f"{prefix}_{secrets.token_hex((length + 1) // 2)[:length]}"


def listed(things: list[Object], url: str, *, has_more: bool = False) -> Object:
    """A list as the API shows it."""
    return {"object": "list", "data": things, "has_more": has_more, "url": url}


def _difference(before: Object, after: Object) -> Object:
    """The former values of what differs, key by key."""
    different: Object = {}
    for name in before.keys() | after.keys():
        old, new = before.get(name), after.get(name)
        if isinstance(old, dict) and isinstance(new, dict) and "object" not in old:
            if inner := _difference(old, new):
                different[name] = inner
        elif old != new:
            different[name] = old
    return different
