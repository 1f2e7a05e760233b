"""Where a question of an import stands, and what may become of it."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Any

from question_bank.responses import Kind

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


def remedies(
    state: RowState, content: Mapping[str, Any] | None, codes: Collection[str], *, may_be_short: bool
) -> list[Remedy]:
    """What mends a question with one click.

    `content` is the question as far as it was understood, `codes` what its reader said of it; `may_be_short`: of what
    isn't supported a short answer could be made.
    """
    if state in (RowState.IMPORTED, RowState.SKIPPED):
        return []
    if content is None:
        return [Remedy.SHORT] if may_be_short else []
    kind, choices = content["kind"], content.get("choices", ())
    keys = sum(one["correct"] for one in choices)
    found = []
    if kind == Kind.TRUE_FALSE and content.get("correct") is None:
        found += [Remedy.TRUE, Remedy.FALSE]
    if kind == Kind.SINGLE_CHOICE and (keys > 1 or "two_keys" in codes):
        found.append(Remedy.MULTIPLE)
    if kind == Kind.MULTIPLE_CHOICE and keys == 1:
        found.append(Remedy.SINGLE)
    if choices and (not keys or {"no_key", "bad_key", "two_keys", "keys_differ"} & set(codes)):
        found.append(Remedy.KEY)
    return found


class Stage(StrEnum):
    """How far an upload is."""

    READING = "reading"
    COMPARING = "comparing"
    KEEPING = "keeping"
