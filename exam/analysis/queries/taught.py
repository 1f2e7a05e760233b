"""What the course says to a question: the text of the pages that it is tied to. One statement."""

import re
from collections.abc import Collection

from sqlalchemy import select, union_all
from sqlalchemy.orm import Session

from exam.courses.models import Page, PageRevision
from question_bank.models import QuestionVersion

MARKER = re.compile(r"^[\s>#]*(?:[-*+]|\d+[.)])?\s+|[*_`|]", re.MULTILINE)
"""What Markdown puts before a line or around words: between two entries of a list no number is read."""


def taught_words(session: Session, version_ids: Collection[int]) -> dict[int, list[str]]:
    """By question the texts of its pages: whole, and line by line; what they said before an edit or their end too."""
    pages = select(Page.id, Page.title, Page.standfirst, Page.body)
    before = select(PageRevision.page_id, PageRevision.title, PageRevision.standfirst, PageRevision.body)
    said = union_all(pages, before).subquery()
    rows = session.execute(
        select(QuestionVersion.question_id, said.c.title, said.c.standfirst, said.c.body)
        .join(Page, Page.slug == QuestionVersion.source)
        .join(said, said.c.id == Page.id)
        .where(QuestionVersion.id.in_(version_ids))
        .distinct()
    )
    found: dict[int, list[str]] = {}
    for question_id, title, standfirst, body in rows:
        plain = MARKER.sub("", body)
        found.setdefault(question_id, []).extend([title, standfirst, plain, *plain.splitlines()])
    return found
