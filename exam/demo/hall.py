"""Who sits in the exam room at the moment the demo is made, so that its invigilator has somebody to watch over."""

from datetime import datetime, timedelta
from random import Random

from sqlalchemy.orm import Session

from exam.accounts.models import Person
from exam.attempts import actions as attempts
from exam.attempts import queries
from exam.attempts.actions import Noticed, Told
from exam.attempts.models import Attempt
from exam.attempts.rules import Cause, PageEvent
from exam.demo.answering import right
from exam.invigilation import actions as invigilation
from exam.papers.queries import slots
from exam.sittings.models import Sitting
from question_bank.items import ShortAnswer

LATE_BY = timedelta(minutes=3, seconds=12)


def sit_now(session: Session, sitting: Sitting, began: datetime, now: datetime, rng: Random) -> Attempt:
    """Somebody who began a while ago and answers a question about every minute."""
    attempt = attempts.start(session, sitting, began, rng)
    epoch = attempts.open_room(session, attempt, began + timedelta(seconds=4), page="laptop")
    moment = began
    for place in slots(session, attempt.paper_id):
        moment += timedelta(seconds=rng.randint(45, 75))
        if moment < now:
            attempts.save(session, attempt, place.position, epoch, 1, right(place.item, rng).response, moment)
    _be_heard(session, attempt, now - timedelta(seconds=4))
    return attempt


def make_eventful(session: Session, attempt: Attempt, trainer: Person, other: Person, now: datetime) -> None:
    """A lost connection, a change to the phone, time given for it, and a word from the invigilator."""
    noticed = [
        Noticed(PageEvent.LEFT, Cause.CANDIDATE, now - timedelta(minutes=18), "1", {}),
        Noticed(PageEvent.RETURNED, Cause.CANDIDATE, now - timedelta(minutes=18, seconds=-14), "2", {}),
        Noticed(PageEvent.OFFLINE, Cause.PASSIVE, now - timedelta(minutes=15), "3", {}),
        Noticed(PageEvent.ONLINE, Cause.PASSIVE, now - timedelta(minutes=12), "4", {}),
    ]
    standing = queries.standing(session, attempt.person_id, attempt.id)
    if standing:
        attempts.keep_events(session, standing, attempt.epoch, noticed, now - timedelta(minutes=11))
    attempts.open_room(session, attempt, now - timedelta(minutes=10), page="phone")
    reason = "所在楼层的网络中断了几分钟。"
    invigilation.give_minutes(session, [attempt.id], 5, reason, trainer, now - timedelta(minutes=8))
    invigilation.say(
        session, [attempt.id], "网络已恢复，已为你补时 5 分钟，请继续作答。", other, now - timedelta(minutes=7)
    )
    _be_heard(session, attempt, now - timedelta(seconds=2))


def answer_late(session: Session, attempt: Attempt, rng: Random) -> None:
    """An answer that its device could send only after the time was up; it waits for a trainer's decision."""
    last = [place for place in slots(session, attempt.paper_id) if isinstance(place.item, ShortAnswer)][-1]
    before = timedelta(seconds=50)  # of the deadline
    told = Told(_ms(before + LATE_BY), _ms(before), _ms(before + LATE_BY + timedelta(minutes=2)))
    better = right(last.item, rng).response
    attempts.save(session, attempt, last.position, attempt.epoch, 2, better, attempt.deadline + LATE_BY, told)


def _ms(span: timedelta) -> int:
    return span // timedelta(milliseconds=1)


def _be_heard(session: Session, attempt: Attempt, at: datetime) -> None:
    standing = queries.standing(session, attempt.person_id, attempt.id)
    if standing:
        attempts.hear(session, standing, attempt.epoch, 0, at)
