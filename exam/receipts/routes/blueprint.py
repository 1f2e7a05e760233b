"""The blueprint of the feature, for its pages and its commands."""

from flask import Blueprint

bp = Blueprint("receipts", __name__, cli_group="attempts")
