"""The room's questions and parts of pages, rendered once and filled in: the same HTML as rendered anew, and safe."""

import re
from dataclasses import replace
from fractions import Fraction
from random import Random

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from exam.attempts import actions, showing
from exam.attempts.rules import Layout, Place
from exam.attempts.showing import ShownChoice
from exam.moulds import Mould, hole, piece
from exam.papers.queries import slots
from question_bank import bank
from question_bank.items import Choice, CreditRule, Kind, MultipleChoice, SingleChoice
from question_bank.models import Question
from tests.attempts.builders import begin, make_ready_sitting
from tests.builders import NOW, make_exam, make_item, make_person
from tests.sittings.builders import make_booking
from tests.support.database import count_statements

NASTY = "</legend><script>alert(\"1\")</script> & 'x' {{ 7 * 7 }} %(number)s {position} ①"


def nasty(kind: Kind):
    """A question whose words would do harm."""
    item = make_item(kind, NASTY)
    if isinstance(item, SingleChoice | MultipleChoice):
        return replace(item, choices=tuple(Choice(one.id, f"{NASTY}{one.id}", one.correct) for one in item.choices))
    return item


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("language", ["zh_Hans_CN", "en"])
def test_filled_in_it_is_what_the_template_renders(app: Flask, kind: Kind, language: str) -> None:
    item, rule = nasty(kind), CreditRule.PROPORTIONAL
    choices = item.choices if isinstance(item, SingleChoice | MultipleChoice) else ()
    shuffled = Random(4).sample(choices, len(choices))
    place = Place(kind, tuple((f"{n:012x}", one.id) for n, one in enumerate(shuffled)))
    with app.test_request_context(headers={"Cookie": f"jieye_lang={language}"}):
        filled = showing._mould(item, Fraction(5, 2), rule, dict).fill(17, place)
        rendered = app.jinja_env.get_template("attempts/_question.html").render(
            position=17, kind=kind, stem=item.stem, points=Fraction(5, 2), credit_rule=rule, media={},
            shown=[ShownChoice(f"{n:012x}", one.text) for n, one in enumerate(shuffled)],
        )  # fmt: skip
    assert filled == rendered
    assert "<script>" not in filled
    assert "&lt;script&gt;" in filled


def test_words_are_escaped_where_they_are_filled_in() -> None:
    mould = Mould(f"<a title='{hole('name')}'>{hole('name')}</a>{hole('html')}")
    filled = mould.fill({"name": "<b>'&", "html": Mould("<i>").fill({})})
    assert filled == "<a title='&lt;b&gt;&#39;&amp;'>&lt;b&gt;&#39;&amp;</a><i>"
    with pytest.raises(KeyError):
        mould.fill({"name": "x"})


def test_a_part_of_a_page_sees_nothing_of_who_asks(app: Flask) -> None:
    with app.test_request_context():
        for name in ("_hall", "_banners", "_sign_in", "_summary", "_sheet", "_words", "_question"):
            source = app.jinja_env.loader.get_source(app.jinja_env, f"attempts/{name}.html")[0]  # type: ignore[union-attr]
            source = re.sub(r"{#.*?#}", "", source, flags=re.DOTALL)
            assert not re.search(r"current_user|csrf|csp_nonce|session|request|\bg\.", source), name
        one = piece("attempts/_words.html", {"title": "甲", "name": "张"})
        other = piece("attempts/_words.html", {"title": "乙", "name": "李"})
    assert one.replace("甲", "乙").replace("张", "李") == other
    assert "张" not in other


def test_two_candidates_share_nothing_but_the_questions(session: Session, client, clients, set_clock) -> None:
    set_clock(NOW)
    exam = make_exam(session)
    pages = []
    for visitor in (client, clients()):
        person = make_person(session)
        attempt = actions.start(session, make_ready_sitting(session, person, exam), NOW)
        page = visitor.sign_in(person).get(f"/attempts/{attempt.id}").text
        pages.append((person, attempt, page))
    (one, first, _page), (_other, second, page) = pages
    tokens = [token for place in Layout.from_data(first.layout).places.values() for token, _ in place.choices]
    mine = [token for place in Layout.from_data(second.layout).places.values() for token, _ in place.choices]
    assert one.full_name not in page
    assert one.username not in page
    assert [token for token in tokens if token in page] == []
    assert [token for token in mine if page.count(f'value="{token}"') != 1] == []


def test_a_new_wording_is_shown_to_those_who_have_it(session: Session, client, set_clock) -> None:
    set_clock(NOW)
    exam = make_exam(session, questions=1)
    before = begin(session, exam=exam)
    version = slots(session, before.paper_id)[0].version
    question = session.get_one(Question, version.question_id)
    bank.publish(session, bank.revise(session, question, make_item(stem="新的问法？"), difficulty=2, now=NOW), now=NOW)
    after = actions.start(session, make_ready_sitting(session, exam=exam), NOW)
    shown = {}
    for attempt in (before, after):
        client.sign_in(session.get_one(type(make_person(session)), attempt.person_id))
        shown[attempt.id] = client.get(f"/attempts/{attempt.id}").text
    assert version.stem in shown[before.id]
    assert "新的问法" not in shown[before.id]
    assert "新的问法" in shown[after.id]
    assert version.stem not in shown[after.id]


def test_starting_opening_and_entering_take_few_statements(session: Session, client, set_clock) -> None:
    set_clock(NOW)
    sitting = make_ready_sitting(session)
    make_booking(session, sitting, NOW)
    actions.prepare(session, NOW)
    client.sign_in(sitting.person)
    numbers = {}

    def counted(name: str, method: str, path: str, **sent):
        with count_statements(session) as statements:
            answered = getattr(client, method)(path, **sent)
        numbers[name] = len([one for one in statements if not one.startswith("BEGIN")])
        return answered

    room = counted("start", "post", f"/sittings/{sitting.id}/start", data={"honest": "yes"}).location
    client.get(room)
    counted("room", "get", room)
    counted("epoch", "post", f"{room}/epoch", json={"page": "one", "take_over": True})
    assert numbers == {"start": 4, "room": 3, "epoch": 10}
