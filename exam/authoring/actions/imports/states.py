"""The state of a row, worked out anew whenever something about it changes."""

from collections.abc import Mapping
from typing import Any

from exam.authoring.models import ImportRow
from exam.authoring.rules.imports import RowState, state_of
from question_bank.items import Item, from_data
from question_bank.problems import problems


def item_of(content: Mapping[str, Any] | None) -> Item | None:
    """The item that a row holds; None while it is no question yet."""
    if content is None:
        return None
    try:
        return from_data(content)
    except ValueError:
        return None


def state_of_row(content: Mapping[str, Any] | None, values: Mapping[str, Any]) -> RowState:
    """The state of a row given as its values."""
    item = item_of(content)
    severities = {one["severity"] for one in values["problems"]}
    return state_of(
        imported=values.get("entry_id") is not None,
        decision=values["decision"],
        unsupported=content is None and "unsupported" in severities,
        incomplete=item is None or bool(problems(item)),
        alike=values["like_id"] is not None or values["like_position"] is not None,
        severities=severities,
    )


def settle(row: ImportRow) -> None:
    """Work out the state of a row that has changed."""
    names = ("problems", "entry_id", "decision", "like_id", "like_position")
    row.state = state_of_row(row.content, {name: getattr(row, name) for name in names})
