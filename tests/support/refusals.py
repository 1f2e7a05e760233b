"""Refusals of actions, known by their code."""

import pytest

from exam.errors import Refused


def refused(code: str, kind: type[Refused] = Refused) -> "pytest.RaisesExc[Refused]":
    """What stands in the `with` has to be refused with this code."""
    return pytest.RaisesExc(kind, check=lambda error: error.code == code)
