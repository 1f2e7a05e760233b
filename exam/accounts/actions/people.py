"""Adding people and changing what they may do."""

from collections.abc import Collection, Iterable
from datetime import datetime
from fractions import Fraction

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from exam.accounts import queries
from exam.accounts.actions import passwords
from exam.accounts.actions.audit import audit
from exam.accounts.actions.names import name_key
from exam.accounts.models import Person, PersonRole, Throttle
from exam.accounts.rules import (
    EMAIL_LONGEST,
    FULL_NAME_LONGEST,
    STAFF_NUMBER_LONGEST,
    Role,
    can_be_time_factor,
    can_be_username,
    fold,
    may_help,
    password_problem,
)
from exam.errors import Conflict, Forbidden, Refused, _l


def add_person(
    session: Session,
    *,
    username: str,
    full_name: str,
    roles: Iterable[Role],
    actor_id: int | None,
    now: datetime,
    email: str | None = None,
    staff_number: str | None = None,
    tutor_id: int | None = None,
    password: str | None = None,
    must_change_password: bool = False,
) -> Person:
    """Add somebody who can sign in, at first by a link unless a password is given.

    Refuses a name that can't be one or is taken, a staff number that is taken, and HR making an administrator.
    A refusal names its field in `detail["field"]`.
    """
    wanted = frozenset(roles)
    _check_names(username, full_name, email, staff_number)
    _check_free(session, fold(username), staff_number)
    actor = session.get(Person, actor_id) if actor_id is not None else None
    if actor is not None and not may_help(actor.roles, wanted):
        raise Forbidden(_l("Only an administrator can make somebody an administrator."), "not_admin", field="roles")
    if password is not None and password_problem(password, fold(username)):
        raise Refused(_l("This password is too easy to guess."), "weak_password", field="password")
    person = Person(
        username=fold(username),
        full_name=full_name.strip(),
        name_key=name_key(full_name.strip()),
        email=email or None,
        staff_number=staff_number or None,
        tutor_id=tutor_id,
        password_hash=None if password is None else passwords.make_hash(password),
        must_change_password=must_change_password,
        created_at=now,
        role_rows=[PersonRole(role=role) for role in sorted(wanted)],
    )
    session.add(person)
    session.flush()
    _note(session, person, "person.created", actor_id, now, username=person.username, roles=wanted)
    return person


def _check_names(username: str, full_name: str, email: str | None, staff_number: str | None) -> None:
    if not can_be_username(fold(username)):
        raise Refused(
            _l("A user name has 2 to 64 letters or digits; the signs . _ - @ + may stand between them."),
            "bad_username",
            field="username",
        )
    if not 1 <= len(full_name.strip()) <= FULL_NAME_LONGEST:
        raise Refused(_l("A name has 1 to 80 characters."), "bad_name", field="full_name")
    if len(email or "") > EMAIL_LONGEST:
        raise Refused(_l("This address is too long."), "bad_email", field="email")
    if len(staff_number or "") > STAFF_NUMBER_LONGEST:
        raise Refused(_l("A staff number has at most 40 characters."), "bad_staff_number", field="staff_number")


def _check_free(session: Session, username: str, staff_number: str | None) -> None:
    holder = session.scalar(select(Person.full_name).where(Person.username == username))
    if holder is not None:
        raise Conflict(
            _l("This user name belongs to %(name)s already.", name=holder), "username_taken", field="username"
        )
    if not staff_number:
        return
    holder = session.scalar(select(Person.full_name).where(Person.staff_number == staff_number))
    if holder is not None:
        raise Conflict(
            _l("This staff number belongs to %(name)s already.", name=holder),
            "staff_number_taken",
            field="staff_number",
        )


def _note(session: Session, person: Person, action: str, actor_id: int | None, now: datetime, **detail: object) -> None:
    audit(
        session,
        actor_id=actor_id,
        action=action,
        subject_type="person",
        subject_id=person.id,
        about_id=person.id,
        now=now,
        **detail,
    )


