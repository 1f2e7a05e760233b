"""Reading marks and answers of an exam as the statistics want them, and what they say."""

from exam.analysis.queries.alike import AlikePair, alike_pairs, may_look
from exam.analysis.queries.exams import ExamView, PageLine, QuestionLine, exam_view
from exam.analysis.queries.single import ChoiceLine, Known, QuestionView, VersionFigures, known, question_view

__all__ = [
    "AlikePair",
    "ChoiceLine",
    "ExamView",
    "Known",
    "PageLine",
    "QuestionLine",
    "QuestionView",
    "VersionFigures",
    "alike_pairs",
    "exam_view",
    "known",
    "may_look",
    "question_view",
]
