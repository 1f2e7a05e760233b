"""A question that counted for too much or too little: the same share of another worth, for whom and until when."""

from datetime import timedelta
from fractions import Fraction

import pytest
from sqlalchemy import select

from exam.accounts.rules import Role
from exam.attempts import actions as attempts
from exam.corrections import actions, queries
from exam.corrections.models import CorrectionChange
from exam.corrections.rules import BY_WORTH, Policy, Standing, effect, figures
from exam.errors import Refused
from exam.marking.actions import give_opinion
from exam.marking.models import SecondMarking
from exam.marking.queries import counting_marks, reweighed
from exam.marking.rules import MarkSource, Stage
from exam.papers.models import Paper
from exam.papers.queries import slots
from exam.results.queries import current_result, own_result, reviewed
from question_bank.items import Kind
from tests.attempts.builders import begin
from tests.builders import make_exam, make_person
from tests.corrections.builders import apply, propose, propose_now, version_of
from tests.corrections.test_rules import sat
from tests.marking.builders import LATER, hand_in, mark_all
from tests.results.builders import make_marked, make_released

QUARTER, HALF, ONE, TWO, FOUR = Fraction(1, 4), Fraction(1, 2), Fraction(1), Fraction(2), Fraction(4)


def earning(points, earned, asked, **more):
    """Somebody with so much of two points here, and so much of a hundred."""
    now = None if points is None else Standing(Fraction(points))
    return sat(now=now, earned=None if earned is None else Fraction(earned), asked=asked, **more)


@pytest.mark.parametrize(
    ("points", "asked", "then", "earned", "possible"),
    [
        (2, ONE, 1, 79, 99),
        (0, ONE, 0, 80, 99),
        (HALF, FOUR, 1, 80 + HALF, 102),
        (1, Fraction(3), Fraction(3, 2), 80 + HALF, 101),
    ],
)
def test_everybody_keeps_their_share_of_another_worth(points, asked, then, earned, possible):
    (move,) = effect([earning(points, 80, asked)], None, Policy.WORTH)
    assert (move.then, move.earned, move.possible) == (Standing(Fraction(then)), earned, possible)
    assert (move.worth, move.counts) == (asked, True)


@pytest.mark.parametrize(("points", "asked", "moves"), [(0, ONE, 1), (2, ONE, 0), (2, FOUR, 1), (0, FOUR, 0)])
def test_only_upwards_nobodys_score_falls(points, asked, moves):
    found = effect([earning(points, 80, asked)], None, Policy.WORTH_ONLY_UP)
    assert len(found) == moves
    assert all(move.percent >= move.sat.percent for move in found)


def test_who_is_not_marked_yet_gets_the_new_worth_with_their_mark_but_only_where_all_do():
    waiting = earning(None, None, FOUR)
    (move,) = effect([waiting], None, Policy.WORTH)
    assert (move.then, move.worth, move.anew, move.earned) == (None, FOUR, False, None)
    assert figures([waiting], [move]).anew == 0
    assert effect([waiting], None, Policy.WORTH_ONLY_UP) == []


def test_what_counts_for_that_already_or_is_of_another_exam_stays():
    assert effect([earning(1, 80, TWO), earning(1, 80, None, attempt_id=2)], None, Policy.WORTH) == []


def test_what_was_taken_out_stays_out_and_what_was_given_is_given_whole():
    out = sat(now=Standing(Fraction(), out=True), earned=Fraction(70), possible=Fraction(98), asked=FOUR)
    given = sat(now=Standing(TWO, given=True), earned=Fraction(70), asked=FOUR, attempt_id=2)
    still_out, still_given = effect([out, given], None, Policy.WORTH)
    assert (still_out.then.out, still_out.possible) == (True, 98)
    assert (still_given.then, still_given.possible) == (Standing(FOUR, given=True), 102)


# On both databases


def carry_out(session, attempt, worth, policy, who, other, kind=Kind.SHORT_ANSWER):
    version, position = version_of(session, attempt, kind)
    correction, seen = propose(session, version, None, policy, who, worths={attempt.exam_id: Fraction(worth)})
    apply(session, correction, other)
    return correction, seen, position


def score(session, attempt):
    result = current_result(session, attempt.id)
    return result.earned, result.possible


def test_the_marker_who_comes_after_it_gives_points_out_of_the_new_worth(session, exam, trainer, second):
    marked, waiting = make_marked(session, exam=exam, share=HALF), hand_in(session, exam=exam)
    had = current_result(session, marked.id)
    _correction, seen, position = carry_out(session, marked, 10, Policy.WORTH, trainer, second)
    assert {move.sat.attempt_id for move in seen.moves} == {marked.id, waiting.id}
    assert score(session, marked) == (had.earned - 25 * QUARTER + 5, had.possible - 25 * HALF + 10)
    assert position not in counting_marks(session, [waiting.id])[waiting.id]
    mark_all(session, waiting, trainer, {"k1": TWO, "k2": Fraction(3)})
    assert counting_marks(session, [waiting.id])[waiting.id][position].points == 10
    assert score(session, waiting) == (195 * HALF, 195 * HALF)
    changed = session.scalars(select(CorrectionChange).order_by(CorrectionChange.attempt_id)).all()
    assert [(one.worth_before, one.worth_after, one.mark_after_id is None) for one in changed] == [
        (25 * HALF, 10, False),
        (25 * HALF, 10, True),
    ]


