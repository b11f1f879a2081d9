"""The storm in a short form; the long one is `python -m tests.crash.storm`, and single blows are in `test_kill`."""

from pathlib import Path

import pytest

from tests.crash import storm
from vannilli_app import frontend


@pytest.mark.e2e
@pytest.mark.long
async def test_two_servers_and_two_workers_lose_and_double_nothing_when_they_are_killed(
    tmp_path: Path,
) -> None:
    frontend.ensure()
    outcome = await storm.blow(tmp_path, jobs=6, rounds=2)
    assert outcome.problems == []
    assert outcome.claims >= 6 * 4  # to prepare, hand over, collect and finish each
    assert outcome.completed >= 3
    assert outcome.completed + sum(outcome.failed.values()) == 6
