"""Trainers' pages: the question bank, exams and their blueprints, the course."""

from exam.authoring.routes import commands, courses, exams, questions
from exam.authoring.routes.blueprint import bp

__all__ = ["bp", "commands", "courses", "exams", "questions"]
