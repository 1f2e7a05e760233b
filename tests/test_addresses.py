"""What people and robots put into the address bar: never a fault of the server, whatever is asked for."""

import re
from pathlib import Path

import pytest

from config import Config
from exam.app import create_app
from tests.support.database import testing_config
from tests.support.world import AFTERWARDS, NOBODY, WHO, lasting_world

ROOT = Path(__file__).parent.parent / "exam"
ASKED = re.compile(r"""(?:request\.(?:args|values)|asked)\.get(?:list)?\(\s*"([\w-]+)\"""")
MORE = {"page", "sort", "role", "who", "action", "from", "to"}
"""Read by a helper or in a loop."""
NAMES = sorted(MORE | {name for path in ROOT.rglob("*.py") for name in ASKED.findall(path.read_text(encoding="utf-8"))})
"""Everything that any page reads from its query."""
ODD = {
    "sqlite": ["", "-1", "²", str(2**63), "%ED%A0%80", "<b>' OR 1=1 --🎓" + 299 * "x"],
    "postgresql": [str(2**31), "%00"],
}
"""Values as a browser sends them, NUL and half a letter among what is merely strange: each database is asked what it
alone could stumble over, and the first what is read before any is."""
HUGE = [0, 2**31, 2**63]
READ = [
    pytest.param(rule, id=rule.rule)
    for rule in create_app(testing_config(Config.database_url)).url_map.iter_rules()
    if "GET" in (rule.methods or ())
]


@pytest.fixture(scope="module")
def world(site):
    with lasting_world(site) as made:
        yield made


@pytest.fixture(autouse=True)
def afterwards(set_clock):
    set_clock(AFTERWARDS)


def reader(world, rule):
    """Somebody who may read the page."""
    allowed = getattr(world.app.view_functions[rule.endpoint], "access", None)
    return next((who for who in WHO if who in allowed), WHO[1]) if allowed is not None else NOBODY


def test_the_names_are_found():
    assert {"q", "text", "cohort", "open", "sitting", "day", "next", "against"} <= set(NAMES)


@pytest.mark.parametrize("rule", READ)
def test_odd_questions_are_answered(world, rule):
    always = "&kind=single_choice" if rule.endpoint == "authoring.check_new" else ""
    with world.visit(reader(world, rule)) as client:
        for value in ODD[world.connection.dialect.name]:
            query = "&".join(f"{name}={value}" for name in NAMES)
            answer = client.get(world.address(rule).split("?")[0], query_string=query + always, buffered=True)
            assert answer.status_code in (200, 302, 404), f"{value!r}: {answer.status_code}"


@pytest.mark.parametrize("rule", [one for one in READ if one.values[0].arguments])
def test_numbers_that_nothing_has_are_not_there(world, rule):
    numbers = [name for name in rule.arguments if "int:" + name in rule.rule]
    with world.visit(reader(world, rule)) as client:
        for value in HUGE if numbers else []:
            answer = client.get(world.address(rule, **dict.fromkeys(numbers, value)), buffered=True)
            assert answer.status_code == 404 or rule.endpoint == "marking.question"  # leads to what is left
