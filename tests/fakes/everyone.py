"""All fakes of video providers at once, and the settings that lead the product to them."""

from contextlib import ExitStack
from dataclasses import dataclass

from tests.fakes import fal, server
from tests.fakes.fal import FalFake
from tests.fakes.kling import KlingFake
from tests.fakes.runway import RunwayFake

KLING_KEY = "key-of-kling-for-the-tests"
KLING_SECRET = "whsec_dGVzdHNlY3JldHRlc3RzZWNyZXR0ZXN0c2VjcmV0MTI="
RUNWAY_KEY = "key_of_the_tests"


@dataclass
class Everyone:
    """The fakes, being served, and the variables to set."""

    kling: KlingFake
    runway: RunwayFake
    fal: FalFake
    settings: dict[str, str]


def serving(stack: ExitStack, *, render_seconds: float = 0.2, slots: int = 5) -> Everyone:
    """Serve all of them until `stack` closes."""
    kling = KlingFake(
        api_key=KLING_KEY, webhook_secret=KLING_SECRET, render_seconds=render_seconds, slots=slots
    )
    runway = RunwayFake(key=RUNWAY_KEY, render_seconds=render_seconds, slots=slots)
    queue = FalFake(render_seconds=render_seconds, slots=slots)
    for one in (kling, runway, queue):
        one.base_url = stack.enter_context(server.serving(one.app()))
    return Everyone(
        kling,
        runway,
        queue,
        {
            "KLING_API_KEY": KLING_KEY,
            "KLING_BASE_URL": kling.base_url,
            "KLING_WEBHOOK_SECRET": KLING_SECRET,
            "RUNWAY_API_KEY": RUNWAY_KEY,
            "RUNWAY_BASE_URL": runway.base_url,
            "FAL_KEY": fal.KEY,
            "FAL_QUEUE_URL": queue.base_url,
            "FAL_JWKS_URL": queue.base_url + fal.JWKS_PATH,
        },
    )
