"""`python -m tests.bench.poller IDS`: the product's clock alone, asking Kling about at most IDS tasks a call.

It ticks on the server's event loop. The last line of standard output is a `Window` as JSON: nothing is measured here
but what the process itself used, so that it does nothing but poll.
"""

import asyncio
import json
import sys
import time
from dataclasses import asdict, dataclass, replace

import psutil
import uvloop

from vannilli_app import scheduler
from vannilli_app.db import database
from vannilli_app.providers import providers

WARM_UP_SECONDS = 15
SECONDS = 40
MIB = 2**20


@dataclass(frozen=True)
class Window:
    """What was measured from `began` to `ended`, in seconds since 1970: processor seconds, largest resident memory."""

    began: float
    ended: float
    cpu_seconds: float
    peak_mib: float

    @property
    def seconds(self) -> float:
        return self.ended - self.began


async def main(ids: int) -> Window:
    """Polls until the window is over."""
    kling = providers()["kling"]
    kling.capabilities = replace(kling.capabilities, batch=ids)
    process, peak = psutil.Process(), 0
    async with scheduler.running():
        await asyncio.sleep(WARM_UP_SECONDS)
        began, used = time.time(), time.process_time()
        for _ in range(SECONDS):
            await asyncio.sleep(1)
            peak = max(peak, process.memory_info().rss)
        window = Window(began, time.time(), time.process_time() - used, peak / MIB)
    await database().close()
    return window


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        sys.stdout.write(json.dumps(asdict(runner.run(main(int(sys.argv[1]))))) + "\n")
