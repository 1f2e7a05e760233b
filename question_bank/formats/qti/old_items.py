"""Items of QTI 1.2 as questions, as Canvas, Respondus, Blackboard and Common Cartridges have them."""

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from lxml.etree import _Element

from question_bank.formats.codes import ReadCode
from question_bank.formats.qti import conditions, shares
from question_bank.formats.qti.conditions import OldItem
from question_bank.formats.qti.contents import Piece
from question_bank.formats.qti.metadata import old_facts, old_fields
from question_bank.formats.qti.patterns import as_wording
from question_bank.formats.qti.texts import Texts
from question_bank.formats.qti.truths import as_truth
from question_bank.formats.qti.values import Unscorable, as_points, number
from question_bank.formats.reading import Noted, ReadAnswer, ReadChoice, ReadQuestion, Unreadable, choice_id
from question_bank.formats.trees import child, children, descendants, text_of
from question_bank.responses import Kind

TOOL = "Canvas"
_TYPES = ("question_type", "cc_profile", "bbmd_questiontype", "qmd_itemtype", "qmd_questiontype")
_UNSUPPORTED = (
    ("match|categori", "matching"),
    ("multiple_dropdowns|inline choice", "inline choice, lists within a text"),
    ("multiple_blanks|fill in multiple|jumbled", "cloze, several gaps"),
    ("numeric", "numerical"),
    ("calculated|formula", "calculated"),
    ("essay|short response", "essay"),
    ("upload|file response", "file upload"),
    ("text_only|stimulus", "description, a text without a question"),
    ("order", "ordering"),
    ("hot.?spot", "hotspot"),
    ("likert|opinion", "opinion, without a right answer"),
)
_BY_RESPONSE = {"response_num": "numerical", "response_grp": "matching", "response_xy": "a point in a picture",
                "response_extension": "custom"}  # fmt: skip
_ELSEWHERE = ("response_label", "itemfeedback", "material")


def excerpt_of(piece: Piece) -> str:
    """The words of an item, to recognise it by."""
    presentation = child(piece.element, "presentation")
    return "" if presentation is None else Texts(piece.files, piece.folder).of_materials(*_materials(presentation))


def read_item(piece: Piece) -> tuple[ReadQuestion, Noted]:
    """The question of an item. Raises Unreadable."""
    element = piece.element
    presentation = child(element, "presentation")
    if element is None or presentation is None:
        raise Unreadable(ReadCode.NO_STEM)
    item = OldItem(element)
    response = _the_response(item, presentation)
    texts, noted = Texts(piece.files, piece.folder), Noted()
    stem = texts.of_materials(*_materials(presentation))
    kind, parts = _parts(item, response, texts, noted)
    if drawn := _said_of_group(item, "selection_number"):
        noted.append((ReadCode.NOT_KEPT, f"that {drawn} of its group of questions are drawn"))
    if not stem:
        raise Unreadable(ReadCode.NO_STEM)
    known = old_facts(element, piece.bank)
    title = element.get("title", "").strip()
    question = ReadQuestion(
        kind, stem, piece.place, points=_points(item), topic=known.topic, difficulty=known.difficulty, tags=known.tags,
        name=title if title and title != element.get("ident") else None, media=texts.media, **parts,
    )  # fmt: skip
    return question, [*noted, *texts.noted]


def _materials(presentation: _Element) -> list[_Element]:
    """What is shown before the answers."""
    return [
        one for one in descendants(presentation, "material", "mat_extension")
        if not any(above.tag in _ELSEWHERE for above in one.iterancestors())
    ]  # fmt: skip


def _outermost(element: _Element) -> list[_Element]:
    """The materials in an element: Blackboard puts one kind into the other."""
    return [
        one for one in descendants(element, "material", "mat_extension")
        if not any(above.tag == "material" for above in one.iterancestors())
    ]  # fmt: skip


