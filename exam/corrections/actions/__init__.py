"""Correcting a question that people have sat: begin, propose, approve, apply, take back. Marks are only ever added."""

from exam.corrections.actions.beginning import begin, undo
from exam.corrections.actions.deciding import (
    approve,
    catch_up,
    drop,
    figures_data,
    figures_of,
    on_attempts_marked_by_rule,
    propose,
    refuse,
)

__all__ = [
    "approve",
    "begin",
    "catch_up",
    "drop",
    "figures_data",
    "figures_of",
    "on_attempts_marked_by_rule",
    "propose",
    "refuse",
    "undo",
]
