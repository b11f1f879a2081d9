"""Fakes of every paid provider, to try the product with by hand: `make run PROVIDERS=fake`.

    python -m tests.fakes FILE

Writes to FILE, as JSON, the settings that lead to them, and serves until it is stopped. Tasks take some seconds; what
comes out is the performance that went in.
"""

import json
import signal
import sys
from contextlib import ExitStack
from pathlib import Path

from tests.fakes import everyone


def main(told: Path) -> None:
    """Serve until SIGTERM or SIGINT."""
    with ExitStack() as stack:
        found = everyone.serving(stack, render_seconds=15)
        fresh = told.with_suffix(".new")
        fresh.write_text(json.dumps(found.settings))
        fresh.replace(told)
        signal.sigwait({signal.SIGTERM, signal.SIGINT})


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    main(Path(sys.argv[1]))
