"""Papers have no pages of their own: trainers build exams in `authoring`, candidates meet their paper in `attempts`.

The empty blueprint keeps the feature's place in the order of `exam/app.py`.
"""

from flask import Blueprint

bp = Blueprint("papers", __name__)
