"""Opinions of markers and the machine, and the marks that count. Both appended, never rewritten."""

from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from exam.marking.rules import MarkSource, SecondReason, Stage, Undoing
from question_bank.orm import Base, WordType


class Opinion(Base):
    """What one marker thinks one answer is worth."""

    __tablename__ = "opinion"
    __table_args__ = (Index("ix_opinion_attempt_position", "attempt_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"))
    position: Mapped[int]
    question_version_id: Mapped[int] = mapped_column(ForeignKey("question_version.id"))
    marker_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    key_points: Mapped[dict[str, Any]]
    """Points given per key point id, as exact text: {"p1": "1", "p2": "1/2"}."""
    share: Mapped[Fraction]
    """0 to 1 of the slot's worth."""
    comment: Mapped[str] = mapped_column(Text, default="")
    proposal: Mapped[dict[str, Any] | None]
    """What the machine had proposed when the marker decided; it never decides itself."""
    given_at: Mapped[datetime]
    act_id: Mapped[int | None] = mapped_column(ForeignKey("marking_act.id"), index=True)
    """The act it was given in; None in records from before there were acts."""


class Mark(Base):
    """The points of one slot that count, until a later mark. Names the version it was made against."""

    __tablename__ = "mark"
    __table_args__ = (
        Index("ix_mark_attempt_position", "attempt_id", "position"),
        CheckConstraint("source <> 'person' OR author_id IS NOT NULL", name="a_person_has_a_name"),
        CheckConstraint(
            "(source = 'mean') = (second_opinion_id IS NOT NULL) AND (source <> 'mean' OR opinion_id IS NOT NULL)",
            name="a_mean_names_two_opinions",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"))
    position: Mapped[int]
    question_version_id: Mapped[int] = mapped_column(ForeignKey("question_version.id"))
    source: Mapped[MarkSource] = mapped_column(WordType(MarkSource))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    opinion_id: Mapped[int | None] = mapped_column(ForeignKey("opinion.id"))
    second_opinion_id: Mapped[int | None] = mapped_column(ForeignKey("opinion.id"))
    """Of a mean, the other of the two."""
    points: Mapped[Fraction]
    reason: Mapped[str] = mapped_column(Text, default="")
    given_at: Mapped[datetime]


class Reweighing(Base):
    """What a question counts for in one attempt, where a correction has given it another worth than its paper says.

    What it was before, and why that changed, stands with the correction.
    """

    __tablename__ = "reweighing"

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    worth: Mapped[Fraction]


class MarkingAct(Base):
    """What a marker decided at once: one opinion, or the same one on each of a group of answers to a question."""

    __tablename__ = "marking_act"
    __table_args__ = (Index("ix_marking_act_marker_id_id", "marker_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    marker_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"))
    made_at: Mapped[datetime]


class OpinionWithdrawal(Base):
    """An opinion that doesn't stand any more. It stays where it is; this is appended."""

    __tablename__ = "opinion_withdrawal"

    opinion_id: Mapped[int] = mapped_column(ForeignKey("opinion.id"), primary_key=True)
    why: Mapped[Undoing] = mapped_column(WordType(Undoing))
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_at: Mapped[datetime]


class CommentSnippet(Base):
    """A comment that a marker keeps, to use it again under the same question."""

    __tablename__ = "comment_snippet"
    __table_args__ = (Index("ix_comment_snippet_marker_id_question_id", "marker_id", "question_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    marker_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"))
    text: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]


class SecondMarking(Base):
    """An answer that gets a second, independent marker, and a third where the two are too far apart."""

    __tablename__ = "second_marking"
    __table_args__ = (
        UniqueConstraint("attempt_id", "position"),
        Index(
            "ix_second_marking_open",
            "attempt_id",
            sqlite_where=text("stage <> 'settled'"),
            postgresql_where=text("stage <> 'settled'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"))
    position: Mapped[int]
    why: Mapped[SecondReason] = mapped_column(WordType(SecondReason))
    tolerance: Mapped[int]
    """Points that the two may differ by, as the exam had it when the second marker was asked for."""
    stage: Mapped[Stage] = mapped_column(WordType(Stage), default=Stage.SECOND)
    asked_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]


class MeasuredError(Base):
    """How exactly an exam measures: worked out from its attempts when they had become enough, or twice as many."""

    __tablename__ = "measured_error"

    exam_id: Mapped[int] = mapped_column(ForeignKey("exam.id"), primary_key=True)
    points: Mapped[Fraction | None]
    """The standard error of measurement, in points of 100, rounded up to tenths; None where it can't be worked out."""
    attempts: Mapped[int]
    measured_at: Mapped[datetime]
