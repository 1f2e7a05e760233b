"""The wordings that a gap of QTI 2.x or 3.0 accepts, each with its share: by its mapping, its key and its rules."""

from collections.abc import Iterator, Sequence

from lxml.etree import _Element

from question_bank.formats.codes import ReadCode
from question_bank.formats.qti import ours, processing, shares
from question_bank.formats.qti.declarations import Declared, Response
from question_bank.formats.qti.patterns import as_wording
from question_bank.formats.qti.values import Unscorable
from question_bank.formats.reading import EVERYTHING, Noted, ReadAnswer, Unreadable
from question_bank.formats.trees import child, descendants, text_of


def short_answers(
    item: Declared, response: Response | None, interaction: _Element, noted: Noted
) -> tuple[tuple[ReadAnswer, ...], shares.Feedback]:
    """What a gap accepts, and which feedback is for every answer. Raises Unreadable for a gap that accepts nothing."""
    by_hand = interaction.tag == "extendedTextInteraction"
    if response is None or not (response.points or response.correct or by_hand or list(_said(item.element))):
        raise Unreadable(ReadCode.NO_ANSWERS)
    found = ours.answers(item, response) if item.is_ours or by_hand else _accepted(item, response, noted)
    return found, _feedback(item, response, [one.text for one in found])


def _accepted(item: Declared, response: Response, noted: Noted) -> tuple[ReadAnswer, ...]:
    entries = response.points.entries if response.points else ()
    mapped = {one.key: _case(item, one.case_sensitive) for one in entries}
    shares.refuse_many([*entries, *response.correct, *_said(item.element)])
    cases = {**mapped, **dict.fromkeys(response.correct, True), **dict(_said(item.element)), **mapped}
    try:
        worth, otherwise, said = shares.wordings_worth(
            list(cases), lambda given, bounded: processing.marked(item, {response.identifier: given}, bounded)
        )
        noted += said
    except Unscorable as error:
        noted.append((ReadCode.NOT_KEPT, f"its own rule for points: {error}"))
        best = max((one.worth for one in entries), default=EVERYTHING)
        worth = dict.fromkeys(response.correct, EVERYTHING)
        worth.update({one.key: one.worth / best for one in entries if best > 0})
        otherwise = EVERYTHING * 0
    if otherwise:
        noted.append((ReadCode.NOT_KEPT, "points for any other answer"))
    if any(one.case_sensitive is None for one in entries):
        noted.append((ReadCode.CASE_ASSUMED, _assumed(item)))
    return tuple(ReadAnswer(as_wording(one), worth[one], case) for one, case in cases.items() if one in worth)


def _case(item: Declared, said: bool | None) -> bool:
    return item.default_case if said is None else said


def _assumed(item: Declared) -> str:
    return "they do, as QTI 2.x has it" if item.default_case else "they don't, as the schema of QTI 3.0 has it"


def _said(element: _Element) -> Iterator[tuple[str, bool]]:
    """The texts that the rules compare with, and whether capitals matter to them."""
    rules = child(element, "responseProcessing")
    for test in descendants(rules, "stringMatch", "match", "member") if rules is not None else ():
        for one in descendants(test, "baseValue"):
            if one.get("baseType") == "string" and text_of(one):
                yield text_of(one), test.get("caseSensitive", "true") in ("true", "1")


def _feedback(item: Declared, response: Response, wordings: Sequence[str]) -> shares.Feedback:
    count = len(item.feedback)
    if not count:
        return shares.Feedback()
    try:
        seen = [processing.marked(item, {response.identifier: [one]}).shown for one in (*wordings, shares.OTHER)]
    except Unscorable:
        seen = [processing.shown_without_rules(item)]
    always = tuple(number for number in range(count) if all(number in one for one in seen))
    return shares.Feedback(always, {}, tuple(number for number in range(count) if number not in always))
