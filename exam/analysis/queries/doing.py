"""How each question of a gathered exam does, as the remarks want it."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from exam.analysis.queries.gathered import Gathered, Version, choice_ids
from exam.analysis.rules import Chosen, Doing, letters
from question_bank.items import Kind, MultipleChoice, SingleChoice, TrueFalse, from_data
from question_bank.statistics.choices import ChoiceTable, choice_table
from question_bank.statistics.drift import drift
from question_bank.statistics.items import facility, item_rest

WEEK = timedelta(days=7)
STRONG = 2
"""The fifths that count as the strong: the upper two."""
TRUE, FALSE = "true", "false"
"""How the two sides of a statement are called where choices have ids."""


def doing(gathered: Gathered, question_id: int) -> Doing:
    """How a question does, all versions together."""
    column = gathered.column[question_id]
    rows = gathered.shown_to(question_id)
    versions = gathered.versions_of(question_id)
    rest = rests(gathered, question_id)
    table = choices_of(gathered, question_id, rows, rest, versions)
    return Doing(
        persons=len(rows),
        facility=facility(gathered.data, column).value,
        item_rest=item_rest(gathered.data, column).value,
        choices=_chosen(table, versions),
        strong=sum(table.fifths[-STRONG:]),
        single=versions[0].kind is not Kind.MULTIPLE_CHOICE,
        rise=_rise(gathered, question_id, rows, rest),
        after_chapter=after_chapter(gathered, question_id, rows, versions[0]),
    )


def rests(gathered: Gathered, question_id: int) -> list[float]:
    """For those who were shown a question, their totals on the others, 0 where there are none."""
    found = gathered.data.rest(gathered.column[question_id])
    return [0.0 if value != value else float(value) for value in found]  # NaN alone differs from itself


def choices_of(
    gathered: Gathered, question_id: int, rows: Sequence[int], rest: Sequence[float], versions: Sequence[Version]
) -> ChoiceTable:
    """Who of these attempts chose what, by the fifth of their totals; without rows for a short answer."""
    said = [ticked(gathered.earned[row][question_id].response) for row in rows]
    if versions[0].kind is Kind.TRUE_FALSE:
        return choice_table([TRUE, FALSE], said, rest)
    return choice_table(choice_ids(versions), said, rest)


def ticked(response: Mapping[str, Any] | None) -> list[str]:
    """The choices in a stored response; of a statement the side that was taken."""
    if not response:
        return []
    if "truth" in response:
        return [TRUE if response["truth"] else FALSE]
    return [str(id) for id in response.get("choices", ())]


def keys_of(version: Version) -> frozenset[str]:
    """The ids of the choices that are right: by the published version where it has the same choices, else by its own.

    So a key that has been corrected isn't suspected any longer.
    """
    item, now = version.item, from_data(version.published) if version.published else version.item
    if isinstance(item, SingleChoice | MultipleChoice):
        return now.keys if isinstance(now, SingleChoice | MultipleChoice) and now.ids == item.ids else item.keys
    if isinstance(item, TrueFalse):
        truth = now.correct if isinstance(now, TrueFalse) and now.stem == item.stem else item.correct
        return frozenset([TRUE if truth else FALSE])
    return frozenset()


def _chosen(table: ChoiceTable, versions: Sequence[Version]) -> list[Chosen]:
    if versions[0].kind is Kind.SHORT_ANSWER:
        return []
    keys = keys_of(versions[0])
    # A choice that only older versions had is history: nobody can take it any more.
    now = set(choice_ids(versions[:1])) or {TRUE, FALSE}
    called = letters([row.id for row in table.rows])
    return [
        Chosen(called[row.id] if versions[0].kind is not Kind.TRUE_FALSE else row.id, row.id in keys, row.total,
               sum(row.by_fifth[-STRONG:]))
        for row in table.rows
        if row.id in now
    ]  # fmt: skip


def _rise(
    gathered: Gathered, question_id: int, rows: Sequence[int], rest: Sequence[float]
) -> tuple[int, float, float, float] | None:
    """How the question changed within the last week in which it was shown."""
    if not rows:
        return None
    last = max(gathered.sat[row].started_at for row in rows)
    recent = [(row, total) for row, total in zip(rows, rest, strict=True) if last - gathered.sat[row].started_at < WEEK]
    found = drift(
        [gathered.earned[row][question_id].share for row, _ in recent],
        [total for _, total in recent],
        [gathered.sat[row].started_at.timestamp() for row, _ in recent],
    )
    return (found.persons, found.before, found.after, found.z) if found else None


def after_chapter(
    gathered: Gathered, question_id: int, rows: Sequence[int], version: Version
) -> tuple[int, float] | None:
    """Of those who had finished the page that teaches it: how many, and the share that earned less than half."""
    finished = gathered.finished.get(version.page_id, set()) if version.page_id else set()
    shares = [gathered.earned[row][question_id].share for row in rows if gathered.sat[row].attempt_id in finished]
    return (len(shares), sum(share < 0.5 for share in shares) / len(shares)) if shares else None
