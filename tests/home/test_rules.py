"""The one next step, as a table HR could read."""

from datetime import UTC, datetime, timedelta

import pytest

from exam.courses.rules import Outline
from exam.home.rules import MILESTONES, Countdown, Facts, Milestone, Plan, Progress, Step, countdown, next_step, path
from exam.home.rules import reading_time as reading
from exam.results.rules import Outcome, Verdict
from exam.sittings.rules import Stage

LEARNING = Outline("c", "课程", "", ())
COMPLETE = Outline("c", "课程", "", (), completed_at=datetime(2026, 3, 2, tzinfo=UTC))


@pytest.mark.parametrize(
    ("facts", "step"),
    [
        (Facts(None), Step.NO_COURSE),
        (Facts(LEARNING), Step.LEARN),
        (Facts(COMPLETE), Step.NO_EXAM),
        (Facts(COMPLETE, Stage.NOT_OPEN), Step.NOT_OPEN),
        (Facts(COMPLETE, Stage.OPEN), Step.BOOK),
        (Facts(COMPLETE, Stage.BOOKED), Step.BOOKED),
        (Facts(COMPLETE, Stage.BEGUN), Step.BEGUN),
        (Facts(COMPLETE, Stage.NO_SHOW), Step.NO_SHOW),
        (Facts(COMPLETE, Stage.TOO_LATE), Step.TOO_LATE),
        (Facts(COMPLETE, Stage.MISSED), Step.MISSED),
        (Facts(COMPLETE, Stage.RUNNING), Step.RUNNING),
        (Facts(COMPLETE, Stage.DONE), Step.MARKING),
        (Facts(COMPLETE, Stage.DONE, marked=True), Step.RELEASE),
        (Facts(COMPLETE, Stage.DONE, marked=True, outcome=Outcome.PASS), Step.PASSED),
        (Facts(COMPLETE, Stage.DONE, marked=True, outcome=Outcome.DISTINCTION), Step.DISTINCTION),
        (Facts(COMPLETE, Stage.DONE, 1, 2, True, Outcome.FAIL), Step.PLAN_COMING),
        (Facts(COMPLETE, Stage.DONE, 1, 2, True, Outcome.FAIL, Plan(3, 2)), Step.TUTORING),
        (Facts(COMPLETE, Stage.DONE, 1, 2, True, Outcome.FAIL, Plan(3, 0)), Step.SIGNATURE),
        (Facts(COMPLETE, Stage.DONE, 1, 2, True, Outcome.FAIL, Plan(0, 0)), Step.SIGNATURE),
        (Facts(COMPLETE, Stage.OPEN, 2, 2), Step.BOOK),
        (Facts(COMPLETE, Stage.DONE, 3, 2, True, Outcome.FAIL), Step.LAST_FAIL),
        (Facts(COMPLETE, Stage.DONE, 1, 0, True, Outcome.FAIL), Step.LAST_FAIL),
        (Facts(COMPLETE, Stage.DONE, 3, 2, True, Outcome.PASS), Step.PASSED),
        (Facts(COMPLETE, Stage.DONE, marked=True, outcome=Outcome.PASS, verdict=Verdict.CONFIRMED), Step.CONFIRMED),
        (Facts(COMPLETE, Stage.MISSED, verdict=Verdict.NOT_CONFIRMED), Step.NOT_CONFIRMED),
        (Facts(COMPLETE, Stage.OPEN, 4, 2, verdict=Verdict.ONE_MORE_TRY), Step.BOOK),
        (Facts(LEARNING, verdict=Verdict.CONFIRMED), Step.CONFIRMED),
        # A running test comes before everything, whatever HR has written meanwhile.
        (Facts(COMPLETE, Stage.RUNNING, verdict=Verdict.NOT_CONFIRMED), Step.RUNNING),
    ],
)
def test_the_one_next_step(facts, step):
    assert next_step(facts) is step


def test_every_stage_of_a_sitting_has_a_step():
    assert all(next_step(Facts(COMPLETE, stage)) for stage in Stage)


@pytest.mark.parametrize(("try_number", "max_retakes", "left"), [(1, 2, 2), (2, 2, 1), (3, 2, 0), (4, 2, 0), (1, 0, 0)])
def test_the_retakes_left(try_number, max_retakes, left):
    assert Facts(None, try_number=try_number, max_retakes=max_retakes).retakes_left == left


def test_the_path_has_one_present_step_with_the_done_ones_before_it():
    for step in Step:
        progress = [how for _milestone, how in path(step)]
        assert len(progress) == 5
        assert progress == sorted(progress, key=[Progress.DONE, Progress.NOW, Progress.AHEAD].index)
        assert progress.count(Progress.NOW) == (0 if step is Step.CONFIRMED else 1)


@pytest.mark.parametrize(
    ("step", "milestone"),
    [
        (Step.LEARN, Milestone.COURSE),
        (Step.BOOK, Milestone.BOOKING),
        (Step.BOOKED, Milestone.TEST),
        (Step.RUNNING, Milestone.TEST),
        (Step.MARKING, Milestone.RESULT),
        (Step.PASSED, Milestone.CONFIRMATION),
    ],
)
def test_where_a_step_stands_on_the_path(step, milestone):
    assert MILESTONES[step] is milestone


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(days=2, hours=3, minutes=59), Countdown(2, 3)),
        (timedelta(days=1), Countdown(1, 0)),
        (timedelta(hours=23, minutes=59, seconds=1), Countdown(1, 0)),
        (timedelta(hours=1, minutes=5), Countdown(0, 1, 5)),
        (timedelta(minutes=59, seconds=30), Countdown(0, 1, 0)),
        (timedelta(minutes=35), Countdown(0, 0, 35)),
        (timedelta(seconds=1), Countdown(0, 0, 1)),
        (timedelta(0), Countdown(0, 0, 1)),
        (timedelta(minutes=-5), Countdown(0, 0, 1)),
    ],
)
def test_a_countdown_says_its_two_greatest_units(left, words):
    assert countdown(left) == words


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(5, Countdown(0, 0, 5)), (59, Countdown(0, 0, 59)), (61, Countdown(0, 1)), (181, Countdown(0, 3))],
)
def test_long_reading_is_told_to_ten_minutes(minutes, words):
    assert reading(minutes) == words
