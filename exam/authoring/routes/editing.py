"""What stands in the bank of the question being edited."""

from dataclasses import dataclass, field
from typing import Any

from flask import abort
from flask_login import current_user

from exam.authoring import queries, rules
from exam.db import db
from question_bank import bank
from question_bank.items import Item
from question_bank.models import OPEN, Question, QuestionVersion, Topic, VersionState


@dataclass
class Editing:
    """The question, and all its versions; nothing yet for a new one."""

    question: Question | None = None
    topic: Topic | None = None
    versions: list[QuestionVersion] = field(default_factory=list)

    @property
    def current(self) -> QuestionVersion | None:
        """The version a trainer works on next."""
        found = next((version for version in self.versions if version.state in OPEN), None) or self.published
        return found or (self.versions[-1] if self.versions else None)

    @property
    def published(self) -> QuestionVersion | None:
        return next((version for version in self.versions if version.state is VersionState.PUBLISHED), None)

    @property
    def in_review(self) -> bool:
        """Whether the next version waits for a second person, so that nobody writes in it."""
        return self.current is not None and self.current.state is VersionState.IN_REVIEW

    @property
    def writers(self) -> list[int]:
        """Who had a hand in what would be published next; a new wording is that of whoever asks."""
        current = self.current
        return list(current.writers) if current and current.state in OPEN else [current_user.id]

    def build(self, form: Any) -> Item:
        """The item that was typed, with ids that go on from the versions there are."""
        taken = {part for version in self.versions for part in rules.part_ids(bank.item_of(version))}
        known = rules.part_ids(bank.item_of(self.current)) if self.current else ()
        return rules.build(form.given(), known, taken)


def editing_of(question_id: int) -> Editing:
    """Load a question for editing; 404 when there is none."""
    found = queries.question(db.session(), question_id) or abort(404)
    return Editing(*found, list(bank.history(db.session(), question_id)))


def version_of(editing: Editing, number: int) -> QuestionVersion:
    """One of its versions; 404 when it has none of this number."""
    return next((version for version in editing.versions if version.number == number), None) or abort(404)
