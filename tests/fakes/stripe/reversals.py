"""Money that goes back: refunds and disputes."""

from tests.fakes.stripe.books import Books, Object, new_id
from tests.fakes.stripe.parameters import Parameters, merged
from tests.fakes.stripe.problems import Problem, invalid

EVIDENCE_SECONDS = 7 * 86400
DISPUTE_FEE = 1500
_WORDS = {"winning_evidence": True, "losing_evidence": False}


def create_refund(books: Books, asked: Parameters) -> Object:
    """By payment intent or charge; of all that is left when no amount is given. Raises Problem."""
    charge = _charge(books, asked)
    now = books.now(charge["customer"])
    left = charge["amount"] - charge["amount_refunded"]
    if charge["disputed"]:
        words = f"Charge {charge['id']} has been charged back; cannot issue a refund."
        raise Problem(words, code="charge_disputed")
    if left == 0:
        raise Problem(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    amount = asked.get("amount", left)
    if amount < 1:
        raise invalid("Invalid positive integer", "amount", "parameter_invalid_integer")
    if amount > left:
        words = f"Refund amount (${amount / 100:.2f}) is greater than unrefunded amount on charge (${left / 100:.2f})"
        raise invalid(words, "amount")
    refund = books.add(_refund(now, charge, amount, asked))
    books.emit("refund.created", refund, now)
    refunded = charge["amount_refunded"] + amount
    books.change(
        charge, "charge.refunded", now, amount_refunded=refunded, refunded=refunded == charge["amount"]
    )
    card = refund["destination_details"]["card"]
    details = {
        "card": card | {"reference": new_id("ref", 12)[4:], "reference_status": "available"},
        "type": "card",
    }
    books.change(refund, "refund.updated", now, destination_details=details)
    return refund


def open_dispute(books: Books, charge: Object) -> Object:
    """The cardholder's bank takes the money back for now. Raises Problem."""
    if not charge["paid"] or charge["disputed"]:
        raise Problem("Only a charge that was paid, and is not disputed yet, can be disputed.")
    now = books.now(charge["customer"])
    dispute = books.add(_dispute(now, charge))
    books.change(charge, "charge.updated", now, disputed=True)
    books.emit("charge.dispute.created", dispute, now)
    books.emit("charge.dispute.funds_withdrawn", dispute, now)
    return dispute


def update_dispute(books: Books, dispute_id: str, asked: Parameters) -> Object:
    """Send evidence. As in Stripe's own tests, the words `winning_evidence` and `losing_evidence` decide."""
    dispute = _open(books, dispute_id)
    now = _now(books, dispute)
    evidence = dispute["evidence"] | asked.get("evidence", {})
    details = dispute["evidence_details"] | {"has_evidence": any(asked.get("evidence", {}).values())}
    changes: Object = {
        "evidence": evidence,
        "metadata": merged(dispute["metadata"], asked.get("metadata", {})),
    }
    is_sent = asked.get("submit", True) and "evidence" in asked
    if is_sent:
        details |= {"submission_count": details["submission_count"] + 1, "submission_method": "manual"}
        changes["status"] = "under_review"
    books.change(dispute, "charge.dispute.updated", now, **changes, evidence_details=details)
    if is_sent and evidence["uncategorized_text"] in _WORDS:
        close_dispute(books, dispute_id, won=_WORDS[evidence["uncategorized_text"]])
    return dispute


def close_dispute(books: Books, dispute_id: str, *, won: bool) -> Object:
    """The bank's decision; or, by the API, giving in. Raises Problem."""
    dispute = _open(books, dispute_id)
    now = _now(books, dispute)
    dispute.update(status="won" if won else "lost", is_charge_refundable=False)
    if won:
        dispute["balance_transactions"].append(_transaction(now, dispute["currency"], dispute["amount"], 0))
        books.emit("charge.dispute.funds_reinstated", dispute, now)
    books.emit("charge.dispute.closed", dispute, now)
    return dispute


def _open(books: Books, dispute_id: str) -> Object:
    dispute = books.get("dispute", dispute_id)
    if dispute["status"] in ("won", "lost"):
        raise Problem("This dispute is already closed", code="dispute_already_closed")
    return dispute


def _now(books: Books, dispute: Object) -> int:
    return books.now(books.get("charge", dispute["charge"])["customer"])


def _charge(books: Books, asked: Parameters) -> Object:
    if "charge" in asked:
        charge = books.get("charge", asked["charge"], "charge")
    elif "payment_intent" in asked:
        intent = books.get("payment_intent", asked["payment_intent"], "payment_intent")
        if intent["status"] != "succeeded":
            words = f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund."
            raise invalid(words, "payment_intent", "payment_intent_unexpected_state")
        charge = books.get("charge", intent["latest_charge"])
    else:
        words = "One of the following params should be provided for this request: payment_intent or charge."
        raise invalid(words, "charge")
    if not charge["paid"]:
        raise Problem(
            f"Charge {charge['id']} was not paid; there is nothing to refund.", code="charge_not_refundable"
        )
    return charge


def _refund(now: int, charge: Object, amount: int, asked: Parameters) -> Object:
    return {
        "id": new_id("re"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": new_id("txn"),
        "charge": charge["id"],
        "created": now,
        "currency": charge["currency"],
        "destination_details": {
            "card": {
                "reference_status": "pending",
                "reference_type": "acquirer_reference_number",
                "type": "refund",
            },
            "type": "card",
        },
        "metadata": merged({}, asked.get("metadata", {})),
        "payment_intent": charge["payment_intent"],
        "reason": asked.get("reason"),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
    }


def _dispute(now: int, charge: Object) -> Object:
    card = {"brand": "visa", "case_type": "chargeback", "network": "visa", "network_reason_code": "10.4"}
    unknown = (
        "access_activity_log billing_address cancellation_policy cancellation_policy_disclosure cancellation_rebuttal "
        "customer_communication customer_name customer_purchase_ip customer_signature product_description receipt "
        "duplicate_charge_documentation duplicate_charge_explanation duplicate_charge_id refund_policy "
        "refund_policy_disclosure refund_refusal_explanation service_date service_documentation shipping_address "
        "shipping_carrier shipping_date shipping_documentation shipping_tracking_number uncategorized_file "
        "uncategorized_text"
    )
    return {
        "id": new_id("du"),
        "object": "dispute",
        "amount": charge["amount"] - charge["amount_refunded"],
        "balance_transactions": [
            _transaction(now, charge["currency"], charge["amount_refunded"] - charge["amount"], DISPUTE_FEE)
        ],
        "charge": charge["id"],
        "created": now,
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": dict.fromkeys(unknown.split())
        | {"customer_email_address": charge["billing_details"]["email"], "enhanced_evidence": {}},
        "evidence_details": {
            "due_by": now + EVIDENCE_SECONDS,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
            "submission_method": "not_submitted",
        },
        "is_charge_refundable": False,
        "livemode": False,
        "metadata": {},
        "network_reason_code": "10.4",
        "payment_intent": charge["payment_intent"],
        "payment_method_details": {"card": card, "type": "card"},
        "reason": "fraudulent",
        "status": "needs_response",
    }


def _transaction(now: int, currency: str, amount: int, fee: int) -> Object:
    return {
        "id": new_id("txn"),
        "object": "balance_transaction",
        "amount": amount,
        "created": now,
        "currency": currency,
        "fee": fee,
        "net": amount - fee,
        "reporting_category": "dispute" if amount < 0 else "dispute_reversal",
        "status": "available",
        "type": "adjustment",
    }
