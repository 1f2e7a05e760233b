"""How well two markers agree who knew nothing of each other, and whether one drifts, as the page tells it."""

from datetime import timedelta
from fractions import Fraction

from exam.accounts.rules import Role
from exam.marking import actions, queries
from exam.marking.models import SecondMarking
from exam.marking.rules import SecondReason, Stage
from tests.builders import make_exam, make_person
from tests.marking.builders import FULL, LATER, LESS, NOTHING, TEXT, Desk, copies


def test_agreement_rests_on_what_each_gave_first(session, client, desk, markers, set_clock):
    set_clock(LATER)
    for points in (FULL, LESS, NOTHING):
        desk.hand_in()
        desk.give(markers[0])
        desk.give(markers[1], points)
    desk.give(markers[1])
    found = queries.agreements(session, desk.exam.id)
    [question] = found.questions
    assert (question.agreement.n, question.agreement.exact) == (3, Fraction(1, 3))
    assert {one.name: (one.agreement.n, one.decisions) for one in found.markers} == {"周敏": (3, 3), "陈立": (3, 4)}
    assert queries.agreements(session, make_exam(session).id).questions == []
    for role in (Role.TRAINER, Role.HR):
        client.sign_in(make_person(session, role))
        text = client.get("/marking/agreement").text.replace("\u00a0", " ")
        assert "满 20 对才说" in text
        assert "漂移满 30" in text


def test_the_page_draws_a_session_with_enough_decisions_and_tells_figures_with_enough_pairs(
    session, client, exam, markers, set_clock
):
    set_clock(LATER)
    desk = Desk(session, exam)
    made = copies(session, desk.hand_in(text=""), desk.position, [f"{TEXT}{number}" for number in range(32)])
    for number, one in enumerate(made):
        points = LESS if number > 15 else FULL
        actions.give_opinion(session, one, desk.position, markers[0], points, "", LATER + timedelta(minutes=number))
        session.add(
            SecondMarking(
                attempt_id=one.id, position=desk.position, why=SecondReason.LOT, tolerance=1, stage=Stage.SECOND,
                asked_at=LATER,
            )
        )  # fmt: skip
        session.flush()
        actions.give_opinion(session, one, desk.position, markers[1], FULL, "", LATER + timedelta(minutes=number))
    [question] = queries.agreements(session).questions
    assert (question.agreement.n, question.agreement.exact) == (32, Fraction(1, 2))
    client.sign_in(markers[2])
    text = client.get("/marking/agreement").text
    assert text.count('class="chart drift"') == 2
    assert "越评越严" in text
    assert "没有看出漂移" in text
