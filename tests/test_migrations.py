"""The migrations make what the models say, on both databases, and go down and up again with data in the tables."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    Engine,
    Integer,
    LargeBinary,
    Table,
    Time,
    column,
    func,
    insert,
    inspect,
    select,
    table,
    text,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from exam import signing
from exam.app import create_app
from exam.db import db
from exam.receipts.models import IssuedReceipt
from exam.receipts.queries import check_attempts, closed_after
from exam.receipts.rules import Facts, Receipt, Verdict
from question_bank.orm import Base, FractionType, UtcDateTime, WordType
from tests.builders import NOW
from tests.receipts.builders import handed_in, revised
from tests.support.database import make_site, testing_config

SAMPLES: dict[type, object] = {
    Integer: 1, Boolean: False, Date: NOW.date(), Time: NOW.time(), UtcDateTime: NOW, FractionType: 1, JSON: {},
    LargeBinary: b"x",
}  # fmt: skip
LATER = {"sitting": "closes_at", "appeal_window": "closes_at", "attempt": "deadline", "outage": "ended_at"}
"""Moments that a constraint wants after another one."""
ALSO = {
    "time_credit": {"given_by": 1},
    "paper_set": {"state": "ready"},
    "correction_change": {"mark_after_id": 1},
    "receipt": {
        "content": Receipt.write(
            Facts(1, 1, 1, 1, NOW), {1: None}, salt="5a", revision=1, key="0" * 16, now=NOW
        ).to_text()
    },
}
"""What a constraint wants besides the columns that must be filled, and what a migration reads."""
SIGNED = ("attempt_id", "revision", "content", "signature", "salt", "added_answer_id")


@pytest.fixture
def empty(database: str, new_database: Callable[[str], str]) -> Iterator[Flask]:
    """The app on a database without tables."""
    app = create_app(testing_config(new_database(database)))
    with app.app_context():
        yield app
        db.engine.dispose()


@pytest.fixture
def alembic(empty: Flask) -> AlembicConfig:
    """What Alembic's commands ask for."""
    config = empty.extensions["migrate"].migrate.get_config()
    assert isinstance(config, AlembicConfig)
    return config


def schema(engine: Engine) -> dict[str, Any]:
    """Everything a database says of its tables, in an order that doesn't depend on how they came about."""
    asked = inspect(engine)
    columns, primary, foreign = (
        asked.get_multi_columns(),
        asked.get_multi_pk_constraint(),
        asked.get_multi_foreign_keys(),
    )
    unique, checks, indexes = (
        asked.get_multi_unique_constraints(), asked.get_multi_check_constraints(), asked.get_multi_indexes()
    )  # fmt: skip
    acting = triggers(engine)
    return {
        name: {
            "columns": {
                column["name"]: (str(column["type"]), column["nullable"], column["default"]) for column in columns[at]
            },
            "primary key": primary[at]["constrained_columns"],
            "foreign keys": {
                (*key["constrained_columns"], key["referred_table"], str(key["options"])) for key in foreign[at]
            },
            "unique": {(key["name"], *key["column_names"]) for key in unique[at]},
            "checks": {(check["name"], check["sqltext"]) for check in checks[at]},
            "indexes": {
                (index["name"], *index["column_names"], index["unique"], condition(index)) for index in indexes[at]
            },
            "triggers": {words for table, words in acting if table == name},
        }
        for at in columns
        if (name := at[1]) != "alembic_version"
    }


def triggers(engine: Engine) -> set[tuple[str, str]]:
    """Each trigger's table, and what it does in the database's words."""
    statement = {
        "sqlite": "SELECT tbl_name, sql FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT relname, pg_get_triggerdef(pg_trigger.oid) || prosrc FROM pg_trigger JOIN pg_proc ON "
        "pg_proc.oid = tgfoid JOIN pg_class ON pg_class.oid = tgrelid WHERE NOT tgisinternal",
    }[engine.dialect.name]
    with engine.connect() as connection:
        return {(table, words) for table, words in connection.execute(text(statement))}


def condition(index: Any) -> str:
    """Which rows a partial index holds; empty for a whole one."""
    return next((str(value) for key, value in index.get("dialect_options", {}).items() if key.endswith("where")), "")


