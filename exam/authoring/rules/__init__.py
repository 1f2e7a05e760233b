"""What trainers' pages decide: how a question is built, who may publish it, blueprints as tables, texts compared."""

from exam.authoring.rules.questions import (
    CONTEXT,
    OBJECTIVE,
    BulkAct,
    ChoiceInput,
    Fate,
    GridRow,
    KeyPointInput,
    Line,
    QuestionInput,
    build,
    changed_lines,
    grid,
    may_approve,
    part_ids,
)

__all__ = [
    "CONTEXT",
    "OBJECTIVE",
    "BulkAct",
    "ChoiceInput",
    "Fate",
    "GridRow",
    "KeyPointInput",
    "Line",
    "QuestionInput",
    "build",
    "changed_lines",
    "grid",
    "may_approve",
    "part_ids",
]
