"""A file read into an import: its questions as rows, each beside what the bank or the file has already."""

from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from exam.authoring.actions.imports.states import state_of_row
from exam.authoring.models import Import, ImportRow
from exam.authoring.queries.imports import bank_stems, contents_of, last_position
from exam.authoring.rules.imports import MOST_ROWS, Decision, Stage
from question_bank import formats
from question_bank.bank import store_media
from question_bank.formats.answers import is_open_text
from question_bank.formats.codes import ReadCode
from question_bank.formats.items import as_draft, with_media_names
from question_bank.formats.pictures import plain_question
from question_bank.formats.reading import Reading, ReadProblem, ReadQuestion, Unreadable
from question_bank.formats.source import Source
from question_bank.formats.tables import read_columns
from question_bank.likeness import Stems, same_as, twins
from question_bank.media import MediaError
from question_bank.responses import Kind, is_storable

TABLES = ("xlsx", "csv")
"""Formats whose columns a person may name."""
LONGEST_SOURCE = 20_000
LONGEST_TOPIC = 60


class Unimportable(Exception):
    """Nothing can be made of a file; why."""

    def __init__(self, problem: ReadProblem) -> None:
        super().__init__(problem.code)
        self.problem = problem


def begin(
    session: Session,
    content: bytes,
    name: str,
    *,
    now: datetime,
    actor_id: int | None,
    format: str | None = None,
    topic_id: int | None = None,
    difficulty: int = 2,
) -> Generator[Stage, None, Import]:
    """Read a file into an import; says between its steps how far it is. Raises Unimportable."""
    yield Stage.READING
    found, reading = formats.read(content, format, name)
    without_headings = found in TABLES and reading.problems[:1] and reading.problems[0].code is ReadCode.NO_HEADINGS
    if found is None or (reading.refused and not without_headings):
        raise Unimportable(reading.problems[0])
    made = Import(
        author_id=actor_id,
        name=_storable(name)[-200:],
        format=found,
        notes=[],
        topic_id=topic_id,
        difficulty=difficulty,
        content=content,
        created_at=now,
        changed_at=now,
    )
    session.add(made)
    session.flush()
    yield from _fill(session, made, reading, now)
    return made


def read_again(
    session: Session, made: Import, sheet: int, first: int, names: Sequence[str], *, now: datetime
) -> Generator[Stage, None, Import]:
    """Read a table anew, its columns named by a person; what isn't in the bank yet begins afresh.

    `sheet` counts from 0, `first` is the row from 1 in which questions begin. Raises Unimportable.
    """
    yield Stage.READING
    if made.content is None or made.format not in TABLES:
        raise Unimportable(ReadProblem(ReadCode.NO_HEADINGS))
    try:
        reading = read_columns(Source(made.content, made.name), sheet, first, names)
    except Unreadable as error:
        raise Unimportable(ReadProblem(error.code, detail=error.detail)) from error
    session.refresh(made, with_for_update=True)
    session.execute(delete(ImportRow).where(ImportRow.import_id == made.id, ImportRow.entry_id.is_(None)))
    made.changed_at = now
    yield from _fill(session, made, reading, now)
    return made


def _fill(session: Session, made: Import, reading: Reading, now: datetime) -> Generator[Stage, None, None]:
    if len(reading.sources) > MOST_ROWS or len(reading.questions) > MOST_ROWS:
        raise Unimportable(ReadProblem(ReadCode.TOO_MANY_QUESTIONS, detail=f"{MOST_ROWS:,}"))
    made.notes = [_noted(problem) for problem in _of_file(reading)]
    rows = list(_Rows(session, made, now).of(reading))
    yield Stage.COMPARING
    _compare(session, rows)
    yield Stage.KEEPING
    _keep(session, rows, last_position(session, made.id))


def discard(session: Session, made: Import, *, now: datetime) -> None:
    """Throw away what is left of an import; what is in the bank already stays there, and the history says so."""
    session.refresh(made, with_for_update=True)
    made.discarded_at, made.changed_at, made.content = now, now, None
    session.execute(delete(ImportRow).where(ImportRow.import_id == made.id, ImportRow.entry_id.is_(None)))
    session.flush()


def _places(reading: Reading) -> Iterable[str]:
    """The places in the file that have a question or something that might have been one, in their order."""
    lost = {one.place for one in reading.problems if one.severity != "warning" and one.place in reading.sources}
    read = {question.place for question in reading.questions}
    known = [place for place in reading.sources if place in read or place in lost]
    return dict.fromkeys([*known, *(question.place for question in reading.questions)])


def _of_file(reading: Reading) -> Iterable[ReadProblem]:
    places = set(_places(reading))
    return (problem for problem in reading.problems if problem.place not in places)


