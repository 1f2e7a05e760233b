"""Receipts for tests: given by the real actions, and a database that somebody has laid hands on."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from flask import Flask
from sqlalchemy import text, update
from sqlalchemy.orm import Session

from exam.accounts.models import Person
from exam.accounts.rules import Role
from exam.attempts.models import Answer, Attempt, LateAnswer
from exam.attempts.queries import final_answers
from exam.marking.actions import decide_late
from exam.receipts.models import IssuedReceipt
from exam.receipts.queries import revisions
from exam.receipts.rules import Receipt
from question_bank.items import Kind
from tests.attempts.builders import places
from tests.builders import make_person
from tests.marking.builders import LATER, hand_in

TRIGGERS = {
    "sqlite": tuple(f"DROP TRIGGER IF EXISTS {{table}}_is_not_{word}" for word in ("changed", "deleted", "replaced")),
    "postgresql": ("DROP TRIGGER IF EXISTS is_only_added_to ON {table}",),
}


def receipt_of(session: Session, attempt: Attempt) -> Receipt:
    """The receipt that holds for a closed attempt."""
    return revisions(session, attempt.id)[0].receipt


def issued_to(session: Session, attempt: Attempt, revision: int = 1) -> IssuedReceipt:
    """A receipt of an attempt as it is on record."""
    return next(one.issued for one in revisions(session, attempt.id) if one.issued.revision == revision)


def handed_in(app: Flask, session: Session, person: Person | None = None) -> Attempt:
    """A closed attempt whose receipt is signed with the key of this site."""
    with app.app_context():
        return hand_in(session, person)


def revised(app: Flask, session: Session, attempt: Attempt, words: str = "迟到的话。") -> int:
    """Let a late answer to a short answer count; gives its position."""
    position = places(attempt, Kind.SHORT_ANSWER)[0]
    late = LateAnswer(
        attempt_id=attempt.id,
        position=position,
        epoch=1,
        number=9 + session.query(LateAnswer).count(),
        response={"text": words},
        arrived_at=LATER,
    )
    session.add(late)
    session.flush()
    with app.app_context():
        decide_late(session, late, True, "断网有记录", make_person(session, Role.TRAINER), LATER)
    return position


@contextmanager
def unguarded(session: Session) -> Iterator[Any]:
    """Do what the owner of a database can: run any SQL, past the triggers that protect answers and receipts."""
    for table in ("answer", "receipt"):
        for statement in TRIGGERS[session.get_bind().dialect.name]:
            session.execute(text(statement.format(table=table)))
    yield session.execute
    session.expire_all()


def slip_in(session: Session, attempt: Attempt, *, answer: bool = True) -> int:
    """What needs no trigger switched off, only INSERT: an answer that comes last, the decision on it, and a receipt
    that claims it and that nobody has signed. Gives its position. `answer=False` claims one that was there before."""
    held = issued_to(session, attempt)
    position = places(attempt, Kind.SINGLE_CHOICE)[0]
    if answer:
        key = {"attempt_id": attempt.id, "position": position, "epoch": 1, "number": 99, "response": {"choices": ["c"]}}
        session.add_all([Answer(**key, saved_at=LATER), LateAnswer(**key, arrived_at=LATER, accepted=True)])
        session.flush()
    claimed = session.query(Answer).filter_by(attempt_id=attempt.id, position=position).order_by(Answer.number.desc())
    answers = final_answers(session, [attempt.id])[attempt.id]
    before = held.signed.receipt
    made_up = Receipt.write(before.facts, answers, salt=held.salt[::-1], revision=2, key=before.key, now=LATER)
    session.add(
        IssuedReceipt(
            attempt_id=attempt.id,
            revision=2,
            content=made_up.to_text(),
            signature="AAAA",
            salt=held.salt[::-1],
            added_answer_id=claimed[0].id,
        )
    )
    session.flush()
    return position


def unsign(session: Session, attempt: Attempt) -> None:
    """Put a receipt in its place that agrees with the database and names no key, as receipts of before had none."""
    receipt = replace(issued_to(session, attempt).signed.receipt, key="")
    with unguarded(session) as run:
        run(update(IssuedReceipt).filter_by(attempt_id=attempt.id).values(content=receipt.to_text(), signature=""))