def one_row(table: Table) -> dict[str, Any]:
    """A row that the table's constraints accept: the least of everything, nothing where nothing is allowed."""
    row = {column.name: least(column) for column in table.columns if not column.nullable}
    if table.name in LATER:
        row[LATER[table.name]] = NOW + timedelta(days=1)
    return row | ALSO.get(table.name, {})


def least(column: Column[Any]) -> object:
    kind = column.type
    if isinstance(kind, WordType):
        return next(iter(kind.words))
    return next((sample for sort, sample in SAMPLES.items() if isinstance(kind, sort)), "x")


def fill(engine: Engine) -> None:
    """Put one row into every table."""
    with engine.begin() as connection:
        for table in Base.metadata.sorted_tables:
            connection.execute(insert(table).values(one_row(table)))


def filled_tables(engine: Engine) -> set[str]:
    present = set(inspect(engine).get_table_names())
    with engine.connect() as connection:
        return {
            table.name
            for table in Base.metadata.sorted_tables
            if table.name in present and connection.scalar(select(func.count()).select_from(table))
        }


def test_the_migrations_make_what_the_models_say(
    empty: Flask, alembic: AlembicConfig, database: str, new_database: Callable[[str], str]
) -> None:
    command.upgrade(alembic, "head")
    migrated = schema(db.engine)
    command.check(alembic)
    with make_site(new_database(database)) as site:
        assert migrated == schema(site.engine)


def test_every_migration_goes_down_and_up_again_with_data(empty: Flask, alembic: AlembicConfig) -> None:
    command.upgrade(alembic, "head")
    fill(db.engine)
    assert filled_tables(db.engine) == set(Base.metadata.tables)
    before = schema(db.engine)
    scripts = list(ScriptDirectory.from_config(alembic).walk_revisions())
    command.downgrade(alembic, scripts[-1].revision)
    command.upgrade(alembic, "head")
    assert schema(db.engine) == before
    for script in scripts:
        above = schema(db.engine)
        command.downgrade(alembic, script.down_revision or "base")
        command.upgrade(alembic, script.revision)
        assert schema(db.engine) == above
        command.downgrade(alembic, script.down_revision or "base")
    assert schema(db.engine) == {}


def test_receipts_of_before_move_into_their_table_and_back(empty: Flask, alembic: AlembicConfig) -> None:
    command.upgrade(alembic, "head")
    fill(db.engine)
    command.downgrade(alembic, "0002")
    digest = "5a" * 32
    before = {"number": "JY-000001", "slots": 1, "answered": 1, "closed_at": NOW.isoformat(), "digest": digest}
    old = table("attempt", column("receipt", JSON()))
    with db.engine.begin() as connection:
        connection.execute(old.update().values(receipt=before))
    command.upgrade(alembic, "head")
    with db.engine.begin() as connection:
        written = connection.scalar(select(Base.metadata.tables["receipt"].c.content))
    receipt = Receipt.from_text(written)
    assert (receipt.number, receipt.facts, receipt.digest) == ("JY-000001", Facts(1, 1, 1, 1, NOW), digest)
    command.downgrade(alembic, "0002")
    with db.engine.begin() as connection:
        assert connection.scalar(select(old.c.receipt)) == before


def test_a_signed_receipt_is_genuine_after_going_down_and_up_again(empty: Flask, alembic: AlembicConfig) -> None:
    command.upgrade(alembic, "head")
    with Session(db.engine) as session:
        attempts = [handed_in(empty, session) for _ in range(2)]
        revised(empty, session, attempts[1])
        session.commit()
    rows = select(*(IssuedReceipt.__table__.c[name] for name in SIGNED)).order_by("attempt_id", "revision")
    with db.engine.connect() as connection:
        before = connection.execute(rows).all()
    command.downgrade(alembic, "0002")
    with db.engine.connect() as connection:
        old = connection.scalars(select(table("attempt", column("id"), column("receipt", JSON())).c.receipt)).all()
    assert {one["digest"] for one in old} == {json.loads(before[place].content)["digest"] for place in (0, 2)}
    command.upgrade(alembic, "head")
    with Session(db.engine) as session:
        assert session.execute(rows).all() == before
        found = check_attempts(session, closed_after(session, 0), signing.keyring().examine)
        assert [(one.revision, one.verdict) for one in found] == [(n, Verdict.GENUINE) for n in (1, 1, 2)]


