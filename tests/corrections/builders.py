"""Corrections of questions that people have sat, for tests."""

from dataclasses import replace

from exam.corrections import actions, queries
from exam.papers.queries import slots
from exam.steps import last_of
from question_bank import bank
from question_bank.items import Choice, Kind
from question_bank.models import QuestionVersion
from tests.attempts.builders import places
from tests.marking.builders import LATER


def version_of(session, attempt, kind=Kind.SINGLE_CHOICE):
    position = places(attempt, kind)[0]
    slot = next(one for one in slots(session, attempt.paper_id) if one.position == position)
    return session.get_one(QuestionVersion, slot.version.id), position


def with_key(version, *right):
    item = bank.item_of(version)
    return replace(item, choices=tuple(Choice(one.id, one.text, one.id in right) for one in item.choices))


def propose(session, version, item, policy, who, reason="手册第 4 条写明。", worths=None):
    begun = actions.begin(session, version, item, worths=worths, actor_id=who.id, now=LATER)
    seen = queries.preview(session, begun, policy)
    propose_now(session, begun, policy, reason, seen=seen.digest, actor_id=who.id, now=LATER)
    return begun, seen


def propose_now(*args, **more):
    last_of(actions.propose(*args, **more))


def approve_now(*args, **more):
    last_of(actions.approve(*args, **more))


def apply(session, correction, who):
    seen = queries.preview(session, correction, correction.policy)
    approve_now(session, correction, "", seen=seen.digest, actor_id=who.id, now=LATER)
    return seen
