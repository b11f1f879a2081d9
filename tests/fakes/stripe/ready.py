"""The fake with all that the product needs: prices, webhook and portal, made by the product's own setup."""

from copy import deepcopy
from typing import Any

from tests.fakes.stripe.service import FakeStripe
from vannilli_app import routes
from vannilli_app.payments.stripe_ import StripePayments
from vannilli_app.payments.stripe_setup import set_up

Stock = tuple[dict[str, Any], dict[str, str]]


async def stock(fake: FakeStripe, product_url: str) -> dict[str, str]:
    """Run `stripe setup` against a fake that is served; gives the settings that lead `product_url` to it."""
    adapter = StripePayments(fake.key, webhook_secret="", base_url=fake.base_url)
    try:
        made = await set_up(adapter.client, product_url)
    finally:
        await adapter.close()
    return settings(fake, made.webhook_secret or _remembered(fake, product_url))


def _remembered(fake: FakeStripe, product_url: str) -> str:
    """The secret of an endpoint that a fake knows from before."""
    (known,) = fake.books.all("webhook_endpoint", url=product_url + routes.API_STRIPE_WEBHOOK)
    return fake.books.endpoint_secrets[known["id"]]


def settings(fake: FakeStripe, webhook_secret: str) -> dict[str, str]:
    return {
        "STRIPE_SECRET_KEY": fake.key,
        "STRIPE_WEBHOOK_SECRET": webhook_secret,
        "STRIPE_API_BASE": fake.base_url,
    }


def taken(fake: FakeStripe) -> Stock:
    """What `stock` put into a fake, to fill others with."""
    return deepcopy(dict(fake.books.tables)), dict(fake.books.endpoint_secrets)


def filled(fake: FakeStripe, stocked: Stock, product_url: str) -> dict[str, str]:
    """Fill an empty fake, as `stock` would, in no time."""
    tables, secrets = deepcopy(stocked)
    fake.books.tables.update(tables)
    fake.books.endpoint_secrets.update(secrets)
    ((endpoint, secret),) = secrets.items()
    fake.books.tables["webhook_endpoint"][endpoint]["url"] = product_url + routes.API_STRIPE_WEBHOOK
    return settings(fake, secret)
