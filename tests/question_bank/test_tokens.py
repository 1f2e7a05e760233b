"""Tokens of pictures and sounds in texts, and which versions show which media."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from question_bank import bank
from question_bank.items import Choice, Kind, ShortAnswer, SingleChoice
from question_bank.models import Media, Question, QuestionVersion, QuestionVersionMedia
from question_bank.problems import ProblemCode, problems
from question_bank.tokens import Token, in_words, parts, relinked, seen_names, token
from tests.builders import NOW, make_item, make_topic
from tests.question_bank.samples import picture, telling_png, wave

NAME = "0123456789abcdef0123456789abcdef.png"
LATER = NOW + timedelta(minutes=5)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"看图 ![收银台]({NAME}) 回答", "看图 [收银台] 回答"),
        (f"![收银台]({NAME})![门]({NAME})", "[收银台][门]"),
        (f"![]({NAME})", "[…]"),
        ("![收银台](photo.png)", "![收银台](photo.png)"),
        (f"![两\n行]({NAME})", f"![两\n行]({NAME})"),
        ("没有图", "没有图"),
    ],
)
def test_a_list_shows_what_a_picture_shows(text, words):
    assert in_words(text) == words


def test_a_text_is_cut_at_its_tokens():
    assert list(parts(f"a{token('门 [1]', NAME)}b")) == ["a", Token("门 1", NAME), "b"]


@pytest.mark.parametrize("kind", list(Kind))
def test_relinking_renames_in_every_text_and_leaves_the_rest(kind):
    item = make_item(kind, "看 ![门](photo.png) 与 ![窗](other.png)")
    item = replace(item, explanation="![门](photo.png)")
    if isinstance(item, ShortAnswer):
        item = replace(item, reference="![门](photo.png)")
    new = relinked(item, {"photo.png": NAME})
    assert new.stem == f"看 ![门]({NAME}) 与 ![窗](other.png)"
    assert new.explanation == f"![门]({NAME})"
    assert relinked(new, {}) == new


def test_a_picture_of_which_nothing_is_said_is_a_problem_at_its_field():
    item = SingleChoice("选一张", (Choice("a", f"![]({NAME})", True), Choice("b", f"![门]({NAME})")))
    [problem] = problems(item)
    assert (problem.code, problem.field, problem.part) == (ProblemCode.NOTHING_SAID_OF_PICTURE, "choices", "a")


# In the bank


def shown_by(session, version):
    rows = session.execute(
        select(Media.name, QuestionVersionMedia.seen)
        .join(Media, Media.id == QuestionVersionMedia.media_id)
        .where(QuestionVersionMedia.question_version_id == version.id)
    )
    return dict(iter(rows))


def illustrated(stem_name, explanation_name="x.png"):
    item = make_item(Kind.SINGLE_CHOICE, f"看图 {token('收银台', stem_name)}")
    return replace(item, explanation=token("平面图", explanation_name))


def test_the_same_picture_is_kept_once_whoever_brings_it(session):
    first = bank.store_media(session, telling_png(), 1, NOW)
    again = bank.store_media(session, picture(), 2, LATER)
    back = bank.store_media(session, first.content, 3, LATER)
    assert first.id == again.id == back.id
    assert (first.author_id, first.width, first.height, first.size) == (1, 60, 40, len(first.content))
    assert session.query(Media).count() == 1


def test_a_list_of_media_carries_no_content(session):
    bank.store_media(session, picture(), None, NOW)
    session.expire_all()
    [medium] = session.scalars(select(Media))
    assert "content" not in medium.__dict__


def test_a_version_is_tied_to_the_media_of_its_texts(session):
    stem, key = (bank.store_media(session, content, None, NOW) for content in (picture(), wave()))
    version = bank.draft(session, make_topic(session), illustrated(stem.name, key.name), difficulty=2, now=NOW)
    assert shown_by(session, version) == {stem.name: True, key.name: False}
    assert version.stem == "看图 [收银台]"
    assert seen_names(bank.item_of(version)) == {stem.name}


def test_a_draft_written_anew_is_tied_anew(session):
    first, second = (bank.store_media(session, picture(size=(n, 9)), None, NOW) for n in (10, 20))
    version = bank.draft(session, make_topic(session), illustrated(first.name), difficulty=2, now=NOW)
    question = session.get_one(Question, version.question_id)
    bank.revise(session, question, illustrated(second.name), difficulty=2, now=LATER)
    assert shown_by(session, version) == {second.name: True}


def test_a_next_version_leaves_the_ties_of_the_last_and_discarding_it_takes_its_own(session):
    stem = bank.store_media(session, picture(), None, NOW)
    version = bank.publish(
        session, bank.draft(session, make_topic(session), illustrated(stem.name), difficulty=2, now=NOW), now=NOW
    )
    question = session.get_one(Question, version.question_id)
    new = bank.revise(session, question, make_item(), difficulty=2, now=LATER)
    newer = bank.revise(session, question, illustrated(stem.name), difficulty=2, now=LATER)
    assert (new.id, shown_by(session, version), shown_by(session, newer)) == (newer.id, *2 * ({stem.name: True},))
    bank.discard(session, newer)
    assert session.query(QuestionVersion).count() == 1
    assert session.query(QuestionVersionMedia).count() == 1


def test_facts_of_a_page_take_one_statement_and_none_without_pictures(session):
    stem, key = (bank.store_media(session, content, None, NOW) for content in (picture(), wave()))
    items = [illustrated(stem.name, key.name), illustrated(NAME)]
    facts = bank.media_facts(session, items)
    assert {name: (one.width, one.is_sound) for name, one in facts.items()} == {
        stem.name: (60, False), key.name: (None, True),
    }  # fmt: skip
    assert bank.media_facts(session, [make_item()]) == {}
