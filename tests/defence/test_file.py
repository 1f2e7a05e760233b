"""The file of evidence: what it holds for few and for many, that it is set as it is given, and who takes it."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from flask_babel import force_locale
from sqlalchemy import select

from exam.accounts.models import AuditEvent
from exam.accounts.rules import Role
from exam.appeals.models import Appeal
from exam.appeals.rules import AppealState
from exam.corrections import actions as corrections
from exam.corrections.queries import preview
from exam.corrections.rules import Policy
from exam.defence import queries
from exam.defence.routes.content import document
from exam.defence.routes.document import pdf, settable
from exam.defence.rules import Period
from exam.marking.queries.agreement import Agreements
from exam.marking.rules import agreement
from exam.papers.models import Exam, PaperSet
from exam.papers.queries import slots
from exam.papers.rules import BlueprintLine, Origin, SetState
from exam.steps import last_of
from question_bank.items import CreditRule, Kind
from question_bank.models import QuestionVersion
from tests.analysis.builders import choice, make_paper, sat
from tests.builders import NOW, make_exam, make_person, make_question
from tests.marking.builders import ALL, LATER, hand_in, mark_all
from tests.results.builders import make_marked
from tests.sittings.builders import make_enrolment
from tests.standards.builders import finished
from tests.support.database import count_statements

MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))
APRIL = Period(date(2026, 4, 1), date(2026, 4, 30))


def crowd(n, questions=8):
    """n people, the stronger, the more of the questions right."""
    return [[choice(place * questions >= n * step) for step in range(questions)] for place in range(n)]


@pytest.fixture
def exam(session):
    return make_exam(session, questions=1)


def sit(session, exam, n, **how):
    versions = [make_question(session) for _ in range(8)]
    sat(session, make_paper(session, exam, versions), versions, crowd(n), apart=timedelta(minutes=3), **how)


def gathered(session, exam, period=MARCH):
    return queries.evidence(session, exam, *period.moments(NOW.tzinfo))


def written(app, found, locale="en"):
    with app.test_request_context(), force_locale(locale):
        return document(found, MARCH, "某公司", "2026-04-01")


def blocks(doc, heading):
    return next(one["blocks"] for one in doc["sections"] if one["heading"] == heading)


def all_words(value):
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return [word for one in inner for word in all_words(one)]


def test_of_nobody_it_says_so(session, app, exam):
    doc = written(app, gathered(session, exam))
    assert doc["summary"]["items"][0] == "There is no marked attempt in this period."
    assert "Not enough data: 0 attempts, and it takes 50." in all_words(doc)
    assert pdf(doc, NOW).startswith(b"%PDF")


def test_what_is_not_marked_yet_is_counted_even_where_nothing_else_is(session, app):
    exam = session.get_one(Exam, hand_in(session).exam_id)
    doc = written(app, gathered(session, exam))
    assert "Nobody sat a paper in this period." not in all_words(doc)
    [_note, facts] = blocks(doc, "Scores")
    assert facts["rows"][0] == ["Not marked wholly yet, left out", "1"]


@pytest.mark.parametrize(("n", "reliability", "decisions"), [(19, False, False), (49, True, False), (50, True, True)])
def test_below_fifty_there_are_intervals_and_not_enough_data(session, app, exam, n, reliability, decisions):
    sit(session, exam, n)
    found = gathered(session, exam)
    doc = written(app, found)
    [first, *_] = blocks(doc, "Reliability and errors of measurement")
    assert (first["kind"] == "facts") is reliability
    assert bool(found.measured and found.measured.alpha_interval) is reliability
    [first, *_] = blocks(doc, "Consistency and accuracy of decisions")
    assert (first["kind"] == "table") is decisions
    assert (f"Not enough data: {n} attempts, and it takes 50." in all_words(doc)) is not decisions
    # The share that passed always has its interval (Wilson).
    assert "95% interval" in doc["summary"]["items"][0]


def test_the_figures_are_those_of_the_marks(session, exam):
    """Eight questions, eight steps of strength: totals 12.5, 25 … 100, each as often, so that alpha is known.

    Items i of 8 with p_i = i / 8: Σ p q = 1.3125, variance of 0…8 right with n − 1 over 80 people 5.3165.
    """
    sit(session, exam, 80)
    found = gathered(session, exam).measured
    assert found.right_or_wrong
    assert found.length == 8
    assert found.totals.mean.value == pytest.approx(56.25)
    spread, each = 5.25 * 80 / 79, 1.3125 * 80 / 79
    assert found.totals.alpha.value == pytest.approx(8 / 7 * (1 - each / spread))
    assert [cut for cut, _error in found.near] == [80, 90]


def test_a_question_that_was_not_shown_is_missing(session, exam):
    sit(session, exam, 40)
    sit(session, exam, 40)
    found = gathered(session, exam)
    assert found.gathered.data.items == 16
    assert found.gathered.data.length == 8
    assert found.measured.totals.mean.value == pytest.approx(56.25)


def test_papers_of_two_sets_of_a_cohort_are_told_apart(session, app, exam):
    cohort = make_enrolment(session).cohort_id
    for day in (0, 1):
        made = {"exam_id": exam.id, "cohort_id": cohort, "made_at": NOW + timedelta(days=day)}
        one = PaperSet(**made, state=SetState.READY, edition=1, number=1, seed=1, took_ms=1)
        session.add(one)
        session.flush()
        versions = [make_question(session) for _ in range(8)]
        paper = make_paper(session, exam, versions)
        paper.origin, paper.set_id = Origin.PARALLEL, one.id
        sat(session, paper, versions, crowd(8))
        [table] = [one for one in blocks(written(app, gathered(session, exam)), "Papers and how alike they are")
                   if one["kind"] == "table"]  # fmt: skip
        assert ["assembled" in row[0] for row in table["rows"]] == [bool(day)] * (day + 1)
    assert "assembled 2026-03-03 09:30, paper A" in table["rows"][1][0]


def test_only_the_period_counts(session, exam):
    sit(session, exam, 30)
    early = Period(date(2026, 1, 1), date(2026, 3, 1))
    assert len(gathered(session, exam, early).gathered.sat) == 0
    assert len(gathered(session, exam).gathered.sat) == 30


def test_retakes_are_counted_apart(session, app, exam):
    sit(session, exam, 8)
    sit(session, exam, 16, tries=2)
    [table, *_] = blocks(written(app, gathered(session, exam)), "Retakes")
    assert [row[:3] for row in table["rows"]] == [["First tries", "8", "2"], ["Retakes", "16", "4"]]


def test_the_panel_stands_beside_the_pass_mark(session, app, exam):
    finished(session, exam, [60, 70, 80])
    doc = written(app, gathered(session, exam))
    assert (
        "A panel’s judgements imply 70.0 ± 5.8; the pass mark of 80 lies within two standard errors of it."
        in (doc["summary"]["items"])
    )


def test_appeals_are_counted_without_names_or_words(session, app):
    passed = make_marked(session)
    common = {"attempt_id": passed.id, "question_version_id": slots(session, passed.paper_id)[0].version.id}
    common |= {"text": "林晓雨不同意。", "made_at": LATER, "due_at": LATER, "answered_by": None}
    who = make_person(session, Role.TRAINER).id
    for position, state, late in ((1, "waiting", None), (2, "granted", 1), (3, "denied", 0), (4, "withdrawn", None)):
        answered = {} if late is None else {"answered_at": LATER + timedelta(days=late), "answered_by": who}
        session.add(Appeal(**common | {"position": position, "state": AppealState(state)} | answered))
    session.flush()
    found = gathered(session, session.get_one(Exam, passed.exam_id))
    assert found.appeals == queries.Appealed(attempts=1, granted=1, denied=1, waiting=1, withdrawn=1, late=1)
    doc = written(app, found)
    [facts, *_rest] = blocks(doc, "Appeals")
    assert facts["rows"][0] == ["Appeals made", "4, of 1 attempt"]
    assert not any("林晓雨" in word for word in all_words(doc))


def test_a_correction_stands_with_what_it_changed(session, app):
    trainer, second = (make_person(session, Role.TRAINER) for _ in range(2))
    failed = make_marked(session, right=0)
    exam = session.get_one(Exam, failed.exam_id)
    version = session.get_one(QuestionVersion, slots(session, failed.paper_id)[0].version.id)
    begun = corrections.begin(session, version, None, actor_id=trainer.id, now=LATER)
    seen = preview(session, begun, Policy.TAKE_OUT).digest
    who = {"session": session, "correction": begun, "seen": seen, "now": LATER}
    last_of(corrections.propose(**who, policy=Policy.TAKE_OUT, reason="题目有误。", actor_id=trainer.id))
    last_of(corrections.approve(**who, note="", actor_id=second.id))
    found = gathered(session, exam)
    assert [(one.policy, one.attempts, one.better, one.worse) for one in found.corrections] == [
        (Policy.TAKE_OUT, 1, 0, 0)
    ]
    [table, *_rest] = blocks(written(app, found), "Corrections")
    assert table["rows"][0] == ["2026-03-02", "Take the question out", "题目有误。", "1", "0", "0"]
    # What was taken out is missing, not 0.
    assert len(found.gathered.earned[0]) == len(slots(session, failed.paper_id)) - 1


def test_many_attempts_take_as_many_statements_as_few(session, exam):
    sit(session, exam, 3)
    with count_statements(session) as few:
        gathered(session, exam)
    sit(session, exam, 9)
    sit(session, exam, 9)
    with count_statements(session) as many:
        gathered(session, exam)
    assert len(few) == len(many) <= 16


HOSTILE = [
    '#import "x": y\n*bold* $x$ @ref <label> `code` \\ {{ }}',
    "]#panic()[",
    "无" * 119,
    "W" * 120,
    "\x00\x1b\u202e\ufeff👩‍👩‍👧 \ud800",
    "= Heading\n- list\n+ one\n/ term: no",
]


@pytest.mark.parametrize("title", HOSTILE)
def test_what_people_write_is_set_as_it_is(app, title):
    """Nothing of it is markup, and nothing of it stops the file."""
    terms = {"minutes": 60, "pass_percent": 80, "distinction_percent": 90, "max_retakes": 2}
    exam = Exam(title=title, credit_rule=CreditRule.ALL_OR_NOTHING, **terms)
    nobody = queries.Gathered([], 0, 0)
    none = queries.PapersSat([], {}, {}, None)
    lines = [BlueprintLine(1, Kind.SINGLE_CHOICE, None, 1, Fraction(100))]
    nothing = (None, none, None, Agreements(agreement([]), [], []), [], queries.Appealed())
    found = queries.Evidence(exam, lines, {1: title}, nobody, *nothing)
    content = pdf(written(app, found), NOW)
    assert content.startswith(b"%PDF")
    if title == "]#panic()[":  # the title stands in the clear in the file's metadata
        assert title in content.decode("utf-8", "ignore")


def test_the_agreement_of_markers_is_that_of_the_period(session, app, exam):
    exam.second_marking, exam.second_share = True, 100
    markers = [make_person(session, Role.TRAINER) for _ in range(3)]
    attempts = [hand_in(session, exam=exam) for _ in range(3)]
    for attempt, less in zip(attempts, (0, 0, 5), strict=True):
        mark_all(session, attempt, markers[0])
        mark_all(session, attempt, markers[1], {key: 0 if less else points for key, points in ALL.items()})
    attempts[2].started_at, attempts[2].deadline = (one + timedelta(days=40) for one in (NOW, LATER))
    session.flush()
    for period, pairs, exact in ((MARCH, 2, 1), (APRIL, 1, 0)):
        found = gathered(session, exam, period).agreements
        assert (found.all.n, found.all.exact) == (pairs, exact)
        assert [one.agreement.n for one in found.markers] == [pairs, pairs]
    [facts, *rest] = blocks(written(app, gathered(session, exam)), "Agreement of markers")
    assert ["Answers with two independent opinions", "2"] in facts["rows"]
    assert not any("not only those" in word for word in all_words(rest))


def test_long_runs_may_break_and_control_characters_go():
    assert settable({"a": ["x" * 30 + "\x00"]}) == {"a": ["x" * 24 + "\u200b" + "x" * 6]}
    assert settable("中" * 30 + "\n") == "中" * 30 + "\n"


def test_trainers_and_hr_take_the_file_and_the_trail_says_so(session, client, exam):
    sit(session, exam, 8)
    for role in (Role.TRAINER, Role.HR):
        client.sign_in(make_person(session, role, full_name="陈岚"))
        assert client.get(f"/evidence?exam={exam.id}").status_code == 200
        address = f"/evidence/file.pdf?exam={exam.id}&first=2026-03-01&last=2026-03-31"
        answer = client.get(address)
        assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
        assert f"evidence-exam-{exam.id}-2026-03-01-2026-03-31.pdf" in answer.headers["Content-Disposition"]
    told = session.scalars(select(AuditEvent.detail).where(AuditEvent.action == "evidence.taken")).all()
    assert told == [{"first_day": "2026-03-01", "last_day": "2026-03-31"}] * 2


@pytest.mark.parametrize(
    "query",
    ["first=2026-03-02&last=2026-03-01", "first=x&last=2026-03-01", "first=0001-01-01&last=9999-12-31", "first="],
)
def test_of_days_that_can_not_be_the_page_asks_again(session, client, exam, query):
    client.sign_in(make_person(session, Role.HR))
    for asked in (f"exam={exam.id}&{query}", "exam=99999&first=2026-03-01&last=2026-03-02"):
        answer = client.get(f"/evidence/file.pdf?{asked}")
        assert (answer.status_code, answer.mimetype) == (200, "text/html")
        assert "is-invalid" in answer.text
    assert session.scalars(select(AuditEvent).where(AuditEvent.action == "evidence.taken")).all() == []
