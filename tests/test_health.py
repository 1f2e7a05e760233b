"""What a load balancer is told of the site."""

from datetime import timedelta

from exam import clock
from exam.app import create_app
from exam.version import VERSION
from tests.builders import make_person
from tests.support.client import CheckingClient
from tests.support.database import testing_config


def test_a_healthy_site_says_so_to_anybody(client, database):
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.get_json() == {"status": "ok", "version": VERSION, "database": database, "clock": "ok"}
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers


def test_a_clock_that_was_set_is_told_and_no_reason_to_stop(client, monkeypatch):
    monkeypatch.setattr(clock.site, "stepped", timedelta(hours=1))
    assert (client.get("/healthz").status_code, client.get("/healthz").get_json()["clock"]) == (200, "stepped")
    monkeypatch.setattr(clock.site, "stepped", timedelta())
    monkeypatch.setattr(clock.site, "disagrees", "with the database's")
    assert (client.get("/healthz").status_code, client.get("/healthz").get_json()["clock"]) == (200, "off")


def test_a_person_is_told_the_same(client, session):
    assert client.sign_in(make_person(session, must_change_password=True)).get("/healthz").status_code == 200


def test_a_database_that_is_away_is_a_503_not_a_fault(tmp_path):
    for address in ("postgresql+psycopg://nobody@127.0.0.1:9/nothing", f"sqlite:///{tmp_path / 'gone' / 'x.sqlite'}"):
        away = CheckingClient(create_app(testing_config(address)))
        answer = away.get("/healthz")
        assert answer.status_code == 503
        assert answer.headers["Retry-After"]
        assert answer.get_json() == {"status": "unavailable", "version": VERSION, "database": "unavailable"}
        assert "127.0.0.1" not in answer.text
