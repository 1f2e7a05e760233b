"""Importing and exporting questions."""

from exam.authoring.routes.imports import commands, editing, exporting, review, upload

__all__ = ["commands", "editing", "exporting", "review", "upload"]
