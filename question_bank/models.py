"""The bank's tables. Authors are opaque integers: the bank knows no people."""

from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from question_bank.items import Kind
from question_bank.orm import Base, WordType


class VersionState(StrEnum):
    """Where a version stands: only a published one is drawn into papers."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    """Written, and shown to a second person; not to be changed meanwhile."""
    PUBLISHED = "published"
    SUPERSEDED = "superseded"


OPEN = (VersionState.DRAFT, VersionState.IN_REVIEW)
"""Not yet published, and so the one that trainers work on: a question has at most one."""


class CommentKind(StrEnum):
    """What somebody did when they wrote a comment."""

    COMMENT = "comment"
    SUBMITTED = "submitted"
    TAKEN_BACK = "taken_back"
    SENT_BACK = "sent_back"
    PUBLISHED = "published"


class Topic(Base):
    """The spine: questions, blueprint rows, a result by topic and tutoring all hang on it."""

    __tablename__ = "topic"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    position: Mapped[int] = mapped_column(default=0)


class Question(Base):
    """A question keeps its identity while its versions change."""

    __tablename__ = "question"
    __table_args__ = (
        Index("ix_question_topic_kind", "topic_id", "kind"),
        Index("ix_question_family", "family"),
        CheckConstraint("expected_seconds BETWEEN 5 AND 3600", name="expected_seconds_in_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str | None] = mapped_column(String(80), unique=True)
    """A stable name given by a file it came from; None for questions born in the site."""
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id"))
    kind: Mapped[Kind] = mapped_column(WordType(Kind))
    created_at: Mapped[datetime]
    author_id: Mapped[int | None]
    retired_at: Mapped[datetime | None]
    retired_by: Mapped[int | None]
    review_due: Mapped[date | None]
    """The day by which somebody should look whether it is still right, as the company counts days."""
    family: Mapped[str] = mapped_column(String(60), default="")
    """The questions of a family ask nearly the same: a paper has at most one of them. Empty: of none."""
    expected_seconds: Mapped[int | None]
    """How long a candidate needs; None: as long as its kind usually takes."""
    search_text: Mapped[str] = mapped_column(Text, default="", deferred=True)
    """What a search looks through, as `question_bank.searching` folds it; kept by the verbs that change a question."""

    topic: Mapped[Topic] = relationship(lazy="raise")
    versions: Mapped[list["QuestionVersion"]] = relationship(
        back_populates="question", order_by="QuestionVersion.number", lazy="raise"
    )


class QuestionVersion(Base):
    """One wording of a question with its key. Immutable from its first use on (`used_at`)."""

    __tablename__ = "question_version"
    __table_args__ = (
        UniqueConstraint("question_id", "number"),
        CheckConstraint("difficulty BETWEEN 1 AND 3", name="difficulty_in_range"),
        CheckConstraint("number >= 1", name="number_from_one"),
        CheckConstraint("state <> 'published' OR published_at IS NOT NULL", name="published_has_a_date"),
        Index(
            "uq_question_version_published",
            "question_id",
            unique=True,
            sqlite_where=text("state = 'published'"),
            postgresql_where=text("state = 'published'"),
        ),
        Index(
            "uq_question_version_open",
            "question_id",
            unique=True,
            sqlite_where=text("state IN ('draft', 'in_review')"),
            postgresql_where=text("state IN ('draft', 'in_review')"),
        ),
        Index(
            "ix_question_version_corrects",
            "corrects_id",
            sqlite_where=text("corrects_id IS NOT NULL"),
            postgresql_where=text("corrects_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"))
    number: Mapped[int]
    state: Mapped[VersionState] = mapped_column(WordType(VersionState), default=VersionState.DRAFT)
    content: Mapped[dict[str, Any]]
    """The item as `question_bank.items.to_data` writes it: stem, choices with their keys, explanation."""
    stem: Mapped[str] = mapped_column(Text)
    """The stem again, as plain text, for searching and lists."""
    difficulty: Mapped[int] = mapped_column(default=2)
    source: Mapped[str | None] = mapped_column(String(80))
    """Slug of the course page that teaches it."""
    key_place: Mapped[int | None]
    """Of a single choice with one key: the place of the key among the choices, from 0."""
    reason: Mapped[str] = mapped_column(Text, default="")
    """Why it was written, when an earlier version had been published."""
    author_id: Mapped[int | None]
    """Who began it."""
    writers: Mapped[list[Any]] = mapped_column(default=list)
    """Everybody who had a hand in it, the first one first: none of them is its second person."""
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    submitted_by: Mapped[int | None]
    published_at: Mapped[datetime | None]
    approved_by: Mapped[int | None]
    """Who let papers draw it."""
    used_at: Mapped[datetime | None]
    estimate: Mapped[Fraction | None]
    """The share of its points that trainers expect it to earn, 0 to 1; None until they have said."""
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("question_version.id"))

    question: Mapped[Question] = relationship(back_populates="versions", lazy="raise")


class VersionComment(Base):
    """What somebody said about a version: to its reviewer, to its author, or with what they did."""

    __tablename__ = "version_comment"

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("question_version.id"), index=True)
    kind: Mapped[CommentKind] = mapped_column(WordType(CommentKind), default=CommentKind.COMMENT)
    text: Mapped[str] = mapped_column(Text, default="")
    author_id: Mapped[int | None]
    written_at: Mapped[datetime]


class QuestionEnemy(Base):
    """Two questions that give each other away: a paper has at most one of them."""

    __tablename__ = "question_enemy"
    __table_args__ = (CheckConstraint("question_id <= enemy_id", name="ordered"),)

    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"), primary_key=True)
    enemy_id: Mapped[int] = mapped_column(ForeignKey("question.id"), primary_key=True, index=True)
    """The greater of the two ids, so that a pair is there once."""


class QuestionTag(Base):
    """A word that trainers have put on a question, as `question_bank.tags` writes it."""

    __tablename__ = "question_tag"

    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"), primary_key=True)
    tag: Mapped[str] = mapped_column(String(40), primary_key=True, index=True)


class Media(Base):
    """A picture or sound, as it is shown: cleaned, and kept once whoever brings it. Never changed."""

    __tablename__ = "media"
    __table_args__ = (CheckConstraint("size BETWEEN 1 AND 5242880", name="size_in_range"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    """The first 32 hex digits of its digest, and its suffix: how texts and addresses call it."""
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256 of the content in hex."""
    content_type: Mapped[str] = mapped_column(String(40))
    size: Mapped[int]
    """In bytes."""
    width: Mapped[int | None]
    height: Mapped[int | None]
    """In pixels; None for sounds."""
    duration_ms: Mapped[int | None]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    """Loaded only where it is asked for by name: lists would carry megabytes."""
    created_at: Mapped[datetime]
    author_id: Mapped[int | None]
    """Who brought it first."""


class QuestionVersionMedia(Base):
    """A version shows this medium somewhere in its texts."""

    __tablename__ = "question_version_media"
    __table_args__ = (Index("ix_question_version_media_media", "media_id", "question_version_id"),)

    question_version_id: Mapped[int] = mapped_column(ForeignKey("question_version.id"), primary_key=True)
    media_id: Mapped[int] = mapped_column(ForeignKey("media.id"), primary_key=True)
    seen: Mapped[bool]
    """By candidates, in the stem or in a choice; else it belongs to the key: explanation, key points, model answer."""
