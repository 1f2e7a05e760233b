"""The blueprint that the pages and the command hang on."""

from flask import Blueprint

bp = Blueprint("analysis", __name__, cli_group=None)
