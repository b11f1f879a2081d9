"""Payment intents and their charges."""

from typing import Any

from tests.fakes.stripe.books import Books, Object, new_id
from tests.fakes.stripe.cards import BANK, Decline, billing_details, decline


def intend(
    books: Books, now: int, *, amount: int, currency: str, customer: str | None, **more: Any
) -> Object:
    """A payment that somebody means to make; `more` are fields that differ from the usual."""
    intent_id = new_id("pi")
    intent = books.add(
        {
            "id": intent_id,
            "object": "payment_intent",
            "amount": amount,
            "amount_capturable": 0,
            "amount_details": {"tip": {}},
            "amount_received": 0,
            "application": None,
            "application_fee_amount": None,
            "automatic_payment_methods": None,
            "canceled_at": None,
            "cancellation_reason": None,
            "capture_method": "automatic_async",
            "client_secret": new_id(f"{intent_id}_secret"),
            "confirmation_method": "automatic",
            "created": now,
            "currency": currency,
            "customer": customer,
            "customer_account": None,
            "description": None,
            "last_payment_error": None,
            "latest_charge": None,
            "livemode": False,
            "metadata": {},
            "next_action": None,
            "on_behalf_of": None,
            "payment_method": None,
            "payment_method_options": {},
            "payment_method_types": ["card", "us_bank_account"],
            "processing": None,
            "receipt_email": None,
            "review": None,
            "setup_future_usage": None,
            "shipping": None,
            "source": None,
            "statement_descriptor": None,
            "statement_descriptor_suffix": None,
            "status": "requires_payment_method",
            "transfer_data": None,
            "transfer_group": None,
        }
        | more
    )
    books.emit("payment_intent.created", intent, now)
    return intent


def charge(books: Books, now: int, intent: Object, method: Object, *, first: bool = False) -> Decline | None:
    """Try to take the money; the reason when the bank refuses. A bank debit is pending afterwards."""
    refusal = decline(books.card_numbers[method["id"]], first=first)
    is_debit = books.card_numbers[method["id"]] == BANK
    status = "failed" if refusal else "pending" if is_debit else "succeeded"
    made = books.add(_charge(books, now, intent, method, status, refusal))
    changes = {"payment_method": method["id"], "latest_charge": made["id"]}
    if refusal:
        books.emit("charge.failed", made, now)
        intent.update(changes | _failure(refusal, made, method))
        books.emit("payment_intent.payment_failed", intent, now)
    elif is_debit:
        books.emit("charge.pending", made, now)
        intent.update(changes | {"status": "processing", "last_payment_error": None})
        books.emit("payment_intent.processing", intent, now)
    else:
        books.emit("charge.succeeded", made, now)
        intent.update(changes)
        _succeed(books, now, intent)
    return refusal


def clear_debit(books: Books, now: int, intent: Object, *, succeeded: bool) -> None:
    """What the bank says to a debit, days later."""
    made = books.get("charge", intent["latest_charge"])
    if succeeded:
        made.update(status="succeeded", paid=True, captured=True, amount_captured=made["amount"])
        books.emit("charge.succeeded", made, now)
        _succeed(books, now, intent)
        return
    refusal = Decline("debit_not_authorized", "", "The bank account has insufficient funds.")
    made.update(status="failed", failure_code=refusal.code, failure_message=refusal.message)
    books.emit("charge.failed", made, now)
    method = books.get("payment_method", intent["payment_method"])
    intent.update(_failure(refusal, made, method))
    books.emit("payment_intent.payment_failed", intent, now)


def cancel(books: Books, now: int, intent: Object, reason: str) -> None:
    if intent["status"] not in ("succeeded", "canceled"):
        intent.update(status="canceled", canceled_at=now, cancellation_reason=reason)
        books.emit("payment_intent.canceled", intent, now)


def _succeed(books: Books, now: int, intent: Object) -> None:
    intent.update(
        status="succeeded",
        amount_received=intent["amount"],
        last_payment_error=None,
    )
    books.emit("payment_intent.succeeded", intent, now)


def _failure(refusal: Decline, made: Object, method: Object) -> Object:
    """The changes of an intent whose charge was refused."""
    failure = {
        "charge": made["id"],
        "code": refusal.code,
        "decline_code": refusal.decline_code or None,
        "message": refusal.message,
        "payment_method": method,
        "type": "card_error",
    }
    return {"status": "requires_payment_method", "payment_method": None, "last_payment_error": failure}


def _charge(
    books: Books, now: int, intent: Object, method: Object, status: str, refusal: Decline | None
) -> Object:
    charge_id = new_id("ch")
    is_paid = status == "succeeded"
    outcome = {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": "declined_by_network" if refusal else "approved_by_network",
        "reason": refusal.decline_code if refusal else None,
        "risk_level": "normal",
        "risk_score": 12,
        "seller_message": "The bank returned the decline code." if refusal else "Payment complete.",
        "type": "issuer_declined" if refusal else "authorized",
    }
    return {
        "id": charge_id,
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": intent["amount"] if is_paid else 0,
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": new_id("txn") if is_paid else None,
        "billing_details": method["billing_details"] or billing_details(None),
        "calculated_statement_descriptor": "FAKE",
        "captured": is_paid,
        "created": now,
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": refusal.code if refusal else None,
        "failure_message": refusal.message if refusal else None,
        "fraud_details": {},
        "livemode": False,
        "metadata": dict(intent["metadata"]),
        "on_behalf_of": None,
        "outcome": outcome,
        "paid": is_paid,
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": {method["type"]: method[method["type"]], "type": method["type"]},
        "radar_options": {},
        "receipt_email": intent["receipt_email"],
        "receipt_number": None,
        "receipt_url": f"{books.base_url}/receipts/{charge_id}",
        "refunded": False,
        "review": None,
        "shipping": None,
        "source_transfer": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": status,
        "transfer_data": None,
        "transfer_group": None,
    }
