"""Reading running exams for those who watch over them. A fixed number of statements each, however many sit."""

from exam.invigilation.queries.around import Closed, Coming, Hit, closed_lately, coming, lost_to, outages
from exam.invigilation.queries.chosen import (
    Chosen,
    chosen,
    given_besides,
    given_meanwhile,
    last_given,
    owed,
    running_ids,
)
from exam.invigilation.queries.live import (
    SORTS,
    InRoom,
    Wanted,
    cohorts,
    exams,
    in_room,
    running,
)
from exam.invigilation.queries.messages import Said, reader_page, said, said_page
from exam.invigilation.queries.record import Line, Record, record

__all__ = [
    "SORTS",
    "Chosen",
    "Closed",
    "Coming",
    "Hit",
    "InRoom",
    "Line",
    "Record",
    "Said",
    "Wanted",
    "chosen",
    "closed_lately",
    "cohorts",
    "coming",
    "exams",
    "given_besides",
    "given_meanwhile",
    "in_room",
    "last_given",
    "lost_to",
    "outages",
    "owed",
    "reader_page",
    "record",
    "running",
    "running_ids",
    "said",
    "said_page",
]
