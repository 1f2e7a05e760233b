"""Who may call what: every endpoint for nobody and for each role, and what belongs to somebody else.

A new endpoint needs its line in `ALLOWED`; the lines are the promise, the decorators of the routes only keep it.
"""

from typing import Any

import pytest
from werkzeug.routing import Rule

from config import Config
from exam.app import create_app
from tests.support.database import testing_config
from tests.support.world import AFTERWARDS, NEW_HIRE, NOBODY, TRAINER, WHO, World, lasting_world

EVERYBODY, SIGNED_IN = "everybody", "new_hire trainer hr admin"

ALLOWED = {
    "accounts.admin": "admin",
    "accounts.admin_person": "admin",
    "accounts.admin_roles": "admin",
    "accounts.admin_time": "admin",
    "accounts.audit_trail": "admin",
    "accounts.change_email": SIGNED_IN,
    "accounts.change_locale": SIGNED_IN,
    "accounts.change_password": SIGNED_IN,
    "accounts.first_password": SIGNED_IN,
    "accounts.forgotten": EVERYBODY,
    "accounts.lift_lock": "hr admin",
    "accounts.link_asked": EVERYBODY,
    "accounts.make_link": "hr admin",
    "accounts.make_password": "hr admin",
    "accounts.profile": SIGNED_IN,
    "accounts.set_active": "hr admin",
    "accounts.sign_in": EVERYBODY,
    "accounts.sign_in_again": EVERYBODY,
    "accounts.sign_in_post": EVERYBODY,
    "accounts.sign_out": EVERYBODY,
    "accounts.welcome": EVERYBODY,
    "analysis.alike": "trainer",
    "analysis.alike_look": "trainer",
    "analysis.exam": "trainer",
    "analysis.question": "trainer",
    "appeals.answer": "trainer",
    "appeals.appeal": "new_hire",
    "appeals.appeals": "trainer",
    "appeals.counts": "hr",
    "appeals.mine": "new_hire",
    "appeals.review": "trainer",
    "appeals.withdraw": "new_hire",
    "attempts.answer": "new_hire",
    "attempts.contact": "new_hire",
    "attempts.flag": "new_hire",
    "attempts.open_room": "new_hire",
    "attempts.room": "new_hire",
    "attempts.set_aside": "trainer",
    "attempts.start": "new_hire",
    "attempts.submit": "new_hire",
    "authoring.bank": "trainer",
    "authoring.bank_edit": "trainer",
    "authoring.bank_undo": "trainer",
    "authoring.check": "trainer",
    "authoring.check_new": "trainer",
    "authoring.check_preview": "trainer",
    "authoring.check_retire": "trainer",
    "authoring.courses": "trainer",
    "authoring.exam": "trainer",
    "authoring.exam_assemble": "trainer",
    "authoring.exam_blueprint": "trainer",
    "authoring.exam_copy": "trainer",
    "authoring.exam_new": "trainer",
    "authoring.exam_papers": "trainer",
    "authoring.exam_parity": "trainer",
    "authoring.exam_publish": "trainer",
    "authoring.exam_retire": "trainer",
    "authoring.exam_sample": "trainer",
    "authoring.exam_terms": "trainer",
    "authoring.exams": "trainer",
    "authoring.export": "trainer",
    "authoring.export_file": "trainer",
    "authoring.import_bring_in": "trainer",
    "authoring.import_columns": "trainer",
    "authoring.import_defaults": "trainer",
    "authoring.import_discard": "trainer",
    "authoring.import_history": "trainer",
    "authoring.import_mend": "trainer",
    "authoring.import_row": "trainer",
    "authoring.import_send": "trainer",
    "authoring.import_show": "trainer",
    "authoring.import_template": "trainer",
    "authoring.import_undo": "trainer",
    "authoring.imports": "trainer",
    "authoring.medium_new": "trainer",
    "authoring.page": "trainer",
    "authoring.page_preview": "trainer",
    "authoring.page_revision": "trainer",
    "authoring.question": "trainer",
    "authoring.question_approve": "trainer",
    "authoring.question_comment": "trainer",
    "authoring.question_discard": "trainer",
    "authoring.question_duplicate": "trainer",
    "authoring.question_new": "trainer",
    "authoring.question_preview": "trainer",
    "authoring.question_relations": "trainer",
    "authoring.question_restore": "trainer",
    "authoring.question_retire": "trainer",
    "authoring.question_send_back": "trainer",
    "authoring.question_take_back": "trainer",
    "authoring.question_version": "trainer",
    "bootstrap.static": EVERYBODY,
    "corrections.correction": "trainer",
    "corrections.corrections": "trainer",
    "corrections.decide": "trainer",
    "corrections.drop": "trainer",
    "corrections.new": "trainer",
    "corrections.propose": "trainer",
    "corrections.undo": "trainer",
    "courses.answer": "new_hire",
    "courses.course": SIGNED_IN,
    "courses.figure": SIGNED_IN,
    "courses.finish": "new_hire",
    "courses.page": SIGNED_IN,
    "courses.search": SIGNED_IN,
    "defence.file": "trainer hr",
    "defence.page": "trainer hr",
    "health.healthz": EVERYBODY,
    "home.index": EVERYBODY,
    "invigilation.give_time": "trainer",
    "invigilation.live": "trainer",
    "invigilation.message": "trainer",
    "invigilation.messages": "trainer",
    "invigilation.own_record": "new_hire",
    "invigilation.readers": "trainer",
    "invigilation.record": "trainer hr",
    "invigilation.refresh": "trainer",
    "marking.agreement": "trainer hr",
    "marking.answer": "trainer",
    "marking.decide_late": "trainer",
    "marking.desk": "trainer",
    "marking.drop_snippet": "trainer",
    "marking.keep_snippet": "trainer",
    "marking.late": "trainer",
    "marking.mark": "trainer",
    "marking.marked": "trainer",
    "marking.question": "trainer",
    "marking.undo": "trainer",
    "media.medium": SIGNED_IN,
    "notices.inbox": SIGNED_IN,
    "notices.mails": "admin",
    "notices.read": SIGNED_IN,
    "notices.read_all": SIGNED_IN,
    "notices.try_again": "admin",
    "people.assign": "hr admin",
    "people.assign_course": "hr admin",
    "people.assign_post": "hr admin",
    "people.cohorts": "hr admin",
    "people.confirm_import": "hr admin",
    "people.edit": "hr admin",
    "people.import_links": "hr admin",
    "people.import_people": "hr admin",
    "people.import_template": "hr admin",
    "people.list_people": "hr admin",
    "people.make_cohort": "hr admin",
    "people.new": "hr admin",
    "people.person": "hr admin",
    "people.read_import": "hr admin",
    "people.tutor": "hr admin",
    "people.tutor_post": "hr admin",
    "receipts.check": SIGNED_IN,
    "receipts.check_post": SIGNED_IN,
    "receipts.download": "new_hire",
    "receipts.receipt": "new_hire",
    "results.decide": "hr",
    "results.export_csv": "hr",
    "results.export_xlsx": "hr",
    "results.mine": "new_hire",
    "results.outstanding": "hr",
    "results.overview": "hr",
    "results.person": "hr",
    "results.release": "trainer",
    "results.release_list": "trainer",
    "results.table": "hr",
    "retakes.add_step": "trainer",
    "retakes.drop_step": "trainer",
    "retakes.finish_own_step": "new_hire",
    "retakes.finish_step": "trainer",
    "retakes.my_plan": "new_hire",
    "retakes.plan": "trainer",
    "retakes.plans": "trainer",
    "retakes.sign": "trainer",
    "retakes.take_over": "trainer",
    "retakes.write_note": "trainer",
    "site.change_language": EVERYBODY,
    "sittings.book": "new_hire",
    "sittings.bookings": "trainer hr",
    "sittings.cancel": "new_hire",
    "sittings.exam": "new_hire",
    "sittings.reopen": "hr",
    "sittings.start": "new_hire",
    "standards.close_first": "trainer",
    "standards.drop": "trainer",
    "standards.finish": "trainer",
    "standards.judge": "trainer",
    "standards.panel": "trainer",
    "standards.panels": "trainer",
    "static": EVERYBODY,
}

