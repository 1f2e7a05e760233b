"""Results over HTTP: what a candidate may see and when, release, HR's table, decisions, exports."""

import csv
import re
from datetime import timedelta
from fractions import Fraction
from io import BytesIO, StringIO

import pytest
from openpyxl import load_workbook
from openpyxl.utils.escape import unescape
from sqlalchemy import select

from exam.accounts.models import AuditEvent, Person
from exam.accounts.rules import Role
from exam.courses.models import Cohort
from exam.marking.models import Mark
from exam.marking.rules import MarkSource
from exam.papers.rules import ReviewPolicy
from exam.results import actions
from exam.results.models import Decision, Release
from exam.results.rules import Verdict
from tests.builders import make_exam, make_person
from tests.marking.builders import LATER, hand_in
from tests.results.builders import enrolment_of, into_cohort, make_marked, make_released
from tests.sittings.builders import make_enrolment, make_sitting
from tests.support.database import count_statements
from tests.support.story import numbers, read, words

SECRETS = ("先弄清发生了什么", "先倾听并记录，再道歉")
"""The explanation and the reference answer of `make_item`."""


@pytest.fixture
def hr(session, client, set_clock):
    """Somebody in HR, signed in with the client."""
    set_clock(LATER)
    person = make_person(session, Role.HR, full_name="陈珂")
    client.sign_in(person)
    return person


@pytest.fixture
def as_candidate(session, client, set_clock):
    """Sign in whoever wrote an attempt, and give the address of its result."""
    set_clock(LATER)

    def sign_in(attempt):
        client.sign_in(session.get_one(Person, attempt.person_id))
        return f"/attempts/{attempt.id}/result"

    return sign_in


def plain(response):
    """The page's text with ordinary spaces."""
    return response.text.replace("\u00a0", " ")


# The candidate


def test_before_the_marking_an_honest_line_and_no_score(session, client, as_candidate):
    text = plain(client.get(as_candidate(hand_in(session))))
    assert "客观题已评，简答题待评阅" in text
    assert "一般 2 个工作日" in text
    assert "bigscore" not in text


def test_a_marked_result_stays_invisible_until_it_is_released(session, client, as_candidate):
    attempt = make_marked(session, share=Fraction(3, 5))
    page = client.get(as_candidate(attempt)).text
    assert "已全部评完，等待发布" in page
    for told in ("bigscore", "优秀", "各知识点"):
        assert told not in page, told
    assert not {"90", "75"} & set(numbers(words(next(read(page).iter("main")))))
    session.add(Release(attempt_id=attempt.id, released_at=LATER))
    assert "bigscore" in client.get(as_candidate(attempt)).text


@pytest.mark.parametrize(
    ("share", "heading", "stamp"),
    [
        (1, "优秀，恭喜你完成结业", "stamp is-solid"),
        (Fraction(1, 5), "合格，恭喜你完成结业", '"stamp"'),
        (0, "这次还差 5 分，可以补考", "stamp is-open"),
    ],
)
def test_the_result_says_score_consequence_and_topics(session, client, as_candidate, share, heading, stamp):
    text = plain(client.get(as_candidate(make_released(session, share=share))))
    for shown in (heading, stamp, "各知识点", "打印成绩单", "投诉处理"):
        assert shown in text


def test_a_last_fail_says_that_hr_decides(session, client, as_candidate):
    attempt = make_released(session, exam=make_exam(session, max_retakes=0), share=0)
    assert "补考次数已用完" in plain(client.get(as_candidate(attempt)))


def test_somebody_elses_a_running_and_a_void_attempt_are_not_found(session, client, as_candidate):
    attempt = make_released(session)
    address = as_candidate(attempt)
    assert client.get(address).status_code == 200
    client.sign_in(make_person(session))
    assert client.get(address).status_code == 404
    attempt.voided_at, attempt.void_reason = LATER, "断电"
    assert client.get(as_candidate(attempt)).status_code == 404
    assert client.get("/attempts/999999/result").status_code == 404