def _the_response(item: OldItem, presentation: _Element) -> _Element:
    """What an item asks for. Raises Unreadable for an item of a kind the bank doesn't have."""
    fields = old_fields(item.element)
    said = " ".join(fields.get(one, "") for one in _TYPES).lower()
    for pattern, kind in _UNSUPPORTED:
        if re.search(pattern, said):
            raise Unreadable(ReadCode.UNSUPPORTED_KIND, kind)
    found = list(descendants(presentation, *conditions.RESPONSES))
    if not found:
        raise Unreadable(ReadCode.UNSUPPORTED_KIND, "description, a text without a question")
    if len(found) > 1:
        raise Unreadable(ReadCode.UNSUPPORTED_KIND, f"composite, {len(found)} questions in one")
    (response,) = found
    if response.tag in _BY_RESPONSE:
        raise Unreadable(ReadCode.UNSUPPORTED_KIND, _BY_RESPONSE[str(response.tag)])
    if response.get("rcardinality", "").lower() == "ordered" or child(response, "render_extension") is not None:
        raise Unreadable(ReadCode.UNSUPPORTED_KIND, "ordering")
    if next(descendants(response, "render_hotspot", "render_slider"), None) is not None:
        raise Unreadable(ReadCode.UNSUPPORTED_KIND, "hotspot or slider")
    return response


def _parts(item: OldItem, response: _Element, texts: Texts, noted: Noted) -> tuple[Kind, dict[str, Any]]:
    """The kind of question, and what belongs to it."""
    if response.tag == "response_str" or next(descendants(response, "render_choice"), None) is None:
        return _short(item, response, texts, noted)
    labels = list(descendants(response, "response_label"))
    names = shares.names_of(labels, "ident")
    several = response.get("rcardinality", "Single").lower() == "multiple"
    mark = _mark(item, response)
    if several:
        key = shares.multiple_key(names, (), _candidates(item, names), 0, mark)
    else:
        key = shares.single_key(names, (), mark)
    noted += key.noted
    feedback = _sorted_feedback(item, names, key.correct, several, mark)
    choices = tuple(
        ReadChoice(choice_id(at), texts.of_materials(*_outermost(label)),
                   name in key.correct, key.shares[name],
                   _feedback_texts(item, texts, feedback.of_choice.get(name, ())))
        for at, (name, label) in enumerate(zip(names, labels, strict=True))
    )  # fmt: skip
    more = _explained(item, texts, noted, feedback)
    truth = None if several else as_truth(choices, noted)
    if truth is not None:
        return Kind.TRUE_FALSE, {"correct": truth.correct, **more}
    return (Kind.MULTIPLE_CHOICE if several else Kind.SINGLE_CHOICE), {"choices": choices, **more}


def _mark(item: OldItem, response: _Element) -> shares.Mark:
    name = response.get("ident", "")
    return lambda given, bounded: conditions.marked(item, {name: given}, bounded)


def _candidates(item: OldItem, names: Sequence[str]) -> list[list[str]]:
    """What each condition that sets points asks for, and all but what it excludes."""
    found = []
    for rule in item.rules:
        if next(children(rule, "setvar"), None) is None:
            continue
        texts = {
            text_of(one).strip() for one in descendants(rule, "varequal")
            if not any(above.tag == "not" for above in one.iterancestors())
        }  # fmt: skip
        found.append([name for name in names if name in texts])
    return found


def _sorted_feedback(item: OldItem, names: Sequence[str], key: frozenset[str], several: bool, mark: shares.Mark
                     ) -> shares.Feedback:  # fmt: skip
    count = len(item.feedback)
    if not count:
        return shares.Feedback()
    try:
        return shares.feedback(count, names, key, several, mark)
    except Unscorable:
        return shares.Feedback((), {}, tuple(range(count)))


