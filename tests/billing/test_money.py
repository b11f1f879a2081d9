"""No order of purchases, refunds, disputes, work and crashes makes the ledger lie. `make bench` plays 2,000."""

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings

from tests.billing import money
from vannilli_app.config import Settings
from vannilli_app.db import Database

PERSON_EACH = [HealthCheck.function_scoped_fixture]  # every sequence has a person of its own


@settings(max_examples=60, deadline=None, suppress_health_check=PERSON_EACH)
@given(sequence=money.SEQUENCES)
async def test_the_ledger_equals_the_model(
    database: Database, environment: Settings, sequence: list[tuple[str, int]]
) -> None:
    with psycopg.connect(environment.database_url, autocommit=True) as owner:
        await money.play(database, owner, sequence)


@pytest.mark.long
@settings(max_examples=2000, deadline=None, suppress_health_check=PERSON_EACH)
@given(sequence=money.SEQUENCES)
async def test_the_ledger_equals_the_model_two_thousand_times(
    database: Database, environment: Settings, sequence: list[tuple[str, int]]
) -> None:
    with psycopg.connect(environment.database_url, autocommit=True) as owner:
        await money.play(database, owner, sequence)
