"""What happens by itself when time passes: renewals, drafts finalized, retries, expiries, ends, resumptions."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.fakes.stripe import checkout, invoices, subscriptions
from tests.fakes.stripe.books import Books, Object


@dataclass(frozen=True)
class Due:
    """Something to do at a time; at the same time the lower rank comes first."""

    at: int
    rank: int
    do: Callable[..., Any]
    of: Any


def run(books: Books, clock: str | None, until: int) -> None:
    """Do all that is due up to that time, each thing at its own time; for the customers of one clock."""
    while due := min(_all(books, clock, until), key=lambda one: (one.at, one.rank), default=None):
        due.do(books, due.of, due.at)


def _all(books: Books, clock: str | None, until: int) -> Iterator[Due]:
    if clock is None:
        for session in books.all("checkout.session", status="open"):
            if session["expires_at"] <= until:
                yield Due(session["expires_at"], 0, checkout.expire, session["id"])
    for subscription in books.all("subscription", test_clock=clock):
        if subscriptions.is_alive(subscription):
            yield from (due for due in _of_subscription(subscription) if due.at <= until)
    for invoice in books.all("invoice", test_clock=clock):
        if invoice["status"] == "draft" and invoice["automatically_finalizes_at"]:
            due = Due(invoice["automatically_finalizes_at"], 1, _finalize, invoice)
        elif invoice["status"] == "open" and invoice["next_payment_attempt"]:
            due = Due(invoice["next_payment_attempt"], 2, _try_again, invoice)
        else:
            continue
        if due.at <= until:
            yield due


def _of_subscription(subscription: Object) -> Iterator[Due]:
    if subscription["cancel_at"]:
        yield Due(subscription["cancel_at"], 3, _end, subscription)
    if (resumes_at := (subscription["pause_collection"] or {}).get("resumes_at")) is not None:
        yield Due(resumes_at, 4, _resume, subscription)
    if subscription["pending_update"]:
        yield Due(subscription["pending_update"]["expires_at"], 5, _forget_pending, subscription)
    if subscription["status"] != "paused":
        yield Due(subscriptions.period_end(subscription), 6, _renew, subscription)


def _finalize(books: Books, invoice: Object, now: int) -> None:
    invoices.finalize(books, now, invoice)
    if invoice["status"] == "open":
        subscriptions.collect(books, now, invoice)
    else:
        subscriptions.after_attempt(books, now, invoice)


def _try_again(books: Books, invoice: Object, now: int) -> None:
    subscriptions.collect(books, now, invoice)


def _end(books: Books, subscription: Object, now: int) -> None:
    subscriptions.end(books, now, subscription, "cancellation_requested")


def _resume(books: Books, subscription: Object, now: int) -> None:
    subscriptions.change(books, now, subscription, pause_collection=None)


def _renew(books: Books, subscription: Object, now: int) -> None:
    subscriptions.renew(books, now, subscription)


def _forget_pending(books: Books, subscription: Object, now: int) -> None:
    """A change that nobody paid for does not happen."""
    for invoice in books.all("invoice", status="open", billing_reason="subscription_update"):
        if subscriptions.of_invoice(books, invoice) is subscription:
            invoices.void(books, now, invoice)
    books.change(subscription, "customer.subscription.pending_update_expired", now, pending_update=None)
