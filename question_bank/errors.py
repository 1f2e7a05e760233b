"""What the bank says no to. The site words each code; `problems` says what to mend before publishing."""

from collections.abc import Sequence
from enum import StrEnum

from question_bank.problems import Problem


class BankCode(StrEnum):
    """Why the bank refuses."""

    UNPUBLISHABLE = "unpublishable"  # see `problems`
    NOT_A_DRAFT = "not_a_draft"
    STILL_A_DRAFT = "still_a_draft"
    IN_REVIEW = "in_review"
    NOT_IN_REVIEW = "not_in_review"
    NOTHING_SAID = "nothing_said"
    VERSION_IN_USE = "version_in_use"
    ONLY_VERSION = "only_version"
    RETIRED = "retired"
    KIND_CHANGED = "kind_changed"
    TOPIC_FIXED = "topic_fixed"
    CHANGED_MEANWHILE = "changed_meanwhile"
    SEEN_PART_CHANGED = "seen_part_changed"
    NOTHING_CHANGED = "nothing_changed"


class BankError(Exception):
    """The bank refuses; nothing has been changed."""

    def __init__(self, code: BankCode, problems: Sequence[Problem] = ()) -> None:
        super().__init__(code.value, *problems)
        self.code = code
        self.problems = tuple(problems)
