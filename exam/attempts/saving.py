"""The short way of an answer, or of a handing in, from the wire to the disk: what requests of one process share on it.

A save asks nothing that hasn't changed since the last one: layouts are remembered, for they never change. Who is signed
in, whether the page is live and the attempt open is asked each time, once for all saves that come in the same moment.
"""

import logging
from collections.abc import Sequence
from datetime import datetime

from flask import Blueprint, current_app
from flask.blueprints import BlueprintSetupState

from exam.accounts.session import claimed_identity
from exam.attempts import queries
from exam.attempts.actions import Entry, Kept, Leaving, hand_in_together, save_together
from exam.attempts.forms import SentAnswer
from exam.attempts.rules import Layout
from exam.db import db
from exam.gathering import Gathering
from exam.memory import Memory
from question_bank.items import response_data

log = logging.getLogger(__name__)

MOST_LEAVING = 16
"""How many are handed in by one transaction, some 30 ms, during which each waits for the others."""
LAYOUTS = 1000
"""How many layouts a process remembers, some 25 KB each: about as many candidates as one process serves at once."""


class Saving:
    """What the requests of one app share."""

    def __init__(self) -> None:
        self.gathering = Gathering[Entry, Kept | None](commit_together)
        self.leaving = Gathering[tuple[Leaving, datetime], bool](leave_together, MOST_LEAVING)
        self.layouts = Memory[int, Layout](LAYOUTS)

    def save(self, attempt_id: int, epoch: int, sent: SentAnswer, now: datetime) -> Kept | None:
        """Keep one answer together with others'; None if nothing was done, because it isn't plainly right."""
        identity = claimed_identity()
        layout = self.layouts.recall(attempt_id, lambda: find_layout(attempt_id))
        place = layout.places.get(sent.position) if layout else None
        if identity is None or place is None:
            return None
        try:
            data = response_data(place.read(sent.response))
        except ValueError:
            return None
        key = (attempt_id, identity.person_id, identity.session_epoch, sent.position, epoch, sent.number)
        return self.gathering.share(Entry(*key, data, now))

    def hand_in(self, attempt_id: int, epoch: int, now: datetime) -> bool:
        """Hand in together with others where nothing waits; False if nothing was done, as above."""
        identity = claimed_identity()
        if identity is None:
            return False
        return self.leaving.share((Leaving(attempt_id, identity.person_id, identity.session_epoch, epoch), now))


def find_layout(attempt_id: int) -> Layout | None:
    """Read it, and let go of the database: who waits for others here must not hold what their leader needs."""
    found = queries.layout(db.session(), attempt_id)
    db.session.commit()
    return found


def commit_together(entries: Sequence[Entry]) -> list[Kept | None]:
    """One transaction for all: an answer is acknowledged when this has returned."""
    kept = save_together(db.session(), entries)
    db.session.commit()
    return kept


def leave_together(entries: Sequence[tuple[Leaving, datetime]]) -> list[bool]:
    """One transaction for all, as of the last that came. One that can't be closed holds no other: each goes alone."""
    try:
        left = hand_in_together(db.session(), [one for one, _now in entries], max(now for _one, now in entries))
        db.session.commit()
    except Exception:
        db.session.rollback()
        log.exception("%d attempts could not be handed in together; each is tried alone", len(entries))
        return [False] * len(entries)
    return left


def give_each_app_its_own(state: BlueprintSetupState) -> None:
    """Let an app remember and gather for itself: it has a database of its own."""
    state.app.extensions["saving"] = Saving()


def init_saving(bp: Blueprint) -> None:
    """Give every app that registers this blueprint a `Saving`."""
    bp.record(give_each_app_its_own)


def saving() -> Saving:
    """This app's."""
    found: Saving = current_app.extensions["saving"]
    return found
