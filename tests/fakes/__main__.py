"""Fakes to try the product with by hand: `make run PROVIDERS=fake PAYMENTS=fake`.

    python -m tests.fakes FILE --product URL [--providers] [--payments]

Writes to FILE, as JSON, the settings that lead to them, and serves until it is stopped. A video takes some seconds;
what comes out is the performance that went in. Stripe's checkout and portal are pages to click through; its webhooks go
to the product. What it knows stands in FILE.stripe for the next start: the product's database names its customers.
"""

import argparse
import asyncio
import json
import signal
import threading
from contextlib import ExitStack
from pathlib import Path

from tests.fakes import everyone, server
from tests.fakes.stripe import ready
from tests.fakes.stripe.service import FakeStripe

RETRY_SECONDS = (1.0, 5.0, 30.0)
SAVE_SECONDS = 1.0


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    parser = argparse.ArgumentParser(prog="python -m tests.fakes")
    parser.add_argument("told", type=Path)
    parser.add_argument("--product", required=True)
    parser.add_argument("--providers", action="store_true")
    parser.add_argument("--payments", action="store_true")
    wanted = parser.parse_args()
    settings: dict[str, str] = {}
    stripe, state = FakeStripe(retry_seconds=RETRY_SECONDS), wanted.told.with_suffix(".stripe")
    with ExitStack() as stack:
        if wanted.providers:
            settings |= everyone.serving(stack, render_seconds=15).settings
        if wanted.payments:
            if state.exists():
                stripe.books.load(state.read_text())
            stack.callback(stripe.close)
            stripe.base_url = stack.enter_context(server.serving(stripe.app()))
            settings |= asyncio.run(ready.stock(stripe, wanted.product))
        _write(wanted.told, json.dumps(settings))
        saved = ""
        while not stopped.wait(SAVE_SECONDS):
            saved = _save(stripe, state, saved)
        _save(stripe, state, saved)


def _save(stripe: FakeStripe, state: Path, saved: str) -> str:
    """Write down what the fake knows, unless it stands there."""
    with stripe.guarded():
        present = stripe.books.dump()
    if present != saved:
        _write(state, present)
    return present


def _write(file: Path, text: str) -> None:
    """At once and whole, or not at all."""
    fresh = file.with_suffix(".new")
    fresh.write_text(text)
    fresh.replace(file)


if __name__ == "__main__":
    main()
