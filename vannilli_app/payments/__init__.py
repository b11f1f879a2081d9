"""Payments behind one port: Stripe, or a sandbox in which no money moves."""

from functools import cache

from vannilli_app.config import Settings, settings
from vannilli_app.payments.base import (
    Bought,
    Checkout,
    Event,
    Fact,
    Forged,
    GivenBack,
    Order,
    Payments,
    PaymentsUnavailable,
    Plan,
    Product,
    TakenBack,
)
from vannilli_app.payments.sandbox import SandboxPayments

__all__ = [
    "Bought",
    "Checkout",
    "Event",
    "Fact",
    "Forged",
    "GivenBack",
    "Order",
    "Payments",
    "PaymentsUnavailable",
    "Plan",
    "Product",
    "SandboxPayments",
    "TakenBack",
    "open_payments",
    "payments",
]


@cache
def payments() -> Payments:
    """The process's payments."""
    return open_payments(settings())


def open_payments(ours: Settings) -> Payments:
    """Stripe when `STRIPE_SECRET_KEY` is set, else the sandbox in `DATA_DIR/payments`."""
    if ours.stripe_secret_key.get_secret_value():
        from vannilli_app.payments.stripe_ import StripePayments  # takes a second to import, and few need it

        return StripePayments(
            ours.stripe_secret_key.get_secret_value(),
            webhook_secret=ours.stripe_webhook_secret.get_secret_value(),
            base_url=ours.stripe_api_base,
        )
    return SandboxPayments(ours.data_dir / "payments", ours.base_url)
