"""The billing portal: what it may do, sessions of customers, and what they do there."""

from tests.fakes.stripe import cards, changes, customers, subscriptions
from tests.fakes.stripe.books import Books, Object, new_id
from tests.fakes.stripe.parameters import Parameters, merged
from tests.fakes.stripe.problems import Problem, invalid, refused

SESSION = "billing_portal.session"
CONFIGURATION = "billing_portal.configuration"
_DEFAULTS: Object = {
    "customer_update": {"allowed_updates": [], "enabled": False},
    "invoice_history": {"enabled": False},
    "payment_method_update": {"enabled": False, "payment_method_configuration": None},
    "subscription_cancel": {
        "cancellation_reason": {"enabled": False, "options": []},
        "enabled": False,
        "mode": "at_period_end",
        "proration_behavior": "none",
    },
    "subscription_update": {
        "billing_cycle_anchor": None,
        "default_allowed_updates": [],
        "enabled": False,
        "products": [],
        "proration_behavior": "none",
        "schedule_at_period_end": {"conditions": []},
        "trial_update_behavior": "end_trial",
    },
}


def configure(books: Books, asked: Parameters) -> Object:
    now = books.now()
    _check(books, asked)
    made = books.add(
        {
            "id": new_id("bpc"),
            "object": CONFIGURATION,
            "active": True,
            "application": None,
            "business_profile": dict.fromkeys(("headline", "privacy_policy_url", "terms_of_service_url"))
            | asked.get("business_profile", {}),
            "created": now,
            "default_return_url": asked.get("default_return_url"),
            "features": _features(_DEFAULTS, asked["features"]),
            "is_default": False,
            "livemode": False,
            "login_page": {"enabled": False, "url": None},
            "metadata": merged({}, asked.get("metadata", {})),
            "name": asked.get("name"),
            "updated": now,
        }
    )
    books.emit("billing_portal.configuration.created", made, now)
    return made


def reconfigure(books: Books, configuration_id: str, asked: Parameters) -> Object:
    found = books.get(CONFIGURATION, configuration_id)
    _check(books, asked)
    now = books.now()
    changed: Object = {name: asked[name] or None for name in ("default_return_url", "name") if name in asked}
    if "active" in asked:
        changed["active"] = asked["active"]
    if "business_profile" in asked:
        changed["business_profile"] = found["business_profile"] | asked["business_profile"]
    if "metadata" in asked:
        changed["metadata"] = merged(found["metadata"], asked["metadata"])
    if "features" in asked:
        changed["features"] = _features(found["features"], asked["features"])
    books.change(found, "billing_portal.configuration.updated", now, **changed, updated=now)
    return found


def open_session(books: Books, asked: Parameters) -> Object:
    """A link to the portal. Raises Problem when no configuration is named: the fake has no dashboard to make one."""
    if "customer" not in asked:
        raise invalid("Missing required param: customer.", "customer", "parameter_missing")
    customer = books.get("customer", asked["customer"], "customer")
    if "configuration" not in asked:
        raise Problem(
            "No configuration provided and your test mode default configuration has not been created. Provide a "
            "configuration or create your default by saving your customer portal settings in test mode."
        )
    configuration = books.get(CONFIGURATION, asked["configuration"], "configuration")
    if not configuration["active"]:
        raise invalid("The configuration is not active.", "configuration")
    session_id = new_id("bps")
    session = books.add(
        {
            "id": session_id,
            "object": SESSION,
            "configuration": configuration["id"],
            "created": books.now(customer["id"]),
            "customer": customer["id"],
            "customer_account": None,
            "flow": asked.get("flow_data"),
            "livemode": False,
            "locale": asked.get("locale"),
            "on_behalf_of": None,
            "return_url": asked.get("return_url", configuration["default_return_url"]),
            "url": f"{books.base_url}/p/session/{session_id}",
        }
    )
    books.emit("billing_portal.session.created", session, session["created"])
    return session


def features_of(books: Books, session: Object) -> Object:
    found: Object = books.get(CONFIGURATION, session["configuration"])["features"]
    return found


def subscriptions_of(books: Books, session: Object) -> list[Object]:
    found = books.all("subscription", customer=session["customer"])
    return [one for one in found if subscriptions.is_alive(one)]


