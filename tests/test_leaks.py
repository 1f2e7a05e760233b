"""Nothing of a key reaches a candidate before its time: no page, no JSON, no header, from the course to the result.

The questions here carry strings that stand nowhere else. Two candidates of a cohort go the whole way; the first fails,
so that keys stay closed even for the second, who has passed, until the retake has been sat.
"""

import re
from dataclasses import replace
from itertools import count

import pytest

from exam.papers.rules import ReviewPolicy
from question_bank.items import Choice, Item, Kind, MultipleChoice, ShortAnswer, SingleChoice
from question_bank.models import Question, QuestionVersion
from tests.builders import NOW, make_item
from tests.sittings.builders import at
from tests.support.story import HALF, WHOLE, Candidate, HumanResources, Trainer, make_cast, words

SECRET = re.compile(r"geheim[a-z0-9-]*")
"""In the bank's ids, explanations, key points, accepted phrasings, reference answers, keys and sources of questions."""
TELLTALE = re.compile(
    r"\b(correct|is_right|explanation|key_?points?|accepted|reference|difficulty|credit_rule|weight)\b"
)
"""Names under which a key would travel; the pages read here are Chinese."""
number = count(1)


def guarded(kind: Kind) -> Item:
    """A question of `make_item` whose every hidden part can be recognised."""
    item, n = make_item(kind), next(number)
    item = replace(item, explanation=f"geheim-explanation-{n}")
    match item:
        case SingleChoice() | MultipleChoice():
            choices = tuple(Choice(f"geheim-{one.id}-{n}", one.text, one.correct) for one in item.choices)
            return replace(item, choices=choices)
        case ShortAnswer():
            points = tuple(
                replace(one, text=f"geheim-point-{n}", accepted=(*one.accepted, f"geheim-accepted-{n}"))
                for one in item.key_points
            )
            return replace(item, key_points=points, reference=f"geheim-reference-{n}")
    return item


@pytest.fixture
def cast(session, set_clock):
    set_clock(NOW)
    made = make_cast(session, guarded, max_retakes=1)
    for version in session.query(QuestionVersion):
        version.source = f"geheim-source-{version.id}"
        session.get_one(Question, version.question_id).key = f"geheim-key-{version.question_id}"
    return made


def everything(visitor):
    """Every byte somebody's browser got, with the request it answered."""
    for answer in visitor.got:
        yield f"{answer.request.method} {answer.request.path}", f"{answer.headers}\n{answer.get_data(as_text=True)}"


def leaks(visitor):
    """Where something secret went to this browser, and what."""
    return [(place, found) for place, sent in everything(visitor) for found in SECRET.findall(sent)]


def look_around(candidate):
    """Open everything a new hire can open."""
    for path in ("/", "/course", "/exam", "/tutoring", "/notices", "/profile"):
        candidate.get(path)
    candidate.result()


def sit(candidate, set_clock, start, text, wrong=()):
    """The whole time in the room, with its script's requests, refusals included."""
    set_clock(start)
    shown = candidate.enter()
    candidate.answer_all(shown, text, wrong)
    candidate.answer(1, {"choices": ["geheim"[:3]]}, status=422)
    candidate.call("put", "flags/2", epoch=candidate.epoch, flagged=True)
    candidate.call("post", "contact", epoch=candidate.epoch, waiting=0)
    candidate.get(candidate.attempt)
    candidate.epoch = candidate.call("post", "epoch", page="again", take_over=True).json["epoch"]
    candidate.hand_in()
    candidate.answer(1, shown[0].right, status=409)
    look_around(candidate)


def test_no_key_before_everybody_has_finished(session, cast, clients, set_clock):
    first, second = (Candidate(clients(), cast.newcomer(session, full_name=name)) for name in ("甲晓", "乙明"))
    marker, tutor = Trainer(clients(), cast.marker), Trainer(clients(), cast.tutor)
    for candidate in (first, second):
        candidate.learn()
        candidate.book(at(3, 10))
    sit(first, set_clock, at(3, 10), HALF, wrong=[Kind.MULTIPLE_CHOICE])
    sit(second, set_clock, at(3, 11), WHOLE)
    marker.mark()
    assert any("geheim-reference" in sent for _place, sent in everything(marker)), (
        "markers see what candidates must not"
    )
    look_around(first)
    marker.release()
    for candidate in (first, second):
        look_around(candidate)
    tutor.tutor(first.name)
    look_around(first)
    sit(first, set_clock, at(4, 10), WHOLE)
    marker.mark()
    assert leaks(first) == leaks(second) == []

    marker.release()
    for candidate in (first, second):
        candidate.got.clear()
        candidate.result()
        told = {found.split("-")[1] for _place, found in leaks(candidate)}
        assert {"explanation", "reference"} <= told
        assert {"key", "source", "accepted"}.isdisjoint(told), "not a candidate's business even then"


def test_the_room_names_no_key_and_looks_different_to_everybody(session, cast, clients, set_clock):
    candidates = [Candidate(clients(), cast.newcomer(session)) for _ in range(2)]
    for candidate in candidates:
        candidate.learn()
        candidate.got.clear()
        set_clock(at(3, 10))
        candidate.answer_all(candidate.enter(), WHOLE)
        for place, sent in everything(candidate):
            assert TELLTALE.findall(sent) == [], place
    one, other = ({shown.position: shown for shown in candidate.shown} for candidate in candidates)
    choices = [position for position in one if one[position].kind in (Kind.SINGLE_CHOICE, Kind.MULTIPLE_CHOICE)]
    tokens = [{token for position in choices for token in room[position].choices} for room in (one, other)]
    assert len(tokens[0]) == len(tokens[1]) == 16
    assert tokens[0].isdisjoint(tokens[1])
    assert any(list(one[place].choices.values()) != list(other[place].choices.values()) for place in choices)


def test_staff_who_may_not_see_the_bank_do_not_see_it(session, cast, clients, set_clock):
    """HR reads results, not questions: what HR sees of a person holds no key either."""
    candidate = Candidate(clients(), cast.newcomer(session, full_name="甲晓"))
    marker, hr = Trainer(clients(), cast.marker), HumanResources(clients(), cast.hr)
    candidate.learn()
    set_clock(at(3, 10))
    candidate.answer_all(candidate.enter(), WHOLE)
    candidate.hand_in()
    marker.mark()
    marker.release()
    hr.person(candidate.name)
    for path in ("/results", "/results/overview", "/people", "/results/export.csv"):
        hr.take(hr.client.get(path, buffered=True))
    assert leaks(hr) == []


def test_ones_own_answers_without_keys_tell_nothing_of_the_bank(session, clients, set_clock):
    """Where the exam shows questions but never keys, not even the bank's order of the choices shows."""
    set_clock(NOW)
    cast = make_cast(session, guarded, review_policy=ReviewPolicy.OWN_ANSWERS)
    candidate, marker = Candidate(clients(), cast.newcomer(session)), Trainer(clients(), cast.marker)
    candidate.learn()
    sit(candidate, set_clock, at(3, 10), WHOLE)
    marker.mark()
    marker.release()
    assert "倾听并记录" in words(candidate.result())
    assert leaks(candidate) == []
