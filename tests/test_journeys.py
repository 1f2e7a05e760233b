"""Whole stories over HTTP, on both databases: what one person does is there for the next, to the last decision."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from exam import clock
from exam.accounts.models import AuditEvent
from exam.attempts.models import Attempt, CloseReason
from exam.jobs import run_due
from exam.notices.models import Notice
from exam.results.models import Decision
from exam.results.rules import Verdict
from exam.schedule import JOBS
from exam.sittings.models import Sitting
from question_bank.items import Kind
from tests.builders import NOW
from tests.sittings.builders import at
from tests.support.story import (
    HALF,
    WHOLE,
    Candidate,
    HumanResources,
    Trainer,
    attempt_of,
    forms,
    links,
    make_cast,
    numbers,
    read,
    words,
)


@pytest.fixture(autouse=True)
def today(set_clock):
    set_clock(NOW)


@pytest.fixture
def cast(session):
    return make_cast(session)


@pytest.fixture
def newcomer(session, cast):
    """Start the story of a new hire, in a browser of their own."""

    def make(clients, name="林晓雨"):
        return Candidate(clients(), cast.newcomer(session, full_name=name))

    return make


@pytest.fixture
def candidate(newcomer, clients):
    return newcomer(clients)


@pytest.fixture
def marker(cast, clients):
    return Trainer(clients(), cast.marker)


@pytest.fixture
def tutor(cast, clients):
    return Trainer(clients(), cast.tutor)


@pytest.fixture
def hr(cast, clients):
    return HumanResources(clients(), cast.hr)


def said(root):
    """The words of a page's main part, with ordinary spaces."""
    return words(next(root.iter("main"))).replace("\u00a0", " ")


def sit(candidate, set_clock, start, text, wrong=()):
    """Start at a moment, answer, and hand in forty minutes later; gives the receipt."""
    set_clock(start)
    shown = candidate.enter()
    set_clock(start + timedelta(minutes=39))
    candidate.answer_all(shown, text, wrong)
    set_clock(start + timedelta(minutes=40))
    return candidate.hand_in()


def test_a_new_hire_passes_at_the_second_try_and_is_confirmed(session, candidate, marker, tutor, hr, set_clock):
    landed = candidate.learn()
    assert "3 月 2 日 周一 09:30 到 3 月 8 日 周日 23:59" in said(candidate.get("/exam"))
    assert links(landed, r"/exam(\?sitting=\d+)?")
    assert "3 月 3 日" in said(candidate.book(at(3, 10)))

    receipt = sit(candidate, set_clock, at(3, 10, 2), HALF, wrong=[Kind.MULTIPLE_CHOICE])
    first, seen = attempt_of(candidate), {one.stem for one in candidate.shown}
    assert len(seen) == 8
    assert "JY-" in said(receipt)
    assert "待评阅" in said(candidate.result())

    set_clock(at(3, 14))
    assert marker.mark() == 2
    assert "46" not in numbers(said(candidate.result()))
    assert marker.release() == 1
    assert "46" in numbers(said(candidate.result()))
    assert "不合格" in said(candidate.result())

    set_clock(at(4, 9))
    assert "已签字" in said(tutor.tutor(candidate.name))
    candidate.book(at(5, 10))
    sit(candidate, set_clock, at(5, 10), WHOLE)
    second = attempt_of(candidate)
    assert second != first
    assert seen.isdisjoint(one.stem for one in candidate.shown)

    set_clock(at(5, 15))
    assert marker.mark() == 2
    marker.release()
    assert "100" in numbers(said(candidate.result()))

    set_clock(at(6, 9))
    hr.decide(candidate.name, "confirmed")
    assert "转正" in said(candidate.get("/"))
    decision = session.scalars(select(Decision)).one()
    assert (decision.verdict, decision.attempt_id, decision.outstanding) == (Verdict.CONFIRMED, second, False)
    trail = list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))
    wanted = ["mark.given", "result.released", "plan.signed", "retake.opened", "decision.made"]
    assert [one for one in wanted if one not in trail] == []
    told = session.scalars(select(Notice.kind).where(Notice.person_id == decision.person_id).order_by(Notice.id))
    assert list(told) == [
        "window_open", "booking_made", "result_released", "plan_made", "retake_open", "booking_made",
        "result_released", "confirmed",
    ]  # fmt: skip


@pytest.mark.parametrize("on_retake", [False, True], ids=["first try", "retake"])
def test_the_title_is_offered_for_a_distinction_on_the_first_try_only(
    candidate, marker, tutor, hr, set_clock, on_retake
):
    candidate.learn()
    if on_retake:
        sit(candidate, set_clock, at(3, 10), "", wrong=list(Kind))
        marker.release()
        tutor.tutor(candidate.name)
    sit(candidate, set_clock, at(4, 10), WHOLE)
    marker.mark()
    marker.release()
    assert "优秀" in said(candidate.result())
    page = hr.person(candidate.name)
    offered = [one for one in page.iter("input") if one.get("name") == "outstanding"]
    assert bool(offered) is not on_retake
    hr.decide(candidate.name, "confirmed", **({"outstanding": "y"} if offered else {}))
    assert (candidate.name in said(hr.get("/results/outstanding"))) is not on_retake


