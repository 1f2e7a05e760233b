"""Whatever the audit trail writes down can be read: every action and every detail of it has a word."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from exam.words import AUDIT_ACTIONS, AUDIT_DETAILS, AUDIT_SUBJECTS

EXAM = Path(__file__).parent.parent / "exam"
WHO_AND_WHEN = {"session", "actor_id", "action", "subject_type", "subject_id", "about_id", "now"}


@cache
def audits() -> list[ast.Call]:
    """Every call of `audit`, or of a feature's own `_audit`."""
    sources = [path.read_text(encoding="utf-8") for path in EXAM.rglob("*.py")]
    nodes = (node for text in sources if "audit(" in text for node in ast.walk(ast.parse(text)))
    return [node for node in nodes if isinstance(node, ast.Call) and name_of(node.func).endswith("audit")]


def name_of(called: ast.expr) -> str:
    return str(getattr(called, "id", getattr(called, "attr", "")))


def words_of(node: ast.AST) -> Iterator[str]:
    yield from (one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str))


def test_every_detail_has_a_word():
    used = {keyword.arg for call in audits() for keyword in call.keywords if keyword.arg} - WHO_AND_WHEN
    assert len(used) > 20
    assert used - AUDIT_DETAILS.keys() == set()


def test_every_action_has_a_word():
    values = [keyword.value for call in audits() for keyword in call.keywords if keyword.arg == "action"]
    values += [argument for call in audits() for argument in call.args]
    used = {word for value in values for word in words_of(value) if "." in word}
    assert len(used) > 20
    assert used - AUDIT_ACTIONS.keys() == set()


def test_every_subject_has_a_word():
    values = [keyword.value for call in audits() for keyword in call.keywords if keyword.arg == "subject_type"]
    used = {word for value in values for word in words_of(value)}
    assert len(used) > 5
    assert used - AUDIT_SUBJECTS.keys() == set()
