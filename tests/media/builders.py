"""Questions with pictures, drawn into papers."""

from dataclasses import replace

from sqlalchemy.orm import Session

from exam.papers.models import Exam
from question_bank import bank
from question_bank.items import Item, Kind, MultipleChoice, ShortAnswer, SingleChoice
from question_bank.models import Media, Question
from question_bank.tokens import token
from tests.builders import NOW, make_exam, make_item
from tests.question_bank.samples import picture

sizes = iter(range(300, 2000))


def make_medium(session: Session) -> Media:
    """A picture unlike all others."""
    return bank.store_media(session, picture(size=(next(sizes), 40)), None, NOW)


def illustrated(kind: Kind, stem: Media, choice: Media, key: Media) -> Item:
    """A question with a picture in its stem, one in its first choice, and one in all that belongs to the key."""
    item = make_item(kind)
    item = replace(item, stem=f"{item.stem} {token('收银台', stem.name)}", explanation=token("解析图", key.name))
    if isinstance(item, SingleChoice | MultipleChoice):
        first, *rest = item.choices
        return replace(item, choices=(replace(first, text=token("倾听", choice.name)), *rest))
    if isinstance(item, ShortAnswer):
        points = tuple(replace(one, text=f"{one.text} {token('要点图', key.name)}") for one in item.key_points)
        return replace(item, key_points=points, reference=token("参考图", key.name))
    return item


def illustrate(session: Session, exam: Exam, stem: Media, choice: Media, key: Media) -> None:
    """Give every question that there is for an exam these pictures, in a version that is published."""
    for question in session.query(Question):
        item = illustrated(question.kind, stem, choice, key)
        version = bank.revise(session, question, item, difficulty=2, now=NOW)
        bank.publish(session, version, now=NOW)


def illustrated_exam(session: Session, **columns: object) -> tuple[Exam, Media, Media, Media]:
    """An exam whose every question has pictures: in the stem, in a choice, and in what belongs to the key."""
    exam = make_exam(session, **columns)
    media = [make_medium(session) for _ in range(3)]
    illustrate(session, exam, *media)
    return exam, *media
