"""Letting candidates in who are about to start."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from exam.company import zone
from exam.errors import Conflict, Refused
from exam.sittings import queries, rules
from exam.sittings.actions.guards import REFUSALS
from exam.sittings.models import Booking
from exam.sittings.queries import Arrival
from exam.sittings.rules import Refusal

AT_ONCE = 200
"""More starts than can be under way at one moment: each has a thread of a server."""


def admit(session: Session, arrival: Arrival, now: datetime) -> None:
    """Let a candidate in who is about to start: refuses, saying why, or gives back a later time they had booked."""
    if arrival.run is not None and rules.is_running(arrival.run, now):
        return
    refusal = _refusal(arrival, now, taken=0)
    if refusal is None and not rules.place_is_kept(arrival.booked, now):
        refusal = _refusal(arrival, now, taken=_taken(session, arrival, now))
    if refusal is Refusal.NO_PLACE:
        raise Conflict(REFUSALS[refusal], refusal)
    if refusal:
        raise Refused(REFUSALS[refusal], refusal)
    if arrival.booked is not None and arrival.booked > now:
        session.execute(update(Booking).where(Booking.id == arrival.booking_id).values(cancelled_at=now))


def welcome(session: Session, arrivals: Iterable[Arrival], now: datetime) -> list[Arrival]:
    """Those of several whom nothing keeps from starting together; each of the others is for `admit` to look at alone.

    Those others are: who has begun, who is refused, who gives back a later time by starting now, and whoever comes
    unbooked while the room is nearly full.
    """
    free = [one for one in arrivals if one.run is None and _refusal(one, now, taken=0) is None]
    kept = [one for one in free if rules.place_is_kept(one.booked, now)]
    unbooked: defaultdict[tuple[int, datetime, int], list[Arrival]] = defaultdict(list)
    for one in free:
        if one.booked is None:
            unbooked[one.exam_id, rules.half_hour_of(now, one.hours, zone()), one.places].append(one)
    for (exam_id, half_hour, places), some in unbooked.items():
        if queries.taken_now(session, exam_id, None, half_hour) + len(some) + AT_ONCE < places:
            kept += some
    return kept


def _refusal(arrival: Arrival, now: datetime, taken: int) -> Refusal | None:
    return rules.start_refusal(
        now,
        window=arrival.window,
        latest=arrival.latest_start,
        closed=arrival.run is not None,
        booked=arrival.booked,
        taken=taken,
        places=arrival.places,
    )


def _taken(session: Session, arrival: Arrival, now: datetime) -> int:
    """How many others hold a place of this half hour.

    Where the room is nearly full, those who start without a booking come in one by one: nobody sees a start that
    isn't committed, so two could take the last place. Where it isn't, a hall may start at once.
    """
    half_hour = rules.half_hour_of(now, arrival.hours, zone())
    taken = queries.taken_now(session, arrival.exam_id, arrival.sitting_id, half_hour)
    if taken < arrival.places <= taken + AT_ONCE:
        queries.hold_places(session, arrival.exam_id)
        taken = queries.taken_now(session, arrival.exam_id, arrival.sitting_id, half_hour)
    return taken
