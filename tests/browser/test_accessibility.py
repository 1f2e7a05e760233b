"""axe looks at every page of the site, as each role, wide and as narrow as a phone: nothing serious anywhere."""

import pytest

from tests.support.looking import axe_finds, too_wide
from tests.support.world import ADMIN, AFTERWARDS, HR, NEW_HIRE, NOBODY, TRAINER, make_world

PAGES = {
    NOBODY: ["/sign-in", "/forgotten", "/forgotten/asked", "/welcome/{token}", "/welcome/used-up", "/nothing-here"],
    NEW_HIRE: [
        "/", "/course", "/course/{page_slug}", "/course/search?q=1&course={course_slug}",
        "/exam?sitting={sitting_id}", "/exam/{sitting_id}/start", "/attempts/{waiting}/receipt",
        "/attempts/{waiting}/result", "/attempts/{failed}/result", "/attempts/{failed}/appeals",
        "/attempts/{failed}/appeals/3", "/tutoring", "/notices", "/profile",
        "/receipts/check",
    ],
    TRAINER: [
        "/", "/questions", "/questions?q=nothing", "/questions/new", "/questions/new?kind=short_answer",
        "/questions/{question_id}", "/questions/{question_id}/versions/1", "/exams", "/exams/new", "/exams/{exam_id}",
        "/exams/{exam_id}/terms", "/exams/{exam_id}/blueprint", "/exams/{exam_id}/sample", "/authoring/courses",
        "/authoring/pages/{page_id}", "/authoring/pages/{page_id}/revisions/7", "/authoring/checks/{check_id}",
        "/invigilation", "/invigilation?q=nobody", "/invigilation/time?id={attempt_id}",
        "/invigilation/message?id={attempt_id}", "/invigilation/messages", "/invigilation/messages/{message_id}",
        "/invigilation/attempts/{attempt_id}",
        "/marking", "/marking/questions/{marked}", "/marking/marked", "/marking/late", "/marking/release",
        "/marking/agreement",
        "/tutoring/plans", "/tutoring/plans/{plan_id}", "/bookings", "/exams/{judged}/panels",
        "/exams/{judged}/panels/{panel_id}", "/exams/{judged}/panels/{panel_id}/judge", "/evidence",
        "/appeals", "/appeals/{appeal_id}",
        "/corrections", "/corrections/{correction_id}", "/corrections/{applied_id}", "/corrections/new/{version_id}",
    ],
    HR: [
        "/results", "/results?open={enrolment_id}", "/results/{enrolment_id}", "/results/overview", "/appeals/counts",
        "/results/outstanding", "/people", "/people/{person_id}", "/people/{person_id}/edit", "/people/new",
        "/people/import", "/people/cohorts", "/people/assign?id={person_id}", "/people/tutor?id={person_id}",
        "/sittings/{missed}/reopen",
    ],
    ADMIN: ["/admin/people", "/admin/people/{person_id}", "/admin/audit", "/admin/mail"],
}  # fmt: skip
"""The exam room has its own test: test_room.py."""
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture
def world(live_server, set_clock):
    """The world in a server's own database."""
    set_clock(AFTERWARDS)
    with live_server.session() as session:
        made = make_world(session, live_server.app, session.connection())
    made.ids |= {
        "waiting": made.special["receipts.receipt"]["attempt_id"],
        "failed": made.special["results.mine"]["attempt_id"],
        "marked": made.special["marking.question"]["question_id"],
        "judged": made.special["standards.panel"]["exam_id"],
        "missed": made.special["sittings.reopen"]["sitting_id"],
        "course_slug": made.course_slug,
        "applied_id": made.special["corrections.undo"]["correction_id"],
    }
    return made


def test_axe_finds_nothing_serious_on_any_page(new_page, live_server, world):
    found = []
    for who, paths in PAGES.items():
        page = new_page()
        if who != NOBODY:
            live_server.sign_in(page, world.people[who])
        for path in paths:
            page.set_viewport_size(WIDE)
            answer = page.goto(path.format(**world.ids))
            expected = (404, 410) if "nothing-here" in path or "used-up" in path else (200,)
            assert answer
            assert answer.status in expected, f"{who}: {path} {answer.status}"
            found += looked_at(page, colours=True)
            page.set_viewport_size(NARROW)
            found += looked_at(page, colours=False)
        page.context.close()
    assert found == []


def looked_at(page, colours):
    """What is wrong with a page as wide as it is now."""
    wide = too_wide(page)
    return axe_finds(page, colours=colours) + ([f"{page.url}: {wide} px too wide"] if wide else [])
