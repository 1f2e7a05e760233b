"""Items of QTI 2.x and 3.0 as questions."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from lxml.etree import _Element

from question_bank.formats.codes import ReadCode
from question_bank.formats.qti import declarations, ours, processing, shares
from question_bank.formats.qti.contents import Piece
from question_bank.formats.qti.declarations import Declared, Response
from question_bank.formats.qti.metadata import facts
from question_bank.formats.qti.texts import Texts
from question_bank.formats.qti.truths import as_truth
from question_bank.formats.qti.values import Unscorable, as_points
from question_bank.formats.qti.vocabulary import cut, read_names
from question_bank.formats.qti.wordings import short_answers
from question_bank.formats.reading import Noted, ReadChoice, ReadQuestion, Unreadable, choice_id
from question_bank.formats.trees import child, children, descendants, text_of
from question_bank.responses import Kind

GAP = "_____"
KINDS = {
    "extendedTextInteraction": "essay",
    "inlineChoiceInteraction": "inline choice, lists within a text",
    "matchInteraction": "matching",
    "associateInteraction": "matching in pairs",
    "orderInteraction": "ordering",
    "gapMatchInteraction": "gap match",
    "hotspotInteraction": "hotspot",
    "hottextInteraction": "hottext, words to pick in a text",
    "selectPointInteraction": "a point in a picture",
    "graphicOrderInteraction": "ordering in a picture",
    "graphicAssociateInteraction": "matching in a picture",
    "graphicGapMatchInteraction": "gap match in a picture",
    "positionObjectInteraction": "placing objects in a picture",
    "sliderInteraction": "numerical, by a slider",
    "uploadInteraction": "file upload",
    "drawingInteraction": "drawing",
    "mediaInteraction": "media",
    "customInteraction": "custom",
    "portableCustomInteraction": "custom",
}
"""The kinds of interaction that the bank doesn't have, in words."""


def excerpt_of(piece: Piece) -> str:
    """The words of an item, to recognise it by."""
    return "" if piece.element is None else text_of(child(piece.element, "itemBody"))


@dataclass
class _Reader:
    """One item while it is read."""

    piece: Piece
    item: Declared
    texts: Texts
    noted: Noted

    def mark(self, response: str) -> shares.Mark:
        """Marks answers to this response."""
        return lambda given, bounded: processing.marked(self.item, {response: given}, bounded)


def read_item(piece: Piece) -> tuple[ReadQuestion, Noted]:
    """The question of an item. Raises Unreadable."""
    element = piece.element
    body = child(element, "itemBody")
    if element is None or body is None:
        raise Unreadable(ReadCode.NO_STEM)
    interaction = _the_interaction(element, body)
    try:
        item = declarations.declared(element, piece.version)
    except Unscorable as error:
        raise Unreadable(ReadCode.NOT_SCORED, str(error)) from error
    reader = _Reader(piece, item, Texts(piece.files, piece.folder), [])
    response = item.responses.get(interaction.get("responseIdentifier", ""))
    stem = _stem(reader, body)
    kind, parts = _parts(reader, interaction, response)
    if not stem:
        raise Unreadable(ReadCode.NO_STEM)
    known = facts(piece.resource)
    title = element.get("title", "").strip() if not item.is_ours else element.get("title", "")
    question = ReadQuestion(
        kind, stem, piece.place, points=_points(item, response), topic=known.topic, difficulty=known.difficulty,
        tags=known.tags, name=title if title and title != element.get("identifier") else None,
        media=reader.texts.media, **parts,
    )  # fmt: skip
    if element.get("adaptive") == "true":
        reader.noted.append((ReadCode.NOT_KEPT, "further attempts at the same question"))
    return question, [*reader.noted, *reader.texts.noted]


def _the_interaction(element: _Element, body: _Element) -> _Element:
    """The one interaction of an item. Raises Unreadable for an item of a kind the bank doesn't have."""
    if child(element, "templateProcessing") is not None or next(descendants(body, "printedVariable"), None) is not None:
        raise Unreadable(ReadCode.UNSUPPORTED_KIND, "template, with numbers drawn afresh for everybody")
    found = list(descendants(body, *KINDS, "choiceInteraction", "textEntryInteraction"))
    if not found:
        raise Unreadable(ReadCode.UNSUPPORTED_KIND, "description, a text without a question")
    if len(found) > 1:
        names = ", ".join(dict.fromkeys(str(one.tag) for one in found))
        raise Unreadable(ReadCode.UNSUPPORTED_KIND, f"composite, {len(found)} questions in one: {names}")
    (interaction,) = found
    if interaction.tag in KINDS and not (interaction.tag == "extendedTextInteraction" and ours.has_key_points(body)):
        raise Unreadable(ReadCode.UNSUPPORTED_KIND, KINDS[str(interaction.tag)])
    return interaction


