"""The blueprint that all trainers' pages hang on, and their words in the header."""

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from exam.accounts.rules import Role
from exam.web import nav

bp = Blueprint("authoring", __name__, cli_group="questions")

nav.add(
    Role.TRAINER,
    _l("Question bank"),
    "authoring.bank",
    10,
    also=("authoring.question", "authoring.import", "authoring.export"),
)
# One word for both, so that the header keeps to five: each of the two pages leads to the other.
nav.add(
    Role.TRAINER,
    _l("Courses and exams"),
    "authoring.exams",
    20,
    also=(
        "authoring.exam",
        "authoring.course",
        "authoring.page",
        "authoring.check",
        "analysis.",
        "standards.",
        "defence.",
    ),
)
