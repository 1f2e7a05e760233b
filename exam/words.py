"""The site's words for values that are stored as codes: one label for each, in the reader's language."""

from collections.abc import Mapping
from enum import Enum
from typing import Any

from flask_babel import lazy_gettext as _l

KINDS: Mapping[str, Any] = {
    "single_choice": _l("Single choice"),
    "multiple_choice": _l("Multiple choice"),
    "true_false": _l("True or false"),
    "short_answer": _l("Short answer"),
}
KIND_RULES: Mapping[str, Any] = {
    "single_choice": _l("Choose one."),
    "multiple_choice": _l("Choose all that apply."),
    "true_false": _l("Say whether it is true or false."),
    "short_answer": _l("Answer in your own words."),
}
CREDIT_RULES: Mapping[str, Any] = {
    "all_or_nothing": _l("All or nothing"),
    "half_for_incomplete": _l("Half when incomplete"),
    "proportional": _l("By share"),
    "correct_minus_wrong": _l("Right minus wrong"),
}
CREDIT_RULE_SENTENCES: Mapping[str, Any] = {
    "all_or_nothing": _l("Full points only for exactly the right choices."),
    "half_for_incomplete": _l(
        "Half the points for a correct but incomplete choice; nothing once a wrong one is chosen."
    ),
    "proportional": _l("Points by the share of right choices found; nothing once a wrong one is chosen."),
    "correct_minus_wrong": _l("Each wrong choice takes away what a right one gives, but never below 0."),
}
DIFFICULTIES: Mapping[str, Any] = {"1": _l("Easy"), "2": _l("Medium"), "3": _l("Hard")}
ROLES: Mapping[str, Any] = {
    "new_hire": _l("New hire"),
    "trainer": _l("Trainer"),
    "hr": _l("HR"),
    "admin": _l("Administrator"),
}
OUTCOMES: Mapping[str, Any] = {
    "fail": _l("Fail"),
    "pass": _l("Pass"),
    "distinction": _l("Distinction"),
    "pending": _l("Waiting for marking"),
}

GROUPS: Mapping[str, Mapping[str, Any]] = {
    "kind": KINDS,
    "kind_rule": KIND_RULES,
    "credit_rule": CREDIT_RULES,
    "credit_rule_sentence": CREDIT_RULE_SENTENCES,
    "difficulty": DIFFICULTIES,
    "role": ROLES,
    "outcome": OUTCOMES,
}
"""Every group by its name: `{{ question.kind | label("kind") }}`."""


def label(value: object, group: str) -> str:
    """The word for a stored value; an unknown value shows as itself, so that a new one is seen, not lost."""
    code = str(value.value if isinstance(value, Enum) else value)
    return str(GROUPS[group].get(code, code))


def options(group: str) -> list[tuple[str, str]]:
    """Codes and words of a group in order, for a select field built inside a request."""
    return [(code, str(word)) for code, word in GROUPS[group].items()]