def test_who_never_comes_back_is_closed_at_the_deadline_and_marked(session, candidate, marker, set_clock):
    candidate.learn()
    set_clock(at(3, 10))
    shown = candidate.enter()
    set_clock(at(3, 10, 20))
    candidate.answer_all(shown, WHOLE, wrong=[Kind.TRUE_FALSE])
    for later in (timedelta(minutes=60), timedelta(minutes=60, seconds=11), timedelta(hours=3)):
        set_clock(at(3, 10) + later)
        run_due(session, JOBS, "test", clock.now)
    attempt = session.get_one(Attempt, attempt_of(candidate))
    assert (attempt.closed_at, attempt.close_reason) == (at(3, 11), CloseReason.DEADLINE)
    assert candidate.answer(1, shown[0].right, status=409).json["code"] == "after_deadline"
    assert marker.mark() == 2
    assert marker.release() == 0, "it waits for the decision on the late answer"
    (late,) = forms(marker.get("/marking/late"), r"/marking/late/\d+")
    marker.post(late.get("action") or "", accept="no", reason="超过截止时间")
    assert marker.release() == 1
    assert "90" in numbers(said(candidate.result()))


def test_a_missed_window_is_reopened_by_hr_and_sat(session, candidate, hr, marker, set_clock):
    candidate.learn()
    set_clock(at(10, 9))
    run_due(session, JOBS, "test", clock.now)
    assert "缺考" in said(candidate.get("/exam"))
    assert not links(candidate.get("/exam"), r"/exam/\d+/start")
    whole_history = hr.get(links(hr.person(candidate.name), r"/people/\d+")[0])
    (door,) = links(whole_history, r"/sittings/\d+/reopen\?.*")
    hr.post(door, last_day="2026-03-13", reason="病假，有证明")
    assert "病假" in said(candidate.get("/exam"))
    sit(candidate, set_clock, at(12, 10), WHOLE)
    marker.mark()
    assert marker.release() == 1
    assert session.scalars(select(Sitting.try_number)).all() == [1]


def test_after_the_last_retake_hr_gives_one_more_try_or_ends_it(session, candidate, cast, marker, tutor, hr, set_clock):
    cast.exam.max_retakes = 1
    candidate.learn()
    sit(candidate, set_clock, at(3, 10), "", wrong=list(Kind))
    marker.release()
    tutor.tutor(candidate.name)
    sit(candidate, set_clock, at(4, 10), "", wrong=list(Kind))
    marker.release()
    assert not links(candidate.result(), "/tutoring")
    hr.decide(candidate.name, "one_more_try", reason="家里有急事")
    sit(candidate, set_clock, at(5, 10), "", wrong=list(Kind))
    marker.release()
    hr.decide(candidate.name, "not_confirmed", reason="三次未通过")
    assert [one.try_number for one in session.scalars(select(Sitting).order_by(Sitting.id))] == [1, 2, 3]
    assert "三次未通过" in said(candidate.result())


def test_hr_adds_somebody_whose_link_leads_to_the_first_page(session, cast, hr, clients):
    root = hr.post(
        "/people/new", full_name="王可", username="", staff_number="M0412", email="", roles="new_hire",
        cohort=str(cast.cohort.id), tutor=str(cast.tutor.id), new_cohort="", course="",
    )  # fmt: skip
    link = next(words(one) for one in root.iter("code"))
    visitor = clients()
    path = urlsplit(link).path
    assert visitor.get(path).status_code == 200
    password = "三月入职的新同事口令"
    landed = visitor.post(path, data={"password": password, "again": password}, follow_redirects=True)
    assert landed.request.path == "/"
    assert "王可" in landed.text
    assert links(read(landed.text), "/course(/.*)?")
    assert clients().get(path).status_code == 410


def test_two_new_hires_do_not_meet(session, newcomer, clients, marker, set_clock):
    """Each sees only their own; the trainer's desk counts both, without names."""
    one, other = newcomer(clients, "甲晓"), newcomer(clients, "乙明")
    for who in (one, other):
        who.learn()
    sit(one, set_clock, at(3, 10), WHOLE)
    sit(other, set_clock, at(3, 10), HALF)
    for who in (one, other):
        for answer in who.got:
            text = answer.get_data(as_text=True)
            assert (other.name if who is one else one.name) not in text
    assert one.client.get(f"{other.attempt}/receipt").status_code == 404
    desk = said(marker.get("/marking"))
    assert one.name not in desk
    assert marker.mark() == 4
    assert marker.release() == 2
