"""Ways in: trying a password, one-time links and passwords, and closing the door on guessing."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from exam import events
from exam.accounts import queries
from exam.accounts.actions import passwords
from exam.accounts.actions.audit import audit
from exam.accounts.actions.people import check_may_help
from exam.accounts.models import Person, SignInLink, Throttle
from exam.accounts.rules import (
    ADDRESS_DOOR,
    ASKING_DOOR,
    LINK_LASTS,
    MAIL_DOOR,
    NAME_DOOR,
    Door,
    PasswordProblem,
    Tries,
    closed_until,
    one_more,
    password_problem,
    tries_left,
)
from exam.errors import Refused, _l

PROBLEMS = {
    PasswordProblem.TOO_SHORT: _l("A password needs at least 10 characters."),
    PasswordProblem.TOO_LONG: _l("A password has at most 128 characters."),
    PasswordProblem.IS_USERNAME: _l("Choose a password that isn't your user name."),
    PasswordProblem.COMMON: _l("Many people use this password, so it is guessed first. Choose another."),
}


@dataclass(frozen=True)
class Knock:
    """A counted try to sign in, before the password has been looked at."""

    person: Person | None
    name_key: str
    address_key: str
    left: int
    """How many more tries there are, should this one be wrong."""


def knock(session: Session, typed: str, address: str, now: datetime) -> Knock:
    """Count a try to sign in as `typed` from `address`, in advance, so that many at once can't get past the count.

    A name without an account is counted alike. Refuses (`locked`, `too_many`; `until` in its detail) at a closed door.
    """
    person = queries.by_sign_in_name(session, typed)
    name_key = queries.name_key_of(person) if person else queries.unknown_name_key(typed)
    if person and person.locked_until and now < person.locked_until:
        raise _closed("locked", person.locked_until)
    left = _count(session, name_key, NAME_DOOR, "locked", now)
    _count(session, f"address:{address}", ADDRESS_DOOR, "too_many", now)
    return Knock(person, name_key, f"address:{address}", left)


def _count(session: Session, key: str, door: Door, code: str, now: datetime) -> int:
    """Count one more try at a door; gives how many are left. Refuses when it is closed."""
    row = session.get(Throttle, key, with_for_update=True, populate_existing=True)
    if row is None:
        try:
            with session.begin_nested():
                session.add(Throttle(key=key, span_began_at=now, count=1))
        except IntegrityError:  # another request was first; now it is there
            return _count(session, key, door, code, now)
        return door.tries - 1
    tries = Tries(row.count, row.span_began_at)
    until = closed_until(door, tries, now)
    if until is not None:
        raise _closed(code, until)
    tries = one_more(door, tries, now)
    row.count, row.span_began_at = tries.count, tries.since
    session.flush()
    return tries_left(door, tries)


def _closed(code: str, until: datetime) -> Refused:
    return Refused(_l("Too many wrong passwords. Wait a while, then try again."), code, until=until)


def note_wrong_password(session: Session, tried: Knock, now: datetime) -> None:
    """Remember that the password was wrong; the last try locks the account."""
    person = tried.person
    if person is None:
        return
    person.failed_sign_ins = NAME_DOOR.tries - tried.left
    if tried.left == 0:
        person.locked_until = now + NAME_DOOR.closed_for
        _note(session, person, "person.locked", None, now)
    session.flush()


def note_right_password(session: Session, tried: Knock, now: datetime) -> Person:
    """Forget the tries before. Refuses a person who was closed out: only who knows the password learns of it."""
    person = tried.person
    if person is None:
        raise ValueError("a name without an account has no right password")
    session.execute(delete(Throttle).where(Throttle.key == tried.name_key))
    # Whoever gets in costs their address nothing: a whole office may share it.
    session.execute(
        update(Throttle).where(Throttle.key == tried.address_key, Throttle.count > 0).values(count=Throttle.count - 1)
    )
    person.failed_sign_ins, person.locked_until = 0, None
    session.flush()
    if not person.active:
        raise Refused(_l("This account is closed. Ask HR if you need it again."), "closed_out")
    return person


def forget_old_tries(session: Session, now: datetime) -> None:
    """Delete what was counted so long ago that every door has forgotten it."""
    longest = max(door.forgets_after + door.closed_for for door in (NAME_DOOR, ADDRESS_DOOR, ASKING_DOOR, MAIL_DOOR))
    session.execute(delete(Throttle).where(Throttle.span_began_at < now - longest))


def hash_token(token: str) -> str:
    """What is stored of a link's token."""
    return hashlib.sha256(token.encode()).hexdigest()


