"""What a checkout is to sell, and whether Stripe would."""

from urllib.parse import urlsplit

from tests.fakes.stripe.books import Books, Object
from tests.fakes.stripe.parameters import Parameters
from tests.fakes.stripe.problems import invalid

SHORTEST, LONGEST = 30 * 60, 24 * 3600


def bought(books: Books, asked: Parameters) -> list[Object]:
    """Prices with quantities. Raises Problem."""
    found = []
    for number, item in enumerate(asked.get("line_items", [])):
        param = f"line_items[{number}]"
        if "price" not in item:
            raise invalid(f"Missing required param: {param}[price].", f"{param}[price]", "parameter_missing")
        if item.get("adjustable_quantity", {}).get("enabled"):
            raise invalid("The fake of Stripe sells fixed quantities only.", param, "fake_limit")
        price = books.get("price", item["price"], f"{param}[price]")
        if not price["active"]:
            raise invalid(
                "The price specified is inactive. This field only accepts active prices.", f"{param}[price]"
            )
        if item.get("quantity", 1) < 1:
            raise invalid("This value must be greater than or equal to 1.", f"{param}[quantity]")
        found.append({"price": price, "quantity": item.get("quantity", 1)})
    return found


def check(books: Books, asked: Parameters, bought: list[Object], now: int) -> None:
    """What Stripe refuses in a session. Raises Problem."""
    mode = asked.get("mode")
    if mode not in ("payment", "subscription"):
        raise invalid("You must pass a `mode`: `payment` or `subscription`.", "mode", "parameter_missing")
    if "success_url" not in asked:
        raise invalid("Missing required param: success_url.", "success_url", "parameter_missing")
    for name in ("success_url", "cancel_url"):
        if urlsplit(asked.get(name, "https://")).scheme not in ("http", "https"):
            raise invalid("Not a valid URL", name, "url_invalid")
    if not bought:
        raise invalid("Missing required param: line_items.", "line_items", "parameter_missing")
    if asked.get("ui_mode", "hosted_page") != "hosted_page":
        raise invalid("The fake of Stripe has hosted pages only.", "ui_mode", "fake_limit")
    if "customer" in asked:
        books.get("customer", asked["customer"], "customer")
        if "customer_email" in asked or "customer_creation" in asked:
            words = (
                "You may only specify one of these parameters: customer, customer_email, customer_creation."
            )
            raise invalid(words, "customer")
    if len(asked.get("client_reference_id", "")) > 200:
        raise invalid("Invalid string: must be at most 200 characters", "client_reference_id")
    if not now + SHORTEST <= asked.get("expires_at", now + LONGEST) <= now + LONGEST:
        words = "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation."
        raise invalid(words, "expires_at")
    _check_mode(mode, asked, bought)


def _check_mode(mode: str, asked: Parameters, bought: list[Object]) -> None:
    wrong = {"payment": ["subscription_data"], "subscription": ["payment_intent_data", "customer_creation"]}[
        mode
    ]
    for name in wrong:
        if name in asked:
            raise invalid(f"You can not pass `{name}` in `{mode}` mode.", name)
    recurring = [one["price"]["recurring"] for one in bought]
    if mode == "payment" and any(recurring):
        words = (
            "You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use "
            "only one-time prices."
        )
        raise invalid(words, "mode")
    if mode == "subscription" and any(recurring) and not all(recurring):
        raise invalid("The fake of Stripe sells a plan alone.", "line_items", "fake_limit")
    if mode == "subscription" and not any(recurring):
        words = "You must provide at least one recurring price in `subscription` mode when using prices."
        raise invalid(words, "mode")
    if len({one["price"]["currency"] for one in bought}) > 1:
        raise invalid("All line items must have the same currency.", "line_items")
