"""The frame: who may call what, headers, languages, error pages, and how times, numbers and typed text look."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from flask import Blueprint, Flask, render_template_string
from flask_babel import force_locale
from flask_login import LoginManager
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from wtforms import StringField
from wtforms.validators import DataRequired

from config import Config
from exam import display, words
from exam.accounts.rules import Role
from exam.charts import histogram
from exam.cleaning import clean_identifier, clean_line, clean_text
from exam.navigation import Navigation
from exam.paging import Page, page_number, wanted_sort
from exam.results.rules import Outcome
from exam.security import declared_access, guard, public, roles_required, safe_next, set_headers, signed_in
from question_bank.items import CreditRule, Kind
from tests.builders import make_person
from tests.support.client import CheckingClient

WEDNESDAY = datetime(2026, 11, 25, 2, 30, tzinfo=UTC)
NBSP = "\u00a0"


class Visitor:
    """Somebody with these roles, without a database."""

    is_authenticated = True
    locale = None
    must_change_password = False

    def __init__(self, *roles: Role) -> None:
        self.roles = frozenset(roles)


@pytest.fixture
def asking() -> Iterator[Flask]:
    """A small app of three views and one that says nothing, for the guard."""
    small = Flask("small")
    small.config.update(SECRET_KEY="small", JIEYE=Config())
    manager = LoginManager(small)
    manager.user_loader(lambda name: Visitor(*(Role(word) for word in name.split())))
    views = Blueprint("accounts", __name__)
    views.get("/sign-in", endpoint="sign_in")(public(lambda: "sign in"))
    views.get("/mine", endpoint="mine")(signed_in(lambda: "mine"))
    views.route("/people", methods=["GET", "POST"], endpoint="people")(
        roles_required(Role.HR, Role.ADMIN)(lambda: "people")
    )
    views.get("/forgotten", endpoint="forgotten")(lambda: "forgotten")
    small.register_blueprint(views)
    small.before_request(guard)
    small.after_request(set_headers)
    with small.app_context():
        yield small


def ask(app: Flask, path: str, roles: str | None = None, method: str = "GET", **kwargs: object) -> tuple[int, str]:
    """Status and target of a request by somebody with these roles, or by a visitor."""
    visitor = app.test_client()
    if roles is not None:
        with visitor.session_transaction() as kept:
            kept["_user_id"] = roles
    answer = visitor.open(path, method=method, **kwargs)
    return answer.status_code, answer.headers.get("Location", "")


# Access


def test_every_endpoint_says_who_may_call_it(app: Flask) -> None:
    silent = [endpoint for endpoint in app.view_functions if not declared_access(app, endpoint)[0]]
    assert silent == []


@pytest.mark.parametrize(
    ("path", "roles", "status"),
    [
        ("/sign-in", None, 200),
        ("/mine", None, 302),
        ("/mine", "new_hire", 200),
        ("/people", "new_hire", 403),
        ("/people", "trainer hr", 200),
        ("/people", "admin", 200),
        ("/forgotten", None, 403),
        ("/forgotten", "admin", 403),
    ],
)
def test_the_guard(asking: Flask, path: str, roles: str | None, status: int) -> None:
    assert ask(asking, path, roles)[0] == status


def test_a_view_must_name_its_roles() -> None:
    with pytest.raises(ValueError, match="at least one role"):
        roles_required()


@pytest.mark.parametrize(
    ("target", "goes_to"),
    [
        ("/people?page=2", "/people?page=2"),
        (None, "/"),
        ("", "/"),
        ("people", "/"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("/\n/evil.example", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_next_never_leaves_the_site(asking: Flask, target: str | None, goes_to: str) -> None:
    with asking.test_request_context():
        assert safe_next(target) == goes_to


# The real site


def test_headers(client: CheckingClient) -> None:
    plain, secure = client.get("/nothing"), client.get("/nothing", base_url="https://localhost")
    policy = plain.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'" in policy
    assert f'nonce="{policy.split("nonce-")[1].split(chr(39))[0]}"' in plain.text
    assert policy != secure.headers["Content-Security-Policy"]
    assert plain.headers["X-Content-Type-Options"] == "nosniff"
    assert plain.headers["Cache-Control"] == "no-store"
    assert "Strict-Transport-Security" not in plain.headers
    assert "Strict-Transport-Security" in secure.headers


def test_chinese_first_whatever_the_browser_announces(client: CheckingClient) -> None:
    page = client.get("/nothing", headers={"Accept-Language": "en-GB"})
    assert 'lang="zh-CN"' in page.text
    assert "Skip to the content" not in page.text


def test_a_visitor_changes_the_language_and_stays_on_the_page(client: CheckingClient) -> None:
    answer = client.post("/language", data={"language": "en", "next": "/nothing?x=1"})
    assert answer.headers["Location"] == "/nothing?x=1"
    assert '<html lang="en"' in client.get("/nothing").text


def test_a_person_keeps_the_language_on_another_device(
    client: CheckingClient, clients: Callable[[], CheckingClient], session: Session
) -> None:
    person = make_person(session, Role.TRAINER)
    client.sign_in(person).post("/language", data={"language": "en"})
    assert '<html lang="en"' in clients().sign_in(person).get("/nothing").text


def test_an_unknown_language_changes_nothing(client: CheckingClient) -> None:
    client.post("/language", data={"language": "tlh", "next": "https://evil.example"})
    assert 'lang="zh-CN"' in client.get("/nothing").text


def test_the_chosen_look_is_there_before_any_script(client: CheckingClient) -> None:
    assert 'data-bs-theme="light"' in client.get("/nothing").text
    client.set_cookie("jieye_look", "dark")
    assert 'data-bs-theme="dark"' in client.get("/nothing").text


def test_a_page_that_is_not_there(client: CheckingClient) -> None:
    assert client.get("/nothing").status_code == 404
    answer = client.get("/nothing", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.get_json()["code"]) == (404, "404")


def test_a_post_without_its_token_is_refused_and_says_that_nothing_is_lost(client: CheckingClient) -> None:
    client.set_cookie("jieye_lang", "en")
    answer = client.post("/language", data={"language": "en"}, csrf=False)
    assert answer.status_code == 400
    assert "nothing you typed is lost" in answer.text


# Navigation


def test_the_words_of_several_roles_come_once_each_and_the_nearest_is_current(asking: Flask) -> None:
    navigation = Navigation()
    navigation.add(Role.HR, "People", "accounts.people", 20, count=lambda person: 3)
    navigation.add(Role.HR, "Mine", "accounts.mine", 10)
    navigation.add(Role.TRAINER, "Mine", "accounts.mine", 10)
    navigation.add(Role.TRAINER, "Missing", "missing.index", 5)
    visitor = asking.test_client()
    with visitor.session_transaction() as kept:
        kept["_user_id"] = "hr trainer"
    with visitor:
        visitor.get("/people")
        shown = [(word.label, word.count, word.current) for word in navigation.main()]
    assert shown == [("Mine", 0, None), ("People", 3, "page")]


# How things look


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Fraction(7999, 100), "79.9"),
        (Fraction(80), "80"),
        (Fraction(159, 2), "79.5"),
        (Fraction(2, 3), "0.6"),
        (0, "0"),
        (100, "100"),
        (None, "\u2014"),
    ],
)
def test_scores_are_rounded_down(value: Fraction | int | None, shown: str) -> None:
    assert display.score(value) == shown


@pytest.mark.parametrize(
    ("language", "day", "span", "hour"),
    [
        ("zh_Hans_CN", "11 月 25 日 周三", "11 月 25 日 周三 10:30\u201311:30", "60 分钟"),
        ("en", "Wed 25 Nov", "Wed 25 Nov 10:30\u201311:30", "60 minutes"),
    ],
)
def test_times_are_those_of_the_company(
    app: Flask, set_clock: Callable[[datetime], None], language: str, day: str, span: str, hour: str
) -> None:
    set_clock(WEDNESDAY)
    with app.test_request_context(), force_locale(language):
        assert display.day(WEDNESDAY).replace(NBSP, " ") == day
        assert display.span(WEDNESDAY, WEDNESDAY + timedelta(hours=1)).replace(NBSP, " ") == span
        assert display.minutes(60).replace(NBSP, " ") == hour
        assert NBSP in display.day(WEDNESDAY)
        assert display.clock_seconds(WEDNESDAY) == "10:30:00"
        assert display.machine_time(WEDNESDAY) == "2026-11-25T10:30:00+08:00"


def test_a_constant_in_a_template_is_shown_in_each_readers_language(app: Flask) -> None:
    template = app.jinja_env.from_string('{{ 60 | minutes }}, {{ "pass" | label("outcome") }}')
    with app.test_request_context():
        with force_locale("en"):
            assert template.render().replace(NBSP, " ") == "60 minutes, Pass"
        with force_locale("zh_Hans_CN"):
            assert template.render().replace(NBSP, " ") == "60 分钟, 合格"


def test_another_year_is_named(app: Flask, set_clock: Callable[[datetime], None]) -> None:
    set_clock(WEDNESDAY)
    with app.test_request_context(), force_locale("en"):
        assert display.day(date(2025, 11, 25)).endswith("2025")
        assert display.short_day(date(2025, 11, 25)) == "2025-11-25"
        assert display.short_day(date(2026, 11, 25)) == "11-25"


def test_every_stored_word_has_a_label(app: Flask) -> None:
    for group, values in {"kind": Kind, "credit_rule": CreditRule, "role": Role, "outcome": Outcome}.items():
        assert {str(value) for value in values} <= set(words.GROUPS[group])
    assert set(words.GROUPS["credit_rule_sentence"]) == set(CreditRule)
    with app.test_request_context(), force_locale("en"):
        assert words.label(Kind.TRUE_FALSE, "kind") == "True or false"
        assert words.label(2, "difficulty") == "Medium"
        assert words.label("unheard_of", "kind") == "unheard_of"


@pytest.mark.parametrize(
    ("clean", "typed", "kept"),
    [
        (clean_line, "  林 \u3000 晓雨\u200b\r\n", "林 晓雨"),
        (clean_line, None, None),
        (clean_identifier, " Ｍ０４１２ ", "M0412"),
        (clean_identifier, "lin＠example.com", "lin@example.com"),
        (clean_text, "\r\n one\r\n\r\ntwo\x00\x07 ", "one\n\ntwo"),
        (clean_text, "Ａ ½", "Ａ ½"),
        (clean_text, "half \ud83d", "half ?"),
        (clean_text, "\u200b\n \u2060", ""),
        (clean_text, "👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
    ],
)
def test_typed_text(clean: Callable[[str | None], str | None], typed: str | None, kept: str | None) -> None:
    assert clean(typed) == kept


@pytest.mark.parametrize(("asked", "number"), [("2", 2), ("0", 1), ("-1", 1), ("x", 1), ("²", 1), ("9" * 30, 1)])
def test_the_page_asked_for(app: Flask, asked: str, number: int) -> None:
    with app.test_request_context(query_string={"page": asked}):
        assert page_number() == number


def test_pages_keep_the_rest_of_the_query(asking: Flask) -> None:
    with asking.test_request_context("/people?q=a%26b&page=2&sort=-name"):
        page = Page(list(range(20)), 45, 2)
        assert (page.first, page.last, page.pages) == (21, 40, 3)
        assert page.next_url == "/people?q=a%26b&page=3&sort=-name"
        assert page.previous_url == "/people?q=a%26b&page=1&sort=-name"
        assert Page([], 45, 9).previous_url == "/people?q=a%26b&page=3&sort=-name"
        sort = wanted_sort(["name", "score"], "score")
        assert (sort.key, sort.descending, sort.aria("name"), sort.aria("score")) == (
            "name",
            True,
            "descending",
            "none",
        )
        assert sort.url("name") == "/people?q=a%26b&sort=name"
    with asking.test_request_context("/people?sort=password"):
        assert wanted_sort(["name", "score"], "-score").key == "score"


def test_a_distribution_has_both_cut_lines_as_edges() -> None:
    drawn = histogram([Fraction(7995, 100), Fraction(82), Fraction(90), Fraction(100)], 82, 90)
    assert (drawn.failed, drawn.passed, drawn.distinguished) == (1, 1, 2)
    assert [(bar.low, bar.high, bar.count, bar.look) for bar in drawn.bars if bar.count] == [
        (75, 80, 1, "open"),
        (82, 85, 1, "bar"),
        (90, 95, 1, "deep"),
        (95, 100, 1, "deep"),
    ]
    assert drawn.bars[0].low == 60
    assert histogram([], 80, 90).bars[0].count == 0


def test_a_field_is_tied_to_its_hint_and_its_error(app: Flask) -> None:
    class Named(FlaskForm):
        name = StringField("Name", [DataRequired("Give it a name.")], default="<b>")

    with app.test_request_context(method="POST", data={"name": ""}):
        form = Named(meta={"csrf": False})
        form.validate()
        html = render_template_string(
            '{% from "macros/forms.html" import field, error_summary %}{{ error_summary(form) }}'
            '{{ field(form.name, hint="<i>") }}',
            form=form,
        )
    assert 'aria-describedby="name-hint name-error"' in html
    assert 'aria-invalid="true"' in html
    assert html.count("Give it a name.") == 2
    assert "<i>" not in html


def test_choices_look_the_same_everywhere_and_carry_only_tokens(app: Flask) -> None:
    class Shown:
        id, text, correct = "k7", "<script>", True

    template = '{% from "macros/choices.html" import choices %}{{ choices(kind, all, "c", chosen, reveal=reveal) }}'
    with app.test_request_context(), force_locale("en"):
        many = render_template_string(template, kind=Kind.MULTIPLE_CHOICE, all=[Shown], chosen=["k7"], reveal=None)
        truth = render_template_string(
            template, kind="true_false", all=None, chosen=["false"], reveal={"true": "missed"}
        )
        text = render_template_string(template, kind="short_answer", all=None, chosen="</textarea>", reveal=None)
    assert 'type="checkbox" name="c" value="k7" checked' in many
    assert "<script>" not in many
    assert 'value="false" checked' in truth
    assert "Right, not chosen" in truth
    assert text.count("</textarea>") == 1
