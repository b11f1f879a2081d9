"""Invoices: a draft, then open, then paid, void or uncollectible; and the payments made for them."""

from tests.fakes.stripe import lines, payments
from tests.fakes.stripe.books import Books, Object, listed, new_id
from tests.fakes.stripe.cards import MISSING, Decline

DAY = 86400


def draft(
    books: Books, now: int, subscription: Object, reason: str, its_lines: list[Object], **more: object
) -> Object:
    """A new invoice of a subscription. `period_start` and `period_end` are, as at Stripe, those of the time that has
    passed; what is paid for stands in the lines' periods."""
    invoice = shape(books, now, subscription, reason, its_lines) | more
    books.add(invoice)
    books.emit("invoice.created", invoice, now)
    return invoice


def shape(books: Books, now: int, subscription: Object, reason: str, its_lines: list[Object]) -> Object:
    """An invoice's fields; a preview has them too."""
    customer = books.get("customer", subscription["customer"])
    invoice_id = new_id("in")
    for line in its_lines:
        line["invoice"] = invoice_id
    total = sum(line["amount"] for line in its_lines)
    details = {
        "metadata": dict(subscription["metadata"]),
        "subscription": subscription["id"],
        "subscription_proration_date": None,
    }
    return {
        "id": invoice_id,
        "object": "invoice",
        "account_country": "US",
        "account_name": "The fake of Stripe",
        "account_tax_ids": None,
        "amount_due": max(total, 0),
        "amount_overpaid": 0,
        "amount_paid": 0,
        "amount_remaining": max(total, 0),
        "amount_shipping": 0,
        "application": None,
        "attempt_count": 0,
        "attempted": False,
        "auto_advance": True,
        "automatic_tax": {
            "disabled_reason": None,
            "enabled": False,
            "liability": None,
            "provider": None,
            "status": None,
        },
        "automatically_finalizes_at": None,
        "billing_reason": reason,
        "collection_method": "charge_automatically",
        "created": now,
        "currency": subscription["currency"],
        "custom_fields": None,
        "customer": customer["id"],
        "customer_account": None,
        "customer_address": customer["address"],
        "customer_email": customer["email"],
        "customer_name": customer["name"],
        "customer_phone": customer["phone"],
        "customer_shipping": None,
        "customer_tax_exempt": "none",
        "customer_tax_ids": [],
        "default_payment_method": None,
        "default_source": None,
        "default_tax_rates": [],
        "description": None,
        "discounts": [],
        "due_date": None,
        "effective_at": None,
        "ending_balance": None,
        "footer": None,
        "from_invoice": None,
        "hosted_invoice_url": None,
        "invoice_pdf": None,
        "issuer": {"type": "self"},
        "last_finalization_error": None,
        "latest_revision": None,
        "lines": listed(its_lines, f"/v1/invoices/{invoice_id}/lines") | {"total_count": len(its_lines)},
        "livemode": False,
        "metadata": {},
        "next_payment_attempt": None,
        "number": None,
        "on_behalf_of": None,
        "parent": {"quote_details": None, "subscription_details": details, "type": "subscription_details"},
        "payment_settings": {
            "default_mandate": None,
            "payment_method_options": None,
            "payment_method_types": None,
        },
        "period_end": now,
        "period_start": now,
        "post_payment_credit_notes_amount": 0,
        "pre_payment_credit_notes_amount": 0,
        "receipt_number": None,
        "rendering": None,
        "shipping_cost": None,
        "shipping_details": None,
        "starting_balance": customer["balance"],
        "statement_descriptor": None,
        "status": "draft",
        "status_transitions": dict.fromkeys(
            ("finalized_at", "marked_uncollectible_at", "paid_at", "voided_at")
        ),
        "subtotal": total,
        "subtotal_excluding_tax": total,
        "test_clock": customer["test_clock"],
        "total": total,
        "total_discount_amounts": [],
        "total_excluding_tax": total,
        "total_pretax_credit_amounts": [],
        "total_taxes": [],
        "webhooks_delivered_at": now,
    }


