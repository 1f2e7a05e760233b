"""Comments that a marker keeps for a question."""

from datetime import datetime

from sqlalchemy.orm import Session

from exam.accounts.models import Person
from exam.errors import Refused, _l
from exam.marking import queries
from exam.marking.models import CommentSnippet
from exam.marking.rules import LONGEST_COMMENT, MOST_SNIPPETS


def keep_snippet(session: Session, marker: Person, question_id: int, text: str, now: datetime) -> CommentSnippet:
    """Keep a comment for a question, to use it again; one that is kept already stays the same.

    Refuses an empty one, one that is too long, and more than there are keys.
    """
    wanted = text.strip()
    known = queries.snippets(session, marker.id, question_id)
    kept = next((one for one in known if one.text == wanted), None)
    if kept is not None:
        return kept
    if not wanted or len(wanted) > LONGEST_COMMENT:
        raise Refused(_l("Write the comment first; then it can be kept."), code="no_comment")
    if len(known) >= MOST_SNIPPETS:
        raise Refused(_l("Nine comments are kept for this question. Drop one first."), code="enough_snippets")
    snippet = CommentSnippet(marker_id=marker.id, question_id=question_id, text=wanted, made_at=now)
    session.add(snippet)
    session.flush()
    return snippet


def drop_snippet(session: Session, snippet: CommentSnippet) -> None:
    """Keep a comment no longer; what was said with it stays said."""
    session.delete(snippet)
    session.flush()
