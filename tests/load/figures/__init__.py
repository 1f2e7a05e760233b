"""The figures, one function each: measure, and say what came out. Each counts its errors, and hides none."""

from collections.abc import Callable, Mapping

from tests.load.bench import Bench
from tests.load.figures.crowd import sign_in, start, submit
from tests.load.figures.room import memory, page, save
from tests.load.report import Line

FIGURES: Mapping[str, Callable[[Bench], list[Line]]] = {
    "save": save,
    "start": start,
    "page": page,
    "submit": submit,
    "sign-in": sign_in,
    "memory": memory,
}
