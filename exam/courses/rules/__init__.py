"""Courses, purely: how far somebody is and what is missing (`progress`), and what a course's files say (`files`)."""

from exam.courses.rules.progress import Gap, ModuleState, Outline, PageState, current_page, gaps, is_complete

__all__ = ["RESERVED_SLUGS", "Gap", "ModuleState", "Outline", "PageState", "current_page", "gaps", "is_complete"]

RESERVED_SLUGS = frozenset({"search", "figures", "checks"})
"""Addresses under /course that are no pages."""
