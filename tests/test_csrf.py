"""No page of another site can act for somebody: every change asks for the token of our own page."""

import pytest

from config import Config
from exam.app import create_app
from question_bank.orm import Base
from tests.support.database import testing_config
from tests.support.world import AFTERWARDS, NOBODY, WHO, lasting_world

SAFE = {"GET", "HEAD", "OPTIONS"}
NOTED = {"results.export_csv", "results.export_xlsx"}
"""Exports are written down in the trail, though they are got."""
CHANGES = [
    pytest.param(rule, method, id=f"{method} {rule.rule}")
    for rule in create_app(testing_config(Config.database_url)).url_map.iter_rules()
    for method in sorted((rule.methods or set()) - SAFE)
]


@pytest.fixture(scope="module")
def world(site):
    with lasting_world(site) as made:
        yield made


@pytest.fixture(autouse=True)
def afterwards(set_clock):
    set_clock(AFTERWARDS)


def everything(connection):
    """Every row of every table, as the database has it."""
    names = Base.metadata.tables
    return {name: connection.exec_driver_sql(f'SELECT * FROM "{name}" ORDER BY rowid').all() for name in names}


def may_call(world, rule):
    """Somebody whom the endpoint lets through: only the missing token can stand in the way."""
    allowed = getattr(world.app.view_functions[rule.endpoint], "access", frozenset())
    return next((who for who in WHO if who in allowed), WHO[1]) if allowed is not None else NOBODY


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("rule", "method"), CHANGES)
def test_without_the_token_nothing_changes(world, rule, method):
    with world.visit(may_call(world, rule)) as client:
        before = everything(world.connection)
        page = client.open(world.address(rule), method=method, csrf=False, data={"done": "1", "active": "0"})
        script = client.open(
            world.address(rule), method=method, csrf=False, json={}, headers={"Accept": "application/json"}
        )
        wrong = client.open(
            world.address(rule),
            method=method,
            csrf=False,
            data={"csrf_token": "of another page"},
            headers={"X-CSRFToken": "x"},
        )
        assert everything(world.connection) == before
    assert page.status_code == script.status_code == wrong.status_code == 400
    assert "text/html" in page.content_type
    assert script.get_json()["code"] == "csrf"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_reading_changes_nothing(world):
    """A picture's address in a mail must not act either: what can be got with GET only reads."""
    rules = [rule for rule in world.app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    for who in WHO:
        with world.visit(who) as client:
            before = everything(world.connection)
            for rule in rules:
                if rule.endpoint not in NOTED:
                    client.get(world.address(rule), buffered=True)
            assert everything(world.connection) == before, who
