"""What calls change about subscriptions and their invoices."""

from tests.fakes.stripe import cards, invoices, items, lines, subscriptions
from tests.fakes.stripe.books import Books, Object
from tests.fakes.stripe.parameters import Parameters, merged
from tests.fakes.stripe.problems import Problem, declined, invalid, missing, refused

PENDING_SECONDS = 23 * 3600
_ALIVE_FIELDS = {"cancellation_details", "metadata"}


def update(books: Books, subscription_id: str, asked: Parameters) -> Object:
    """Change a subscription; a change of its items is paid for as `proration_behavior` says. Raises Problem."""
    subscription = books.get("subscription", subscription_id)
    if not subscriptions.is_alive(subscription) and asked.keys() - _ALIVE_FIELDS - {"expand"}:
        raise Problem("A canceled subscription can only update its cancellation_details and metadata.")
    now = books.now(subscription["customer"])
    changes = _plain_changes(books, now, subscription, asked)
    if "items" in asked:
        _change_items(books, now, subscription, asked, changes)
    else:
        subscriptions.change(books, now, subscription, **changes)
    return subscription


def cancel(books: Books, subscription_id: str, asked: Parameters) -> Object:
    """End a subscription at once."""
    subscription = books.get("subscription", subscription_id)
    if not subscriptions.is_alive(subscription):
        raise missing("subscription", subscription_id)
    if asked.get("prorate") or asked.get("invoice_now"):
        raise invalid(
            "The fake of Stripe gives nothing back when a plan ends at once.", "prorate", "fake_limit"
        )
    subscription["cancellation_details"] |= _said(asked)
    subscriptions.end(books, books.now(subscription["customer"]), subscription, "cancellation_requested")
    return subscription


def preview(books: Books, asked: Parameters) -> Object:
    """The invoice that would come: of a change of items, or of the next renewal."""
    if "subscription" not in asked:
        raise invalid("The fake of Stripe previews subscriptions only.", "subscription", "fake_limit")
    subscription = books.get("subscription", asked["subscription"], "subscription")
    if not subscriptions.is_alive(subscription):
        raise Problem("No upcoming invoices for this subscription.", status=404, code="invoice_upcoming_none")
    details = asked.get("subscription_details", {})
    now = books.now(subscription["customer"])
    planned, its_lines, is_new_cycle = items.planned(
        books, subscription, details, details.get("proration_date", now)
    )
    is_at_once = is_new_cycle or details.get("proration_behavior") == "always_invoice"
    if not is_at_once:
        its_lines = (
            books.pending_lines.get(subscription["id"], [])
            + its_lines
            + items.renewal(books, subscription, planned)
        )
    reason = "subscription_update" if is_at_once else "upcoming"
    invoice = invoices.shape(books, now, subscription, reason, [dict(line) for line in its_lines])
    due, balance = lines.due(invoice["total"], invoice["starting_balance"])
    changed = {
        "id": f"upcoming_{invoice['id']}",
        "amount_due": due,
        "amount_remaining": due,
        "ending_balance": balance,
    }
    if not is_at_once:
        end = subscriptions.period_end(subscription)
        changed |= {
            "next_payment_attempt": end + books.rules.draft_seconds,
            "created": end,
            "period_end": end,
        }
        changed["period_start"] = subscriptions.items_of(subscription)[0]["current_period_start"]
    return invoice | changed


def pay(books: Books, invoice_id: str, asked: Parameters) -> Object:
    """Charge an invoice now. Raises Problem, of status 402 when the card is refused."""
    invoice = books.get("invoice", invoice_id)
    now = books.now(invoice["customer"])
    if invoice["status"] == "draft":
        invoices.finalize(books, now, invoice)
        if invoice["status"] == "paid":
            return invoice
    if invoice["status"] == "paid":
        raise Problem("Invoice is already paid", code="invoice_already_paid")
    if invoice["status"] not in ("open", "uncollectible"):
        raise Problem(
            f"This invoice is {invoice['status']} and can no longer be paid.", code="invoice_not_editable"
        )
    method = None
    if "payment_method" in asked:
        method = cards.of_customer(books, now, asked["payment_method"], invoice["customer"], "payment_method")
    if refusal := subscriptions.collect(books, now, invoice, method):
        intent = invoices.intent_of(books, invoice)
        if intent["last_payment_error"] is None:
            raise Problem(refusal.message, code="missing")
        raise declined(refusal.decline_code, intent)
    return invoice


def void(books: Books, invoice_id: str) -> Object:
    invoice = books.get("invoice", invoice_id)
    if invoice["status"] not in ("open", "uncollectible"):
        raise Problem(
            f"You can only void open invoices; this one is {invoice['status']}.", code="invoice_not_editable"
        )
    invoices.void(books, books.now(invoice["customer"]), invoice)
    return invoice


def subscriptions_with(books: Books, asked: Parameters) -> list[Object]:
    """The subscriptions that a list call filters; those that are over only when they are asked for."""
    status = asked.get("status", "")
    found = books.all("subscription")
    if "price" in asked:
        found = [
            one
            for one in found
            if asked["price"] in {item["price"]["id"] for item in subscriptions.items_of(one)}
        ]
    if status == "all":
        return found
    if status in ("", "ended"):
        return [one for one in found if subscriptions.is_alive(one) == (status == "")]
    return [one for one in found if one["status"] == status]