@pytest.mark.parametrize("name", ["answer", "receipt"])
def test_sqlite_refuses_to_replace_what_is_only_added_to(new_database: Callable[[str], str], name: str) -> None:
    """By any program, which need not set a PRAGMA: INSERT OR REPLACE deletes and fires no trigger of deletes."""
    with make_site(new_database("sqlite")) as site:
        fill(site.engine)
        with closing(sqlite3.connect(str(site.engine.url.database))) as stranger:
            [kept] = stranger.execute(f"SELECT * FROM {name}").fetchall()
            columns = [row[1] for row in stranger.execute(f"PRAGMA table_info({name})")]
            for changed in ({"id": 7}, {"attempt_id": 7}, {}):
                row = list((dict(zip(columns, kept, strict=True)) | changed).values())
                with pytest.raises(sqlite3.IntegrityError, match="only added to"):
                    stranger.execute(f"INSERT OR REPLACE INTO {name} VALUES ({', '.join('?' * len(row))})", row)
            assert stranger.execute(f"SELECT * FROM {name}").fetchall() == [kept]


def test_time_given_for_an_outage_stays_given_without_it(empty: Flask, alembic: AlembicConfig) -> None:
    command.upgrade(alembic, "head")
    fill(db.engine)
    credit = Base.metadata.tables["time_credit"]
    tied = {"for_outage_id": 1, "form_key": "k"}
    with db.engine.begin() as connection:
        connection.execute(credit.update().values(seconds=720, reason="停电。", **tied))
    command.downgrade(alembic, "0004")
    command.upgrade(alembic, "head")
    with db.engine.begin() as connection:
        kept = connection.execute(select(credit)).mappings().one()
    assert (kept["seconds"], kept["given_by"], kept["reason"]) == (720, 1, "停电。")
    assert not any(kept[name] for name in tied)


@pytest.mark.parametrize("name", ["answer", "receipt"])
def test_the_database_refuses_to_change_what_is_only_added_to(empty: Flask, alembic: AlembicConfig, name: str) -> None:
    command.upgrade(alembic, "head")
    fill(db.engine)
    kept = Base.metadata.tables[name]
    acts = [kept.update().values(id=7), kept.delete()]
    if db.engine.dialect.name == "postgresql":
        acts.append(text(f"TRUNCATE {name} CASCADE"))
    for act in acts:
        with pytest.raises(IntegrityError, match="only added to"), db.engine.begin() as connection:
            connection.execute(act)
    assert name in filled_tables(db.engine)


def test_events_of_the_room_stay_without_the_networks_they_came_from(empty: Flask, alembic: AlembicConfig) -> None:
    command.upgrade(alembic, "head")
    fill(db.engine)
    event = Base.metadata.tables["room_event"]
    with db.engine.begin() as connection:
        connection.execute(event.update().values(kind="opened", detail={"page": "a"}, network="5a" * 8))
    command.downgrade(alembic, "0019")
    command.upgrade(alembic, "head")
    with db.engine.begin() as connection:
        kept = connection.execute(select(event)).mappings().one()
    assert (kept["kind"], kept["detail"], kept["network"]) == ("opened", {"page": "a"}, None)


def test_there_is_one_line_of_migrations(alembic: AlembicConfig) -> None:
    assert len(ScriptDirectory.from_config(alembic).get_heads()) == 1


def test_questions_of_before_are_found_and_what_waits_for_review_is_a_draft_again(
    empty: Flask, alembic: AlembicConfig
) -> None:
    command.upgrade(alembic, "head")
    fill(db.engine)
    version, question = (Base.metadata.tables[name] for name in ("question_version", "question"))
    choices = [{"id": "a", "text": "争辩", "correct": False}, {"id": "b", "text": "核对ＶＩＰ", "correct": True}]
    content = {"kind": "single_choice", "stem": "先做什么？", "choices": choices, "explanation": "先弄清。"}
    with db.engine.begin() as connection:
        connection.execute(version.update().values(content=content, state="in_review", author_id=7, writers=[7, 8]))
    command.downgrade(alembic, "0007")
    command.upgrade(alembic, "head")
    with db.engine.begin() as connection:
        kept = connection.execute(select(version)).mappings().one()
        assert connection.scalar(select(question.c.search_text)) == "先做什么?\n争辩\n核对vip\n先弄清。"
    assert (kept["content"], kept["state"], kept["writers"], kept["key_place"]) == (content, "draft", [7], 1)


