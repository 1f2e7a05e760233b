"""Telling trainers that marking is waiting. A job does it: a hall that hands in at once shouldn't wait for notices."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from exam.accounts.queries import people_with_role
from exam.accounts.rules import Role
from exam.marking import queries
from exam.notices.actions import notify
from exam.notices.rules import NoticeKind

LOOK_BACK = timedelta(days=1)
"""How long after an attempt's end the job still tells of it: one that is closed late ended at its deadline."""


def tell_of_waiting_work(session: Session, now: datetime) -> int:
    """Tell each trainer who can mark, once a day and exam, that answers are waiting; how many were told. A job.

    Of those that wait for a second marker, and of those for a third, each again once a day and exam.
    """
    waiting = queries.exams_with_new_work(session, now - LOOK_BACK)
    told = 0
    for trainer in people_with_role(session, Role.TRAINER) if waiting else ():
        count = queries.left(session, trainer.id)
        for exam_id, title, ended_at in waiting if count else ():
            notice = notify(
                session,
                trainer.id,
                NoticeKind.WORK_WAITING,
                key=f"marking:{exam_id}:{ended_at:%Y-%m-%d}",
                now=now,
                link="/marking",
                exam=title,
                count=count,
            )
            told += notice is not None
    return told + _tell_of_second_work(session, now)


def _tell_of_second_work(session: Session, now: datetime) -> int:
    waiting = queries.exams_with_second_work(session, now - LOOK_BACK)
    told = 0
    for trainer in people_with_role(session, Role.TRAINER) if waiting else ():
        for exam_id, title, stage, since in waiting:
            count = queries.second_left_for(session, trainer.id, exam_id, stage)
            key = f"{stage.value}-marking:{exam_id}:{since:%Y-%m-%d}"
            if not count:
                continue
            notice = notify(
                session,
                trainer.id,
                NoticeKind.SECOND_WAITING,
                key=key,
                now=now,
                link="/marking",
                exam=title,
                count=count,
            )
            told += notice is not None
    return told
