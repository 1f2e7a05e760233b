"""Two trainers bring in the same file at the same moment: real transactions in threads, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exam.authoring.actions import imports as actions
from exam.authoring.models import Import
from question_bank.models import Question, Topic
from tests.authoring.test_importing import finish
from tests.builders import NOW
from tests.support.database import make_site

PAPER = """1. 会员来电投诉时，第一步应当做什么？
A. 倾听
B. 打断
答案：A
知识点：投诉处理
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def own_site(request, new_database):
    """A site whose commits are real."""
    with make_site(new_database(request.param)) as made:
        yield made


def test_the_same_file_brought_in_twice_at_once_comes_in_once_into_one_topic(own_site):
    with Session(own_site.engine) as session:
        steps = [actions.begin(session, PAPER.encode(), "a.txt", now=NOW, actor_id=None) for _ in range(2)]
        ids = [finish(one)[0].id for one in steps]
        session.commit()
    together = Barrier(2)

    def bring_in(number):
        with Session(own_site.engine) as session:
            together.wait()
            made = session.get_one(Import, ids[number])
            entry, _said = finish(actions.bring_in(session, made, actor_id=None, now=NOW + timedelta(minutes=1)))
            session.commit()
            return entry is not None

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(bring_in, range(2))) == [False, True]
    with Session(own_site.engine) as session:
        assert session.scalar(select(func.count()).select_from(Question)) == 1
        assert session.scalars(select(Topic.name)).all() == ["投诉处理"]
