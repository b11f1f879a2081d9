"""Checkout sessions: made by a call, paid on the hosted page, expired by time."""

from tests.fakes.stripe import cards, customers, invoices, lines, orders, payments, subscriptions
from tests.fakes.stripe.books import Books, Object, listed, new_id
from tests.fakes.stripe.parameters import Parameters, merged
from tests.fakes.stripe.problems import Problem, invalid, refused

_ECHOED = (
    "allow_promotion_codes",
    "allowed_payment_method_types",
    "billing_address_collection",
    "cancel_url",
    "client_reference_id",
    "customer",
    "customer_email",
    "locale",
    "origin_context",
    "payment_method_collection",
    "submit_type",
)


def create(books: Books, asked: Parameters) -> Object:
    now = books.now(asked.get("customer"))
    bought = orders.bought(books, asked)
    orders.check(books, asked, bought, now)
    session_id = new_id("cs_test", 58)
    items = [_line_item(books, one) for one in bought]
    total = sum(item["amount_total"] for item in items)
    is_payment = asked["mode"] == "payment"
    session = {
        "id": session_id,
        "object": "checkout.session",
        **{name: asked.get(name) for name in _ECHOED},
        "adaptive_pricing": {"enabled": False},
        "after_expiration": None,
        "amount_subtotal": total,
        "amount_total": total,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "branding_settings": None,
        "client_secret": None,
        "collected_information": None,
        "consent": None,
        "consent_collection": None,
        "created": now,
        "currency": bought[0]["price"]["currency"],
        "currency_conversion": None,
        "custom_fields": [],
        "custom_text": dict.fromkeys(
            ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")
        ),
        "customer_account": None,
        "customer_creation": _customer_creation(asked),
        "customer_details": _customer_details(books, asked),
        "discounts": [],
        "expires_at": asked.get("expires_at", now + orders.LONGEST),
        "integration_identifier": None,
        "invoice": None,
        "invoice_creation": {"enabled": False, "invoice_data": {}} if is_payment else None,
        "livemode": False,
        "metadata": merged({}, asked.get("metadata", {})),
        "mode": asked["mode"],
        "payment_intent": None,
        "payment_link": None,
        "payment_method_options": {},
        "payment_method_types": ["card", "us_bank_account"],
        "payment_status": "unpaid",
        "permissions": None,
        "phone_number_collection": {"enabled": False},
        "recovered_from": None,
        "saved_payment_method_options": None,
        "setup_intent": None,
        "shipping_address_collection": None,
        "shipping_cost": None,
        "shipping_options": [],
        "status": "open",
        "subscription": None,
        "success_url": asked["success_url"],
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": "hosted_page",
        "url": f"{books.base_url}/c/pay/{session_id}",
        "wallet_options": None,
    }
    books.line_items[session_id] = items
    books.asked[session_id] = asked
    return books.add(session)


def line_items(books: Books, session_id: str) -> Object:
    books.get("checkout.session", session_id)
    return listed(books.line_items[session_id], f"/v1/checkout/sessions/{session_id}/line_items")


def expire(books: Books, session_id: str, now: int | None = None) -> Object:
    """No more to be paid, by a call or because its time is over."""
    session = books.get("checkout.session", session_id)
    if session["status"] != "open":
        raise Problem(
            'Only Checkout Sessions with a status in ["open"] can be expired. '
            f"This Checkout Session has a status of `{session['status']}`."
        )
    session.update(status="expired", url=None)
    books.emit("checkout.session.expired", session, books.now(session["customer"]) if now is None else now)
    return session


def pay(books: Books, session_id: str, number: str, email: str) -> Object:
    """What the person does on the page: pay with a card, or `BANK`. Raises Problem when the bank refuses the card, and
    the session stays open; or when the session is over."""
    session = books.get("checkout.session", session_id)
    now = books.now(session["customer"])
    if session["status"] != "open" or session["expires_at"] <= now:
        raise Problem("This checkout is over.", code="checkout_over")
    email = (session["customer_details"] or {}).get("email") or email
    if "@" not in email:
        raise invalid("Your email is incomplete.", "email", "email_invalid")
    if number != cards.BANK and not cards.is_card(number):
        raise Problem(
            "Your card number is invalid.",
            status=402,
            kind="card_error",
            code="incorrect_number",
            param="number",
        )
    if refusal := cards.decline(number, first=True):
        _refuse(books, now, session, number, email)
        raise refused(refusal)
    details = session["customer_details"] or _details(email)
    session.update(
        customer=_customer(books, now, session, email), customer_details=details | {"email": email}
    )
    method = cards.payment_method(books, now, number, email=email, customer=session["customer"])
    if session["mode"] == "payment":
        _pay_once(books, now, session, method)
    else:
        _subscribe(books, now, session, method)
    return session