NOT_OWNED = {"courses.figure"}
"""What new hires reach by a name in the address although it is everybody's."""

# Collecting must not open the configured database: routes are the same on any.
RULES: list[Rule] = sorted(
    create_app(testing_config(Config.database_url)).url_map.iter_rules(), key=lambda rule: rule.endpoint
)
CASES = [
    pytest.param(rule, method, id=f"{method} {rule.rule}")
    for rule in RULES
    for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
]
OWNED = [
    case
    for case in CASES
    if case.values[0].arguments
    and NEW_HIRE in ALLOWED.get(case.values[0].endpoint, "")
    and case.values[0].endpoint not in NOT_OWNED
]

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""The guard looks only at the session and at roles: one kind of database is enough."""


@pytest.fixture(scope="module")
def world(site):
    with lasting_world(site) as made:
        yield made


@pytest.fixture(autouse=True)
def afterwards(set_clock):
    set_clock(AFTERWARDS)


def send(world: World, who: Any, rule: Rule, method: str, script: bool = False) -> Any:
    """Call the endpoint with the world's ids and an empty body, as a page or as its script."""
    body = {} if method == "GET" else {"json": {}} if script else {"data": {}}
    headers = {"Accept": "application/json"} if script else {}
    with world.visit(who) as client:
        return client.open(world.address(rule), method=method, headers=headers, buffered=True, **body)


