"""The shape of what somebody brings to have a receipt checked: its number and check code, or the whole of it."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import Field, StringField, TextAreaField, ValidationError
from wtforms.validators import Length

from exam.receipts.rules import LONGEST, NotAReceipt, Signed, read_code, read_number

TOO_LONG = _l("At most %(max)d characters.")


class CheckForm(FlaskForm):
    """Once valid, `attempt_id` says which attempt is meant, and `signed` or `wanted_code` what is to be checked."""

    number = StringField(_l("Receipt number"), [Length(max=60, message=TOO_LONG)])
    code = StringField(_l("Check code"), [Length(max=400, message=TOO_LONG)])
    file = FileField(_l("The downloaded receipt"))
    document = TextAreaField(_l("Or its text"), [Length(max=LONGEST, message=TOO_LONG)])

    signed: Signed | None = None
    attempt_id = 0
    wanted_code = ""

    def validate(self, extra_validators: Any = None) -> bool:
        """The whole receipt goes before its number: it says more."""
        field, text = self._brought()
        if text:
            try:
                self.signed = Signed.read(text)
                self.attempt_id = self.signed.receipt.facts.attempt
            except NotAReceipt:
                field.errors = [_l("This isn't a receipt of this site, or something is missing from it.")]
                return False
        return bool(super().validate(extra_validators))

    def validate_number(self, field: Field) -> None:
        """A number that may be a receipt's."""
        if not self.signed:
            self.attempt_id = read_number(field.data or "") or 0
            if not self.attempt_id:
                raise ValidationError(_l("A receipt number looks like JY-000412. It stands on the receipt."))

    def validate_code(self, field: Field) -> None:
        """A code, or enough of one."""
        if not self.signed:
            self.wanted_code = read_code(field.data or "") or ""
            if not self.wanted_code:
                raise ValidationError(_l("Type at least the first four groups: digits and the letters a to f."))

    def _brought(self) -> tuple[Field, str]:
        """The field with the whole receipt, and its text; a file goes before what was pasted."""
        uploaded = self.file.data
        content = uploaded.read(LONGEST).decode("utf-8", "replace") if uploaded else ""
        return (self.file, content) if content.strip() else (self.document, (self.document.data or "").strip())
