"""Motion control by other vendors' models on fal's queue."""

from decimal import Decimal
from typing import Any

from vannilli_app.providers.base import Capabilities, VideoRequest
from vannilli_app.providers.fal import PARALLEL_TASKS, FalModel
from vannilli_app.words import N_

KLING_USD = {"standard": Decimal("0.07"), "pro": Decimal("0.112")}  # a second; U on fal
WAN_USD = Decimal("0.08")  # a second at 720p, U
WAN_SECONDS = (1, 30)  # U
WAN_RESOLUTION = "720p"  # U: the field `resolution`, and that it makes the price


class KlingOnFal(FalModel):
    """Kling 2.6 motion control without an account at Kling."""

    name = "kling_fal"
    path = "fal-ai/kling-video/v2.6/{mode}/motion-control"
    capabilities = Capabilities(
        label="Kling through fal",
        does=N_("Moves your character as you moved: body, hands and face."),
        motion_transfer=True,
        credits_per_second=1,
        fetches_links=True,
        min_seconds=3,
        max_seconds={"video": 30, "image": 10},
        max_short_side=1080,
        takes_prompt=True,
        cancels=True,
        calls_back=True,
        finds_by_our_id=False,
        usd_per_second=KLING_USD,
        parallel_tasks=PARALLEL_TASKS,
    )

    def arguments(self, request: VideoRequest) -> dict[str, Any]:
        """Without the clip's sound: the track is ours to add."""
        own = {"character_orientation": request.character_orientation, "keep_original_sound": False}
        return super().arguments(request) | own


class WanAnimate(FalModel):
    """Wan 2.2 Animate, "move": the picture's character takes over the performance."""

    name = "wan"
    path = "fal-ai/wan/v2.2-14b/animate/move"
    capabilities = Capabilities(
        label="Wan Animate",
        does=N_("Moves your character as you moved: body and face, with softer detail."),
        motion_transfer=True,
        credits_per_second=1,
        fetches_links=True,
        min_seconds=WAN_SECONDS[0],
        max_seconds={"video": WAN_SECONDS[1], "image": WAN_SECONDS[1]},
        max_short_side=720,
        cancels=True,
        calls_back=True,
        finds_by_our_id=False,
        usd_per_second={"standard": WAN_USD, "pro": WAN_USD},
        parallel_tasks=PARALLEL_TASKS,
    )

    def arguments(self, request: VideoRequest) -> dict[str, Any]:
        return super().arguments(request) | {"resolution": WAN_RESOLUTION}
