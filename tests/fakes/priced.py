"""A provider that costs a credit a second and otherwise is the local animator: for tests of money and crashes."""

from dataclasses import replace

from vannilli_app.providers import VideoProvider
from vannilli_app.providers.local import LocalAnimator


class Priced(LocalAnimator):
    """Books its tasks where the local animator does."""

    name = "priced"
    capabilities = replace(LocalAnimator.capabilities, label="Priced", credits_per_second=1)


class Pieces(Priced):
    """The same, and takes no more than a bar at 200."""

    name = "pieces"
    capabilities = replace(Priced.capabilities, label="Pieces", max_seconds={"video": 1.25, "image": 1.25})


def providers() -> list[VideoProvider]:
    """For EXTRA_PROVIDERS."""
    return [Priced(), Pieces()]
