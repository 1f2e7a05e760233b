"""The shape of what is typed about people and passwords."""

from fractions import Fraction
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    EmailField,
    Field,
    PasswordField,
    SelectField,
    SelectMultipleField,
    StringField,
    ValidationError,
)
from wtforms.validators import Email, InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from exam import words
from exam.accounts.rules import EMAIL_LONGEST, PASSWORD_LONGEST, PASSWORD_SHORTEST, Role, can_be_time_factor
from exam.cleaning import clean_identifier, clean_text
from exam.errors import Refused

LONGEST_TYPED = 1000
LARGEST = 2**31 - 1
"""The largest number that a row can have."""
PASSWORD_LENGTH = Length(PASSWORD_SHORTEST, PASSWORD_LONGEST, message=_l("A password has 10 to 128 characters."))


class ForgottenForm(FlaskForm):
    """Who needs a new way in."""

    username = StringField(
        _l("User name, staff number or email"),
        [InputRequired(_l("Enter your user name.")), Length(max=EMAIL_LONGEST, message=_l("This is too long."))],
        filters=[clean_identifier],
    )


class SignInForm(ForgottenForm):
    """Who wants in."""

    password = PasswordField(
        _l("Password"),
        [InputRequired(_l("Enter your password.")), Length(max=LONGEST_TYPED, message=_l("This is too long."))],
    )
    remember = BooleanField(_l("Stay signed in on this device for 7 days"))


def read_sign_in(data: object) -> tuple[int, str]:
    """`{"person": 7, "password": "…"}` as the number of the person and the password; refuses another shape."""
    match data:
        case {"person": int(person), "password": str(password)} if 0 < len(password) <= LONGEST_TYPED:
            return (person if 0 < person <= LARGEST else 0), password
    raise Refused(_l("Enter your password."), code="unreadable")


class NewPasswordForm(FlaskForm):
    """One's own new password, typed twice."""

    password = PasswordField(_l("New password"), [InputRequired(_l("Enter a new password.")), PASSWORD_LENGTH])
    again = PasswordField(_l("New password again"), [InputRequired(_l("Enter it a second time."))])

    def validate_again(self, field: Field) -> None:
        """The same twice, or somebody locks themselves out by a slip."""
        if self.password.data and field.data != self.password.data:
            raise ValidationError(_l("The two passwords differ."))


class ChangePasswordForm(NewPasswordForm):
    """The old password and a new one."""

    old = PasswordField(_l("Present password"), [InputRequired(_l("Enter your present password."))])


class EmailForm(FlaskForm):
    """Where mails go."""

    email = EmailField(
        _l("Email"),
        [
            Optional(),
            Length(max=EMAIL_LONGEST, message=_l("This address is too long.")),
            Email(_l("This isn't an address mails can be sent to, such as name@example.com.")),
        ],
        filters=[clean_identifier],
    )


class LanguageForm(FlaskForm):
    """In which language somebody reads pages and mails."""

    locale = SelectField(_l("Language of pages and mails"))

    def __init__(self, languages: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.locale.choices = languages


class RolesForm(FlaskForm):
    """What a person may do."""

    roles = SelectMultipleField(_l("Roles"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.roles.choices = words.options("role")

    def chosen(self) -> frozenset[Role]:
        """The roles that are ticked."""
        return frozenset(Role(code) for code in self.roles.data or ())


class TimeForm(FlaskForm):
    """Extra time as a factor on the minutes."""

    factor = StringField(
        _l("Factor"), [InputRequired(_l("Enter a factor; 1 is no extra time."))], filters=[clean_identifier]
    )
    reason = StringField(
        _l("Reason"), [Length(max=500, message=_l("At most 500 characters, please."))], filters=[clean_text]
    )

    def validate_factor(self, field: Field) -> None:
        """A number such as 1.25 or 5/4, from 1 to 3."""
        try:
            allowed = can_be_time_factor(self.exact())
        except (ValueError, ZeroDivisionError):
            raise ValidationError(_l("Enter a number such as 1.25.")) from None
        if not allowed:
            raise ValidationError(_l("Extra time goes from 1 (none) to 3 times the minutes."))

    def exact(self) -> Fraction:
        """The factor, exactly as typed."""
        typed = self.factor.data or ""
        if len(typed) > 12:
            raise ValueError("no factor is that long")
        return Fraction(typed)
