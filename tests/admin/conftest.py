from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from tests.artist import Artist, NewArtist
from vannilli_app.config import Settings


@pytest.fixture
def owner(environment: Settings) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(environment.database_url, autocommit=True) as connection:
        yield connection


@pytest.fixture
async def admin(new_artist: NewArtist, owner: psycopg.Connection[Any]) -> Artist:
    admin = await new_artist()
    owner.execute("UPDATE users SET role = 'admin' WHERE id = %s", [admin.id])
    return admin
