"""What a spool gives back is what was put in."""

import numpy as np

from vannilli_app.engine.spool import AT_ONCE, Spool, chunks, measured, parts


def test_it_is_read_as_an_array_would_be() -> None:
    things = np.random.default_rng(0).random((20, 4, 3), dtype=np.float32)
    spool = Spool((4, 3))
    for part in (slice(0, 7), slice(7, 20)):
        spool.append(things[part])
    spool[5:8] = things[5:8] = 9.0 * things[5:8]
    assert len(spool) == 20
    for at in (3, slice(None), slice(4, 9), slice(15, 99), slice(30, 40), np.array([19, 0, 6])):
        assert np.array_equal(spool[at], things[at])


def test_a_series_comes_in_runs_that_are_its_whole() -> None:
    count = 2 * AT_ONCE + 3
    numbers = np.arange(count, dtype=np.float32)[:, None]
    assert [part.stop - part.start for part in parts(count)] == [AT_ONCE, AT_ONCE, 3]
    assert np.array_equal(np.concatenate(list(chunks(numbers))), numbers)
    assert np.array_equal(measured(lambda run: 2 * run[:, 0], numbers), 2 * numbers[:, 0])
