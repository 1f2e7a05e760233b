"""Receipts for tests: the ones that attempts were given by the real actions."""

from sqlalchemy.orm import Session

from exam.attempts.models import Attempt
from exam.receipts.queries import revisions
from exam.receipts.rules import Receipt


def receipt_of(session: Session, attempt: Attempt) -> Receipt:
    """The receipt that holds for a closed attempt."""
    return revisions(session, attempt.id)[0].receipt
