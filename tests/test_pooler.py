"""Behind PgBouncer's transaction pooling every transaction may have another connection, and each connection had others
before: nothing of one transaction may stay for the next."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import text

from tests import pooler
from tests.artist import NewArtist
from tests.conftest import forget_choices
from tests.generations.conftest import Work, files, work
from tests.people import add_person
from tests.test_doctor import set_all, wrong
from vannilli_app import db
from vannilli_app.config import Settings

__all__ = ["files", "set_all", "work"]
AT_ONCE = 40  # transactions, on two connections
WHO = text("SELECT current_user, auth.uid(), pg_backend_pid(), (SELECT array_agg(id) FROM users)")


async def test_role_and_claims_end_with_the_transaction(
    database: db.Database, environment: Settings, database_url: str
) -> None:
    """On one connection: what a transaction set is gone for whatever comes next, whether it ended well or not."""
    with psycopg.connect(database_url) as owner:
        person = add_person(owner)
    engine = database._engines[db.APP_ROLE]
    for fails in (False, True):
        with pytest.raises(ZeroDivisionError) if fails else pytest.MonkeyPatch.context():
            async with database.transaction(db.as_user(person)) as session:
                assert (await session.exec(WHO)).one()[1] == person
                if fails:
                    raise ZeroDivisionError
        async with engine.connect() as bare:
            left = await bare.exec_driver_sql(
                "SELECT current_user, current_setting('request.jwt.claims', true)"
            )
            assert left.one() == ("vannilli", "")


@pytest.fixture
def pooled(environment: Settings, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The process's database behind PgBouncer; what LISTENs goes past it."""
    with pooler.before(database_url) as url:
        monkeypatch.setenv("DATABASE_URL", url)
        monkeypatch.setenv("DATABASE_DIRECT_URL", database_url)
        forget_choices()
        yield url


@pytest.mark.long
async def test_everybody_sees_their_own_row_on_shared_connections(pooled: str, database_url: str) -> None:
    with psycopg.connect(database_url) as owner:
        people = [add_person(owner) for _ in range(4)]
    database = db.Database(Settings())

    async def look(person: UUID) -> int:
        async with database.transaction(db.as_user(person)) as session:
            role, who, backend, seen = (await session.exec(WHO)).one()
            await asyncio.sleep(0)
            assert (role, who, seen) == (db.APP_ROLE, person, [person])
            return int(backend)

    async def nobody() -> int:
        async with database.transaction(db.ANONYMOUS) as session:
            role, who, backend, seen = (await session.exec(WHO)).one()
            assert (role, who, seen) == (db.APP_ROLE, None, None)
            return int(backend)

    found = await asyncio.gather(*(look(people[n % 4]) if n % 5 else nobody() for n in range(AT_ONCE)))
    await database.close()
    assert len(set(found)) == 2, "the pool did not hand its connections on"


@pytest.mark.long
async def test_a_video_is_made_through_it(
    pooled: str, new_artist: NewArtist, work: Work, files: dict[str, Path]
) -> None:
    artist = await new_artist()
    project = await artist.project()
    await artist.upload(project, **files)
    task = (await artist.start(project)).json()["internal_task_id"]
    await work()
    assert (await artist.status(task))["status"] == "completed"


@pytest.mark.long
async def test_the_doctor_names_what_may_not_go_through_it(set_all, database_url: str) -> None:
    with pooler.before(database_url) as url:
        assert "Set DATABASE_DIRECT_URL" in (await wrong(set_all(DATABASE_URL=url)))["DATABASE_URL"]
        found = await wrong(set_all(DATABASE_URL=url, DATABASE_DIRECT_URL=url))
        assert "Set DATABASE_DIRECT_URL" in found["DATABASE_DIRECT_URL"]
        well = await wrong(set_all(DATABASE_URL=url, DATABASE_DIRECT_URL=database_url))
        assert not well.keys() & {"DATABASE_URL", "DATABASE_DIRECT_URL"}
    with pooler.before(database_url, mode="statement") as url:
        found = await wrong(set_all(DATABASE_URL=url, DATABASE_DIRECT_URL=database_url))
        assert "pool_mode = transaction" in found["DATABASE_URL"]
