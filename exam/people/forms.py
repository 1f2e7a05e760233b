"""The shape of what HR types about people."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import EmailField, Field, HiddenField, SelectField, SelectMultipleField, StringField, ValidationError
from wtforms.validators import Email, InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from exam import words
from exam.accounts.rules import (
    EMAIL_LONGEST,
    FULL_NAME_LONGEST,
    STAFF_NUMBER_LONGEST,
    USERNAME_LENGTHS,
    Role,
    can_be_username,
    fold,
)
from exam.cleaning import clean_identifier, clean_line

Option = tuple[str, str]

NEW = "new"
"""The choice of a cohort that is yet to be made."""
COHORT_LONGEST = 80


def _codes(field: Any) -> list[str]:
    """What a select field offers."""
    return [str(one[0]) for one in field.choices or ()]


class CohortForm(FlaskForm):
    """Which cohort of which course: one there is, or a new one."""

    cohort = SelectField(_l("Course and cohort"), validate_choice=False)
    new_cohort = StringField(
        _l("Name of the new cohort"),
        [Length(max=COHORT_LONGEST, message=_l("A cohort's name has at most 80 characters."))],
        filters=[clean_line],
    )
    course = SelectField(_l("Course of the new cohort"), validate_choice=False)

    def offer(self, cohorts: Sequence[Option], courses: Sequence[Option], none: Any) -> None:
        """Say what there is to choose from; `none` is the word for no course."""
        new: list[Option] = [(NEW, _l("A new cohort"))] if courses else []
        self.cohort.choices = [("", none), *cohorts, *new]
        self.course.choices = list(courses)

    def validate_cohort(self, field: Field) -> None:
        """One of those offered."""
        if (field.data or "") not in _codes(field):
            raise ValidationError(_l("Choose one of the cohorts."))

    def validate_new_cohort(self, field: Field) -> None:
        """A name where a new cohort is wanted."""
        if self.wants_new and not field.data:
            raise ValidationError(_l("Name the new cohort."))

    def validate_course(self, field: Field) -> None:
        """One of those offered; where there is only one, it needn't be sent."""
        if self.wants_new and len(_codes(field)) > 1 and field.data not in _codes(field):
            raise ValidationError(_l("Choose the course."))

    @property
    def wants_new(self) -> bool:
        return bool(self.cohort.data == NEW)

    @property
    def cohort_id(self) -> int | None:
        """The cohort chosen, if it is one there is."""
        return int(self.cohort.data) if self.cohort.data and not self.wants_new else None

    @property
    def course_id(self) -> int | None:
        """The course of a new cohort: the chosen one, else the only one."""
        codes = _codes(self.course)
        chosen = self.course.data if self.course.data in codes else next(iter(codes), None)
        return int(chosen) if chosen else None


class TutorForm(FlaskForm):
    """Who is the tutor."""

    tutor = SelectField(_l("Tutor"), validate_choice=False)

    def offer_tutors(self, tutors: Sequence[Option], none: Any) -> None:
        """Say who may be one; `none` is the word for nobody."""
        self.tutor.choices = [("", none), *tutors]

    def validate_tutor(self, field: Field) -> None:
        """One of those offered."""
        if (field.data or "") not in _codes(field):
            raise ValidationError(_l("Choose one of the trainers."))

    @property
    def tutor_id(self) -> int | None:
        return int(self.tutor.data) if self.tutor.data else None


class PersonForm(TutorForm):
    """What HR says about a person."""

    full_name = StringField(
        _l("Name"),
        [
            InputRequired(_l("Enter the name.")),
            Length(max=FULL_NAME_LONGEST, message=_l("A name has 1 to 80 characters.")),
        ],
        filters=[clean_line],
    )
    staff_number = StringField(
        _l("Staff number"),
        [Optional(), Length(max=STAFF_NUMBER_LONGEST, message=_l("A staff number has at most 40 characters."))],
        filters=[clean_identifier],
    )
    email = EmailField(
        _l("Email"),
        [
            Optional(),
            Length(max=EMAIL_LONGEST, message=_l("This address is too long.")),
            Email(_l("This isn't an address mails can be sent to, such as name@example.com.")),
        ],
        filters=[clean_identifier],
    )
    roles = SelectMultipleField(
        _l("Roles"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(), validate_choice=False
    )

    def offer_roles(self, with_admin: bool) -> None:
        """HR gives every role but the administrator's."""
        self.roles.choices = [one for one in words.options("role") if with_admin or one[0] != Role.ADMIN.value]

    def validate_full_name(self, field: Field) -> None:
        """More than spaces."""
        if not field.data:
            raise ValidationError(_l("Enter the name."))

    def validate_roles(self, field: Field) -> None:
        """At least one."""
        if not field.data:
            raise ValidationError(_l("Choose at least one role."))
        if not set(field.data) <= set(_codes(field)):
            raise ValidationError(_l("Choose roles from this list. Administrators are made by administrators."))

    def chosen(self) -> frozenset[Role]:
        """The roles that are ticked."""
        return frozenset(Role(code) for code in self.roles.data or ())


class NewPersonForm(CohortForm, PersonForm):
    """Somebody new."""

    username = StringField(
        _l("User name"),
        [Optional(), Length(max=USERNAME_LENGTHS.stop - 1, message=_l("A user name has 2 to 64 letters or digits."))],
        filters=[clean_identifier],
    )

    def validate_username(self, field: Field) -> None:
        """Something one can sign in with."""
        if field.data and not can_be_username(fold(field.data)):
            raise ValidationError(
                _l("A user name has 2 to 64 letters or digits; the signs . _ - @ + may stand between them.")
            )


class UploadForm(FlaskForm):
    """A list of people."""

    file = FileField(_l("File"))

    def validate_file(self, field: Field) -> None:
        """A file at all; what is in it is read afterwards."""
        if not field.data:
            raise ValidationError(_l("Choose a file first."))


class ImportForm(CohortForm, TutorForm):
    """A list that was read and looked at, and what holds for those whose line doesn't say."""

    sheet = HiddenField()
    count = HiddenField()


class NewCohortForm(FlaskForm):
    """A run of a course."""

    name = StringField(
        _l("Name of the cohort"),
        [
            InputRequired(_l("Name the new cohort.")),
            Length(max=COHORT_LONGEST, message=_l("A cohort's name has at most 80 characters.")),
        ],
        filters=[clean_line],
    )
    course = SelectField(_l("Course"))
