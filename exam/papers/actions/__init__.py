"""Changing exams, and making papers of their blueprints. A session goes in; changes are flushed, never committed."""

from exam.papers.actions.exams import (
    FINAL_TEST,
    copy,
    edit_terms,
    make_exam,
    publish,
    retire,
    seed_exam,
    set_blueprint,
    terms_of,
)
from exam.papers.actions.giving import Want, assemble, assemble_each, papers_for, throw_away
from exam.papers.actions.sets import (
    Making,
    Survey,
    assemble_waiting,
    count_experience,
    keep_refusal,
    keep_set,
    outdate_with,
    set_aside_broken,
    set_parallel,
    survey,
)

__all__ = [
    "FINAL_TEST",
    "Making",
    "Survey",
    "Want",
    "assemble",
    "assemble_each",
    "assemble_waiting",
    "copy",
    "count_experience",
    "edit_terms",
    "keep_refusal",
    "keep_set",
    "make_exam",
    "outdate_with",
    "papers_for",
    "publish",
    "retire",
    "seed_exam",
    "set_aside_broken",
    "set_blueprint",
    "set_parallel",
    "survey",
    "terms_of",
    "throw_away",
]