def make_sign_in_link(
    session: Session, person: Person, actor_id: int | None, now: datetime, lasts: timedelta = LINK_LASTS
) -> str:
    """Make a one-time link for the person and give its token, which is kept nowhere; earlier links end.

    Refuses HR helping an administrator, oneself, and somebody who was closed out. `actor_id` None: they asked for it.
    """
    if actor_id is not None:
        _check_can_give(session, person, actor_id)
    _end_links(session, person, now)
    token = secrets.token_urlsafe(24)
    session.add(
        SignInLink(
            person_id=person.id,
            token_hash=hash_token(token),
            created_at=now,
            created_by=actor_id,
            expires_at=now + lasts,
        )
    )
    session.flush()
    _note(session, person, "person.link_made", actor_id, now)
    return token


def make_one_time_password(session: Session, person: Person, actor_id: int, now: datetime) -> str:
    """Give the person a password that must be changed at the next sign-in; the old one and all sessions end."""
    _check_can_give(session, person, actor_id)
    password = passwords.one_time_password()
    _set_password(session, person, password, now)
    person.must_change_password = True
    session.flush()
    _note(session, person, "person.one_time_password_made", actor_id, now)
    return password


def _check_can_give(session: Session, person: Person, actor_id: int) -> None:
    if person.id == actor_id:
        raise Refused(_l("Change your own password on your profile page."), "oneself")
    check_may_help(session, person, actor_id)
    if not person.active:
        raise Refused(_l("This account is closed. Let the person in first."), "closed_out")


def use_sign_in_link(session: Session, token: str, password: str, now: datetime) -> Person:
    """Set the person's password by a link and end the link. Refuses a used, old or unknown link, and weak passwords."""
    link = queries.open_link(session, hash_token(token), now, lock=True)
    if link is None:
        raise Refused(_l("This link has been used or is too old."), "link_gone")
    person = session.get_one(Person, link.person_id)
    _check_new(person, password)
    _set_password(session, person, password, now)
    _note(session, person, "person.password_set_by_link", person.id, now)
    return person


def change_password(session: Session, person: Person, old: str, new: str, now: datetime) -> None:
    """Change one's own password; other sessions end. Refuses a wrong old one, a weak new one, and the same again."""
    if not passwords.matches(person.password_hash, old):
        raise Refused(_l("This isn't your present password."), "wrong_password", field="old")
    if passwords.matches(person.password_hash, new):
        raise Refused(_l("This is your present password. Choose another."), "same_password", field="password")
    _check_new(person, new)
    _set_password(session, person, new, now)
    _note(session, person, "person.password_changed", person.id, now)


def replace_one_time_password(session: Session, person: Person, new: str, now: datetime) -> None:
    """Set one's own password for a one-time one. Refuses weak ones, the same again, and who has no one-time one."""
    if not person.must_change_password:
        raise Refused(_l("Change your own password on your profile page."), "not_one_time")
    if passwords.matches(person.password_hash, new):
        raise Refused(_l("This is the one-time password. Choose another."), "same_password", field="password")
    _check_new(person, new)
    _set_password(session, person, new, now)
    _note(session, person, "person.password_changed", person.id, now)


def _check_new(person: Person, password: str) -> None:
    problem = password_problem(password, person.username)
    if problem:
        raise Refused(PROBLEMS[problem], problem.value, field="password")


def _set_password(session: Session, person: Person, password: str, now: datetime) -> None:
    person.password_hash = passwords.make_hash(password)
    person.must_change_password = False
    person.session_epoch += 1
    person.failed_sign_ins, person.locked_until = 0, None
    session.execute(delete(Throttle).where(Throttle.key == queries.name_key_of(person)))
    _end_links(session, person, now)
    session.flush()


def _end_links(session: Session, person: Person, now: datetime) -> None:
    session.execute(
        update(SignInLink).where(SignInLink.person_id == person.id, SignInLink.used_at.is_(None)).values(used_at=now)
    )


def ask_for_link(session: Session, typed: str, address: str, now: datetime) -> None:
    """Have a link mailed to whoever signs in as `typed`, if there is somebody with an address; say nothing otherwise.

    Refuses (`too_many`) an address that asks too often. Somebody's third link within the hour is their last.
    """
    _count(session, f"asking:{address}", ASKING_DOOR, "too_many", now)
    person = queries.by_sign_in_name(session, typed)
    if person is None or not person.active or not person.email:
        return
    try:
        _count(session, f"mail:{person.id}", MAIL_DOOR, "too_many", now)
    except Refused:
        return
    events.sign_in_link_asked.send(person, session=session, now=now)


def _note(session: Session, person: Person, action: str, actor_id: int | None, now: datetime) -> None:
    audit(
        session,
        actor_id=actor_id,
        action=action,
        subject_type="person",
        subject_id=person.id,
        about_id=person.id,
        now=now,
    )
