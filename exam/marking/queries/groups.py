"""The answers that are marked together with one: those like it that the same marker has still to mark."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from exam.marking.queries.desk import DeskAnswer
from question_bank import bank
from question_bank.grouping import Likeness, alike, in_common

MOST_TOGETHER = 2000
"""Answers of a group; what is more comes again."""


@dataclass(frozen=True)
class Like:
    """One wording of a group, and all attempts that have it letter for letter."""

    likeness: Likeness
    percent: int
    pieces: Sequence[tuple[str, bool]]
    """The text in pieces, and whether each stands in the answer that is shown."""
    attempt_ids: Sequence[int]


@dataclass(frozen=True)
class Group:
    """What is like the shown answer; the most alike first."""

    likes: Sequence[Like]

    @property
    def size(self) -> int:
        return sum(len(one.attempt_ids) for one in self.likes)


def group(session: Session, found: DeskAnswer, texts: Mapping[int, str], waiting: Mapping[int, int]) -> Group:
    """The answers like this one among those that wait for the marker (`queries.waiting`), by the same key points."""
    versions = bank.counting_versions(session, set(waiting.values())) if waiting else {}
    others = {
        id: texts.get(id, "")
        for id, seen in sorted(waiting.items())
        if id != found.attempt.id and versions[seen].id == found.version.id
    }
    wordings: dict[str, list[int]] = {}
    how = {}
    for one in alike(found.text, others)[:MOST_TOGETHER]:
        wordings.setdefault(others[one.key], []).append(one.key)
        how[others[one.key]] = one
    return Group(
        [
            Like(how[text].likeness, how[text].percent, list(in_common(found.text, text)), ids)
            for text, ids in wordings.items()
        ]
    )
