"""Pages of marking."""

from flask import Blueprint

bp = Blueprint("marking", __name__)
