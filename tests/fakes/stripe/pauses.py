"""A subscription that stands still: status `paused`, no periods and no invoices until it is resumed.

Not the same as `pause_collection`, which leaves the status as it is and only has the invoices come to nothing.
"""

from tests.fakes.stripe import invoices, lines, subscriptions
from tests.fakes.stripe.books import Books, Object
from tests.fakes.stripe.parameters import Parameters
from tests.fakes.stripe.periods import end_after
from tests.fakes.stripe.problems import Problem, invalid


def pause(books: Books, subscription_id: str, asked: Parameters) -> Object:
    """Stop it now. The time that was paid for is credited to the next invoice, unless the call says `none`."""
    subscription = books.get("subscription", subscription_id)
    if subscription["status"] not in ("active", "past_due"):
        raise Problem(f"A subscription that is {subscription['status']} cannot be paused.")
    if asked.get("invoicing_behavior", "pending_invoice_item") != "pending_invoice_item":
        raise invalid("The fake of Stripe credits the next invoice only.", "invoicing_behavior", "fake_limit")
    now = books.now(subscription["customer"])
    credit_from = asked.get("bill_for", {}).get("unused_time_from", {}).get("type", "now")
    if credit_from == "item_current_period_start":
        raise invalid("The fake of Stripe credits unused time from now on only.", "bill_for", "fake_limit")
    if credit_from == "now":
        unused = [lines.unused(books, item, now) for item in subscriptions.items_of(subscription)]
        books.pending_lines.setdefault(subscription_id, []).extend(unused)
    paused = {"subscription": {"type": "pause_requested"}, "transitioned_at": now, "type": "subscription"}
    changes = {"status": "paused", "status_details": {"paused": paused}}
    subscriptions.change(books, now, subscription, **changes)
    books.emit("customer.subscription.paused", subscription, now)
    return subscription


def resume(books: Books, subscription_id: str, asked: Parameters) -> Object:
    """Begin a new period now, and pay for it. Raises Problem."""
    subscription = books.get("subscription", subscription_id)
    if subscription["status"] != "paused":
        raise Problem(f"A subscription that is {subscription['status']} cannot be resumed.")
    if asked.get("billing_cycle_anchor", {}).get("type", "now") != "now":
        raise invalid(
            "The fake of Stripe resumes with a new period only.", "billing_cycle_anchor", "fake_limit"
        )
    if asked.get("payment_behavior", "resume_on_payment_attempt") != "resume_on_payment_attempt":
        raise invalid(
            "The fake of Stripe resumes whatever the payment does.", "payment_behavior", "fake_limit"
        )
    now = books.now(subscription["customer"])
    items = [_from_now(item, now) for item in subscriptions.items_of(subscription)]
    its_lines = books.pending_lines.pop(subscription_id, []) + [
        lines.whole_period(books, item, now, item["current_period_end"]) for item in items
    ]
    invoice = invoices.draft(books, now, subscription, "subscription_update", its_lines)
    invoices.finalize(books, now, invoice)
    changes = {
        "billing_cycle_anchor": now,
        "items": subscription["items"] | {"data": items},
        "latest_invoice": invoice["id"],
        "status": "active",
        "status_details": None,
    }
    subscriptions.change(books, now, subscription, **changes)
    books.emit("customer.subscription.resumed", subscription, now)
    if invoice["status"] == "open":
        subscriptions.collect(books, now, invoice)
    return subscription


def _from_now(item: Object, now: int) -> Object:
    recurring = item["price"]["recurring"]
    end = end_after(now, recurring["interval"], recurring["interval_count"], now)
    return item | {"current_period_start": now, "current_period_end": end, "billed_until": end}
