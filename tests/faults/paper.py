"""What a candidate sees of the room's page, read from its HTML: the questions, and what can be answered to each."""

import json
from dataclasses import dataclass, field
from html.parser import HTMLParser
from random import Random
from typing import Any

Response = dict[str, Any] | None

PIECES = ("倾听", "记录", "道歉", "“别急”", "a<b & c", "\n", "　", "🙂", "ﬁ", "𠮷", "'; --", "\\u0000", "退货单")


@dataclass
class Question:
    """A question of the page: its kind, and the tokens of its choices in their order."""

    position: int
    kind: str
    choices: list[str] = field(default_factory=list)

    def some_answer(self, rng: Random, mark: str) -> Response:
        """Something a candidate might answer; a text carries `mark`, so that no two are alike. Rarely: nothing."""
        if rng.random() < 0.05:
            return None
        match self.kind:
            case "single_choice":
                return {"choices": [rng.choice(self.choices)]}
            case "multiple_choice":
                return {"choices": rng.sample(self.choices, rng.randint(1, len(self.choices)))}
            case "true_false":
                return {"truth": rng.random() < 0.5}
        return {"text": mark + "".join(rng.choices(PIECES, k=rng.randint(1, 30)))}


def canonical(response: Response) -> Response:
    """The same for answers that say the same: the order of choices plays no part."""
    return {"choices": sorted(response["choices"])} if response and "choices" in response else response


class Paper(HTMLParser):
    """The room's page as its script finds it: `facts` with the first token, and `questions` by position."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.questions: dict[int, Question] = {}
        self._here: Question | None = None
        self._in_data = False
        self._data = ""
        self.feed(html)
        self.facts: dict[str, Any] = json.loads(self._data)["room"]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a question, or a choice of the one we are in."""
        found = dict(attrs)
        if tag == "section":
            position = found.get("data-question")
            self._here = Question(int(position), found.get("data-kind") or "") if position else None
            if self._here:
                self.questions[self._here.position] = self._here
        elif tag == "input" and self._here and self._here.kind != "true_false":
            self._here.choices.append(found.get("value") or "")
        self._in_data = tag == "script" and found.get("id") == "room-data"

    def handle_data(self, data: str) -> None:
        """Read the facts for the script."""
        if self._in_data:
            self._data += data

    def handle_endtag(self, tag: str) -> None:
        """The facts end with their script."""
        if tag == "script":
            self._in_data = False