def _noted(problem: ReadProblem) -> dict[str, Any]:
    return {"severity": problem.severity.value, "code": problem.code.value, "detail": problem.detail,
            "place": problem.place, "excerpt": problem.excerpt}  # fmt: skip


@dataclass
class _Rows:
    """The values of rows, made of what a reading says at each place."""

    session: Session
    made: Import
    now: datetime

    def of(self, reading: Reading) -> Iterator[dict[str, Any]]:
        """The rows of a reading in the order of the file."""
        # Two items of a file may be called the same: each is a row all the same.
        questions: dict[str, list[ReadQuestion | None]] = {}
        for one in reading.questions:
            questions.setdefault(one.place, []).append(one)
        said: defaultdict[str, list[ReadProblem]] = defaultdict(list)
        for problem in reading.problems:
            said[problem.place].append(problem)
        for place in _places(reading):
            for question in questions.get(place, [None]):
                row = self._empty(place, reading.sources.get(place, ""), said[place])
                if question:
                    self._take(row, question)
                elif instead := _instead(said[place], row["source"]):
                    plain, _lost = plain_question(instead)
                    row["instead"] = as_draft(self._with_media(row, plain)).data
                yield row

    def _empty(self, place: str, source: str, said: Iterable[ReadProblem]) -> dict[str, Any]:
        return {
            "import_id": self.made.id,
            "place": _storable(place)[:120],
            "source": _storable(source)[:LONGEST_SOURCE],
            "content": None,
            "instead": None,
            "topic": None,
            "difficulty": None,
            "tags": [],
            "family": "",
            "expected_seconds": None,
            "problems": [_noted(problem) for problem in said],
            "like_id": None,
            "like_position": None,
            "like_percent": None,
            "decision": Decision.UNDECIDED,
        }

    def _take(self, row: dict[str, Any], question: ReadQuestion) -> None:
        question, lost = plain_question(question)
        row["problems"] += [_noted(problem) for problem in lost]
        draft = as_draft(self._with_media(row, question))
        row |= {
            "content": draft.data,
            "topic": " ".join((question.topic or "").split())[:LONGEST_TOPIC] or None,
            "difficulty": question.difficulty,
            "tags": list(question.tags),
            "family": question.family,
            "expected_seconds": question.seconds,
        }
        for code, detail in draft.noted:
            row["problems"].append(_noted(ReadProblem(code, question.place, detail=detail)))

    def _with_media(self, row: dict[str, Any], question: ReadQuestion) -> ReadQuestion:
        names = {}
        for medium in question.media:
            try:
                names[medium.name] = store_media(self.session, medium.content, self.made.author_id, self.now).name
            except MediaError as error:
                refused = ReadProblem(ReadCode.MEDIA_REFUSED, question.place, detail=f"{medium.name}: {error}")
                row["problems"].append(_noted(refused))
        return with_media_names(question, names)


def _instead(said: Iterable[ReadProblem], source: str) -> ReadQuestion | None:
    """What could be made of a question whose kind isn't supported: of an essay a short answer."""
    for problem in said:
        if problem.instead:
            return problem.instead
        if problem.code is ReadCode.UNSUPPORTED_KIND and is_open_text(problem.detail) and source:
            return ReadQuestion(Kind.SHORT_ANSWER, source, problem.place)
    return None


def _storable(text: str) -> str:
    return text if is_storable(text) else text.encode("utf-8", "replace").decode().replace("\0", " ")


def _compare(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Say of each row which question of the bank, or further up in the file, is like it."""
    stems = [row["content"]["stem"] if row["content"] else "" for row in rows]
    for place, earlier, percent in twins(stems):
        row, other = rows[place], rows[earlier]
        row["like_position"], row["like_percent"] = earlier + 1, percent
        if percent == 100 and same_as(row["content"]) == same_as(other["content"]):
            row["decision"] = Decision.SKIP
    known = Stems(bank_stems(session))
    alike = {}
    for place, stem in enumerate(stems):
        if stem and (found := known.like(stem)):
            rows[place]["like_id"], rows[place]["like_percent"] = found.key, found.percent
            alike[place] = found
    exactly = {place: found.key for place, found in alike.items() if found.percent == 100}
    contents = contents_of(session, exactly.values())
    for place, question_id in exactly.items():
        if same_as(rows[place]["content"]) == same_as(contents[question_id]):
            rows[place]["decision"] = Decision.SKIP


def _keep(session: Session, rows: Sequence[dict[str, Any]], after: int) -> None:
    for position, row in enumerate(rows, start=after + 1):
        row["position"] = position
        row["like_position"] = row["like_position"] and row["like_position"] + after
        row["state"] = state_of_row(row["content"], row)
    for first in range(0, len(rows), 500):
        session.execute(insert(ImportRow), rows[first : first + 500])