def test_points_given_to_all_are_points_of_a_correction_without_a_word_of_their_own(
    empty: Flask, alembic: AlembicConfig
) -> None:
    command.upgrade(alembic, "head")
    fill(db.engine)
    mark, correction = Base.metadata.tables["mark"], Base.metadata.tables["correction"]
    with db.engine.begin() as connection:
        connection.execute(correction.update().values(policy="full_marks"))
        connection.execute(mark.update().values(source="given"))
    command.downgrade(alembic, "0018")
    with db.engine.begin() as connection:
        assert connection.scalars(select(table("mark", column("source")).c.source)).all() == ["correction"]
    command.upgrade(alembic, "head")
    with db.engine.begin() as connection:
        assert connection.scalars(select(mark.c.source)).all() == ["given"]


def test_marks_out_of_another_worth_are_the_same_share_of_what_the_paper_says_without_it(
    empty: Flask, alembic: AlembicConfig
) -> None:
    command.upgrade(alembic, "head")
    fill(db.engine)
    tables = Base.metadata.tables
    mark, correction, change = tables["mark"], tables["correction"], tables["correction_change"]
    with db.engine.begin() as connection:
        if connection.dialect.name == "postgresql":  # the row came with its number; the next one is to follow it
            connection.execute(text("SELECT setval(pg_get_serial_sequence('mark', 'id'), 1)"))
        connection.execute(tables["slot"].update().values(points=Fraction(2)))
        connection.execute(tables["reweighing"].update().values(worth=Fraction(3)))
        connection.execute(mark.update().values(points=Fraction(3, 2)))
        connection.execute(correction.update().values(policy="worth", state="draft", worths={}))
        connection.execute(
            change.update().values(mark_after_id=None, worth_before=Fraction(2), worth_after=Fraction(3))
        )
    command.downgrade(alembic, "0020")
    command.upgrade(alembic, "head")
    with db.engine.begin() as connection:
        assert connection.scalars(select(mark.c.points).order_by(mark.c.id)).all() == [Fraction(3, 2), Fraction(1)]
        assert connection.execute(select(correction.c.policy, correction.c.state)).one() == ("all", "dropped")
        assert connection.scalar(select(func.count()).select_from(tables["reweighing"])) == 0


def test_marks_of_two_and_opinions_on_a_replaced_text_survive_without_second_marking(
    empty: Flask, alembic: AlembicConfig
) -> None:
    command.upgrade(alembic, "head")
    fill(db.engine)
    mark, opinion, withdrawal, exam = (
        Base.metadata.tables[name] for name in ("mark", "opinion", "opinion_withdrawal", "exam")
    )
    with db.engine.begin() as connection:
        connection.execute(
            mark.update().values(source="mean", opinion_id=1, second_opinion_id=1, points=Fraction(7, 2))
        )
        of_mark = dict(connection.execute(select(mark)).mappings().one())
        fresh = dict(connection.execute(select(opinion)).mappings().one()) | {"id": 2, "position": 2}
        connection.execute(insert(opinion).values(fresh))
        one = of_mark | {"position": 2, "source": "person", "author_id": 1, "opinion_id": 2, "second_opinion_id": None}
        connection.execute(insert(mark).values(one | {"id": 2}))
        connection.execute(insert(mark).values(one | {"id": 3, "source": "withdrawn", "opinion_id": None}))
    command.downgrade(alembic, "0013")
    command.upgrade(alembic, "head")
    with db.engine.begin() as connection:
        kept = connection.execute(select(mark).order_by(mark.c.id)).mappings().all()
        assert [(one["source"], one["points"], one["author_id"]) for one in kept[:1]] == [("person", Fraction(7, 2), 1)]
        assert connection.execute(select(withdrawal.c.opinion_id, withdrawal.c.why)).all() == [(2, "late_answer")]
        assert len(connection.scalar(select(exam.c.second_lot))) == 32
        assert connection.scalar(select(exam.c.second_marking)) is False
