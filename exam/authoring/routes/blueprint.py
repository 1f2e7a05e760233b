"""The blueprint that all trainers' pages hang on, and their words in the header."""

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from exam.accounts.rules import Role
from exam.web import nav

bp = Blueprint("authoring", __name__)

nav.add(Role.TRAINER, _l("Question bank"), "authoring.bank", 10, also=("authoring.question",))
nav.add(
    Role.TRAINER, _l("Courses"), "authoring.courses", 20, also=("authoring.course", "authoring.page", "authoring.check")
)
nav.add(Role.TRAINER, _l("Exams"), "authoring.exams", 30, also=("authoring.exam",))
