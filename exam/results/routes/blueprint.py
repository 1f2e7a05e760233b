"""The blueprint, and the words of the header."""

from flask import Blueprint

from exam.accounts.rules import Role
from exam.errors import _l
from exam.web import nav

bp = Blueprint("results", __name__)
nav.add(Role.HR, _l("Results"), "results.table", 10, also=("invigilation.record",))
nav.add(
    Role.HR, _l("Overview"), "results.overview", 15, also=("defence.", "appeals.", "marking.agreement"), whole=False
)
