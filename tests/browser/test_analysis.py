"""How a question does in words and as a picture, and the pairs that are alike: a trainer sees both, wide and narrow."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from exam.accounts.rules import Role
from exam.attempts.models import RoomEvent
from question_bank.items import Kind
from tests.analysis.builders import choice, make_paper, sat
from tests.builders import NOW, make_person, make_question
from tests.sittings.builders import make_plain_exam
from tests.support.looking import too_wide
from tests.support.server import LiveServer

PEOPLE = 24


@pytest.fixture
def seen(live_server: LiveServer) -> tuple[object, int, int]:
    """A trainer, and an exam whose first question has a wrong key; two of its people wrote alike on one network."""
    with live_server.session() as session:
        trainer = make_person(session, Role.TRAINER)
        versions = [make_question(session), make_question(session, kind=Kind.SHORT_ANSWER)]
        versions += [make_question(session) for _ in range(3)]
        exam = make_plain_exam(session)
        texts = [f"带他到第 {place} 间屋里坐下喝点水" for place in range(PEOPLE)]
        texts[4], texts[5] = "给她倒一杯温水，等她慢慢说完", "给她倒一杯温水等她慢慢地说完了"
        people = [
            [
                choice(place < PEOPLE / 2, "a" if place < PEOPLE / 2 else "c"),
                (1, {"text": text}),
                *(choice(place > 6 * at, "a" if place > 6 * at else "b") for at in range(1, 4)),
            ]
            for place, text in enumerate(texts)
        ]
        paper = make_paper(session, exam, versions)
        ids = sat(session, paper, versions, people, apart=timedelta(minutes=2))
        session.add_all(RoomEvent(attempt_id=id, at=NOW, kind="opened", detail={}, network="5a" * 8) for id in ids[4:6])
        session.commit()
        return trainer, exam.id, versions[0].question_id


def test_a_question_and_the_pairs_of_an_exam(live_server: LiveServer, new_page, seen) -> None:
    trainer, exam_id, question_id = seen
    for narrow in (False, True):
        page = new_page(phone=narrow)
        live_server.sign_in(page, trainer)
        page.goto(f"/exams/{exam_id}/statistics/{question_id}")
        expect(page.get_by_text(re.compile(r"查答案：得分高的.*人里有.*人选\sC"))).to_be_visible()
        picture = page.get_by_role("row", name=re.compile("^C ")).get_by_role("img")
        expect(picture).to_be_visible()
        assert not too_wide(page)
        page.goto(f"/exams/{exam_id}/alike")
        if not narrow:  # within the hour the list is open to whoever has said that they look
            expect(page.get_by_role("table")).to_have_count(0)
            page.get_by_role("button", name="查找").click()
        first = page.locator("tbody tr").first
        expect(first).to_contain_text("相同，共")
        expect(first.locator("td").nth(3)).to_have_text("1")
        assert not too_wide(page)
