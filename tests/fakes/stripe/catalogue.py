"""Products and prices."""

from decimal import Decimal

from tests.fakes.stripe.books import Books, Object, new_id
from tests.fakes.stripe.parameters import Parameters, merged
from tests.fakes.stripe.problems import Problem, invalid

_CURRENCIES = {"usd", "eur", "gbp", "chf", "cad", "aud"}


def create_product(books: Books, asked: Parameters) -> Object:
    product_id = asked.get("id") or new_id("prod", 14)
    if product_id in books.tables["product"]:
        raise invalid("Product already exists.", "id", "resource_already_exists")
    now = books.now()
    product = books.add(
        {
            "id": product_id,
            "object": "product",
            "active": asked.get("active", True),
            "created": now,
            "default_price": None,
            "description": asked.get("description"),
            "images": asked.get("images", []),
            "livemode": False,
            "marketing_features": asked.get("marketing_features", []),
            "metadata": merged({}, asked.get("metadata", {})),
            "name": asked["name"],
            "package_dimensions": None,
            "shippable": None,
            "statement_descriptor": asked.get("statement_descriptor"),
            "tax_code": asked.get("tax_code"),
            "tax_details": None,
            "type": "service",
            "unit_label": asked.get("unit_label"),
            "updated": now,
            "url": asked.get("url"),
        }
    )
    books.emit("product.created", product, now)
    return product


def update_product(books: Books, product_id: str, asked: Parameters) -> Object:
    product = books.get("product", product_id)
    now = books.now()
    if asked.get("default_price"):
        books.get("price", asked["default_price"], "default_price")
    changes = asked | {"metadata": merged(product["metadata"], asked.get("metadata", {})), "updated": now}
    books.change(product, "product.updated", now, **{name: value or None for name, value in changes.items()})
    return product


def create_price(books: Books, asked: Parameters) -> Object:
    if asked["currency"] not in _CURRENCIES:
        raise invalid(f"Invalid currency: {asked['currency']}.", "currency")
    if "product" not in asked:
        raise invalid("Missing required param: product.", "product", "parameter_missing")
    books.get("product", asked["product"], "product")
    if "unit_amount" not in asked:
        raise invalid("Missing required param: unit_amount.", "unit_amount", "parameter_missing")
    if asked["unit_amount"] < 0:
        raise invalid("Invalid non-negative integer", "unit_amount", "parameter_invalid_integer")
    now = books.now()
    _claim_lookup_key(books, asked, now)
    price = books.add(
        {
            "id": new_id("price"),
            "object": "price",
            "active": asked.get("active", True),
            "billing_scheme": "per_unit",
            "created": now,
            "currency": asked["currency"],
            "custom_unit_amount": None,
            "livemode": False,
            "lookup_key": asked.get("lookup_key"),
            "metadata": merged({}, asked.get("metadata", {})),
            "nickname": asked.get("nickname"),
            "product": asked["product"],
            "recurring": _recurring(asked.get("recurring")),
            "tax_behavior": asked.get("tax_behavior", "unspecified"),
            "tiers_mode": None,
            "transform_quantity": None,
            "type": "recurring" if "recurring" in asked else "one_time",
            "unit_amount": asked["unit_amount"],
            "unit_amount_decimal": str(Decimal(asked["unit_amount"])),
        }
    )
    books.emit("price.created", price, now)
    return price


def update_price(books: Books, price_id: str, asked: Parameters) -> Object:
    price = books.get("price", price_id)
    now = books.now()
    _claim_lookup_key(books, asked, now, but=price_id)
    changes = {name: value for name, value in asked.items() if name != "transfer_lookup_key"}
    if "metadata" in asked:
        changes["metadata"] = merged(price["metadata"], asked["metadata"])
    books.change(price, "price.updated", now, **changes)
    return price


def products_with(books: Books, asked: Parameters) -> list[Object]:
    """The products that a list call filters."""
    return [one for one in books.all("product") if "ids" not in asked or one["id"] in asked["ids"]]


def prices_with(books: Books, asked: Parameters) -> list[Object]:
    """The prices that a list call filters."""
    found = books.all("price")
    if "lookup_keys" in asked:
        if len(asked["lookup_keys"]) > 10:
            raise invalid("You can pass at most 10 lookup keys.", "lookup_keys")
        found = [price for price in found if price["lookup_key"] in asked["lookup_keys"]]
    return found


def _claim_lookup_key(books: Books, asked: Parameters, now: int, but: str = "") -> None:
    """A lookup key is one price's; another's is only taken over when the call says so."""
    if not asked.get("lookup_key"):
        return
    for holder in books.all("price", lookup_key=asked["lookup_key"]):
        if holder["id"] == but:
            continue
        if not asked.get("transfer_lookup_key"):
            raise Problem(
                f"A price (`{holder['id']}`) already uses that lookup key.",
                code="resource_already_exists",
                param="lookup_key",
            )
        books.change(holder, "price.updated", now, lookup_key=None)


def _recurring(asked: Parameters | None) -> Object | None:
    if asked is None:
        return None
    return {
        "interval": asked["interval"],
        "interval_count": asked.get("interval_count", 1),
        "meter": None,
        "trial_period_days": None,
        "usage_type": asked.get("usage_type", "licensed"),
    }