def finalize(books: Books, now: int, invoice: Object) -> None:
    """Fix what is due, after the customer's balance (negative: credit), with a number. Nothing due is paid at once."""
    customer = books.get("customer", invoice["customer"])
    due, balance = lines.due(invoice["total"], customer["balance"])
    number = f"{customer['invoice_prefix']}-{customer['next_invoice_sequence']:04}"
    books.change(
        customer,
        "customer.updated",
        now,
        balance=balance,
        next_invoice_sequence=customer["next_invoice_sequence"] + 1,
        currency=invoice["currency"],
    )
    invoice.update(
        status="open",
        number=number,
        amount_due=due,
        amount_remaining=due,
        ending_balance=balance,
        automatically_finalizes_at=None,
        effective_at=now,
        hosted_invoice_url=f"{books.base_url}/i/{invoice['id']}",
        invoice_pdf=f"{books.base_url}/i/{invoice['id']}/pdf",
    )
    invoice["status_transitions"]["finalized_at"] = now
    books.emit("invoice.finalized", invoice, now)
    if due == 0:
        _paid(books, now, invoice)
        return
    intent = payments.intend(
        books,
        now,
        amount=due,
        currency=invoice["currency"],
        customer=invoice["customer"],
        description="Subscription creation"
        if invoice["billing_reason"] == "subscription_create"
        else "Subscription update",
        setup_future_usage="off_session",
    )
    books.add(_payment(now, invoice, intent))


def payment_of(books: Books, invoice: Object) -> Object | None:
    """The payment that stands for this invoice, unless nothing was due."""
    return next(iter(books.all("invoice_payment", invoice=invoice["id"])), None)


def intent_of(books: Books, invoice: Object) -> Object:
    payment = payment_of(books, invoice)
    assert payment, "an open invoice has a payment"
    return books.get("payment_intent", payment["payment"]["payment_intent"])


def collect(
    books: Books, now: int, invoice: Object, method: Object | None, *, first: bool = False
) -> Decline | None:
    """Charge an open invoice to `method`; the reason when that fails. A bank debit leaves it open for now."""
    intent = intent_of(books, invoice)
    refusal: Decline | None
    refusal = MISSING if method is None else payments.charge(books, now, intent, method, first=first)
    invoice.update(attempted=True, attempt_count=invoice["attempt_count"] + 1, next_payment_attempt=None)
    if refusal:
        failed(books, now, invoice)
    elif intent["status"] == "succeeded":
        settle(books, now, invoice)
    return refusal


def failed(books: Books, now: int, invoice: Object) -> None:
    """Tell of a failed attempt, and when the next one is."""
    tries, days = invoice["attempt_count"], books.rules.retry_days
    next_attempt = None
    if invoice["auto_advance"] and tries <= len(days):
        since = days[tries - 2] if tries > 1 else 0
        next_attempt = now + (days[tries - 1] - since) * DAY
    invoice["next_payment_attempt"] = next_attempt
    books.emit("invoice.payment_failed", invoice, now)


def settle(books: Books, now: int, invoice: Object) -> None:
    """The money for an open invoice is there."""
    payment = payment_of(books, invoice)
    assert payment, "an open invoice has a payment"
    payment.update(status="paid", amount_paid=invoice["amount_due"])
    payment["status_transitions"]["paid_at"] = now
    invoice.update(amount_paid=invoice["amount_due"], amount_remaining=0)
    _paid(books, now, invoice)
    books.emit("invoice_payment.paid", payment, now)


def void(books: Books, now: int, invoice: Object) -> None:
    """An open invoice that nobody has to pay any more."""
    invoice.update(status="void", next_payment_attempt=None, auto_advance=False)
    invoice["status_transitions"]["voided_at"] = now
    if payment := payment_of(books, invoice):
        payment["status"] = "canceled"
        payment["status_transitions"]["canceled_at"] = now
        payments.cancel(books, now, intent_of(books, invoice), "void_invoice")
    books.emit("invoice.voided", invoice, now)


def write_off(books: Books, now: int, invoice: Object) -> None:
    """An open invoice that nobody expects to be paid."""
    invoice.update(status="uncollectible", next_payment_attempt=None, auto_advance=False)
    invoice["status_transitions"]["marked_uncollectible_at"] = now
    books.emit("invoice.marked_uncollectible", invoice, now)


def _paid(books: Books, now: int, invoice: Object) -> None:
    invoice.update(status="paid", attempted=True, next_payment_attempt=None, auto_advance=False)
    invoice["status_transitions"]["paid_at"] = now
    books.emit("invoice.paid", invoice, now)
    books.emit("invoice.payment_succeeded", invoice, now)


def _payment(now: int, invoice: Object, intent: Object) -> Object:
    return {
        "id": new_id("inpay"),
        "object": "invoice_payment",
        "amount_paid": None,
        "amount_requested": invoice["amount_due"],
        "created": now,
        "currency": invoice["currency"],
        "invoice": invoice["id"],
        "is_default": True,
        "livemode": False,
        "payment": {"payment_intent": intent["id"], "type": "payment_intent"},
        "status": "open",
        "status_transitions": {"canceled_at": None, "paid_at": None},
    }
