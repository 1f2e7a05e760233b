"""Many guesses in the same moment: the count holds across connections, on both databases, with real commits."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from exam.accounts import actions
from exam.accounts.models import Throttle
from exam.accounts.rules import NAME_DOOR
from exam.db import make_sqlite_safe
from exam.errors import Refused
from question_bank.orm import Base
from tests.builders import make_person


@pytest.mark.parametrize("known", [True, False])
def test_twenty_guesses_at_once_get_five_looks_at_the_password(new_database, database, now, known):
    engine = create_engine(new_database(database))
    if database == "sqlite":
        make_sqlite_safe(engine)
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        make_person(session, username="linxy")
        session.commit()
    name = "linxy" if known else "nobody"

    def guess(_number):
        with Session(engine) as session:
            try:
                tried = actions.knock(session, name, "192.0.2.7", now)
            except Refused:
                return False
            session.commit()
            # Hashing comes here, outside the transaction.
            actions.note_wrong_password(session, tried, now)
            session.commit()
            return True

    with ThreadPoolExecutor(8) as pool:
        looked = sum(pool.map(guess, range(20)))
    with Session(engine) as session:
        counted = session.get(Throttle, "address:192.0.2.7").count
    engine.dispose()
    assert looked == counted == NAME_DOOR.tries
