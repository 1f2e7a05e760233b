"""Trainers' pages: the question bank, exams and their blueprints, the course."""

from exam.authoring.routes import (
    bank,
    commands,
    courses,
    exams,
    imports,
    media,
    papers,
    questions,
    relations,
    reviewing,
    rows,
    versions,
)
from exam.authoring.routes.blueprint import bp

__all__ = [
    "bank",
    "bp",
    "commands",
    "courses",
    "exams",
    "imports",
    "media",
    "papers",
    "questions",
    "relations",
    "reviewing",
    "rows",
    "versions",
]