def set_roles(
    session: Session, person: Person, roles: Collection[Role], *, actor_id: int | None, now: datetime
) -> None:
    """Give the person exactly these roles.

    Refuses none at all, taking away one's own administrator role, and taking away the last active administrator's.
    """
    wanted, had = frozenset(roles), person.roles
    if not wanted:
        raise Refused(_l("Choose at least one role."), "no_role", field="roles")
    if Role.ADMIN in had - wanted:
        if person.id == actor_id:
            raise Refused(
                _l("You can't take away your own administrator role; another administrator can."),
                "own_admin_role",
                field="roles",
            )
        _keep_an_admin(session, person)
    if wanted == had:
        return
    person.role_rows = [row for row in person.role_rows if row.role in wanted]
    person.role_rows += [PersonRole(role=role) for role in sorted(wanted - had)]
    session.flush()
    _note(session, person, "person.roles_set", actor_id, now, before=had, after=wanted)


def _keep_an_admin(session: Session, person: Person) -> None:
    # The rows are locked, so that two administrators can't each take away the other's role in the same moment.
    others = session.scalars(
        select(Person.id)
        .join(PersonRole, PersonRole.person_id == Person.id)
        .where(PersonRole.role == Role.ADMIN, Person.active.is_(True))
        .order_by(Person.id)
        .with_for_update()
    ).all()
    if not set(others) - {person.id}:
        raise Refused(_l("At least one active administrator has to stay."), "last_admin", field="roles")


def check_may_help(session: Session, person: Person, actor_id: int) -> None:
    """Refuse help with an administrator's account to anybody but an administrator."""
    actor = session.get_one(Person, actor_id)
    if not may_help(actor.roles, person.roles):
        raise Forbidden(_l("Only an administrator can do this for an administrator."), "not_admin")


def lift_lock(session: Session, person: Person, *, actor_id: int, now: datetime) -> None:
    """Let a locked person try again at once. Nothing happens if they aren't locked."""
    session.execute(delete(Throttle).where(Throttle.key == queries.name_key_of(person)))
    if person.locked_until is None and not person.failed_sign_ins:
        return
    person.locked_until, person.failed_sign_ins = None, 0
    session.flush()
    _note(session, person, "person.lock_lifted", actor_id, now)


def close_out(session: Session, person: Person, *, actor_id: int, now: datetime) -> None:
    """Close the door: the person can't sign in, and sessions end; what they did stays.

    Refuses oneself and the last administrator.
    """
    if person.id == actor_id:
        raise Refused(_l("You can't close your own account; a colleague can."), "oneself")
    check_may_help(session, person, actor_id)
    if not person.active:
        return
    if Role.ADMIN in person.roles:
        _keep_an_admin(session, person)
    person.active = False
    person.session_epoch += 1
    session.flush()
    _note(session, person, "person.closed_out", actor_id, now)


def let_in(session: Session, person: Person, *, actor_id: int, now: datetime) -> None:
    """Open the door again for somebody who was closed out."""
    check_may_help(session, person, actor_id)
    if person.active:
        return
    person.active = True
    session.flush()
    _note(session, person, "person.let_in", actor_id, now)


def set_time_factor(
    session: Session, person: Person, factor: Fraction, reason: str, *, actor_id: int, now: datetime
) -> None:
    """Multiply the minutes of the person's coming exams. From 1 to 3; more than 1 needs a reason."""
    if not can_be_time_factor(factor):
        raise Refused(_l("Extra time goes from 1 (none) to 3 times the minutes."), "bad_factor", field="factor")
    if factor > 1 and not reason.strip():
        raise Refused(_l("Say why this person gets extra time."), "no_reason", field="reason")
    before = person.time_factor
    person.time_factor = factor
    person.time_factor_reason = reason.strip() or None
    session.flush()
    _note(session, person, "person.time_factor_set", actor_id, now, before=before, after=factor, reason=reason.strip())


def change_email(session: Session, person: Person, email: str | None, *, actor_id: int, now: datetime) -> None:
    """Write to this address from now on. Refuses somebody else's, who could then not sign in by it."""
    if (email or None) == person.email:
        return
    if email:
        holder = queries.others_with_email(session, person.id, email)
        if holder:
            raise Conflict(_l("This address belongs to somebody else already."), "email_taken", field="email")
    before, person.email = person.email, email or None
    session.flush()
    _note(session, person, "person.email_changed", actor_id, now, before=before, after=person.email)
