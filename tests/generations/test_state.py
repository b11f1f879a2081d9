"""What the pages say of a video that is being made."""

import pytest

from vannilli_app.generations.schemas import Stage
from vannilli_app.generations.state import WORDS, _left


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, ""),
        (0, "a few seconds left"),
        (9.9, "a few seconds left"),
        (14, "about 10 s left"),
        (58, "about 1 min left"),
        (101, "about 1 min 40 s left"),
        (600, "about 10 min left"),
    ],
)
def test_the_time_left_is_said_as_people_say_it(seconds: float | None, words: str) -> None:
    assert _left(seconds) == words


def test_every_stage_has_words() -> None:
    assert set(WORDS) == set(Stage.__args__)
