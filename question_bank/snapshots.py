"""What many questions are before and after a change of all of them, so that it can be taken back exactly.

A snapshot holds what such a change may touch: topic, retirement, tags, and of each version its place and state; never
what it says, which such a change leaves alone. Values are as JSON keeps them.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from question_bank.media_store import untie_media
from question_bank.models import Question, QuestionVersion, Topic, VersionComment, VersionState
from question_bank.tags import set_tags, tags_of
from question_bank.versions import hold, keep_findable

Snapshot = dict[str, Any]

MOMENTS = ("changed_at", "submitted_at", "published_at", "used_at")
NUMBERS = ("difficulty", "submitted_by", "approved_by")


def take(session: Session, question_ids: Iterable[int]) -> dict[int, Snapshot]:
    """What these questions are now, by id: three statements."""
    session.flush()
    wanted = list(question_ids)
    tags = tags_of(session, wanted)
    versions: dict[int, dict[str, Any]] = {}
    found = select(QuestionVersion).where(QuestionVersion.question_id.in_(wanted)).order_by(QuestionVersion.number)
    for version in session.scalars(found.execution_options(populate_existing=True)):
        versions.setdefault(version.question_id, {})[str(version.id)] = _version(version)
    questions = select(Question).where(Question.id.in_(wanted)).order_by(Question.id)
    return {
        question.id: {
            "topic": question.topic_id,
            "retired": [_text(question.retired_at), question.retired_by],
            "tags": tags.get(question.id, []),
            "versions": versions.get(question.id, {}),
        }
        for question in session.scalars(questions.execution_options(populate_existing=True))
    }


def changed(before: Snapshot, after: Snapshot) -> tuple[Snapshot, Snapshot]:
    """Of two snapshots of a question the parts that differ; two empty ones when nothing does."""
    names = [name for name in before if before[name] != after.get(name)]
    return {name: before[name] for name in names}, {name: after[name] for name in names}


def put_back(session: Session, question: Question, before: Snapshot, after: Snapshot) -> bool:
    """Make of a question what it was; both are what `changed` gave. False when it isn't as it was left any more.

    Then nothing is changed: somebody has worked on it since, a paper has taken it up, or its topic is gone.
    """
    hold(session, question)
    now = take(session, [question.id])[question.id]
    if {name: now[name] for name in after} != after:
        return False
    if "topic" in before:
        if session.get(Topic, before["topic"]) is None:
            return False
        question.topic_id = before["topic"]
    if "retired" in before:
        question.retired_at, question.retired_by = _moment(before["retired"][0]), before["retired"][1]
    if "versions" in before:
        _put_versions_back(session, before["versions"], after["versions"])
        keep_findable(session, question)
    if "tags" in before:
        set_tags(session, question, before["tags"])
    session.flush()
    return True


def _put_versions_back(session: Session, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    touched = {id: session.get_one(QuestionVersion, int(id)) for id in after if after[id] != before.get(id)}
    for id in [id for id in touched if id not in before]:
        session.execute(delete(VersionComment).where(VersionComment.version_id == int(id)))
        untie_media(session, touched[id])
        session.delete(touched.pop(id))
    # The database allows one published and one open version at any moment: first all step aside.
    for version in touched.values():
        version.state = VersionState.SUPERSEDED
    session.flush()
    for id, version in touched.items():
        kept = before[id]
        version.state = VersionState(kept["state"])
        for name in NUMBERS:
            setattr(version, name, kept[name])
        for name in MOMENTS:
            setattr(version, name, _moment(kept[name]))
    session.flush()


def _version(version: QuestionVersion) -> dict[str, Any]:
    return {
        "state": version.state.value,
        **{name: getattr(version, name) for name in NUMBERS},
        **{name: _text(getattr(version, name)) for name in MOMENTS},
    }


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