def asks_to_sign_in(answer: Any) -> bool:
    return answer.status_code == 302 and answer.location.split("?")[0].endswith("/sign-in")


def test_every_endpoint_has_its_line():
    assert sorted({rule.endpoint for rule in RULES}) == list(ALLOWED)


@on_sqlite
@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize(("rule", "method"), CASES)
def test_who_may_call_what(world, rule, method, who):
    allowed = ALLOWED[rule.endpoint]
    answer = send(world, who, rule, method)
    if allowed == EVERYBODY or who in allowed.split():
        assert answer.status_code not in (401, 403, 405)
        assert answer.status_code < 500
        assert who == NOBODY or rule.endpoint == "accounts.sign_out" or not asks_to_sign_in(answer)
        if method == "GET":
            assert answer.status_code in (200, 302), "the world lacks what this page shows"
    elif who == NOBODY:
        assert asks_to_sign_in(answer)
        assert "next=" in answer.location
    else:
        assert answer.status_code == 403


@on_sqlite
@pytest.mark.parametrize(
    ("rule", "method"), [case for case in CASES if ALLOWED.get(case.values[0].endpoint) != EVERYBODY]
)
def test_a_script_is_told_in_json(world, rule, method):
    """That it is signed out, and that its person has no business there."""
    signed_out = send(world, NOBODY, rule, method, script=True)
    assert (signed_out.status_code, signed_out.get_json()["code"]) == (401, "signed_out")
    wrong = next((who for who in WHO[1:] if who not in ALLOWED[rule.endpoint].split()), None)
    if wrong:
        refused = send(world, wrong, rule, method, script=True)
        assert (refused.status_code, refused.get_json()["code"]) == (403, "403")


@pytest.mark.parametrize(("rule", "method"), OWNED)
def test_what_is_somebody_elses_is_not_there(world, rule, method):
    """Another new hire gets for it exactly what they get for a number nobody has."""
    with world.visit(world.stranger) as client:
        body = {} if method == "GET" else {"json": {}} if rule.endpoint.startswith("attempts.") else {"data": {}}
        real = client.open(world.address(rule), method=method, **body)
        nothing = {name: "nothing" if name == "page_slug" else 2**31 - 1 for name in rule.arguments}
        made_up = client.open(world.address(rule, **nothing), method=method, **body)
    assert real.status_code == made_up.status_code == 404


@pytest.mark.parametrize(
    "address", ["/exam?sitting={sitting_id}", "/course?course={course}", "/course/search?course={course}"]
)
def test_what_is_asked_for_in_the_query_is_ones_own(world, address):
    ids = {**world.ids, "course": world.course_slug}
    for who, status in ((NEW_HIRE, 200), (world.stranger, 404)):
        with world.visit(who) as client:
            assert client.get(address.format(**ids)).status_code == status


def test_a_notice_of_a_new_hire_is_not_there_for_staff(world):
    for who in WHO[2:]:
        with world.visit(who) as client:
            assert client.post(f"/notices/{world.ids['notice_id']}/read").status_code == 404


def test_a_trainers_rights_end_with_the_role(world):
    """Nothing of a role is kept in the session: the next request asks the database."""
    with world.visit(TRAINER) as client:
        assert client.get("/marking").status_code == 200
        client.sign_in(world.people[NEW_HIRE])
        assert client.get("/marking").status_code == 403
