"""The shape of HR's filters and decisions."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, TextAreaField
from wtforms.validators import Length

from exam.cleaning import clean_text
from exam.results.rules import LONGEST_REASON


class DecisionForm(FlaskForm):
    """HR's decision; which one is said by the button that was pressed."""

    verdict = HiddenField()
    outstanding = BooleanField(_l("With the title “outstanding new employee”"))
    reason = TextAreaField(
        _l("Reason (kept in the file, the person sees it)"),
        [Length(max=LONGEST_REASON, message=_l("A reason has at most 500 characters."))],
        filters=[clean_text],
    )
