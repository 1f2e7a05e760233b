"""The ground of the other tests holds: nothing leaks from one into the next, and bad pages are found."""

from types import SimpleNamespace

import psycopg
import pytest
from sqlalchemy import create_engine, func, select, text

from exam.accounts.models import Person
from exam.accounts.rules import Role
from tests.builders import make_person
from tests.support import browser, postgres
from tests.support.database import count_statements
from tests.support.page_checks import problems


@pytest.mark.parametrize("time", ["first", "second"])
def test_what_one_test_commits_the_next_does_not_see(session, client, time):
    assert session.scalar(select(func.count(Person.id))) == 0
    make_person(session, Role.HR)
    session.commit()
    assert client.get("/healthz").status_code == 200
    assert session.scalar(select(func.count(Person.id))) == 1


def test_statements_are_counted_without_savepoints(session):
    with count_statements(session) as statements:
        make_person(session)
        session.commit()
    assert [statement.split()[0] for statement in statements] == ["INSERT", "INSERT"]


def test_a_post_without_a_token_is_refused(client):
    assert client.post("/nowhere").status_code == 404
    assert client.post("/sign-in", csrf=False).status_code == 400


PAGE = '<!doctype html><html lang="en"><head><title>T</title></head><body><main><h1>H</h1>{}</main></body></html>'


@pytest.mark.parametrize(
    ("part", "problem"),
    [
        ("<p>Well</p>", None),
        ('<label for="a">A</label><input id="a">', None),
        ("<label>A <input></label>", None),
        ('<p id="a"></p><p id="a"></p>', "2 times"),
        ('<label for="b">B</label>', "no such field"),
        ("<input>", "has no label"),
        ('<p style="color:red">P</p>', "inline style"),
        ('<button onclick="f()">B</button>', "inline onclick"),
        ("<script>f()</script>", "without src or nonce"),
        ('<form method="post" action="/known"></form>', "without csrf_token"),
        ('<form action="/unknown"></form>', "leads nowhere"),
        ('<a href="/unknown">A</a>', "leads nowhere"),
        ('<a href="/known"><svg aria-hidden="true"></svg></a>', "no words"),
        ('<img src="/known">', "no alt"),
        ("<svg></svg>", "neither hidden"),
        ('<p aria-describedby="c">P</p>', "isn't there"),
        ("<div><p></div></p>", "HTML"),
        ("<h1>Another</h1>", "2 <h1>"),
    ],
)
def test_a_page_is_read_critically(part, problem):
    found = problems(PAGE.format(part), lambda method, path: path == "/known")
    if problem is None:
        assert found == []
    else:
        assert any(problem in line for line in found), found


def test_the_browser_draws_chinese_and_survives_a_restart_of_the_server(page, live_server):
    page.goto("/sign-in")
    live_server.restart()
    page.reload()
    assert page.evaluate("document.fonts.check('16px sans-serif', '结业')")


def test_a_person_is_signed_in_by_cookie(phone, live_server):
    with live_server.session() as session:
        person = make_person(session)
    live_server.sign_in(phone, person)
    phone.goto("/")
    assert "/sign-in" not in phone.url


def test_the_postgresql_of_the_development_packages_starts_where_the_machine_has_none(monkeypatch):
    monkeypatch.delenv("TEST_DATABASE_URL", raising=False)
    monkeypatch.setattr(postgres, "find_binaries", lambda: None)
    with postgres.postgres_server() as server, postgres.temporary_database(server) as address:
        engine = create_engine(address)
        with engine.connect() as connection:
            assert connection.scalar(text("SELECT '结业' < '补考' COLLATE \"C\"")) is True
        engine.dispose()


def test_a_durable_postgresql_keeps_what_was_committed_when_it_is_killed_and_says_why_it_does_not_start():
    with postgres.postgres_cluster(durable=True) as cluster:
        with psycopg.connect(cluster.url, autocommit=True) as connection:
            names = ("fsync", "synchronous_commit", "full_page_writes")
            assert {connection.execute(f"SHOW {name}").fetchone() for name in names} == {("on",)}
            connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
            cluster.kill()
            with pytest.raises(psycopg.OperationalError):
                connection.execute("SELECT 1")
        cluster.start()
        with psycopg.connect(cluster.url) as connection:
            assert connection.execute("SELECT one FROM kept").fetchall() == [(1,)]
        cluster.stop()
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(cluster.url)
        cluster.start()
    with (
        pytest.raises(postgres.PostgresUnavailable, match="no_such_setting"),
        postgres.postgres_cluster(no_such_setting="1"),
    ):
        pass


def test_a_browser_is_named_then_looked_for_then_installed(monkeypatch, tmp_path):
    own, on_path = tmp_path / "own", tmp_path / "bin" / "chromium"
    on_path.parent.mkdir()
    playwright = SimpleNamespace(chromium=SimpleNamespace(executable_path=str(own)))
    said: list[str] = []
    monkeypatch.setenv("PATH", str(on_path.parent))
    monkeypatch.delenv("JIEYE_TEST_BROWSER", raising=False)
    monkeypatch.setattr(browser, "_run", lambda command: False)
    with pytest.raises(browser.BrowserUnavailable, match="or name one in JIEYE_TEST_BROWSER"):
        browser.find_browser(playwright, said.append)
    assert "installing Playwright's" in said[0]
    for found in (on_path, own):
        found.touch(mode=0o755)
        assert browser.find_browser(playwright, said.append) == str(found)
    monkeypatch.setenv("JIEYE_TEST_BROWSER", str(on_path))
    assert browser.find_browser(playwright, said.append) == str(on_path)
    monkeypatch.setenv("JIEYE_TEST_BROWSER", str(tmp_path / "nowhere"))
    with pytest.raises(browser.BrowserUnavailable, match="can't be run"):
        browser.find_browser(playwright, said.append)
