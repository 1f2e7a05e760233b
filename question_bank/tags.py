"""Words that trainers put on questions, besides the topic: any number, free, and found again by them."""

import re
import unicodedata
from collections.abc import Iterable

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from question_bank.models import Question, QuestionTag
from question_bank.problems import LONGEST_TAG
from question_bank.versions import hold, keep_findable

SEPARATORS = re.compile(r"[,，、;；\n]")
"""Between the tags that somebody types into one field."""


def normal(tag: str) -> str:
    """A tag as it is kept: full-width letters made narrow, gaps of one space, no # before it."""
    return " ".join(unicodedata.normalize("NFKC", tag.replace("\0", " ")).split()).lstrip("#").strip()


def tidy(typed: Iterable[str]) -> list[str]:
    """These tags as they are kept, each once whatever its capitals, in order; empty ones left out."""
    found: dict[str, str] = {}
    for tag in map(normal, typed):
        if tag:
            found.setdefault(tag.casefold(), tag)
    return list(found.values())


def parted(typed: str) -> list[str]:
    """The tags of one field, parted by commas (also 、 and ；) or lines."""
    return tidy(SEPARATORS.split(typed))


def tags_of(session: Session, question_ids: Iterable[int]) -> dict[int, list[str]]:
    """The tags of each of these questions in alphabetical order; one without any is left out. One statement."""
    rows = select(QuestionTag).where(QuestionTag.question_id.in_(list(question_ids)))
    found: dict[int, list[str]] = {}
    for row in session.scalars(rows.order_by(QuestionTag.tag)):
        found.setdefault(row.question_id, []).append(row.tag)
    return found


def known(session: Session, most: int = 200) -> list[str]:
    """The tags in use, the most used first."""
    number = func.count().label("number")
    rows = select(QuestionTag.tag, number).group_by(QuestionTag.tag).order_by(number.desc(), QuestionTag.tag)
    return [tag for tag, _number in session.execute(rows.limit(most))]


def set_tags(session: Session, question: Question, tags: Iterable[str]) -> bool:
    """Give a question exactly these tags; whether that changed anything. Refuses a tag too long with ValueError."""
    wanted = set(tidy(tags))
    if any(len(tag) > LONGEST_TAG for tag in wanted):
        raise ValueError(f"a tag has at most {LONGEST_TAG} characters")
    hold(session, question)
    present = set(tags_of(session, [question.id]).get(question.id, ()))
    if wanted == present:
        return False
    gone = delete(QuestionTag).where(QuestionTag.question_id == question.id, QuestionTag.tag.in_(present - wanted))
    session.execute(gone)
    session.add_all(QuestionTag(question_id=question.id, tag=tag) for tag in sorted(wanted - present))
    session.flush()
    keep_findable(session, question)
    return True
