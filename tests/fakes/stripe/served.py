"""The fake, being served, with a webhook endpoint registered, and the settings that lead the product to it."""

from contextlib import ExitStack
from dataclasses import dataclass

from tests.fakes import server
from tests.fakes.stripe import endpoints
from tests.fakes.stripe.books import Books
from tests.fakes.stripe.service import FakeStripe


@dataclass
class Served:
    """The fake and the variables to set."""

    stripe: FakeStripe
    settings: dict[str, str]


def serving(stack: ExitStack, webhook_url: str, fake: FakeStripe | None = None) -> Served:
    """Serve the fake until `stack` closes; every event goes to `webhook_url`, which need not answer yet."""
    fake = fake or FakeStripe()
    stack.callback(fake.close)
    fake.base_url = stack.enter_context(server.serving(fake.app()))
    with fake.guarded():
        secret = _registered(fake.books, webhook_url)
    return Served(
        fake,
        {
            "STRIPE_SECRET_KEY": fake.key,
            "STRIPE_WEBHOOK_SECRET": secret,
            "STRIPE_API_BASE": fake.base_url,
        },
    )


def _registered(books: Books, url: str) -> str:
    """The secret of the endpoint at that address, which is made unless the fake remembers it."""
    if known := books.all("webhook_endpoint", url=url):
        return books.endpoint_secrets[known[0]["id"]]
    made: str = endpoints.create(books, {"url": url, "enabled_events": ["*"]})["secret"]
    return made