def test_no_key_before_everybody_has_finished(session, client, as_candidate):
    exam = make_exam(session)
    attempt = make_released(session, exam=exam)
    other = make_sitting(session, exam)
    other.enrolment.cohort_id = enrolment_of(session, attempt).cohort_id
    address = as_candidate(attempt)
    text = client.get(address).text
    assert "同批次所有人考完后开放" in text
    for secret in (*SECRETS, "is-right", 'id="review"', "接到会员投诉后"):
        assert secret not in text
    other.closes_at = LATER - timedelta(seconds=1)
    text = client.get(address).text
    for shown in (*SECRETS, "is-right", 'id="review"'):
        assert shown in text


def test_what_an_answer_had_before_it_was_corrected_stays_visible(session, client, as_candidate):
    attempt = make_released(session)
    (mark,) = session.scalars(select(Mark).where(Mark.attempt_id == attempt.id, Mark.position == 1))
    for points, reason in ((Fraction(1), "答案有误。"), (Fraction(3), "再次核对。")):
        corrected = {"source": MarkSource.CORRECTION, "points": points, "reason": reason, "given_at": LATER}
        facts = {"attempt_id": attempt.id, "position": 1, "question_version_id": mark.question_version_id}
        session.add(Mark(**facts, **corrected))
        session.flush()
    seen = plain(client.get(as_candidate(attempt)))
    assert "已更正，原来 12.5 分</b>：再次核对。" in seen
    assert 'id="question-1"' in seen  # where the page of an appeal leads


def test_a_result_that_was_corrected_after_its_release_says_what_it_was(
    session, client, clients, set_clock, as_candidate
):
    attempt = make_released(session)
    enrolment, hr = enrolment_of(session, attempt), make_person(session, Role.HR)
    actions.decide(
        session, enrolment, Verdict.CONFIRMED, outstanding=False, reason="", actor_id=hr.id, now=LATER
    )  # fmt: skip
    own, desk = as_candidate(attempt), clients().sign_in(hr)
    page = f"/results/{enrolment.id}"
    assert "更正" not in plain(desk.get(page))
    (mark,) = session.scalars(select(Mark).where(Mark.attempt_id == attempt.id, Mark.position == 1))
    facts = {"attempt_id": attempt.id, "position": 1, "question_version_id": mark.question_version_id}
    session.add(Mark(**facts, source=MarkSource.CORRECTION, points=Fraction(0), reason="有误。", given_at=LATER))
    session.flush()
    actions.compute(session, attempt, LATER + timedelta(hours=1), "有误。")
    seen = plain(desk.get(page))
    assert seen.index("已转正") < seen.index("成绩更正：原来 100 优秀，现在 87.5 合格")
    assert "决定之后成绩作过更正" in seen
    assert "更正前是 100 分，优秀" in plain(client.get(own))


def test_somebody_still_learning_keeps_the_keys_closed(session, client, as_candidate):
    attempt = make_released(session)
    learner = make_enrolment(session, completed_at=None, cohort_id=enrolment_of(session, attempt).cohort_id)
    assert "is-right" not in client.get(as_candidate(attempt)).text
    learner.person_id = attempt.person_id
    make = learner
    session.delete(make)
    assert "is-right" in client.get(as_candidate(attempt)).text


@pytest.mark.parametrize(("policy", "questions"), [(ReviewPolicy.SCORE_ONLY, False), (ReviewPolicy.OWN_ANSWERS, True)])
def test_the_other_policies_never_show_keys(session, client, as_candidate, policy, questions):
    attempt = make_released(session, exam=make_exam(session, review_policy=policy))
    text = client.get(as_candidate(attempt)).text
    assert ('id="review"' in text) is questions
    assert ("先倾听，再道歉。" in text) is questions
    for secret in (*SECRETS, "is-right", "12.5 / 12.5"):
        assert secret not in text


def test_the_other_attempts_are_listed_without_unreleased_scores(session, client, as_candidate):
    person, exam = make_person(session), make_exam(session, questions=2, max_retakes=0)
    first = make_released(session, person, exam, share=0)
    enrolment, hr = enrolment_of(session, first), make_person(session, Role.HR)
    actions.decide(
        session, enrolment, Verdict.ONE_MORE_TRY, outstanding=False, reason="病假", actor_id=hr.id, now=LATER
    )
    text = plain(client.get(as_candidate(first)))
    assert "补考已经开放" in text
    assert "病假" in text


