"""The lines of invoices, and sums over them. Amounts are in cents."""

from datetime import UTC, datetime

from tests.fakes.stripe.books import Books, Object, new_id
from tests.fakes.stripe.proration import proration


def whole_period(books: Books, item: Object, start: int, end: int) -> Object:
    """A period of a subscription's item at its price."""
    price = item["price"]
    name = books.get("product", price["product"])["name"]
    each = f"{price['unit_amount'] / 100:.2f} {price['currency'].upper()}"
    words = f"{item['quantity']} x {name} (at {each} / {price['recurring']['interval']})"
    return _line(
        item, price, price["unit_amount"] * item["quantity"], (start, end), words, is_proration=False
    )


def of_change(books: Books, item: Object, new_price: Object, quantity: int, now: int) -> list[Object]:
    """What the rest of the item's period gives back at its old price and costs at the new one."""
    start, end = item["current_period_start"], item["current_period_end"]
    old_price = item["price"]
    shares = proration(
        old_price["unit_amount"] * item["quantity"], new_price["unit_amount"] * quantity, start, end, now
    )
    day = datetime.fromtimestamp(now, UTC).strftime("%d %b %Y")
    old_name = books.get("product", old_price["product"])["name"]
    new_name = books.get("product", new_price["product"])["name"]
    return [
        _line(item, old_price, shares.unused, (now, end), f"Unused time on {old_name} after {day}"),
        _line(
            item,
            new_price,
            shares.remaining,
            (now, end),
            f"Remaining time on {new_name} after {day}",
            quantity,
        ),
    ]


def unused(books: Books, item: Object, now: int) -> Object:
    """What the rest of the item's period gives back."""
    return of_change(books, item, item["price"], item["quantity"], now)[0]


def due(total: int, balance: int) -> tuple[int, int]:
    """What is to be paid of a total, and the customer's balance afterwards; a negative balance is credit."""
    wanted = total + balance
    return max(wanted, 0), min(wanted, 0)


def _line(
    item: Object,
    price: Object,
    amount: int,
    period: tuple[int, int],
    words: str,
    quantity: int | None = None,
    *,
    is_proration: bool = True,
) -> Object:
    details = {
        "invoice_item": new_id("ii") if is_proration else None,
        "proration": is_proration,
        "proration_details": {"credited_items": None},
        "subscription": item["subscription"],
        "subscription_item": item["id"],
    }
    return {
        "id": new_id("il"),
        "object": "line_item",
        "amount": amount,
        "currency": price["currency"],
        "description": words,
        "discount_amounts": [],
        "discountable": not is_proration,
        "discounts": [],
        "invoice": None,
        "livemode": False,
        "metadata": dict(item["metadata"]),
        "parent": {
            "invoice_item_details": None,
            "subscription_item_details": details,
            "type": "subscription_item_details",
        },
        "period": {"start": period[0], "end": period[1]},
        "pretax_credit_amounts": [],
        "pricing": {
            "price_details": {"price": price["id"], "product": price["product"]},
            "type": "price_details",
            "unit_amount_decimal": price["unit_amount_decimal"],
        },
        "quantity": item["quantity"] if quantity is None else quantity,
        "quantity_decimal": str(item["quantity"] if quantity is None else quantity),
        "subtotal": amount,
        "taxes": [],
    }
