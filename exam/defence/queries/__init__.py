"""Reading what the file of an exam and a period holds."""

from exam.defence.queries.appealed import Appealed
from exam.defence.queries.corrected import Corrected
from exam.defence.queries.evidence import Evidence, PanelLine, PaperLine, PapersSat, evidence, exams
from exam.defence.queries.figures import AtCut, Interval, Measured, measured
from exam.defence.queries.gathered import Gathered, Sat

__all__ = [
    "Appealed",
    "AtCut",
    "Corrected",
    "Evidence",
    "Gathered",
    "Interval",
    "Measured",
    "PanelLine",
    "PaperLine",
    "PapersSat",
    "Sat",
    "evidence",
    "exams",
    "measured",
]
