"""Pages of retakes."""

from flask import Blueprint

bp = Blueprint("retakes", __name__)
