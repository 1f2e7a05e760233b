"""Courses, who learns them, and how far they are."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from exam.accounts.models import Person
from question_bank.orm import Base


class Course(Base):
    """What is learnt before an exam."""

    __tablename__ = "course"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    title: Mapped[str] = mapped_column(String(120))
    description: Mapped[str] = mapped_column(Text, default="")

    modules: Mapped[list["Module"]] = relationship(
        back_populates="course", order_by="Module.position", lazy="raise", cascade="all"
    )


class Module(Base):
    """A chapter of a course."""

    __tablename__ = "module"
    __table_args__ = (UniqueConstraint("course_id", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    position: Mapped[int]
    slug: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(120))
    summary: Mapped[str] = mapped_column(String(200), default="")

    course: Mapped[Course] = relationship(back_populates="modules", lazy="raise")
    pages: Mapped[list["Page"]] = relationship(back_populates="module", order_by="Page.position", lazy="raise")


class Page(Base):
    """One page of a module. `retired_at` takes it out of the course without losing who read it."""

    __tablename__ = "page"
    __table_args__ = (Index("ix_page_module_position", "module_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    module_id: Mapped[int] = mapped_column(ForeignKey("module.id"))
    position: Mapped[int]
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    title: Mapped[str] = mapped_column(String(120))
    standfirst: Mapped[str] = mapped_column(Text, default="")
    body: Mapped[str] = mapped_column(Text)
    """Markdown."""
    minutes: Mapped[int] = mapped_column(default=5)
    revision: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime]
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    retired_at: Mapped[datetime | None]

    module: Mapped[Module] = relationship(back_populates="pages", lazy="raise")
    checks: Mapped[list["KnowledgeCheck"]] = relationship(
        back_populates="page", order_by="KnowledgeCheck.position", lazy="raise"
    )


class PageRevision(Base):
    """What a page said before an edit. Appended only."""

    __tablename__ = "page_revision"
    __table_args__ = (UniqueConstraint("page_id", "revision"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("page.id"))
    revision: Mapped[int]
    title: Mapped[str] = mapped_column(String(120))
    standfirst: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime]
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class KnowledgeCheck(Base):
    """An ungraded question inside a module. Kept apart from the bank, so that no paper can ever draw it."""

    __tablename__ = "knowledge_check"

    id: Mapped[int] = mapped_column(primary_key=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("page.id"), index=True)
    position: Mapped[int]
    content: Mapped[dict[str, Any]]
    """An item as `question_bank.items.to_data` writes it; its explanation is the feedback."""
    retired_at: Mapped[datetime | None]

    page: Mapped[Page] = relationship(back_populates="checks", lazy="raise")


class KnowledgeCheckMedia(Base):
    """A knowledge check shows this picture or sound of the bank's somewhere in its texts."""

    __tablename__ = "knowledge_check_media"
    __table_args__ = (Index("ix_knowledge_check_media_media", "media_id", "check_id"),)

    check_id: Mapped[int] = mapped_column(ForeignKey("knowledge_check.id"), primary_key=True)
    media_id: Mapped[int] = mapped_column(ForeignKey("media.id"), primary_key=True)


class Cohort(Base):
    """The people one run of a course belongs to. Keys are released when all its sittings have closed."""

    __tablename__ = "cohort"

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), index=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    created_at: Mapped[datetime]

    course: Mapped[Course] = relationship(lazy="raise")


class Enrolment(Base):
    """One person in one course. Completion is recorded once; a later edit of the course doesn't revoke it."""

    __tablename__ = "enrolment"
    __table_args__ = (UniqueConstraint("person_id", "course_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    assigned_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]
    last_page_id: Mapped[int | None] = mapped_column(ForeignKey("page.id"))

    person: Mapped[Person] = relationship(lazy="raise")
    course: Mapped[Course] = relationship(lazy="raise")
    cohort: Mapped[Cohort] = relationship(lazy="raise")


class PageProgress(Base):
    """A page this person has finished."""

    __tablename__ = "page_progress"

    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), primary_key=True)
    page_id: Mapped[int] = mapped_column(ForeignKey("page.id"), primary_key=True)
    done_at: Mapped[datetime]


class CheckAnswer(Base):
    """A try at a knowledge check. Appended; never counts towards anything but the gate."""

    __tablename__ = "check_answer"
    __table_args__ = (Index("ix_check_answer_enrolment_check", "enrolment_id", "check_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    check_id: Mapped[int] = mapped_column(ForeignKey("knowledge_check.id"))
    response: Mapped[dict[str, Any]]
    right: Mapped[bool]
    answered_at: Mapped[datetime]