def clear_debit(books: Books, session_id: str, *, succeeded: bool) -> None:
    """The bank's word on a debit that a finished session began. Raises Problem when the bank is not asked."""
    session = books.get("checkout.session", session_id)
    now = books.now(session["customer"])
    if session["status"] != "complete" or session["payment_status"] != "unpaid":
        raise Problem("This checkout waits for no bank.", code="checkout_over")
    if session["invoice"]:
        subscriptions.clear_debit(books, session["invoice"], succeeded=succeeded)
    else:
        intent = books.get("payment_intent", session["payment_intent"])
        payments.clear_debit(books, now, intent, succeeded=succeeded)
    if succeeded:
        session["payment_status"] = "paid"
    outcome = "succeeded" if succeeded else "failed"
    books.emit(f"checkout.session.async_payment_{outcome}", session, now)


def _pay_once(books: Books, now: int, session: Object, method: Object) -> None:
    if session["amount_total"] == 0:
        _complete(books, now, session, None)
        return
    data = books.asked[session["id"]].get("payment_intent_data", {})
    intent = payments.intend(
        books,
        now,
        amount=session["amount_total"],
        currency=session["currency"],
        customer=session["customer"],
        description=data.get("description"),
        metadata=dict(data.get("metadata", {})),
        receipt_email=data.get("receipt_email"),
        setup_future_usage=data.get("setup_future_usage"),
    )
    payments.charge(books, now, intent, method, first=True)
    _complete(books, now, session, intent, payment_intent=intent["id"])


def _subscribe(books: Books, now: int, session: Object, method: Object) -> None:
    bought = [
        {"price": item["price"], "quantity": item["quantity"]} for item in books.line_items[session["id"]]
    ]
    data = books.asked[session["id"]].get("subscription_data", {})
    subscription = subscriptions.begin(books, now, session["customer"], bought, data, method)
    its_lines = [
        lines.whole_period(books, item, item["current_period_start"], item["current_period_end"])
        for item in subscriptions.items_of(subscription)
    ]
    invoice = subscriptions.invoice_now(books, now, subscription, "subscription_create", its_lines)
    if invoice["status"] == "open":
        invoices.collect(books, now, invoice, method, first=True)
    books.emit("customer.subscription.created", subscription, now)
    intent = invoices.intent_of(books, invoice) if invoice["amount_due"] else None
    _complete(books, now, session, intent, subscription=subscription["id"], invoice=invoice["id"])


def _complete(books: Books, now: int, session: Object, intent: Object | None, **made: str) -> None:
    status = "no_payment_required"
    if intent:
        status = "paid" if intent["status"] == "succeeded" else "unpaid"
    session.update(status="complete", url=None, payment_status=status, **made)
    books.emit("checkout.session.completed", session, now)


def _refuse(books: Books, now: int, session: Object, number: str, email: str) -> None:
    """A refused card leaves a payment that failed, and the session as it is."""
    method = cards.payment_method(books, now, number, email=email, customer=None)
    intent = payments.intend(
        books,
        now,
        amount=session["amount_total"],
        currency=session["currency"],
        customer=session["customer"],
    )
    payments.charge(books, now, intent, method, first=True)


def _customer(books: Books, now: int, session: Object, email: str) -> str | None:
    """The session's customer; a new one for a plan, or when the session was to make one."""
    if session["customer"] or session["customer_creation"] == "if_required":
        existing: str | None = session["customer"]
        return existing
    made: str = customers.add(books, {"email": email}, now)["id"]
    return made


def _customer_details(books: Books, asked: Parameters) -> Object | None:
    email = asked.get("customer_email")
    if "customer" in asked:
        email = books.get("customer", asked["customer"])["email"]
    return _details(email) if email else None


def _details(email: str) -> Object:
    unknown = dict.fromkeys(("address", "business_name", "individual_name", "name", "phone"))
    return unknown | {"email": email, "tax_exempt": "none", "tax_ids": None}


def _line_item(books: Books, bought: Object) -> Object:
    price = bought["price"]
    amount = price["unit_amount"] * bought["quantity"]
    return {
        "id": new_id("li"),
        "object": "item",
        "adjustable_quantity": None,
        "amount_discount": 0,
        "amount_subtotal": amount,
        "amount_tax": 0,
        "amount_total": amount,
        "currency": price["currency"],
        "description": books.get("product", price["product"])["name"],
        "metadata": {},
        "price": price,
        "quantity": bought["quantity"],
    }


def _customer_creation(asked: Parameters) -> str | None:
    if "customer" in asked:
        return None
    return asked.get("customer_creation", "if_required") if asked["mode"] == "payment" else "always"
