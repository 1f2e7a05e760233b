"""The exam and the days that a file of evidence is about."""

from datetime import date

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, SelectField, ValidationError
from wtforms.validators import InputRequired

from exam.defence.rules import Period


class FileForm(FlaskForm):
    """What is asked for. Sent as a query, so that the page can be kept and shared."""

    class Meta:
        csrf = False

    exam = SelectField(_l("Exam"), coerce=int, choices=[])
    first = DateField(_l("First day"), [InputRequired(_l("Choose a day."))])
    last = DateField(_l("Last day"), [InputRequired(_l("Choose a day."))])

    def offer(self, exams: list[tuple[int, str]], period: Period) -> None:
        """Show the exams, and the days that are offered first."""
        self.exam.choices = [(id, title) for id, title in exams]
        self.first.data = self.first.data or (None if self.first.raw_data else period.first)
        self.last.data = self.last.data or (None if self.last.raw_data else period.last)

    def validate_last(self, field: DateField) -> None:
        """The days have an order, and lie where calendars agree."""
        if not (self.first.data and field.data):
            return
        if field.data < self.first.data:
            raise ValidationError(_l("The last day comes before the first."))
        if self.first.data < date(2000, 1, 1) or field.data > date(2999, 12, 31):
            raise ValidationError(_l("Choose days between 2000 and 2999."))

    @property
    def period(self) -> Period:
        """The days, once they have been found right."""
        if not (self.first.data and self.last.data):
            raise ValueError("no days")
        return Period(self.first.data, self.last.data)
