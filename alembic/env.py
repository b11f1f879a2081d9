"""Alembic's entry: the owner's connection, and the tables of `vannilli_app.models`."""

from typing import Any

from sqlalchemy import create_engine, pool
from sqlmodel import SQLModel

import vannilli_app.models  # noqa: F401  (registers every table)
from alembic import context
from vannilli_app.config import settings
from vannilli_app.db import sqlalchemy_url


def include_name(name: str | None, kind: str, _parents: Any) -> bool:
    """procrastinate's tables come from its own schema file and have no models here."""
    return not (kind == "table" and name is not None and name.startswith("procrastinate_"))


def run() -> None:
    url = context.config.attributes.get("url") or settings().database_direct_url or settings().database_url
    engine = create_engine(sqlalchemy_url(url), poolclass=pool.NullPool)
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=SQLModel.metadata,
            include_name=include_name,
            compare_type=True,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
