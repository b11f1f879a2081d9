"""Pika, which has no API of its own and points to fal."""

from decimal import Decimal

from vannilli_app.providers.base import Capabilities
from vannilli_app.providers.fal import PARALLEL_TASKS, FalModel
from vannilli_app.words import N_

USD = Decimal("0.06")  # a second, U
SECONDS = (1, 10)  # U


class Pika(FalModel):
    """Pikadditions puts the character into the clip; it transfers no motion, so it is never a fallback for those that
    do."""

    name = "pika"
    path = "fal-ai/pika/v2/pikadditions"
    capabilities = Capabilities(
        label="Pika",
        does=N_("Adds your character into your performance. It does not move the character as you moved."),
        motion_transfer=False,
        credits_per_second=1,
        fetches_links=True,
        min_seconds=SECONDS[0],
        max_seconds={"video": SECONDS[1], "image": SECONDS[1]},
        max_short_side=720,
        takes_prompt=True,
        cancels=True,
        calls_back=True,
        finds_by_our_id=False,
        usd_per_second={"standard": USD, "pro": USD},
        parallel_tasks=PARALLEL_TASKS,
    )