def _stem(reader: _Reader, body: _Element) -> str:
    """The text of an item's body, with its interaction's prompt and without its choices."""
    shown = deepcopy(body)
    shown.tail = None
    for one in list(descendants(shown, "rubricBlock")):
        if "candidate" not in one.get("view", "candidate").split():
            if not ours.is_key_points(one):
                reader.noted.append((ReadCode.NOT_KEPT, "notes for markers"))
            cut(one)
    for one in list(descendants(shown, "feedbackInline", "feedbackBlock", "stylesheet", "templateBlock")):
        cut(one)
    for one in list(descendants(shown, "endAttemptInteraction")):
        reader.noted.append((ReadCode.NOT_KEPT, "hints"))
        cut(one)
    for one in list(descendants(shown, "textEntryInteraction")):
        cut(one, GAP)
    for one in list(descendants(shown, "choiceInteraction", "extendedTextInteraction")):
        for part in list(children(one)):
            if part.tag != "prompt":
                cut(part)
        one.tag = "div"
    stimuli = filter(None, (_stimulus(reader, one) for one in children(reader.item.element, "assessmentStimulusRef")))
    text = reader.texts.of(shown)
    if reader.item.is_ours or text.rpartition("\n")[2].strip() == GAP:
        text = text.removesuffix(GAP).removesuffix("\n")
    return "\n".join([*stimuli, text])


def _stimulus(reader: _Reader, reference: _Element) -> str:
    """The text that several items share."""
    piece = reader.piece
    name = piece.files.find(piece.folder, reference.get("href", ""))
    try:
        root = read_names(piece.files.read(name))[0] if name else None
    except Unreadable:
        root = None
    if root is None or name is None:
        reader.noted.append((ReadCode.NOT_KEPT, f"the text {reference.get('href', '')}, which isn't in the package"))
        return ""
    return reader.texts.of(child(root, "stimulusBody"))


def _parts(reader: _Reader, interaction: _Element, response: Response | None) -> tuple[Kind, dict[str, Any]]:
    """The kind of question, and what belongs to it."""
    if interaction.tag == "choiceInteraction":
        return _choices(reader, interaction, response)
    if interaction.tag == "textEntryInteraction" and (response is None or response.base != "string"):
        kind = "numerical" if response and response.base in ("integer", "float") else "a gap without a text answer"
        raise Unreadable(ReadCode.UNSUPPORTED_KIND, kind)
    if response is not None and response.cardinality != "single":
        raise Unreadable(ReadCode.UNSUPPORTED_KIND, "several answers in one gap")
    answers, feedback = short_answers(reader.item, response, interaction, reader.noted)
    points = ours.key_points(child(reader.item.element, "itemBody"), reader.texts)
    return Kind.SHORT_ANSWER, {
        "answers": answers,
        "key_points": points,
        "explanation": _feedback_texts(reader, feedback.always),
        **_left(reader, feedback.elsewhere),
    }


def _choices(reader: _Reader, interaction: _Element, response: Response | None) -> tuple[Kind, dict[str, Any]]:
    rows = list(descendants(interaction, "simpleChoice"))
    names = shares.names_of(rows, "identifier")
    most = int(found[:6]) if (found := interaction.get("maxChoices", "1")).isdecimal() else 1
    if response is not None and response.cardinality not in ("single", "multiple"):
        raise Unreadable(ReadCode.UNSUPPORTED_KIND, "ordering")
    several = most != 1 and (response is None or response.cardinality == "multiple")
    key = _key(reader, names, response, several, most)
    reader.noted += key.noted
    feedback = _sorted_feedback(reader, names, rows, key.correct, several, response)
    texts = [_choice_text(reader, row) for row in rows]
    choices = tuple(
        ReadChoice(choice_id(number), texts[number], name in key.correct, key.shares[name],
                   _feedback_texts(reader, feedback.of_choice.get(name, ())))
        for number, name in enumerate(names)
    )  # fmt: skip
    more = {"explanation": _feedback_texts(reader, feedback.always), **_left(reader, feedback.elsewhere)}
    is_statement = not several and (not reader.item.is_ours or names == ["true", "false"])
    truth = as_truth(choices, reader.noted) if is_statement else None
    if truth is not None:
        return Kind.TRUE_FALSE, {"correct": truth.correct, **more}
    return (Kind.MULTIPLE_CHOICE if several else Kind.SINGLE_CHOICE), {"choices": choices, **more}


