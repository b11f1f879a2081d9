"""The fake of Stripe, to pay by hand: `make run PAYMENTS=fake`.

    python -m tests.fakes.stripe FILE WEBHOOK_URL

Writes to FILE, as JSON, the settings that lead to it, and serves until it is stopped. What it knows stands in
FILE.state, for the next start: the product's database would name customers and plans that are gone.
"""

import json
import signal
import sys
import threading
from contextlib import ExitStack
from pathlib import Path

from tests.fakes.stripe.served import serving
from tests.fakes.stripe.service import FakeStripe

_RETRY_SECONDS = (1.0, 5.0, 30.0)
_SAVE_SECONDS = 1.0


def main(told: Path, webhook_url: str) -> None:
    """Serve until SIGTERM or SIGINT."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    fake, state = FakeStripe(retry_seconds=_RETRY_SECONDS), told.with_suffix(".state")
    if state.exists():
        fake.books.load(state.read_text())
    with ExitStack() as stack:
        _write(told, json.dumps(serving(stack, webhook_url, fake).settings))
        saved = ""
        while not stop.wait(_SAVE_SECONDS):
            saved = _save(fake, state, saved)
    _save(fake, state, saved)


def _save(fake: FakeStripe, state: Path, saved: str) -> str:
    """Write down what the fake knows, unless it stands there."""
    with fake.guarded():
        present = fake.books.dump()
    if present != saved:
        _write(state, present)
    return present


def _write(file: Path, text: str) -> None:
    """At once and whole, or not at all."""
    fresh = file.with_suffix(".new")
    fresh.write_text(text)
    fresh.replace(file)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
