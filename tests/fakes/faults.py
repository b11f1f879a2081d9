"""What a fake service does wrong, by a script: which call, which fault, how often."""

import random
from dataclasses import dataclass, field
from typing import Literal

Where = Literal["submit", "look", "cancel", "upload", "fetch", "render", "result", "callback"]
What = Literal[
    "slow",  # any call: answers after `Fault.seconds`
    "429",  # any call: too fast, without saying when to come back
    "429_after",  # any call: too fast, with Retry-After: 1
    "500",
    "503",
    "reset",  # any call: the connection breaks and nothing happened
    "reset_after",  # any call: it had its effect, and the connection breaks before the answer
    "half",  # any call and result: it had its effect, and the body ends in the middle
    "wrong_json",  # any call: it had its effect, and the answer is no JSON
    "unknown_status",  # look: a status that nobody has heard of
    "fails",  # render: the task fails; trying again may help
    "refused",  # render: the task fails for good (content policy)
    "short",  # render: only the first 60 % of the clip come out
    "stuck",  # render: the task never ends
    "404",  # result: the link is dead
    "html",  # result: a web page instead of a video
    "huge",  # result: a video that says it has 10 GB and goes on for ever
    "lost",  # callback: never sent
    "doubled",  # callback: sent twice
    "forged",  # callback: sent with a wrong signature
    "late",  # callback: sent after `Fault.seconds`
    "stale",  # callback: signed at a time that is long ago
    "shuffle",  # callback: held back, and sent in another order with others that were
]


@dataclass
class Fault:
    """`times` calls of kind `where` go wrong in this way; -1: all. With `share` below 1 only so many, by lot."""

    where: Where
    what: What
    times: int = 1
    share: float = 1.0
    seconds: float = 1.0


@dataclass
class Faults:
    """The script of one fake; empty, it works as its documents say."""

    script: list[Fault] = field(default_factory=list)
    seed: int = 1

    def __post_init__(self) -> None:
        self._lots = random.Random(self.seed)

    def add(
        self, where: Where, what: What, *, times: int = 1, share: float = 1.0, seconds: float = 1.0
    ) -> None:
        self.script.append(Fault(where, what, times, share, seconds))

    def take(self, where: Where) -> Fault | None:
        """The fault that this call meets, used up by it."""
        for fault in self.script:
            if fault.where == where and fault.times != 0 and self._lots.random() < fault.share:
                fault.times -= fault.times > 0
                return fault
        return None
