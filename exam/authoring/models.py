"""Imports, with each question of them until it is in the bank; and changes of many questions, to take them back."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from exam.accounts.models import Person
from exam.authoring.rules import BulkAct
from exam.authoring.rules.imports import Decision, RowState
from question_bank.models import Question, QuestionVersion, Topic
from question_bank.orm import Base, WordType


class Import(Base):
    """A file that was read. It stays until all its questions are imported or it is discarded."""

    __tablename__ = "question_import"
    __table_args__ = (Index("ix_question_import_created", "created_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    """None for an import from the command line."""
    name: Mapped[str] = mapped_column(String(200))
    format: Mapped[str] = mapped_column(String(20))
    notes: Mapped[list[Any]]
    """What is said of the file as a whole: code, place, detail, excerpt."""
    topic_id: Mapped[int | None] = mapped_column(ForeignKey(Topic.id))
    """Where questions go whose file names no topic."""
    difficulty: Mapped[int] = mapped_column(default=2)
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    """The file itself, to read it again with other columns; gone once the import is finished."""
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    discarded_at: Mapped[datetime | None]


class ImportEntry(Base):
    """Questions brought in at one time; it can be undone while none of them was used."""

    __tablename__ = "question_import_entry"
    __table_args__ = (Index("ix_question_import_entry_import", "import_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey(Import.id))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    number: Mapped[int]
    """How many questions."""
    made_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[int | None] = mapped_column(ForeignKey(Person.id))


class ImportRow(Base):
    """One question of a file, as it was read and mended."""

    __tablename__ = "question_import_row"
    __table_args__ = (
        UniqueConstraint("import_id", "position"),
        Index("ix_question_import_row_state", "import_id", "state"),
        Index("ix_question_import_row_entry", "entry_id"),
        # So that undoing an import finds what refers to a question.
        Index("ix_question_import_row_like", "like_id"),
        Index("ix_question_import_row_question", "question_id"),
        Index("ix_question_import_row_version", "version_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey(Import.id))
    position: Mapped[int]
    place: Mapped[str] = mapped_column(String(120))
    """Where it stands in the file: line 12, row 5."""
    source: Mapped[str] = mapped_column(Text)
    """What stands there."""
    content: Mapped[dict[str, Any] | None]
    """The question as the bank keeps it, with None where a truth is unknown; None if it couldn't be read."""
    instead: Mapped[dict[str, Any] | None]
    """What it could become if a trainer says so, where its own kind isn't supported."""
    topic: Mapped[str | None] = mapped_column(String(120))
    difficulty: Mapped[int | None]
    tags: Mapped[list[Any]]
    family: Mapped[str] = mapped_column(String(60), default="")
    expected_seconds: Mapped[int | None]
    problems: Mapped[list[Any]]
    """What the reader says: severity, code, detail."""
    like_id: Mapped[int | None] = mapped_column(ForeignKey(Question.id))
    """The question of the bank that is like it."""
    like_position: Mapped[int | None]
    """The question of the same file, further up, that is like it."""
    like_percent: Mapped[int | None]
    decision: Mapped[Decision] = mapped_column(WordType(Decision), default=Decision.UNDECIDED)
    state: Mapped[RowState] = mapped_column(WordType(RowState))
    entry_id: Mapped[int | None] = mapped_column(ForeignKey(ImportEntry.id))
    question_id: Mapped[int | None] = mapped_column(ForeignKey(Question.id))
    version_id: Mapped[int | None] = mapped_column(ForeignKey(QuestionVersion.id))


class BulkEdit(Base):
    """One such change: by whom, what, and what each question was before and after."""

    __tablename__ = "bulk_edit"
    __table_args__ = (Index("ix_bulk_edit_actor_id_id", "actor_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    actor_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    act: Mapped[BulkAct] = mapped_column(WordType(BulkAct))
    changes: Mapped[list[Any]]
    """For each question that changed: question (its id), before and after, as `question_bank.snapshots` has them."""
    number: Mapped[int]
    """How many questions changed."""
    value: Mapped[str] = mapped_column(Text, default="")
    """To what, in words: the topic's name, the difficulty, the tag."""
    made_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
