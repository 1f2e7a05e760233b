"""Exams and their papers: the words of an exam's terms. The decisions follow below them."""

from enum import StrEnum


class ExamState(StrEnum):
    """A draft is being built; only a published exam gives sittings; a retired one gives no new ones."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class LateStart(StrEnum):
    """What happens to a start so late that the window's end would cut the time."""

    REFUSE = "refuse"
    SHORTEN = "shorten"


class ReviewPolicy(StrEnum):
    """What a candidate may see of the questions once the result is released."""

    SCORE_ONLY = "score_only"
    OWN_ANSWERS = "own_answers"
    KEYS_AFTER_CLOSE = "keys_after_close"
    """Questions and keys once every sitting of the cohort, retakes included, has closed."""