# Release


@pytest.fixture
def trainer(session, client, set_clock):
    set_clock(LATER)
    person = make_person(session, Role.TRAINER)
    client.sign_in(person)
    return person


def test_the_release_list_says_what_is_ready_and_what_is_missing(session, client, trainer):
    assert "成绩都已发布" in client.get("/marking/release").text
    ready, waiting = make_marked(session), hand_in(session)
    text = plain(client.get("/marking/release"))
    assert "还有 2 题待评" in text
    assert text.count('name="attempt"') == 1
    assert f'value="{ready.id}"' in text
    assert client.post("/marking/release", data={"attempt": waiting.id}).status_code == 409
    client.post("/marking/release", data={"attempt": ready.id})
    assert session.scalars(select(Release.attempt_id)).all() == [ready.id]


def test_all_that_are_ready_are_released_together(session, client, trainer):
    for attempt in (make_marked(session), make_marked(session), hand_in(session)):
        assert attempt
    assert "发布 2 份成绩" in plain(client.get("/marking/release"))
    client.post("/marking/release")
    assert session.query(Release).count() == 2
    assert client.post("/marking/release").status_code == 302
    assert client.post("/marking/release", data={"attempt": 999}).status_code == 404


def test_only_trainers_release(session, client):
    for role in (Role.NEW_HIRE, Role.HR, Role.ADMIN):
        client.sign_in(make_person(session, role))
        assert client.get("/marking/release").status_code == 403
        assert client.post("/marking/release").status_code == 403


# HR


HR_PAGES = ["/results", "/results/overview", "/results/outstanding", "/results/export.csv", "/results/export.xlsx"]


@pytest.mark.parametrize("role", [Role.NEW_HIRE, Role.TRAINER, Role.ADMIN])
def test_only_hr_sees_everybodys_results(session, client, role, set_clock):
    set_clock(LATER)
    enrolment = enrolment_of(session, make_released(session))
    client.sign_in(make_person(session, role))
    for page in [*HR_PAGES, f"/results/{enrolment.id}"]:
        assert client.get(page).status_code == 403
    assert client.post(f"/results/{enrolment.id}/decision", data={"verdict": "confirmed"}).status_code == 403
    assert client.get(f"/attempts/{make_released(session).id}/result").status_code in (403, 404)


def test_the_empty_pages_say_so(client, hr):
    assert "还没有人考过" in client.get("/results").text
    for page in HR_PAGES:
        assert client.get(page).status_code == 200
    assert client.get("/results/999").status_code == 404


@pytest.fixture
def people(session, hr):
    """Four results: distinction, pass, fail, waiting; the first two in a cohort of their own."""
    exam = make_exam(session)
    names = [
        ("何嘉宁", "hejianing", "M01"),
        ("沈一诺", "shenyinuo", "M02"),
        ("吴桐", "wutong", "M03"),
        ("罗一鸣", "luoyiming", None),
    ]
    persons = [
        make_person(session, full_name=name, name_key=key, username=key, staff_number=staff)
        for name, key, staff in names
    ]
    best = make_released(session, persons[0], exam)
    good = make_released(session, persons[1], exam, share=Fraction(1, 5))
    bad = make_released(session, persons[2], exam, share=0)
    hand_in(session, persons[3], exam)
    cohort = Cohort(course_id=exam.course_id, name="三月批", created_at=LATER)
    session.add(cohort)
    session.flush()
    into_cohort(session, cohort.id, best, good)
    return {"cohort": cohort.id, "best": best, "good": good, "bad": bad}


def names_in(response):
    return re.findall(r'<a class="rowlink"[^>]*>([^<]*)</a>', response.text)


def test_the_table_is_searched_and_filtered(client, people):
    expected = {
        "": {"何嘉宁", "沈一诺", "吴桐", "罗一鸣"},
        "q=何": {"何嘉宁"},
        "q=M02": {"沈一诺"},
        "q=WUTONG": {"吴桐"},
        "q=%25": set(),
        "outcome=pass": {"沈一诺"},
        "outcome=nonsense": {"何嘉宁", "沈一诺", "吴桐", "罗一鸣"},
        "try=1": {"何嘉宁", "沈一诺", "吴桐", "罗一鸣"},
        "try=2": set(),
        "state=waiting": {"罗一鸣"},
        "state=to_decide": {"何嘉宁", "沈一诺"},
        "state=released": {"何嘉宁", "沈一诺", "吴桐"},
        "state=marked": set(),
        "state=decided": set(),
        "state=missed": set(),
    }
    assert {query: set(names_in(client.get(f"/results?{query}"))) for query in expected} == expected


