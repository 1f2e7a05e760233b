"""What changes imports. Flushed, never committed; what comes into the bank or leaves it is audited."""

from exam.authoring.actions.imports.importing import bring_in
from exam.authoring.actions.imports.mending import decide, mend, mend_row, set_defaults, split_choices, take_key
from exam.authoring.actions.imports.reading import Unimportable, begin, discard, read_again
from exam.authoring.actions.imports.undoing import undo

__all__ = [
    "Unimportable",
    "begin",
    "bring_in",
    "decide",
    "discard",
    "mend",
    "mend_row",
    "read_again",
    "set_defaults",
    "split_choices",
    "take_key",
    "undo",
]
