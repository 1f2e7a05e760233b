"""Panels that have judged."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy.orm import Session

from exam.accounts.models import Person
from exam.accounts.rules import Role
from exam.papers.models import Exam
from exam.standards import actions, queries
from exam.standards.models import Panel
from exam.standards.rules import Scope
from tests.builders import NOW, make_exam, make_person

SOON = NOW + timedelta(minutes=5)


def make_panel(
    session: Session, exam: Exam | None = None, judges: Sequence[Person] = (), leader: Person | None = None
) -> Panel:
    """A panel of two trainers, unless others are given, over all that the exam's blueprint may draw."""
    who = judges or [make_person(session, Role.TRAINER) for _ in range(2)]
    exam = exam or make_exam(session, questions=1)
    ids, leader = [one.id for one in who], leader or who[0]
    return actions.open_panel(session, exam, Scope.BANK, ids, actor_id=leader.id, now=NOW)


def judge_all(session: Session, panel: Panel, person: Person, share: int, round: int = 1) -> Mapping[int, int]:
    """Say the same of every question."""
    said = dict.fromkeys(queries.version_ids(session, panel.id), share)
    actions.judge(session, panel, person.id, round, said, SOON)
    return said


def finished(session: Session, exam: Exam, shares: Sequence[int]) -> Panel:
    """A finished panel of as many trainers as there are shares, each of whom says the same of every question."""
    judges = [make_person(session, Role.TRAINER) for _ in shares]
    panel = make_panel(session, exam, judges)
    for one, share in zip(judges, shares, strict=True):
        judge_all(session, panel, one, share)
    actions.close_first(session, panel, actor_id=judges[0].id, now=SOON)
    actions.finish(session, panel, actor_id=judges[0].id, now=SOON)
    return panel
