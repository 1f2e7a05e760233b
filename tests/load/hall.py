"""Fills a database with candidates, by the actions people take: the seeded bank, course and exam, persons, windows."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from random import Random

from flask import Flask
from flask import session as flask_session
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import generate_csrf
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session, joinedload

from config import Config
from exam import clock
from exam.accounts.actions import add_person, passwords
from exam.accounts.models import Person
from exam.accounts.rules import Role
from exam.accounts.session import begin_session
from exam.app import create_app
from exam.attempts import actions as attempts
from exam.attempts.models import Answer, Attempt, Prepared
from exam.attempts.rules import Layout, Place
from exam.cli import seed
from exam.courses import actions as courses
from exam.courses.models import Cohort, Course
from exam.db import db
from exam.papers.models import Exam
from exam.sittings import actions as sittings
from exam.sittings.models import Sitting
from question_bank.items import Kind
from tests.load.candidate import ADDRESS, PASSWORD, Candidate
from tests.support.serving import SECRET_KEY

WORDS = "先请会员坐下，倾听并记录经过，复述要点请对方确认，表示理解并道歉，说明处理的步骤和时限，当天回访并写入台账。"
"""What a short answer is about: some fifty characters, as after a minute of typing."""
PART = 32
"""Candidates made in one transaction."""


class Hall:
    """The database under measurement, and those who sit in it."""

    def __init__(self, database_url: str, seed_number: int = 2026) -> None:
        self.app: Flask = create_app(
            Config(
                environment="production", secret_key=SECRET_KEY, database_url=database_url, jobs=False,
                base_url=ADDRESS, trusted_proxies=1,
            )
        )  # fmt: skip
        with self.app.app_context():
            self.engine = db.engine
        self.rng = Random(seed_number)
        self._made = 0

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session on the database, with the engine settings of the site; committed at the end of the block."""
        with self.app.app_context():
            yield db.session()
            db.session.commit()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """The same for reading only: on SQLite it waits for nobody and keeps nobody waiting."""
        with Session(self.engine.execution_options(reading=True)) as session:
            yield session

    def close(self) -> None:
        """Leave the database: no connection stays."""
        self.engine.dispose()

    def furnish(self) -> None:
        """The bank, the course and its exam of 44 questions, with places for everybody, and a cohort."""
        now = clock.now()
        with self.session() as session:
            seed(session, now)
            exam = session.scalars(select(Exam)).one()
            exam.places = 10_000
            course = session.get_one(Course, exam.course_id)
            courses.make_cohort(session, course, "一起开考", self._hr(session, now).id, now)

    def invite(self, count: int) -> list[Candidate]:
        """So many new hires with open windows and sessions of their own."""
        windows = []
        for part in _parts(count):
            with self.session() as session:
                windows += self._open_windows(session, part)
        return [self._candidate(sitting) for sitting in windows]

    def seat(self, count: int, answered: bool = False) -> list[Candidate]:
        """The same in the exam room: started, opened by a page, and with `answered` every question answered."""
        seated = []
        for part in _parts(count):
            with self.session() as session:
                windows, now = self._open_windows(session, part), clock.now()
                found = [self._start(session, sitting, now) for sitting in windows]
                if answered:
                    rows = [row for attempt in found for row in self._answers(attempt, now)]
                    session.execute(insert(Answer), rows)
            seated += [self._candidate(attempt.sitting, attempt) for attempt in found]
        return seated

    def unprepared(self, candidates: Sequence[Candidate]) -> int:
        """For how many of them the site's own job hasn't drawn a paper yet."""
        wanted = [who.sitting_id for who in candidates]
        with self.reading() as session:
            drawn = session.scalar(select(func.count(Prepared.sitting_id)).where(Prepared.sitting_id.in_(wanted)))
        return len(wanted) - (drawn or 0)

    def _hr(self, session: Session, now: datetime) -> Person:
        return add_person(session, username="bench.hr", full_name="何人事", roles=[Role.HR], actor_id=None, now=now)

    def _open_windows(self, session: Session, count: int) -> list[Sitting]:
        """Persons with the course and an open window. One password for all: hashing it costs 0.1 s."""
        now, hashed = clock.now(), passwords.make_hash(PASSWORD)
        course, cohort = session.scalars(select(Course)).one(), session.scalars(select(Cohort)).one()
        found = []
        for _ in range(count):
            self._made += 1
            name = f"candidate.{self._made:05}"
            person = add_person(
                session, username=name, full_name=f"考生{self._made}", roles=[Role.NEW_HIRE], actor_id=None, now=now
            )
            person.password_hash = hashed
            enrolment = courses.enrol(session, person, course, cohort, None, now)
            enrolment.completed_at = now
            found += sittings.open_first(session, enrolment, now)
        session.flush()
        return found

    def _start(self, session: Session, sitting: Sitting, now: datetime) -> Attempt:
        attempt = attempts.start(session, sitting, now, self.rng)
        attempts.open_room(session, attempt, now, page="bench")
        return session.scalars(
            select(Attempt).where(Attempt.id == attempt.id).options(joinedload(Attempt.sitting))
        ).one()

    def _candidate(self, sitting: Sitting, attempt: Attempt | None = None) -> Candidate:
        cookie, token = self._sign_in(sitting.person)
        if attempt is None:
            return Candidate(sitting.person.username, cookie, token, sitting.id)
        places = Layout.from_data(attempt.layout).places
        responses = {
            position: [json.dumps(self._response(place, tokens=True), ensure_ascii=False) for _ in range(4)]
            for position, place in places.items()
        }
        objective = sum(place.kind is not Kind.SHORT_ANSWER for place in places.values())
        return Candidate(
            sitting.person.username, cookie, token, sitting.id, attempt.id, attempt.epoch, responses, objective
        )

    def _sign_in(self, person: Person) -> tuple[str, str]:
        """The session cookie and CSRF token that signing in would have given this person's browser.

        Not inside an app context: its `g` would remember the token of another one's session.
        """
        serializer = SecureCookieSessionInterface().get_signing_serializer(self.app)
        assert serializer
        with self.app.test_request_context(base_url=ADDRESS):
            begin_session(person)
            token = generate_csrf()
            value = serializer.dumps(dict(flask_session))
        return f"{self.app.config['SESSION_COOKIE_NAME']}={value}", token

    def _answers(self, attempt: Attempt, now: datetime) -> list[dict[str, object]]:
        places = Layout.from_data(attempt.layout).places
        return [
            {
                "attempt_id": attempt.id, "position": position, "epoch": attempt.epoch, "number": 1,
                "response": self._response(place, tokens=False), "saved_at": now,
            }
            for position, place in places.items()
        ]  # fmt: skip

    def _response(self, place: Place, tokens: bool) -> dict[str, object]:
        """An answer as a page would send it, or as the bank keeps it."""
        match place.kind:
            case Kind.TRUE_FALSE:
                return {"truth": self.rng.random() < 0.5}
            case Kind.SHORT_ANSWER:
                return {"text": WORDS[self.rng.randrange(10) :]}
        wanted = 1 if place.kind is Kind.SINGLE_CHOICE else 2
        return {"choices": sorted(pair[0 if tokens else 1] for pair in self.rng.sample(place.choices, wanted))}


def _parts(count: int) -> Iterator[int]:
    """The count in parts that a transaction each can hold: on SQLite the site waits for its end."""
    yield from (min(PART, count - done) for done in range(0, count, PART))
