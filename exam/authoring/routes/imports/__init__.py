"""Importing and exporting questions."""

from exam.authoring.routes.imports import columns, commands, editing, exporting, review, upload

__all__ = ["columns", "commands", "editing", "exporting", "review", "upload"]