def cancel(books: Books, session_id: str, subscription_id: str) -> None:
    """End a plan as the configuration says. At the end of a period this sets `cancel_at`, not `cancel_at_period_end`:
    so does Stripe's portal, for subscriptions in its flexible billing mode."""
    session, subscription, now = _mine(books, session_id, subscription_id)
    feature = _allowed(books, session, "subscription_cancel")
    if feature["mode"] == "immediately":
        subscriptions.end(books, now, subscription, "cancellation_requested")
        return
    at = subscriptions.period_end(subscription)
    planned = changes.schedule_end(books, now, subscription, at, by_flag=False)
    subscriptions.change(books, now, subscription, **planned)


def resume(books: Books, session_id: str, subscription_id: str) -> None:
    """Take back the end that was asked for."""
    _, subscription, now = _mine(books, session_id, subscription_id)
    planned = changes.schedule_end(books, now, subscription, None, by_flag=False)
    subscriptions.change(books, now, subscription, **planned)


def switch(books: Books, session_id: str, subscription_id: str, price_id: str) -> None:
    """Another plan, paid for as the configuration says. Raises Problem."""
    session, subscription, _ = _mine(books, session_id, subscription_id)
    feature = _allowed(books, session, "subscription_update")
    if price_id not in prices_offered(feature):
        raise invalid("This plan is not on offer.", "price")
    item = subscriptions.items_of(subscription)[0]
    wanted = {
        "items": [{"id": item["id"], "price": price_id}],
        "proration_behavior": feature["proration_behavior"],
        "payment_behavior": "error_if_incomplete",
    }
    changes.update(books, subscription_id, wanted)


def change_card(books: Books, session_id: str, number: str) -> None:
    """Another card for all that comes. Raises Problem when it is no card or is refused."""
    session = books.get(SESSION, session_id)
    _allowed(books, session, "payment_method_update")
    now = books.now(session["customer"])
    if not cards.is_card(number):
        raise Problem("Your card number is invalid.", status=402, kind="card_error", code="incorrect_number")
    if refusal := cards.decline(number, first=True):
        raise refused(refusal)
    email = books.get("customer", session["customer"])["email"]
    method = cards.payment_method(books, now, number, email=email, customer=session["customer"])
    customers.pay_with(books, session["customer"], method["id"], now)
    for subscription in subscriptions_of(books, session):
        subscriptions.change(books, now, subscription, default_payment_method=method["id"])


def pay(books: Books, session_id: str, invoice_id: str) -> None:
    """Pay an open invoice with the customer's card. Raises Problem."""
    session = books.get(SESSION, session_id)
    invoice = books.get("invoice", invoice_id)
    if invoice["customer"] != session["customer"]:
        raise invalid("This invoice is another customer's.", "invoice")
    changes.pay(books, invoice_id, {})


def invoices_of(books: Books, session: Object) -> list[Object]:
    """The customer's invoices, newest first."""
    return list(reversed(books.all("invoice", customer=session["customer"])))


def prices_offered(feature: Object) -> list[str]:
    """The prices that a customer may switch to."""
    return [price for product in feature["products"] or [] for price in product["prices"]]


def _mine(books: Books, session_id: str, subscription_id: str) -> tuple[Object, Object, int]:
    session = books.get(SESSION, session_id)
    subscription = books.get("subscription", subscription_id)
    if subscription["customer"] != session["customer"] or not subscriptions.is_alive(subscription):
        raise invalid("There is no such plan.", "subscription")
    return session, subscription, books.now(session["customer"])


def _allowed(books: Books, session: Object, feature: str) -> Object:
    found: Object = features_of(books, session)[feature]
    if not found["enabled"]:
        raise Problem("This is not possible in this portal.")
    return found


def _features(present: Object, asked: Parameters) -> Object:
    """The features with those changed that the call names."""
    whole = {**present}
    for name, wanted in asked.items():
        if name not in _DEFAULTS:
            raise invalid(
                f"The fake of Stripe's portal does not know {name}.", f"features[{name}]", "fake_limit"
            )
        whole[name] = present[name] | wanted
    return whole


def _check(books: Books, asked: Parameters) -> None:
    """The plans to switch between must be there. Raises Problem."""
    update = asked.get("features", {}).get("subscription_update", {})
    for number, product in enumerate(update.get("products") or []):
        path = f"features[subscription_update][products][{number}]"
        books.get("product", product["product"], f"{path}[product]")
        for price in product["prices"]:
            if books.get("price", price, f"{path}[prices]")["product"] != product["product"]:
                raise invalid("The price belongs to another product.", f"{path}[prices]")
