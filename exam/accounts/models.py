"""People, their roles, their ways in, and the trail of who changed what."""

from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from exam.accounts.rules import Role
from question_bank.orm import Base, WordType


class Person(Base):
    """Somebody who can sign in. Never deleted: their answers, marks and decisions stay; `active` closes the door."""

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint("failed_sign_ins >= 0", name="failed_sign_ins_not_negative"),
        CheckConstraint("tutor_id <> id", name="nobody_tutors_themselves"),
        Index("ix_person_name_key", "name_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(64), unique=True)
    """NFKC, case-folded; what is typed to sign in."""
    full_name: Mapped[str] = mapped_column(String(80))
    name_key: Mapped[str] = mapped_column(String(200))
    """Pinyin of the name, for sorting: databases don't agree on the order of Chinese."""
    email: Mapped[str | None] = mapped_column(String(254))
    staff_number: Mapped[str | None] = mapped_column(String(40), unique=True)
    tutor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    must_change_password: Mapped[bool] = mapped_column(default=False)
    session_epoch: Mapped[int] = mapped_column(default=0)
    """Rises when the password changes: sessions begun before end."""
    failed_sign_ins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    locale: Mapped[str | None] = mapped_column(String(20))
    time_factor: Mapped[Fraction] = mapped_column(default=Fraction(1))
    """Extra time: the factor on the minutes of every exam, 1 or more."""
    time_factor_reason: Mapped[str | None] = mapped_column(Text)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]

    role_rows: Mapped[list["PersonRole"]] = relationship(lazy="selectin", cascade="all, delete-orphan")
    tutor: Mapped["Person | None"] = relationship(remote_side="Person.id", lazy="raise")

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(row.role for row in self.role_rows)

    def has_role(self, *roles: Role) -> bool:
        """Whether the person has one of these roles."""
        return not self.roles.isdisjoint(roles)

    # What Flask-Login asks of a signed-in person.
    @property
    def is_authenticated(self) -> bool:
        return True

    @property
    def is_active(self) -> bool:
        return self.active

    @property
    def is_anonymous(self) -> bool:
        return False

    def get_id(self) -> str:
        """The identity kept in the session; it ends when the password changes."""
        return f"{self.id}.{self.session_epoch}"


class PersonRole(Base):
    """One role of one person."""

    __tablename__ = "person_role"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    role: Mapped[Role] = mapped_column(WordType(Role), primary_key=True, index=True)


class SignInLink(Base):
    """A one-time link for the first sign-in or a reset. Only its hash is kept."""

    __tablename__ = "sign_in_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class AuditEvent(Base):
    """Who changed what, when. Appended only."""

    __tablename__ = "audit_event"
    __table_args__ = (
        Index("ix_audit_event_subject", "subject_type", "subject_id"),
        Index("ix_audit_event_at", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    """None where the site itself acted (a closing job)."""
    action: Mapped[str] = mapped_column(String(60), index=True)
    """A word such as person.created, mark.given, window.reopened."""
    subject_type: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int | None]
    about_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    """The person it concerns, where there is one."""
    detail: Mapped[dict[str, Any]]


class Throttle(Base):
    """How often a door was tried from one address within a span, so that guessing is slow."""

    __tablename__ = "throttle"

    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    span_began_at: Mapped[datetime]
    count: Mapped[int] = mapped_column(default=0)
