"""A panel of the demo's trainers, who have judged what just-good-enough newcomers get right."""

from collections.abc import Mapping
from datetime import datetime
from random import Random

from sqlalchemy.orm import Session

from exam.accounts.models import Person
from exam.papers.models import Exam
from exam.standards import actions, queries
from exam.standards.rules import Scope

USUAL: Mapping[str, int] = {"trainer": 79, "trainer2": 76, "trainer3": 82}
"""What each of the judges says on average, of 100."""
BY_DIFFICULTY: Mapping[int, int] = {1: 9, 2: 0, 3: -12}
SPREAD = 6


def judge_questions(session: Session, exam: Exam, staff: Mapping[str, Person], moment: datetime) -> None:
    """Two rounds in which the judges come nearer to each other, as judges do."""
    judges = [staff[name] for name in USUAL]
    rng, leader = Random(1971), judges[0].id
    panel = actions.open_panel(session, exam, Scope.BANK, [one.id for one in judges], actor_id=leader, now=moment)
    asked = queries.asked(session, panel.id)
    said = {
        judge.id: {id: _near(usual + BY_DIFFICULTY[one.difficulty], rng) for id, one in asked.items()}
        for judge, usual in zip(judges, USUAL.values(), strict=True)
    }
    for judge_id, own in said.items():
        actions.judge(session, panel, judge_id, 1, own, moment)
    actions.close_first(session, panel, actor_id=leader, now=moment)
    middle = {id: round(float(spread.median)) for id, spread in queries.spread_of(session, panel.id, 1).items()}
    for judge_id, own in said.items():
        nearer = {id: (share + middle[id]) // 2 for id, share in own.items() if abs(share - middle[id]) > SPREAD}
        actions.judge(session, panel, judge_id, 2, nearer, moment)
    actions.finish(session, panel, actor_id=leader, now=moment)


def _near(usual: int, rng: Random) -> int:
    return max(5, min(100, round(rng.gauss(usual, SPREAD))))
