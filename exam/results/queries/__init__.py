"""Reading results: a candidate's own, those ready to be released, and HR's view of everybody."""

from exam.results.queries.candidate import OwnAttempt, OwnResult, Reviewed, own_attempts, own_result, reviewed
from exam.results.queries.release import Unreleased, attempts_to_release, ready_ids, releasable, unreleased
from exam.results.queries.single import current_result, current_results, is_released, last_decision, told_changes
from exam.results.queries.standings import (
    SORTS,
    STATES,
    Filters,
    Standing,
    all_standings,
    cohort_has_closed,
    cohorts,
    decisions,
    outstanding,
    results_of,
    standing,
    table,
    tutees,
    waiting_for_hr,
)

__all__ = [
    "SORTS",
    "STATES",
    "Filters",
    "OwnAttempt",
    "OwnResult",
    "Reviewed",
    "Standing",
    "Unreleased",
    "all_standings",
    "attempts_to_release",
    "cohort_has_closed",
    "cohorts",
    "current_result",
    "current_results",
    "decisions",
    "is_released",
    "last_decision",
    "outstanding",
    "own_attempts",
    "own_result",
    "ready_ids",
    "releasable",
    "results_of",
    "reviewed",
    "standing",
    "table",
    "told_changes",
    "tutees",
    "unreleased",
    "waiting_for_hr",
]