def invoices_with(books: Books, asked: Parameters) -> list[Object]:
    found = books.all("invoice")
    if "subscription" not in asked:
        return found
    wanted = asked["subscription"]
    return [one for one in found if one["parent"]["subscription_details"]["subscription"] == wanted]


def invoice_payments_with(books: Books, asked: Parameters) -> list[Object]:
    intent = asked.get("payment", {}).get("payment_intent")
    found = books.all("invoice_payment")
    return [one for one in found if intent in (None, one["payment"]["payment_intent"])]


def schedule_end(
    books: Books, now: int, subscription: Object, at: int | None, *, by_flag: bool, said: Object | None = None
) -> Object:
    """The changes that have a subscription end at a time, or not (None). `by_flag`: as at the end of its period, which
    also sets `cancel_at_period_end`; the portal and `cancel_at` set the time only."""
    reason = "cancellation_requested" if at else None
    return {
        "cancel_at": at,
        "cancel_at_period_end": by_flag and at is not None,
        "canceled_at": now if at else None,
        "cancellation_details": subscription["cancellation_details"] | {"reason": reason} | (said or {}),
    }


def _change_items(books: Books, now: int, subscription: Object, asked: Parameters, changes: Object) -> None:
    """Change the items, and pay for it at once, with the next invoice, or not."""
    at = asked.get("proration_date", now)
    planned, its_lines, is_new_cycle = items.planned(books, subscription, asked, at)
    changes["items"] = subscription["items"] | {"data": planned, "total_count": len(planned)}
    if is_new_cycle:
        changes["billing_cycle_anchor"] = at
    is_at_once = is_new_cycle or asked.get("proration_behavior") == "always_invoice"
    if not its_lines or not is_at_once:
        books.pending_lines.setdefault(subscription["id"], []).extend(its_lines)
        subscriptions.change(books, now, subscription, **changes)
        return
    behavior = asked.get("payment_behavior", "allow_incomplete")
    if behavior == "default_incomplete":
        raise invalid(
            "The fake of Stripe does not wait for a confirmation.", "payment_behavior", "fake_limit"
        )
    if behavior != "allow_incomplete" and (refusal := _refusal(books, subscription, its_lines)):
        if behavior == "error_if_incomplete":
            raise refused(refusal)
        changes = {"pending_update": _pending(now, planned)}
    invoice = invoices.draft(books, now, subscription, "subscription_update", its_lines)
    invoices.finalize(books, now, invoice)
    subscriptions.change(books, now, subscription, latest_invoice=invoice["id"], **changes)
    if invoice["status"] == "open":
        subscriptions.collect(books, now, invoice)


def _plain_changes(books: Books, now: int, subscription: Object, asked: Parameters) -> Object:
    changes: Object = {}
    if "metadata" in asked:
        changes["metadata"] = merged(subscription["metadata"], asked["metadata"])
    if "description" in asked:
        changes["description"] = asked["description"] or None
    if token := asked.get("default_payment_method"):
        method = cards.of_customer(books, now, token, subscription["customer"], "default_payment_method")
        changes["default_payment_method"] = method["id"]
    if "pause_collection" in asked:
        pause = asked["pause_collection"]
        changes["pause_collection"] = (
            {"behavior": pause["behavior"], "resumes_at": pause.get("resumes_at")} if pause else None
        )
    if "cancel_at_period_end" in asked and "cancel_at" in asked:
        raise invalid(
            "You may only specify one of these parameters: cancel_at, cancel_at_period_end.", "cancel_at"
        )
    end = subscriptions.period_end(subscription)
    if "cancel_at_period_end" in asked:
        at = end if asked["cancel_at_period_end"] else None
        changes |= schedule_end(books, now, subscription, at, by_flag=True, said=_said(asked))
    elif "cancel_at" in asked:
        wanted = asked["cancel_at"] or None
        if isinstance(wanted, int) and wanted <= now:
            raise invalid("`cancel_at` must be in the future.", "cancel_at")
        at = end if isinstance(wanted, str) else wanted
        changes |= schedule_end(books, now, subscription, at, by_flag=False, said=_said(asked))
    elif "cancellation_details" in asked:
        changes["cancellation_details"] = subscription["cancellation_details"] | _said(asked)
    return changes


def _said(asked: Parameters) -> Object:
    """What the customer said about leaving."""
    return {name: value or None for name, value in asked.get("cancellation_details", {}).items()}


def _refusal(books: Books, subscription: Object, its_lines: list[Object]) -> cards.Decline | None:
    """Why these lines could not be paid now."""
    balance = books.get("customer", subscription["customer"])["balance"]
    due, _ = lines.due(sum(line["amount"] for line in its_lines), balance)
    method = subscriptions.method_of(books, subscription)
    if due == 0:
        return None
    return cards.decline(books.card_numbers[method["id"]], first=False) if method else cards.MISSING


def _pending(now: int, planned: list[Object]) -> Object:
    unchanged = (
        "billing_cycle_anchor",
        "cancel_at_period_end",
        "discount",
        "discounts",
        "metadata",
        "trial_end",
    )
    return dict.fromkeys(unchanged) | {
        "expires_at": now + PENDING_SECONDS,
        "subscription_items": planned,
        "trial_from_plan": None,
    }
