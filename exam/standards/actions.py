"""Opening a panel, judging, closing its rounds, and putting what it says into the bank."""

from collections.abc import Collection, Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from exam.accounts.actions import audit
from exam.accounts.models import Person
from exam.accounts.queries import ids_with_role
from exam.accounts.rules import Role
from exam.errors import Conflict, Forbidden, Refused, _l
from exam.notices.actions import notify
from exam.notices.rules import NoticeKind
from exam.papers.models import Exam
from exam.standards import queries
from exam.standards.models import Judgement, Panel, PanelMember, PanelQuestion
from exam.standards.rules import OF, OPEN, ROUND, Scope, Stage, may_lead, spreads
from question_bank import relations
from question_bank.models import QuestionVersion


def open_panel(
    session: Session, exam: Exam, scope: Scope, judges: Collection[int], *, actor_id: int, now: datetime
) -> Panel:
    """Ask trainers to judge an exam's questions. Refuses without judges or questions, and beside an open panel."""
    session.refresh(exam, with_for_update=True)
    if session.scalar(select(Panel.id).where(Panel.exam_id == exam.id, Panel.stage.in_(OPEN))) is not None:
        raise Conflict(_l("A panel of this exam is at work already."), code="panel_open")
    chosen = set(judges) & set(ids_with_role(session, Role.TRAINER))
    if not chosen:
        raise Refused(_l("Choose at least one trainer who judges."), code="no_judges")
    versions = queries.askable(session, exam, scope)
    if not versions:
        raise Refused(
            _l("There is no question to judge: assemble papers, or take all of the bank."), code="no_questions"
        )
    panel = Panel(exam_id=exam.id, scope=scope, opened_by=actor_id, opened_at=now)
    session.add(panel)
    session.flush()
    session.execute(insert(PanelMember), [{"panel_id": panel.id, "person_id": id} for id in sorted(chosen)])
    rows = [{"panel_id": panel.id, "version_id": id, "position": at} for at, id in enumerate(versions, start=1)]
    session.execute(insert(PanelQuestion), rows)
    _audit(session, "panel.opened", panel, actor_id, now, questions=len(versions), judges=len(chosen))
    asking = {"name": session.get_one(Person, actor_id).full_name, "count": len(versions)}
    _tell(session, panel, NoticeKind.PANEL_OPEN, exam, now, **asking)
    return panel


def judge(session: Session, panel: Panel, person_id: int, round: int, shares: Mapping[int, int], now: datetime) -> int:
    """Keep what a judge says of some questions, and tell of how many it is new.

    Refuses somebody who isn't asked, a round that isn't open, and a question or number that doesn't belong here.
    """
    _hold(session, panel, read=True)
    if session.get(PanelMember, (panel.id, person_id)) is None:
        raise Forbidden(_l("This panel doesn’t ask you to judge."), code="not_a_judge")
    if ROUND.get(panel.stage) != round:
        raise Conflict(_l("This round has been closed. Load the page again."), code="round_closed")
    known = set(queries.version_ids(session, panel.id))
    if not (shares.keys() <= known and all(0 <= share <= OF for share in shares.values())):
        raise Refused(_l("Write a whole number from 0 to 100."), code="bad_share")
    before = queries.own(session, panel.id, person_id)
    # In the second round the same number again is a word too: it was looked at.
    again = queries.judged_in(session, panel.id, person_id, round)
    new = {id: share for id, share in shares.items() if before.get(id) != share or id not in again}
    same: dict[str, Any] = {"panel_id": panel.id, "person_id": person_id, "round": round, "given_at": now}
    if new:
        session.execute(insert(Judgement), [same | {"version_id": id, "share": share} for id, share in new.items()])
    return len(new)


