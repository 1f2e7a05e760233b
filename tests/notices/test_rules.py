"""What each notice needs, and when a mail is tried again."""

from datetime import UTC, datetime, timedelta

import pytest

from exam.notices.rules import PARAMS, PAUSES, NoticeKind, missing, next_try

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)


def test_every_kind_says_what_it_needs():
    assert set(PARAMS) == set(NoticeKind)


def test_what_is_missing_is_named_and_more_does_no_harm():
    assert missing(NoticeKind.WINDOW_OPEN, {"exam": "x", "other": 1}) == {"closes_at", "minutes"}
    assert missing(NoticeKind.CONFIRMED, {"other": 1}) == frozenset()


@pytest.mark.parametrize(
    ("tries", "minutes"),
    [(1, 1), (2, 5), (3, 30), (4, 120), (5, None), (6, None)],
)
def test_a_mail_is_tried_again_after_1_5_30_and_120_minutes_then_given_up(tries, minutes):
    expected = None if minutes is None else NOW + timedelta(minutes=minutes)
    assert next_try(tries, permanent=False, now=NOW) == expected


def test_what_is_refused_for_good_is_not_tried_again():
    assert next_try(1, permanent=True, now=NOW) is None


def test_the_pauses_grow():
    assert list(PAUSES) == sorted(PAUSES)
