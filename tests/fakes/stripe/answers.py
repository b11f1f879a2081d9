"""Answers as a call wants them: lists by pages and filters, and ids expanded to the objects they name."""

from copy import deepcopy
from typing import Any

from tests.fakes.stripe.books import Books, Object, listed
from tests.fakes.stripe.parameters import Parameters
from tests.fakes.stripe.problems import invalid

PAGING = frozenset({"limit", "starting_after", "ending_before", "created"})
_MOST = 100
_SPANS = {
    "gt": lambda found, asked: found > asked,
    "gte": lambda found, asked: found >= asked,
    "lt": lambda found, asked: found < asked,
    "lte": lambda found, asked: found <= asked,
}


def page(found: list[Object], asked: Parameters, url: str) -> Object:
    """One page of what was found, newest first. Raises Problem."""
    ordered = found[::-1]
    ordered.sort(key=lambda one: -one.get("created", 0))
    ordered = [one for one in ordered if _is_in(one.get("created", 0), asked.get("created"))]
    limit = asked.get("limit", 10)
    if not 1 <= limit <= _MOST:
        raise invalid("Invalid limit: must be between 1 and 100", "limit", "parameter_invalid_integer")
    ids = [one["id"] for one in ordered]
    if before := asked.get("ending_before"):
        end = _place(ids, before, "ending_before")
        start = max(end - limit, 0)
        return listed(ordered[start:end], url, has_more=start > 0)
    start = _place(ids, asked["starting_after"], "starting_after") + 1 if "starting_after" in asked else 0
    return listed(ordered[start : start + limit], url, has_more=len(ordered) > start + limit)


def expanded(books: Books, answer: Object, paths: list[str]) -> Object:
    """A copy of the answer in which the ids at these paths are objects. Raises Problem."""
    whole = deepcopy(answer)
    for path in paths:
        _expand(books, whole, path.split("."), path)
    return whole


def _expand(books: Books, here: Any, keys: list[str], path: str) -> None:
    if isinstance(here, list):
        for one in here:
            _expand(books, one, keys, path)
        return
    key, *rest = keys
    if not isinstance(here, dict) or (key not in here and not _is_included(books, here, key)):
        raise invalid(f"This property cannot be expanded ({path}).", "expand")
    if isinstance(here[key], str):
        found = books.anything(here[key])
        if found is None:
            raise invalid(f"This property cannot be expanded ({path}).", "expand")
        here[key] = deepcopy(found)
    if rest and here[key] is not None:
        _expand(books, here[key], rest, path)


def _is_included(books: Books, here: Object, key: str) -> bool:
    """Put in a list that an object has only when it is asked for."""
    url = f"/v1/{here.get('object')}s/{here.get('id')}/{key}"
    match here.get("object"), key:
        case "checkout.session", "line_items":
            found = books.line_items[here["id"]]
        case "invoice", "payments":
            found = books.all("invoice_payment", invoice=here["id"])
        case "charge", "refunds":
            found = books.all("refund", charge=here["id"])
        case "customer", "subscriptions":
            found = [
                one for one in books.all("subscription", customer=here["id"]) if one["status"] != "canceled"
            ]
        case _:
            return False
    here[key] = listed(deepcopy(found), url)
    return True


def _is_in(created: int, span: Any) -> bool:
    if span is None:
        return True
    if isinstance(span, int):
        return created == span
    return all(_SPANS[name](created, asked) for name, asked in span.items())


def _place(ids: list[str], wanted: str, param: str) -> int:
    if wanted not in ids:
        raise invalid(f"No such object: '{wanted}'", param, "resource_missing")
    return ids.index(wanted)
