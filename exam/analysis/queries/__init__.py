"""Reading marks and answers of an exam as the statistics want them, and what they say."""

from exam.analysis.queries.exams import ExamView, PageLine, QuestionLine, exam_view
from exam.analysis.queries.single import ChoiceLine, Known, QuestionView, VersionFigures, known, question_view

__all__ = [
    "ChoiceLine",
    "ExamView",
    "Known",
    "PageLine",
    "QuestionLine",
    "QuestionView",
    "VersionFigures",
    "exam_view",
    "known",
    "question_view",
]