def test_who_hands_in_later_gets_the_new_worth_on_papers_made_before_and_not_on_later_ones(
    session, exam, trainer, second
):
    first, running, later = make_marked(session, exam=exam), begin(session, exam=exam), begin(session, exam=exam)
    session.get_one(Paper, later.paper_id).created_at = LATER + timedelta(days=1)
    carry_out(session, first, 10, Policy.WORTH, trainer, second, Kind.SINGLE_CHOICE)
    for attempt in (running, later):
        attempts.submit(session, attempt, [], 1, LATER)
    counts = reweighed(session, [running.id, later.id])
    assert {id: worth for (id, _position), worth in counts.items()} == {running.id: 10}


def test_the_marks_of_markers_stay_theirs_and_a_second_marker_is_still_asked(session, trainer, second):
    exam = make_exam(session, second_marking=True, second_share=100)
    attempt = make_marked(session, exam=exam, share=HALF)
    position = version_of(session, attempt, Kind.SHORT_ANSWER)[1]
    given = counting_marks(session, [attempt.id])[attempt.id][position]
    waiting = session.scalars(select(SecondMarking.stage).where(SecondMarking.position == position)).all()
    assert waiting == [Stage.SECOND]
    carry_out(session, attempt, 10, Policy.WORTH, trainer, second)
    mark = counting_marks(session, [attempt.id])[attempt.id][position]
    assert (mark.source, mark.opinion_id, mark.points) == (MarkSource.PERSON, given.opinion_id, 5)
    assert session.scalars(select(SecondMarking.stage).where(SecondMarking.position == position)).all() == waiting
    give_opinion(session, attempt, position, second, {"k1": TWO, "k2": Fraction(3)}, "", LATER)
    third = make_person(session, Role.TRAINER)
    give_opinion(session, attempt, position, third, {"k1": TWO, "k2": Fraction(3)}, "", LATER)
    assert counting_marks(session, [attempt.id])[attempt.id][position].points == 10


def test_taking_it_back_gives_everybody_the_share_they_have_of_the_old_worth(session, exam, trainer, second):
    released, waiting = make_released(session, exam=exam, share=HALF), hand_in(session, exam=exam)
    had = score(session, released)
    correction, _seen, position = carry_out(session, released, 10, Policy.WORTH, trainer, second)
    mark_all(session, waiting, trainer, {"k1": TWO})
    back = actions.undo(session, correction, actor_id=second.id, now=LATER)
    assert queries.policies_of(back) == (Policy.RESTORE,)
    seen = queries.preview(session, back, Policy.RESTORE)
    propose_now(session, back, Policy.RESTORE, "改回。", seen=seen.digest, actor_id=second.id, now=LATER)
    apply(session, back, trainer)
    assert score(session, released) == had
    assert score(session, waiting) == (Fraction(75) + 10, Fraction(100))
    assert counting_marks(session, [waiting.id])[waiting.id][position].points == 5


def test_what_cannot_be_asked_for(session, exam, trainer):
    attempt = make_marked(session, exam=exam)
    version, _position = version_of(session, attempt)
    other = make_exam(session)
    wrong = {"same_worth": {exam.id: Fraction(25, 2)}, "worth": {exam.id: Fraction()}, "other_exam": {other.id: ONE}}
    for code, worths in wrong.items():
        with pytest.raises(Refused) as refused:
            actions.begin(session, version, None, worths=worths, actor_id=trainer.id, now=LATER)
        assert refused.value.code == code
    begun = actions.begin(session, version, None, worths={exam.id: ONE}, actor_id=trainer.id, now=LATER)
    assert queries.policies_of(begun) == BY_WORTH
    assert queries.worths_asked(session, begun) == [(exam.title, [Fraction(25, 2)], ONE)]


def test_the_candidate_reads_what_it_counts_for_and_what_the_paper_said(session, trainer, second):
    exam = make_exam(session)
    attempt = make_released(session, exam=exam, share=HALF)
    _correction, _seen, position = carry_out(session, attempt, 10, Policy.WORTH, trainer, second)
    own = own_result(session, attempt.person_id, attempt.id, LATER + timedelta(days=60))
    assert own.parts["short"] == (5 + 25 * QUARTER, 10 + 25 * HALF)
    shown = {one.position: one for one in reviewed(session, own)}
    assert (shown[position].worth, shown[position].on_paper) == (10, 25 * HALF)
    assert shown[position].correction == "手册第 4 条写明。"
    assert slots(session, attempt.paper_id)[position - 1].points == 25 * HALF
