"""What is done to typed text before anybody looks at it: filters for forms. None stays None."""

import re
import unicodedata

LINE_ENDS = re.compile(r"\r\n?|\u2028|\u2029")
# C0 and C1 controls but tab and newline. PostgreSQL refuses NUL; the others only come from broken files.
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
# Zero-width and direction marks that chat programs leave in copied words: names that look the same must be the same.
INVISIBLE = re.compile(r"[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")


def clean_text(value: str | None) -> str | None:
    """Long text: newlines made one kind, controls and outer space dropped; nothing else is touched.

    One in which nothing can be seen is empty.
    """
    if value is None:
        return None
    # A lone half of a surrogate pair can come in JSON; no database can store it.
    whole = value.encode("utf-8", "replace").decode("utf-8")
    text = CONTROLS.sub("", LINE_ENDS.sub("\n", whole)).strip()
    return text if INVISIBLE.sub("", text).strip() else ""


def clean_line(value: str | None) -> str | None:
    """A name or title: one line, single spaces, nothing invisible."""
    text = clean_text(value)
    return None if text is None else " ".join(INVISIBLE.sub("", text).split())


def clean_identifier(value: str | None) -> str | None:
    """An employee number, user name or address: no spaces, and full-width letters of Chinese keyboards made plain."""
    line = clean_line(value)
    return None if line is None else "".join(unicodedata.normalize("NFKC", line).split())