def close_first(session: Session, panel: Panel, *, actor_id: int, now: datetime) -> None:
    """End the first round, so that judges see the panel's spread. Refuses while nobody has judged every question."""
    _hold(session, panel)
    _refuse_not_leading(session, panel, actor_id)
    if panel.stage is not Stage.FIRST:
        raise Conflict(_l("This round has been closed. Load the page again."), code="round_closed")
    number = len(_counting(session, panel))
    panel.stage, panel.first_closed_at = Stage.SECOND, now
    session.flush()
    _audit(session, "panel.first_closed", panel, actor_id, now, judges=number)
    _tell(session, panel, NoticeKind.PANEL_AGAIN, session.get_one(Exam, panel.exam_id), now)


def finish(session: Session, panel: Panel, *, actor_id: int, now: datetime) -> None:
    """End the second round: keep what it implies, and let papers expect what the panel expects.

    The pass mark stays what it is. Judges who left questions out don't count.
    """
    _hold(session, panel)
    _refuse_not_leading(session, panel, actor_id)
    if panel.stage is not Stage.SECOND:
        raise Conflict(_l("This round has been closed. Load the page again."), code="round_closed")
    words = _counting(session, panel)
    found = queries.overall(session, panel, words)
    panel.stage, panel.finished_at, panel.finished_by = Stage.FINISHED, now, actor_id
    panel.judges = len(words)
    if found:
        panel.implied = found.percent
        panel.judge_error, panel.whole_error = _kept(found.judge_error), _kept(found.whole_error)
    session.flush()
    _estimate(session, {version: spread.mean / OF for version, spread in spreads(words).items()})
    detail = {"judges": len(words), "implied": found and f"{float(found.percent):.1f}"}
    _audit(session, "panel.finished", panel, actor_id, now, **detail)


def drop(session: Session, panel: Panel, *, actor_id: int, now: datetime) -> None:
    """Give a panel up. What was said stays in the record and has no effect."""
    _hold(session, panel)
    _refuse_not_leading(session, panel, actor_id)
    if panel.stage not in OPEN:
        raise Conflict(_l("This panel isn’t at work any more."), code="panel_closed")
    panel.stage = Stage.DROPPED
    session.flush()
    _audit(session, "panel.dropped", panel, actor_id, now)


def _tell(session: Session, panel: Panel, kind: NoticeKind, exam: Exam, now: datetime, **params: Any) -> None:
    """Tell the judges that a round is open, once each; who leads has opened it."""
    link = f"/exams/{exam.id}/panels/{panel.id}"
    for one in queries.judge_ids(session, panel.id):
        if one != panel.opened_by:
            notify(session, one, kind, key=str(panel.id), now=now, link=link, exam=exam.title, **params)


def _counting(session: Session, panel: Panel) -> Mapping[int, Mapping[int, int]]:
    words = queries.counting(session, panel.id, queries.version_ids(session, panel.id))
    if not words:
        raise Refused(_l("Nobody has judged every question yet."), code="nobody_complete")
    return words


def _estimate(session: Session, shares: Mapping[int, Fraction]) -> None:
    for version in session.scalars(select(QuestionVersion).where(QuestionVersion.id.in_(shares)).order_by("id")).all():
        relations.set_estimate(session, version, shares[version.id])


def _kept(error: float | None) -> Fraction | None:
    return None if error is None else Fraction(round(1000 * error), 1000)


def _hold(session: Session, panel: Panel, read: bool = False) -> None:
    """Judges may come together; who closes a round waits for them, and they for who closes it."""
    session.refresh(panel, with_for_update={"read": True} if read else True)


def _refuse_not_leading(session: Session, panel: Panel, actor_id: int) -> None:
    leader = session.get_one(Person, panel.opened_by)
    if not may_lead(actor_id, leader.id, leader.active):
        raise Forbidden(_l("Only who opened this panel closes its rounds."), code="not_leading")


def _audit(session: Session, action: str, panel: Panel, actor_id: int, now: datetime, **detail: Any) -> None:
    audit(session, actor_id=actor_id, action=action, subject_type="panel", subject_id=panel.id, now=now, **detail)