def test_the_table_filters_by_cohort_and_sorts(client, people):
    assert names_in(client.get(f"/results?cohort={people['cohort']}&sort=name")) == ["何嘉宁", "沈一诺"]
    assert names_in(client.get("/results?sort=name")) == ["何嘉宁", "罗一鸣", "沈一诺", "吴桐"]
    assert names_in(client.get("/results?sort=-score")) == ["何嘉宁", "沈一诺", "吴桐", "罗一鸣"]
    assert names_in(client.get("/results?sort=score")) == ["吴桐", "沈一诺", "何嘉宁", "罗一鸣"]
    assert "2 人等你做转正决定" in plain(client.get("/results"))


def test_a_missed_window_is_in_the_table(session, client, hr, set_clock):
    sitting = make_sitting(session, make_exam(session))
    assert names_in(client.get("/results")) == []
    set_clock(sitting.closes_at + timedelta(seconds=1))
    response = client.get("/results?state=missed")
    assert names_in(response) == [session.get_one(Person, sitting.person_id).full_name]
    assert "缺考" in response.text


def test_the_drawer_and_the_page_offer_the_decision_by_name(session, client, people):
    enrolment = enrolment_of(session, people["best"])
    for address in (f"/results?open={enrolment.id}", f"/results/{enrolment.id}"):
        text = client.get(address).text
        assert "确认何嘉宁转正" in text
        assert 'name="outstanding"' in text
    other = enrolment_of(session, people["good"])
    assert 'name="outstanding"' not in client.get(f"/results/{other.id}").text
    third = enrolment_of(session, people["bad"])
    assert 'name="verdict"' not in client.get(f"/results/{third.id}").text
    assert client.get("/results?open=99999").status_code == 404


def test_a_confirmation_leads_back_to_the_table(session, client, people):
    enrolment = enrolment_of(session, people["best"])
    back = f"/results?open={enrolment.id}"
    data = {"verdict": "confirmed", "outstanding": "y", "reason": "", "next": back}
    response = client.post(f"/results/{enrolment.id}/decision", data=data)
    assert response.location == back
    assert [(one.verdict, one.outstanding) for one in session.query(Decision)] == [("confirmed", True)]
    assert "何嘉宁" in client.get("/results/outstanding").text
    assert "已转正" in client.get(back).text


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"verdict": "not_confirmed"}, "请写明理由"),
        ({"verdict": "not_confirmed", "reason": "　 "}, "请写明理由"),
        ({"verdict": "not_confirmed", "reason": "长" * 501}, "理由最多 500 字"),
        ({"verdict": "confirmed", "outstanding": "y", "reason": "成绩好"}, "没有完成"),
        ({"verdict": "one_more_try", "reason": "x"}, "没有完成"),
        ({"verdict": "promoted"}, ""),
        ({}, ""),
    ],
)
def test_bad_decisions_come_back_with_what_was_typed(session, client, people, data, message):
    enrolment = enrolment_of(session, people["good"])
    response = client.post(f"/results/{enrolment.id}/decision", data=data)
    assert response.status_code == 422
    assert message in plain(response)
    if "500" in message:
        assert data["reason"] in response.text
    assert session.query(Decision).count() == 0


def test_a_decision_that_was_not_seen_is_not_overruled(session, client, people):
    url = f"/results/{enrolment_of(session, people['good']).id}/decision"
    assert client.post(url, data={"verdict": "confirmed", "seen": "0"}).status_code == 302
    late = client.post(url, data={"verdict": "not_confirmed", "reason": "迟到的想法", "seen": "0"})
    assert late.status_code == 409
    assert "同事刚刚做了决定" in plain(late)
    assert "迟到的想法" in late.text
    standing = session.query(Decision).one()
    assert f'name="seen" value="{standing.id}"' in late.text
    again = {"verdict": "not_confirmed", "reason": "迟到的想法", "seen": str(standing.id)}
    assert client.post(url, data=again).status_code == 302


