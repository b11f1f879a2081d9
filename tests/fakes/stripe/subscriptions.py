"""Subscriptions: begun by a checkout, renewed by time, changed, paused and ended."""

from tests.fakes.stripe import invoices, lines, payments
from tests.fakes.stripe.books import Books, Object, listed, new_id
from tests.fakes.stripe.cards import Decline
from tests.fakes.stripe.periods import end_after
from tests.fakes.stripe.problems import Problem

_ENDED = ("canceled", "incomplete_expired")


def is_alive(subscription: Object) -> bool:
    return subscription["status"] not in _ENDED


def begin(
    books: Books, now: int, customer: str, bought: list[Object], data: Object, method: Object
) -> Object:
    """A subscription that is paid for with `method` from now on; not yet told to anybody. `bought` are prices with
    quantities, `data` is what the checkout was given for it."""
    subscription_id = new_id("sub")
    recurring = bought[0]["price"]["recurring"]
    end = end_after(now, recurring["interval"], recurring["interval_count"], now)
    items = [_item(subscription_id, one, now, end) for one in bought]
    clock = books.get("customer", customer)["test_clock"]
    return books.add(
        {
            "id": subscription_id,
            "object": "subscription",
            "application": None,
            "application_fee_percent": None,
            "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
            "billing_cycle_anchor": now,
            "billing_cycle_anchor_config": None,
            "billing_mode": {
                "flexible": {"proration_discounts": "included"},
                "type": "flexible",
                "updated_at": now,
            },
            "billing_schedules": [],
            "billing_thresholds": None,
            "cancel_at": None,
            "cancel_at_period_end": False,
            "canceled_at": None,
            "cancellation_details": _cancellation(None),
            "collection_method": "charge_automatically",
            "created": now,
            "currency": bought[0]["price"]["currency"],
            "customer": customer,
            "customer_account": None,
            "days_until_due": None,
            "default_payment_method": method["id"],
            "default_source": None,
            "default_tax_rates": [],
            "description": data.get("description"),
            "discounts": [],
            "ended_at": None,
            "invoice_settings": {"account_tax_ids": None, "issuer": {"type": "self"}},
            "items": listed(items, f"/v1/subscription_items?subscription={subscription_id}")
            | {"total_count": len(items)},
            "latest_invoice": None,
            "livemode": False,
            "metadata": dict(data.get("metadata", {})),
            "next_pending_invoice_item_invoice": None,
            "on_behalf_of": None,
            "pause_collection": None,
            "payment_settings": {
                "payment_method_options": None,
                "payment_method_types": None,
                "save_default_payment_method": "off",
            },
            "pending_invoice_item_interval": None,
            "pending_setup_intent": None,
            "pending_update": None,
            "schedule": None,
            "start_date": now,
            "status": "active",
            "test_clock": clock,
            "transfer_data": None,
            "trial_end": None,
            "trial_settings": {"end_behavior": {"missing_payment_method": "create_invoice"}},
            "trial_start": None,
        }
    )


def items_of(subscription: Object) -> list[Object]:
    found: list[Object] = subscription["items"]["data"]
    return found


def period_end(subscription: Object) -> int:
    end_of_it: int = max(item["current_period_end"] for item in items_of(subscription))
    return end_of_it


def method_of(books: Books, subscription: Object) -> Object | None:
    """The payment method that its invoices are charged to."""
    customer = books.get("customer", subscription["customer"])
    chosen = subscription["default_payment_method"] or customer["invoice_settings"]["default_payment_method"]
    return books.get("payment_method", chosen) if chosen else None


def of_invoice(books: Books, invoice: Object) -> Object:
    return books.get("subscription", invoice["parent"]["subscription_details"]["subscription"])


def renew(books: Books, now: int, subscription: Object) -> None:
    """Begin the next period and write its invoice, which is a draft for an hour."""
    old_items = items_of(subscription)
    started = old_items[0]["current_period_start"]
    items = [_next_period(subscription, item, now) for item in old_items]
    its_lines = books.pending_lines.pop(subscription["id"], []) + [
        lines.whole_period(books, item, item["current_period_start"], item["current_period_end"])
        for item in items
    ]
    pause = (subscription["pause_collection"] or {}).get("behavior")
    invoice = invoices.draft(
        books,
        now,
        subscription,
        "subscription_cycle",
        its_lines,
        period_start=started,
        period_end=now,
        automatically_finalizes_at=now + books.rules.draft_seconds,
    )
    if pause == "keep_as_draft" or subscription["status"] == "unpaid":
        invoice.update(auto_advance=False, automatically_finalizes_at=None)
    change(books, now, subscription, items=_with_items(subscription, items), latest_invoice=invoice["id"])
    if pause in ("void", "mark_uncollectible"):
        invoices.finalize(books, now, invoice)
        if invoice["status"] == "open":
            end_of_open = invoices.void if pause == "void" else invoices.write_off
            end_of_open(books, now, invoice)


def invoice_now(books: Books, now: int, subscription: Object, reason: str, its_lines: list[Object]) -> Object:
    """An invoice that is open at once; the subscription names it as its latest."""
    invoice = invoices.draft(books, now, subscription, reason, its_lines)
    subscription["latest_invoice"] = invoice["id"]
    invoices.finalize(books, now, invoice)
    return invoice


