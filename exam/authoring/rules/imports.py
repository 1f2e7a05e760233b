"""Where a question of an import stands, and what may become of it."""

from collections.abc import Collection
from enum import StrEnum

MOST_ROWS = 20_000
"""Questions of one import."""


class RowState(StrEnum):
    """Where one question of a file stands. Ready and those with warnings can be imported."""

    READY = "ready"
    WARNING = "warning"
    ERROR = "error"
    UNSUPPORTED = "unsupported"
    DUPLICATE = "duplicate"
    SKIPPED = "skipped"
    IMPORTED = "imported"


ABOUT_KEY = frozenset(["no_key", "bad_key", "two_keys", "keys_differ", "several_keys", "truth_by_letter"])
ABOUT_KIND = frozenset(["unsupported_kind", "kind_guessed", "two_keys"])
"""What a reader says that is settled once a trainer has given the key, or the kind."""
IMPORTABLE = (RowState.READY, RowState.WARNING)
LEFT = (RowState.READY, RowState.WARNING, RowState.ERROR, RowState.UNSUPPORTED, RowState.DUPLICATE)
"""What an import still has to do."""


class Decision(StrEnum):
    """What a trainer wants of a question that the bank or the file has already, or nearly."""

    UNDECIDED = "undecided"
    IMPORT = "import"
    SKIP = "skip"
    VERSION = "version"


def state_of(
    *,
    imported: bool,
    decision: Decision,
    unsupported: bool,
    incomplete: bool,
    alike: bool,
    severities: Collection[str],
) -> RowState:
    """Where a question stands. `incomplete`: the bank would refuse it. `severities`: of the file's problems."""
    if imported:
        return RowState.IMPORTED
    if decision is Decision.SKIP:
        return RowState.SKIPPED
    if unsupported:
        return RowState.UNSUPPORTED
    if incomplete or "error" in severities:
        return RowState.ERROR
    if alike and decision is Decision.UNDECIDED:
        return RowState.DUPLICATE
    return RowState.WARNING if "warning" in severities else RowState.READY


class Remedy(StrEnum):
    """What mends a question with one click."""

    SINGLE = "single_choice"
    MULTIPLE = "multiple_choice"
    SHORT = "short_answer"
    TRUE = "true"
    FALSE = "false"
    KEY = "key"
    SPLIT = "split"


class Stage(StrEnum):
    """How far an upload is."""

    READING = "reading"
    COMPARING = "comparing"
    KEEPING = "keeping"