def _short(item: OldItem, response: _Element, texts: Texts, noted: Noted) -> tuple[Kind, dict[str, Any]]:
    """A gap: it accepts what its conditions compare with."""
    tests = [
        one for rule in item.rules if next(children(rule, "setvar"), None) is not None
        for one in descendants(rule, "varequal", "varsubstring", "vargte", "vargt", "varlte", "varlt")
    ]  # fmt: skip
    if not tests and (wordings := _said_to_be_right(item)):
        return Kind.SHORT_ANSWER, {"answers": wordings}
    if not tests:
        raise Unreadable(ReadCode.UNSUPPORTED_KIND, "essay")
    if any(one.tag.startswith(("vargt", "varlt")) for one in tests):
        raise Unreadable(ReadCode.UNSUPPORTED_KIND, "numerical")
    shares.refuse_many(tests)
    mark = _mark(item, response)
    cases: dict[str, _Element] = {}
    for one in tests:
        cases.setdefault(text_of(one).strip(), one)
    cases.pop("", None)
    try:
        worth, otherwise, said = shares.wordings_worth(list(cases), mark)
    except Unscorable as error:
        raise Unreadable(ReadCode.NOT_SCORED, str(error)) from error
    noted += said
    if otherwise:
        noted.append((ReadCode.NOT_KEPT, "points for any other answer"))
    answers = tuple(
        ReadAnswer(
            f"*{as_wording(text)}*" if one.tag == "varsubstring" else as_wording(text),
            worth[text], one.get("case", "No").lower() == "yes",
        )
        for text, one in cases.items()
    )  # fmt: skip
    seen = [mark([one], True).shown for one in (*cases, shares.OTHER)]
    places = range(len(item.feedback))
    always = tuple(place for place in places if all(place in one for one in seen))
    feedback = shares.Feedback(always, {}, tuple(place for place in places if place not in always))
    return Kind.SHORT_ANSWER, {"answers": answers, **_explained(item, texts, noted, feedback)}


def _said_to_be_right(item: OldItem) -> tuple[ReadAnswer, ...]:
    """The wordings of a gap of Blackboard, which gives them no points but shows the feedback of right answers."""
    found = [
        one for rule in item.rules
        if any(shown.get("linkrefid") == "correct" for shown in children(rule, "displayfeedback"))
        for one in descendants(rule, "varequal") if text_of(one).strip()
    ]  # fmt: skip
    shares.refuse_many(found)
    return tuple(
        ReadAnswer(as_wording(text_of(one).strip()), case_sensitive=one.get("case", "No").lower() == "yes")
        for one in found
    )


def _explained(item: OldItem, texts: Texts, noted: Noted, feedback: shares.Feedback) -> dict[str, Any]:
    """The explanation; what is said of other feedback goes into the notes."""
    for place in feedback.elsewhere:
        words = _feedback_texts(item, texts, [place])
        if words:
            noted.append((ReadCode.NOT_KEPT, f"feedback “{' '.join(words.split())[:40]}”"))
    return {"explanation": _feedback_texts(item, texts, feedback.always)}


def _feedback_texts(item: OldItem, texts: Texts, places: Sequence[int]) -> str:
    said = (texts.of_materials(*_outermost(item.feedback[place])) for place in places)
    return "\n".join(filter(None, said))


def _said_of_group(item: OldItem, name: str) -> str:
    """What is said of the group of questions that an item is drawn from; empty without."""
    ordering = child(item.element.getparent(), "selection_ordering")
    return "" if ordering is None else text_of(next(descendants(ordering, name), None)).strip()


def _points(item: OldItem) -> Fraction | None:
    fields = old_fields(item.element)
    variable = item.variable
    said = (_said_of_group(item, "points_per_item") or fields.get("points_possible") or fields.get("qmd_weighting")
            or fields.get("cc_weighting") or (variable.get("maxvalue") if variable is not None else None))  # fmt: skip
    try:
        return as_points(number(said)) if said else None
    except Unscorable:
        return None
