"""Work is shared out among threads, and comes back in order."""

import threading

import pytest

from vannilli_app.engine.ahead import shared_out


def test_each_worker_takes_its_turn_and_all_work_at_once() -> None:
    both = threading.Barrier(2, timeout=5)

    def worker(name: str):
        def work(number: int) -> tuple[str, int]:
            both.wait()  # alone, nobody gets past
            return name, number

        return work

    made = list(shared_out([worker("a"), worker("b")], range(20)))
    assert made == [("ab"[number % 2], number) for number in range(20)]


def test_an_error_comes_in_its_turn() -> None:
    def work(number: int) -> float:
        return 1 / (5 - number)

    made = shared_out([work, work], range(20))
    assert [next(made) for _ in range(5)] == [1 / (5 - number) for number in range(5)]
    with pytest.raises(ZeroDivisionError):
        next(made)