def collect(books: Books, now: int, invoice: Object, method: Object | None = None) -> Decline | None:
    """Charge an open invoice, and let the subscription become what that makes of it."""
    subscription = of_invoice(books, invoice)
    refusal = invoices.collect(books, now, invoice, method or method_of(books, subscription))
    after_attempt(books, now, invoice)
    return refusal


def clear_debit(books: Books, invoice_id: str, *, succeeded: bool) -> None:
    """The bank's word on the debit that an invoice is paid by. Raises Problem when the bank is not asked."""
    invoice = books.get("invoice", invoice_id)
    now = books.now(invoice["customer"])
    intent = invoices.intent_of(books, invoice) if invoice["status"] == "open" else None
    if intent is None or intent["status"] != "processing":
        raise Problem("This invoice waits for no bank.")
    payments.clear_debit(books, now, intent, succeeded=succeeded)
    (invoices.settle if succeeded else invoices.failed)(books, now, invoice)
    after_attempt(books, now, invoice)


def after_attempt(books: Books, now: int, invoice: Object) -> None:
    """A paid latest invoice makes a subscription active, an open one past due, and in the end what the rules say."""
    subscription = of_invoice(books, invoice)
    if not is_alive(subscription):
        return
    if invoice["status"] == "paid":
        if subscription["latest_invoice"] == invoice["id"]:
            _apply_pending(books, now, subscription)
            change(books, now, subscription, status="active")
        return
    if invoices.intent_of(books, invoice)["status"] == "processing" or subscription["pending_update"]:
        return
    if invoice["next_payment_attempt"] or books.rules.when_all_failed == "past_due":
        change(books, now, subscription, status="past_due")
    elif books.rules.when_all_failed == "unpaid":
        change(books, now, subscription, status="unpaid")
    else:
        end(books, now, subscription, "payment_failed")


def end(books: Books, now: int, subscription: Object, reason: str) -> None:
    """It is over; what is open is not collected any more."""
    for invoice in books.all("invoice"):
        if invoice["status"] in ("draft", "open") and of_invoice(books, invoice) is subscription:
            invoice.update(auto_advance=False, next_payment_attempt=None, automatically_finalizes_at=None)
    books.pending_lines.pop(subscription["id"], None)
    subscription.update(
        status="canceled",
        ended_at=now,
        canceled_at=subscription["canceled_at"] or now,
        pending_update=None,
        cancellation_details=subscription["cancellation_details"]
        | {"reason": subscription["cancellation_details"]["reason"] or reason},
    )
    books.emit("customer.subscription.deleted", subscription, now)


def end_all(books: Books, customer: str, now: int) -> None:
    """End every subscription of a customer who is deleted."""
    for subscription in books.all("subscription", customer=customer):
        if is_alive(subscription):
            end(books, now, subscription, "cancellation_requested")


def change(books: Books, now: int, subscription: Object, **changes: object) -> None:
    books.change(subscription, "customer.subscription.updated", now, **changes)


def _apply_pending(books: Books, now: int, subscription: Object) -> None:
    """A change that waited for its payment happens."""
    pending = subscription["pending_update"]
    if pending is None:
        return
    items = _with_items(subscription, pending["subscription_items"])
    subscription["pending_update"] = None
    books.change(subscription, "customer.subscription.pending_update_applied", now, items=items)
    books.emit("customer.subscription.updated", subscription, now)


def _with_items(subscription: Object, items: list[Object]) -> Object:
    whole: Object = subscription["items"] | {"data": items, "total_count": len(items)}
    return whole


def _next_period(subscription: Object, item: Object, now: int) -> Object:
    recurring = item["price"]["recurring"]
    end_of_it = end_after(
        subscription["billing_cycle_anchor"], recurring["interval"], recurring["interval_count"], now
    )
    return item | {"current_period_start": now, "current_period_end": end_of_it, "billed_until": end_of_it}


def _item(subscription_id: str, bought: Object, start: int, end_of_it: int) -> Object:
    price = bought["price"]
    return {
        "id": new_id("si", 14),
        "object": "subscription_item",
        "billed_until": end_of_it,
        "billing_thresholds": None,
        "created": start,
        "current_period_end": end_of_it,
        "current_period_start": start,
        "discounts": [],
        "metadata": {},
        "plan": plan(price),
        "price": price,
        "quantity": bought["quantity"],
        "subscription": subscription_id,
        "tax_rates": [],
    }


def plan(price: Object) -> Object:
    """The older form of a recurring price, which items still carry."""
    return {
        "id": price["id"],
        "object": "plan",
        "active": price["active"],
        "amount": price["unit_amount"],
        "amount_decimal": price["unit_amount_decimal"],
        "billing_scheme": "per_unit",
        "created": price["created"],
        "currency": price["currency"],
        "interval": price["recurring"]["interval"],
        "interval_count": price["recurring"]["interval_count"],
        "livemode": False,
        "metadata": dict(price["metadata"]),
        "meter": None,
        "nickname": price["nickname"],
        "product": price["product"],
        "tiers_mode": None,
        "transform_usage": None,
        "trial_period_days": None,
        "usage_type": "licensed",
    }


def _cancellation(reason: str | None) -> Object:
    return {"comment": None, "feedback": None, "feedback_option": None, "reason": reason}
