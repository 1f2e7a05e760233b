"""How Alembic reaches the database: through the app's own engine, with our column types told by their plain ones."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from flask import current_app

from exam import beats, jobs
from exam.accounts import models as accounts
from exam.attempts import models as attempts
from exam.courses import models as courses
from exam.db import db, make_folder
from exam.marking import models as marking
from exam.notices import models as notices
from exam.papers import models as papers
from exam.receipts import models as receipts
from exam.results import models as results
from exam.retakes import models as retakes
from exam.sittings import models as sittings
from question_bank import models as bank
from question_bank.orm import Base, FractionType, UtcDateTime, WordType

TABLES = (
    bank,
    jobs,
    beats,
    accounts,
    notices,
    courses,
    papers,
    sittings,
    attempts,
    receipts,
    marking,
    results,
    retakes,
)
"""Imported so that Base.metadata knows every table."""


def render_item(kind: str, thing: Any, autogen: Any) -> str | Literal[False]:
    """Write plain types into migrations: an old migration must not change when our code does."""
    if kind != "type":
        return False
    if isinstance(thing, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if isinstance(thing, FractionType | WordType):
        return f"sa.String(length={thing.impl.length})"
    if isinstance(thing, sa.JSON):
        autogen.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


def compare_type(_context: Any, _inspected: Any, _column: Any, inspected_type: Any, ours: Any) -> bool | None:
    """Compare by what the database keeps; SQLite has no real date or JSON types to compare."""
    if isinstance(ours, sa.JSON):
        return not isinstance(inspected_type, sa.JSON)
    return None


@contextmanager
def foreign_keys_off(connection: sa.Connection) -> Iterator[None]:
    """Let SQLite rebuild a table that others refer to: dropping the old one would count as deleting its rows.

    The switch does nothing inside a transaction, so it is set on the driver's connection.
    """
    driver: Any = connection.connection.dbapi_connection
    if connection.dialect.name == "sqlite":
        driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        if connection.dialect.name == "sqlite":
            driver.execute("PRAGMA foreign_keys=ON")


def run() -> None:
    """Migrate over one connection; on SQLite tables are rebuilt where it can't alter them."""
    options: dict[str, Any] = current_app.extensions["migrate"].configure_args
    make_folder(db.engine)
    with db.engine.connect() as connection, foreign_keys_off(connection):
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_item=render_item,
            compare_type=compare_type,
            render_as_batch=options["render_as_batch"],
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run()
