"""What every table shares: the declarative base, and the types that keep time and arithmetic exact."""

from datetime import UTC, datetime
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from typing import Any, TypeVar, cast

from sqlalchemy import (
    JSON,
    Connection,
    CursorResult,
    DateTime,
    Dialect,
    MetaData,
    String,
    Table,
    TypeDecorator,
    UniqueConstraint,
    Update,
    event,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Session, registry

E = TypeVar("E", bound=StrEnum)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, stored in UTC.

    SQLite drops time zones, so a naive value would come back wherever an aware one went in: it is refused on the way
    in and made aware on the way out.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone can't be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class FractionType(TypeDecorator[Fraction]):
    """An exact number, stored as text such as ``7/2``: 79.99 % must stay a fail whatever a page shows."""

    impl = String(80)
    cache_ok = True

    def process_bind_param(self, value: Fraction | int | None, dialect: Dialect) -> str | None:
        return None if value is None else str(Fraction(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Fraction | None:
        return None if value is None else _fraction(value)


@lru_cache(1000)
def _fraction(text: str) -> Fraction:
    """The number of a text. Reading one is slow, and a paper of 44 questions has three different worths."""
    return Fraction(text)


class WordType(TypeDecorator[E]):
    """A member of a StrEnum, stored as its word, so that the database can be read without this code."""

    impl = String(40)
    cache_ok = True

    def __init__(self, words: type[E]) -> None:
        super().__init__()
        self.words = words

    def process_bind_param(self, value: E | str | None, dialect: Dialect) -> str | None:
        return None if value is None else self.words(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> E | None:
        return None if value is None else self.words(value)


JsonType = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The base of every table of the question bank and of the site."""

    registry = registry(
        type_annotation_map={
            datetime: UtcDateTime,
            Fraction: FractionType,
            dict[str, Any]: JsonType,
            list[Any]: JsonType,
        },
        metadata=MetaData(naming_convention=NAMING_CONVENTION),
    )


ONLY_ADDED_TO = {
    "sqlite": (
        "CREATE TRIGGER {table}_is_not_changed BEFORE UPDATE ON {table} "
        "BEGIN SELECT RAISE(ABORT, '{table} is only added to'); END",
        "CREATE TRIGGER {table}_is_not_deleted BEFORE DELETE ON {table} "
        "BEGIN SELECT RAISE(ABORT, '{table} is only added to'); END",
        # INSERT OR REPLACE deletes what is in its way without a word to the trigger above. This one aborts whatever
        # meets a used key, ON CONFLICT DO NOTHING too, for it can't tell them apart: leave such a row out beforehand.
        # (PRAGMA recursive_triggers would need no third one, but holds only for programs that set it.)
        "CREATE TRIGGER {table}_is_not_replaced BEFORE INSERT ON {table} "
        "WHEN EXISTS (SELECT 1 FROM {table} WHERE {taken}) "
        "BEGIN SELECT RAISE(ABORT, '{table} is only added to'); END",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION refuse_to_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION '% is only added to', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$",
        "CREATE TRIGGER is_only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change()",
    ),
}


def only_added_to(table: Table) -> None:
    """Let the database itself refuse, by an IntegrityError, to change or delete rows of a table. Adding costs no more.

    A migration that rebuilds the table on SQLite loses this and must make it anew.
    """

    def protect(_table: Table, connection: Connection, **_: Any) -> None:
        for statement in ONLY_ADDED_TO[connection.dialect.name]:
            connection.execute(text(statement.format(table=table.name, taken=_taken(table))))

    event.listen(table, "after_create", protect)


def _taken(table: Table) -> str:
    """What is true of a row that a new one would replace: it has its id, or another key of it."""
    keys = [table.primary_key, *(one for one in table.constraints if isinstance(one, UniqueConstraint))]
    alike = (" AND ".join(f"{column.name} = NEW.{column.name}" for column in key.columns) for key in keys)
    return " OR ".join(f"({key})" for key in alike)


def rows_changed(session: Session, statement: Update) -> int:
    """Carry out an UPDATE; gives how many rows it changed."""
    # An UPDATE gives a cursor, which the declared type of `execute` doesn't say.
    return cast(CursorResult[Any], session.execute(statement)).rowcount
