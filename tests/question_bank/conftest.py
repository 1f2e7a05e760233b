"""What the tests of the bank's verbs share."""

import pytest
from sqlalchemy.orm import Session

from question_bank import bank
from question_bank.models import Topic


@pytest.fixture
def topic(session: Session) -> Topic:
    """The first topic of the bank."""
    return bank.ensure_topic(session, "telephone", "电话与礼貌用语")
