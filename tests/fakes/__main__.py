"""Fakes to try the product with by hand: `make run PROVIDERS=fake PAYMENTS=fake`.

    python -m tests.fakes FILE --product URL [--providers] [--payments]

Writes to FILE, as JSON, the settings that lead to them, and serves until it is stopped. A video takes some seconds;
what comes out is the performance that went in. Stripe's checkout and portal are pages to click through; its webhooks go
to the product.
"""

import argparse
import asyncio
import json
import signal
import sys
from contextlib import ExitStack
from pathlib import Path

from tests.fakes import everyone, server
from tests.fakes.stripe import ready
from tests.fakes.stripe.service import FakeStripe


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="python -m tests.fakes")
    parser.add_argument("told", type=Path)
    parser.add_argument("--product", required=True)
    parser.add_argument("--providers", action="store_true")
    parser.add_argument("--payments", action="store_true")
    wanted = parser.parse_args()
    settings: dict[str, str] = {}
    with ExitStack() as stack:
        if wanted.providers:
            settings |= everyone.serving(stack, render_seconds=15).settings
        if wanted.payments:
            fake = FakeStripe(retry_seconds=(1.0, 5.0, 30.0))
            stack.callback(fake.close)
            fake.base_url = stack.enter_context(server.serving(fake.app()))
            settings |= asyncio.run(ready.stock(fake, wanted.product))
        fresh = wanted.told.with_suffix(".new")
        fresh.write_text(json.dumps(settings))
        fresh.replace(wanted.told)
        signal.sigwait({signal.SIGTERM, signal.SIGINT})


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    sys.exit(main())
