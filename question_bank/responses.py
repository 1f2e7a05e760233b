"""What a candidate can answer: the shape of a response, and its JSON form on the wire and in the database."""

from dataclasses import dataclass
from enum import StrEnum

LONGEST_TEXT = 5000
"""Characters of a short answer."""
LONGEST_ID = 40
MOST_CHOICES = 20


class Kind(StrEnum):
    """The four kinds of question."""

    SINGLE_CHOICE = "single_choice"
    MULTIPLE_CHOICE = "multiple_choice"
    TRUE_FALSE = "true_false"
    SHORT_ANSWER = "short_answer"


@dataclass(frozen=True, slots=True)
class ChoiceResponse:
    """The ids of the ticked choices; their order in the room plays no part."""

    choices: frozenset[str]

    @property
    def is_blank(self) -> bool:
        return not self.choices


@dataclass(frozen=True, slots=True)
class TruthResponse:
    """True or false. Somebody who has not decided gives no response at all."""

    truth: bool

    @property
    def is_blank(self) -> bool:
        return False


@dataclass(frozen=True, slots=True)
class TextResponse:
    """What was typed, to the letter: markers see the candidate's own spaces and line breaks."""

    text: str

    @property
    def is_blank(self) -> bool:
        return not self.text.strip()


Response = ChoiceResponse | TruthResponse | TextResponse


def is_blank(response: Response | None) -> bool:
    """Whether there is nothing to mark: no response, nothing ticked, or nothing but spaces."""
    return response is None or response.is_blank


def is_storable(text: str) -> bool:
    """Whether every database can keep the text: PostgreSQL refuses NUL, and half a surrogate pair has no UTF-8 form."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text


def parse_response(kind: Kind, data: object) -> Response | None:
    """Read `{"choices": ["a"]}`, `{"truth": true}` or `{"text": "…"}`; None is a blank and stays None.

    Refuses any other shape with ValueError. Whether a choice exists only its item can say: see `check` there.
    """
    if data is None:
        return None
    # Without patterns of mappings, which are slow: a whole paper is read here whenever somebody hands in.
    if isinstance(data, dict) and len(data) == 1:
        [(name, said)] = data.items()
        if kind is Kind.TRUE_FALSE:
            if name == "truth" and isinstance(said, bool):
                return TruthResponse(said)
        elif kind is Kind.SHORT_ANSWER:
            if name == "text" and isinstance(said, str):
                return _parse_text(said)
        elif name == "choices" and isinstance(said, list):
            return ChoiceResponse(_parse_ids(said, 1 if kind is Kind.SINGLE_CHOICE else MOST_CHOICES))
    raise ValueError(f"this is not a response to a {kind} question")


def _parse_text(text: str) -> TextResponse:
    if len(text) > LONGEST_TEXT or not is_storable(text):
        raise ValueError(f"a short answer is text of at most {LONGEST_TEXT} characters")
    return TextResponse(text)


def _parse_ids(ids: list[object], most: int) -> frozenset[str]:
    known = {one for one in ids if isinstance(one, str) and 0 < len(one) <= LONGEST_ID}
    if len(known) != len(ids) or len(known) > most:
        raise ValueError(f"a response names at most {most} choices, each once, by their ids")
    return frozenset(known)


def response_data(response: Response | None) -> dict[str, object] | None:
    """The JSON form of a response, the same for equal responses."""
    match response:
        case None:
            return None
        case ChoiceResponse(choices):
            return {"choices": sorted(choices)}
        case TruthResponse(truth):
            return {"truth": truth}
        case TextResponse(text):
            return {"text": text}
