"""What calls change about subscriptions and their invoices."""

from tests.fakes.stripe import cards, invoices, lines, subscriptions
from tests.fakes.stripe.books import Books, Object, new_id
from tests.fakes.stripe.parameters import Parameters, merged
from tests.fakes.stripe.periods import end_after
from tests.fakes.stripe.problems import Problem, declined, invalid, missing

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
    _check_limits(details, {"items", "proration_behavior", "proration_date"}, "subscription_details")
    now = books.now(subscription["customer"])
    items, its_lines, is_new_cycle = planned(books, subscription, details, details.get("proration_date", now))
    is_at_once = is_new_cycle or details.get("proration_behavior") == "always_invoice"
    if not is_at_once:
        its_lines = (
            books.pending_lines.get(subscription["id"], []) + its_lines + _renewal(books, subscription, items)
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


def planned(
    books: Books, subscription: Object, asked: Parameters, now: int
) -> tuple[list[Object], list[Object], bool]:
    """The items after a change, the lines that it costs, and whether a new billing cycle begins with it."""
    items = {item["id"]: item for item in subscriptions.items_of(subscription)}
    its_lines: list[Object] = []
    is_new_cycle = False
    for number, wanted in enumerate(asked.get("items", [])):
        path = f"items[{number}]"
        _check_limits(wanted, {"id", "price", "quantity", "deleted", "metadata"}, path)
        old = _item(items, wanted, path)
        if wanted.get("deleted"):
            if old:
                its_lines.append(lines.unused(books, old, now))
                del items[old["id"]]
            continue
        price = _price(books, subscription, wanted, old, f"{path}[price]")
        quantity = wanted.get("quantity", old["quantity"] if old else 1)
        if old is None:
            made = _new_item(subscription, price, quantity, now)
            items[made["id"]] = made
            its_lines.append(lines.of_change(books, made, price, quantity, now)[1])
            continue
        changed = old | {"price": price, "plan": subscriptions.plan(price), "quantity": quantity}
        changed["metadata"] = merged(old["metadata"], wanted.get("metadata", {}))
        if _cycle(price) != _cycle(old["price"]):
            is_new_cycle = True
            end = end_after(now, *_cycle(price), now)
            changed |= {"current_period_start": now, "current_period_end": end, "billed_until": end}
            its_lines += [lines.unused(books, old, now), lines.whole_period(books, changed, now, end)]
        elif (price["id"], quantity) != (old["price"]["id"], old["quantity"]):
            its_lines += lines.of_change(books, old, price, quantity, now)
        items[old["id"]] = changed
    if not items:
        raise invalid("A subscription must have at least one active plan.", "items")
    if asked.get("proration_behavior") == "none":
        its_lines = [line for line in its_lines if not _is_proration(line)]
    return list(items.values()), its_lines, is_new_cycle


def pay(books: Books, invoice_id: str, asked: Parameters) -> Object:
    """Charge an invoice now. Raises Problem, of status 402 when the card is refused."""
    invoice = books.get("invoice", invoice_id)
    now = books.now(invoice["customer"])
    if invoice["status"] == "draft":
        invoices.finalize(books, now, invoice)
    if invoice["status"] == "paid":
        if invoice["amount_due"] == 0 and invoice["created"] == now:
            return invoice
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
    items, its_lines, is_new_cycle = planned(books, subscription, asked, at)
    changes["items"] = subscription["items"] | {"data": items, "total_count": len(items)}
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
    if behavior != "allow_incomplete" and _would_fail(books, subscription, its_lines):
        if behavior == "error_if_incomplete":
            raise Problem("Your card was declined.", status=402, kind="card_error", code="card_declined")
        changes = {"pending_update": _pending(now, items)}
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


def _would_fail(books: Books, subscription: Object, its_lines: list[Object]) -> bool:
    balance = books.get("customer", subscription["customer"])["balance"]
    due, _ = lines.due(sum(line["amount"] for line in its_lines), balance)
    method = subscriptions.method_of(books, subscription)
    return due > 0 and (
        method is None or cards.decline(books.card_numbers[method["id"]], first=False) is not None
    )


def _pending(now: int, items: list[Object]) -> Object:
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
        "subscription_items": items,
        "trial_from_plan": None,
    }


def _renewal(books: Books, subscription: Object, items: list[Object]) -> list[Object]:
    found = []
    for item in items:
        start = item["current_period_end"]
        end = end_after(subscription["billing_cycle_anchor"], *_cycle(item["price"]), start)
        found.append(lines.whole_period(books, item, start, end))
    return found


def _item(items: dict[str, Object], wanted: Parameters, path: str) -> Object | None:
    """The item that is meant; None when the call adds one."""
    if "id" not in wanted:
        return None
    if wanted["id"] not in items:
        raise missing("subscription_item", wanted["id"], f"{path}[id]")
    return items[wanted["id"]]


def _new_item(subscription: Object, price: Object, quantity: int, now: int) -> Object:
    like = subscriptions.items_of(subscription)[0]
    if price["id"] in {item["price"]["id"] for item in subscriptions.items_of(subscription)}:
        raise invalid("Cannot add multiple subscription items with the same plan.", "items")
    fresh = {"id": new_id("si", 14), "created": now, "metadata": {}}
    return like | fresh | {"price": price, "plan": subscriptions.plan(price), "quantity": quantity}


def _price(books: Books, subscription: Object, wanted: Parameters, old: Object | None, param: str) -> Object:
    if "price" not in wanted:
        if old is None:
            raise invalid(f"Missing required param: {param}.", param, "parameter_missing")
        kept: Object = old["price"]
        return kept
    price = books.get("price", wanted["price"], param)
    if price["recurring"] is None:
        raise invalid(
            "The price specified is set to `type=one_time` but this field only accepts prices with `type=recurring`.",
            param,
        )
    if price["currency"] != subscription["currency"]:
        raise invalid("The price specified has another currency than the subscription.", param)
    if not price["active"] and (old is None or price["id"] != old["price"]["id"]):
        raise invalid("The price specified is inactive. This field only accepts active prices.", param)
    return price


def _check_limits(asked: Parameters, known: set[str], path: str) -> None:
    for name in asked.keys() - known:
        raise invalid(
            f"The fake of Stripe does not know what to do with {path}[{name}].",
            f"{path}[{name}]",
            "fake_limit",
        )


def _cycle(price: Object) -> tuple[str, int]:
    return price["recurring"]["interval"], price["recurring"]["interval_count"]


def _is_proration(line: Object) -> bool:
    return bool(line["parent"]["subscription_item_details"]["proration"])