def _key(reader: _Reader, names: Sequence[str], response: Response | None, several: bool, most: int) -> shares.Key:
    if response is None:
        return shares.Key(frozenset(), dict.fromkeys(names, Fraction()), [(ReadCode.NO_KEY, "")])
    if reader.item.is_ours:
        return ours.key(reader.item, response, names)
    mark = reader.mark(response.identifier)
    if several:
        return shares.multiple_key(names, response.correct, shares.asked_for(reader.item.element, names), most, mark)
    return shares.single_key(names, response.correct, mark)


def _choice_text(reader: _Reader, row: _Element) -> str:
    shown = deepcopy(row)
    shown.tail = None
    for one in list(descendants(shown, "feedbackInline", "feedbackBlock")):
        cut(one)
    return reader.texts.of(shown)


def _sorted_feedback(
    reader: _Reader, names: Sequence[str], rows: Sequence[_Element], key: frozenset[str], several: bool,
    response: Response | None,
) -> shares.Feedback:  # fmt: skip
    """Which feedback belongs where: what stands in a choice is its own, the rest shows itself by marking."""
    elements = reader.item.feedback
    if not elements:
        return shares.Feedback()
    homes: dict[int, str] = {}
    for name, row in zip(names, rows, strict=True):
        inside = set(descendants(row, "feedbackInline", "feedbackBlock"))
        homes.update({number: name for number, one in enumerate(elements) if one in inside})
    try:
        if response is None:
            raise Unscorable("it asks for nothing")
        found = shares.feedback(len(elements), names, key, several, reader.mark(response.identifier))
    except Unscorable:
        found = _by_name(elements, names)
    of_choice: Mapping[str, tuple[int, ...]] = {
        name: (*(one for one in found.of_choice.get(name, ()) if one not in homes),
               *(number for number, home in homes.items() if home == name))
        for name in names
    }  # fmt: skip
    return shares.Feedback(
        tuple(one for one in found.always if one not in homes),
        of_choice,
        tuple(one for one in found.elsewhere if one not in homes),
    )


def _by_name(elements: Sequence[_Element], names: Sequence[str]) -> shares.Feedback:
    """Feedback that is called as a choice is, of an item whose rules can't be followed."""
    shows = [one.get("identifier") if one.get("showHide", "show") == "show" else None for one in elements]
    of_choice = {name: tuple(number for number, one in enumerate(shows) if one == name) for name in names}
    return shares.Feedback((), of_choice, tuple(number for number, one in enumerate(shows) if one not in names))


def _feedback_texts(reader: _Reader, numbers: Sequence[int]) -> str:
    elements = reader.item.feedback
    return "\n".join(filter(None, (reader.texts.of(elements[number]) for number in numbers)))


def _left(reader: _Reader, numbers: Sequence[int]) -> dict[str, Any]:
    """Say which feedback has no place in a question of ours."""
    elements = reader.item.feedback
    for number in numbers:
        words = " ".join(text_of(elements[number]).split())
        if words:
            reader.noted.append((ReadCode.NOT_KEPT, f"feedback “{words[:40]}”"))
    return {}


def _points(item: Declared, response: Response | None) -> Fraction | None:
    """The points that an item says it has."""
    score, most = item.outcomes.get("SCORE"), item.outcomes.get("MAXSCORE")
    if item.is_ours or (score and score.maximum is not None):
        return as_points(score.maximum) if score else None
    if most and most.default.items and isinstance(most.default.items[0], Fraction):
        return as_points(most.default.items[0])
    upper = response.points.upper if response and response.points else None
    # One point is how an item is scored that says nothing of its points.
    return as_points(upper) if upper != 1 else None
