"""What is typed or chosen on the pages of sittings."""

from datetime import UTC, date, datetime

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length, ValidationError

from exam.cleaning import clean_identifier, clean_text
from exam.sittings.rules import LONGEST_REASON

SLOT_FORMAT = "%Y-%m-%dT%H:%MZ"
"""How a page writes a start time, in UTC: the clocks of a zone may show the same time twice."""

FIRST_YEAR, LAST_YEAR = 2000, 2999
"""Beyond these a year is a slip of the finger, and time zones overflow."""


class BookForm(FlaskForm):
    """One half hour of the calendar."""

    starts_at = StringField(
        _l("Start time"), filters=[clean_identifier], validators=[DataRequired(_l("Choose a time first."))]
    )
    moment: datetime

    def validate_starts_at(self, field: StringField) -> None:
        """Read the time; where it lies is for the rules to judge."""
        try:
            self.moment = datetime.strptime(field.data or "", SLOT_FORMAT).replace(tzinfo=UTC)
        except ValueError as error:
            raise ValidationError(_l("Choose one of the times in the calendar.")) from error

    @property
    def problem(self) -> str:
        """The first thing that is wrong."""
        return str((self.starts_at.errors or [""])[0])


class ReopenForm(FlaskForm):
    """The new last day of a window, and why."""

    last_day = StringField(
        _l("New last day"),
        filters=[clean_identifier],
        validators=[DataRequired(_l("Say until which day the window shall be open."))],
    )
    reason = TextAreaField(
        _l("Reason"),
        filters=[clean_text],
        validators=[
            DataRequired(_l("Say why, so that others understand it later.")),
            Length(max=LONGEST_REASON, message=_l("At most %(max)d characters.")),
        ],
    )
    day: date

    def validate_last_day(self, field: StringField) -> None:
        """Read the day; whether it will do is for the rules to judge."""
        try:
            self.day = datetime.strptime(field.data or "", "%Y-%m-%d").date()
        except ValueError as error:
            raise ValidationError(_l("Write the day like 2026-03-12.")) from error
        if not FIRST_YEAR <= self.day.year <= LAST_YEAR:
            raise ValidationError(_l("Write the day like 2026-03-12."))