def test_a_next_outside_the_site_is_not_followed(session, client, people):
    enrolment = enrolment_of(session, people["best"])
    data = {"verdict": "confirmed", "next": "https://example.org/"}
    assert client.post(f"/results/{enrolment.id}/decision", data=data).location == "/"
    assert client.post(f"/results/{enrolment.id}/decision", data=data, csrf=False).status_code == 400
    assert client.post("/results/99999/decision", data=data).status_code == 404


def test_the_overview_counts_and_draws(client, people):
    text = plain(client.get("/results/overview"))
    assert "4 人" in text
    assert "已出成绩 3 人，合格率 66.6%（2 人），其中优秀 1 人" in text
    assert 'aria-label="分数分布：' in text
    assert "2 人" in plain(client.get(f"/results/overview?cohort={people['cohort']}"))
    assert "合格率 100%" in plain(client.get(f"/results/overview?cohort={people['cohort']}"))


# Exports


def sheet_of(response):
    return [list(row) for row in load_workbook(BytesIO(response.data)).active.iter_rows(values_only=True)]


def lines_of(response):
    return list(csv.reader(StringIO(response.data.decode("utf-8-sig"))))


def test_both_exports_hold_the_filtered_table_with_the_exact_score(session, client, people, hr):
    book = sheet_of(client.get("/results/export.xlsx?outcome=pass"))
    lines = lines_of(client.get("/results/export.csv?outcome=pass"))
    assert book[0] == lines[0]
    assert [row[:7] for row in book[1:]] == [["沈一诺", "M02", "shenyinuo", "三月批", 80, "80", "合格"]]
    assert [row[:7] for row in lines[1:]] == [["沈一诺", "M02", "shenyinuo", "三月批", "80", "80", "合格"]]
    told = select(AuditEvent).filter_by(action="results.exported").order_by(AuditEvent.id)
    events = session.scalars(told).all()
    assert [(event.actor_id, event.detail["format"], event.detail["outcome"]) for event in events] == [
        (hr.id, "xlsx", "pass"),
        (hr.id, "csv", "pass"),
    ]


def test_a_csv_begins_with_a_mark_by_which_excel_knows_its_letters(client, people):
    response = client.get("/results/export.csv")
    assert response.data.startswith(b"\xef\xbb\xbf")
    assert len(lines_of(response)) == 5


@pytest.mark.parametrize(
    "name", ['=HYPERLINK("http://evil/","x")', "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "https://x/"]
)
def test_no_name_becomes_a_formula_or_a_link(session, client, hr, name):
    make_released(session, make_person(session, full_name=name))
    workbook = load_workbook(BytesIO(client.get("/results/export.xlsx").data))
    cell = workbook.active.cell(2, 1)
    assert (cell.data_type, cell.hyperlink) == ("s", None)
    assert unescape(cell.value).strip() == name.strip()
    text = client.get("/results/export.csv").data.decode("utf-8-sig").splitlines(keepends=False)
    written = next(line for line in text[1:])
    assert not written.lstrip('"').startswith(("=", "+", "-", "@", "\t", "\r"))


def test_a_score_that_no_decimal_writes_out_is_exported_exactly(session, client, hr):
    attempt = make_released(session)
    result = actions.queries.current_result(session, attempt.id)
    result.earned = Fraction(239, 3)
    row = sheet_of(client.get("/results/export.xlsx"))[1]
    assert row[4:6] == [79.6, "239/3"]


def test_the_pages_take_as_many_statements_for_ten_as_for_one(session, client, hr, set_clock):
    exam = make_exam(session)
    first = make_released(session, exam=exam)
    enrolment = enrolment_of(session, first)
    session.commit()
    pages = ["/results", f"/results?open={enrolment.id}", "/results/overview", "/results/outstanding"]

    def measure():
        counts = []
        for page in pages:
            with count_statements(session) as statements:
                client.get(page)
            counts.append(len(statements))
        return counts

    before = measure()
    for _ in range(9):
        make_released(session, exam=exam)
    assert measure() == before
    assert max(before) <= 16
