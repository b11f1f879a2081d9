"""Customers, and the payment method that they pay with."""

from tests.fakes.stripe import cards, subscriptions
from tests.fakes.stripe.books import Books, Object, new_id
from tests.fakes.stripe.parameters import Parameters, merged


def create(books: Books, asked: Parameters) -> Object:
    if "test_clock" in asked:
        books.get("test_helpers.test_clock", asked["test_clock"], "test_clock")
    made = add(books, asked, books.now())
    if "payment_method" in asked:
        cards.of_customer(books, made["created"], asked["payment_method"], made["id"], "payment_method")
    _set_default(books, made, asked, made["created"])
    return made


def add(books: Books, asked: Parameters, now: int) -> Object:
    """A new customer, by a call or by a checkout."""
    if clock := books.tables["test_helpers.test_clock"].get(asked.get("test_clock", "")):
        now = clock["frozen_time"]
    settings = dict.fromkeys(("custom_fields", "default_payment_method", "footer", "rendering_options"))
    made = books.add(
        {
            "id": new_id("cus", 14),
            "object": "customer",
            "address": asked.get("address") or None,
            "balance": asked.get("balance", 0),
            "business_name": None,
            "created": now,
            "currency": None,
            "customer_account": None,
            "default_source": None,
            "delinquent": False,
            "description": asked.get("description"),
            "discount": None,
            "email": asked.get("email"),
            "individual_name": None,
            "invoice_prefix": new_id("x", 8)[2:].upper(),
            "invoice_settings": settings,
            "livemode": False,
            "metadata": merged({}, asked.get("metadata", {})),
            "name": asked.get("name"),
            "next_invoice_sequence": 1,
            "phone": asked.get("phone"),
            "preferred_locales": asked.get("preferred_locales", []),
            "shipping": None,
            "tax_exempt": "none",
            "test_clock": asked.get("test_clock"),
        }
    )
    books.emit("customer.created", made, now)
    return made


def retrieve(books: Books, customer_id: str) -> Object:
    """One that was deleted is still found, as a stub that says so."""
    stub = books.tables["customer"].get(customer_id)
    return stub or books.get("customer", customer_id)


def update(books: Books, customer_id: str, asked: Parameters) -> Object:
    customer = books.get("customer", customer_id)
    now = books.now(customer_id)
    _set_default(books, customer, asked, now)
    changes = {name: value or None for name, value in asked.items() if name != "invoice_settings"}
    if "metadata" in asked:
        changes["metadata"] = merged(customer["metadata"], asked["metadata"])
    if "balance" in asked:
        changes["balance"] = asked["balance"]
    books.change(customer, "customer.updated", now, **changes)
    return customer


def delete(books: Books, customer_id: str) -> Object:
    """What is left is a stub that says so; the customer's subscriptions end at once."""
    customer = books.get("customer", customer_id)
    now = books.now(customer_id)
    subscriptions.end_all(books, customer_id, now)
    books.emit("customer.deleted", customer, now)
    stub = {"id": customer_id, "object": "customer", "deleted": True}
    customer.clear()
    customer.update(stub)
    return customer


def pay_with(books: Books, customer_id: str, payment_method: str, now: int) -> None:
    """Make this what the customer's invoices are paid with."""
    customer = books.get("customer", customer_id)
    settings = customer["invoice_settings"] | {"default_payment_method": payment_method}
    books.change(customer, "customer.updated", now, invoice_settings=settings)


def _set_default(books: Books, customer: Object, asked: Parameters, now: int) -> None:
    param = "invoice_settings[default_payment_method]"
    if token := asked.get("invoice_settings", {}).get("default_payment_method"):
        method = cards.of_customer(books, now, token, customer["id"], param)
        pay_with(books, customer["id"], method["id"], now)
