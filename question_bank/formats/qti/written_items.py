"""Questions as items of QTI 2.1 and 3.0."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from xml.sax.saxutils import escape

from question_bank.formats.qti import patterns
from question_bank.formats.qti.declarations import TOOL
from question_bank.formats.qti.dialects import Dialect, tag
from question_bank.formats.qti.ours import KEY_POINTS, PLACES
from question_bank.formats.qti.values import as_points
from question_bank.formats.qti.written_texts import WrittenTexts
from question_bank.formats.reading import (
    EVERYTHING,
    NOTHING,
    ReadAnswer,
    ReadChoice,
    ReadKeyPoint,
    ReadQuestion,
    choice_id,
)
from question_bank.responses import Kind

RESPONSE, SCORE, FEEDBACK, EXPLANATION = "RESPONSE", "SCORE", "FEEDBACK", "EXPLANATION"
_TRUTHS = (("true", "正确"), ("false", "错误"))
HEADING = '<?xml version="1.0" encoding="UTF-8"?>\n'


@dataclass(frozen=True)
class _Asked:
    """What an item asks for, and how it is marked: `worth` is every answer's raw points, None where all are alike."""

    cardinality: str
    base: str
    correct: Sequence[str]
    worth: Sequence[tuple[str, Fraction, bool | None]] | None
    body: str
    rules: str


def item_xml(question: ReadQuestion, identifier: str, dialect: Dialect, texts: WrittenTexts) -> str:
    """The item of a question."""
    writer = _Writer(question, dialect, texts)
    asked = writer.asked()
    title = texts.clean(question.name or identifier)
    return HEADING + dialect.item(
        {"identifier": identifier, "title": title, "adaptive": "false", "timeDependent": "false", "toolName": TOOL},
        *writer.declarations(asked),
        dialect.element("itemBody", {}, asked.body),
        asked.rules,
        *writer.explanation(),
    )


def decimal(size: Fraction) -> str:
    """A number as QTI has it, as far as it goes."""
    places: int = 10**PLACES
    return f"{(Decimal(round(size * places)) / places).normalize():f}"


class _Writer:
    def __init__(self, question: ReadQuestion, dialect: Dialect, texts: WrittenTexts) -> None:
        self.question = question
        self.dialect = dialect
        self.texts = texts
        self.points = as_points(question.points)
        self.whole = self.points or EVERYTHING
        self.names = [choice_id(number) for number in range(len(question.choices))]

    def asked(self) -> _Asked:
        """What is asked for."""
        match self.question.kind:
            case Kind.TRUE_FALSE:
                return self._truth()
            case Kind.SHORT_ANSWER if self.question.answers and not self.question.key_points:
                return self._gap()
            case Kind.SHORT_ANSWER:
                return self._essay()
        return self._choices()

    # The parts of an item.

    def declarations(self, asked: _Asked) -> Iterator[str]:
        """The variables of an item."""
        new = self.dialect.element
        correct = [new("correctResponse", {}, *self._values(asked.correct))] if asked.correct else []
        yield new("responseDeclaration",
                  {"identifier": RESPONSE, "cardinality": asked.cardinality, "baseType": asked.base},
                  *correct, *self._mapping(asked))  # fmt: skip
        points = {} if self.points is None else {"normalMaximum": decimal(self.points)}
        yield self._outcome(SCORE, "float", "single", "0", points)
        yield self._outcome("MAXSCORE", "float", "single", decimal(self.whole))
        if any(one.feedback for one in self.question.choices):
            yield self._outcome(FEEDBACK, "identifier", asked.cardinality)
        if self.question.explanation:
            yield self._outcome(EXPLANATION, "identifier", "single", EXPLANATION)

    def _values(self, values: Sequence[str]) -> Iterator[str]:
        return (self.dialect.element("value", {}, escape(self.texts.clean(one))) for one in values)

    def _mapping(self, asked: _Asked) -> Iterator[str]:
        if asked.worth is None:
            return
        entries = []
        for key, share, case in asked.worth:
            attributes = {"mapKey": self.texts.clean(key), "mappedValue": decimal(share * self.whole)}
            if case is not None:
                attributes["caseSensitive"] = str(case).lower()
            entries.append(self.dialect.element("mapEntry", attributes))
        bounds = {"lowerBound": "0", "upperBound": decimal(self.whole), "defaultValue": "0"}
        yield self.dialect.element("mapping", bounds, *entries)

    def _outcome(self, identifier: str, base: str, cardinality: str, default: str | None = None,
                 more: Mapping[str, str] | None = None) -> str:  # fmt: skip
        inside = [self.dialect.element("defaultValue", {}, *self._values([default]))] if default is not None else []
        attributes = {"identifier": identifier, "cardinality": cardinality, "baseType": base, **(more or {})}
        return self.dialect.element("outcomeDeclaration", attributes, *inside)

    def explanation(self) -> Iterator[str]:
        """The explanation, shown after every answer: its variable has its name from the beginning."""
        if self.question.explanation:
            attributes = {"outcomeIdentifier": EXPLANATION, "identifier": EXPLANATION, "showHide": "show"}
            text = tag("p", {}, self.texts.of(self.question.explanation))
            yield self.dialect.element("modalFeedback", attributes, self.dialect.content(text))

    def _stem(self) -> str:
        return tag("p", {}, self.texts.of(self.question.stem))

    # Choices.

    def _truth(self) -> _Asked:
        rows = [self.dialect.element("simpleChoice", {"identifier": name, "fixed": "true"}, words)
                for name, words in _TRUTHS]  # fmt: skip
        correct = str(self.question.correct).lower()
        worth = None if self.whole == EVERYTHING else [(correct, EVERYTHING, None)]
        return _Asked("single", "identifier", [correct], worth, self._interaction(rows, 1), self._rules(worth))

    def _choices(self) -> _Asked:
        choices = self.question.choices
        several = self.question.kind is Kind.MULTIPLE_CHOICE
        right = [name for name, one in zip(self.names, choices, strict=True) if one.correct]
        correct = right if several else right[:1]
        worth = [(name, one.fraction, None) for name, one in zip(self.names, choices, strict=True)]
        each = Fraction(1, len(correct))
        even = self.whole == EVERYTHING and all(share == each * (name in correct) for name, share, _ in worth)
        rows = [self._row(name, one) for name, one in zip(self.names, choices, strict=True)]
        cardinality = "multiple" if several else "single"
        body = self._interaction(rows, 0 if several else 1)
        shown_worth = None if even else worth
        return _Asked(cardinality, "identifier", correct, shown_worth, body, self._rules(shown_worth))

    def _row(self, name: str, choice: ReadChoice) -> str:
        inside = [self.texts.of(choice.text)]
        if choice.feedback:
            attributes = {"outcomeIdentifier": FEEDBACK, "identifier": name, "showHide": "show"}
            inside.append(self.dialect.element("feedbackInline", attributes, self.texts.of(choice.feedback)))
        return self.dialect.element("simpleChoice", {"identifier": name}, *inside)

    def _interaction(self, rows: Sequence[str], most: int) -> str:
        attributes = {"responseIdentifier": RESPONSE, "shuffle": "false", "maxChoices": str(most)}
        return self._stem() + self.dialect.element("choiceInteraction", attributes, *rows)

    def _rules(self, worth: object) -> str:
        """The template that marks an item; its rules at length where feedback has to be set besides."""
        new = self.dialect.element
        if not any(one.feedback for one in self.question.choices):
            name = "match_correct" if worth is None else "map_response"
            return new("responseProcessing", {"template": self.dialect.template(name)})
        variable, correct = new("variable", {"identifier": RESPONSE}), new("correct", {"identifier": RESPONSE})
        if worth is None:
            test, then, otherwise = new("match", {}, variable, correct), self._size(EVERYTHING), self._size(NOTHING)
        else:
            test, then = new("isNull", {}, variable), self._size(NOTHING)
            otherwise = new("mapResponse", {"identifier": RESPONSE})
        condition = new(
            "responseCondition", {},
            new("responseIf", {}, test, self._set(SCORE, then)), new("responseElse", {}, self._set(SCORE, otherwise)),
        )  # fmt: skip
        return new("responseProcessing", {}, condition, self._set(FEEDBACK, variable))

    def _size(self, size: Fraction) -> str:
        return self.dialect.element("baseValue", {"baseType": "float"}, decimal(size))

    def _set(self, identifier: str, value: str) -> str:
        return self.dialect.element("setOutcomeValue", {"identifier": identifier}, value)

    # Short answers.

    def _gap(self) -> _Asked:
        answers = self.question.answers
        gaps = any(patterns.has_gap(one.text) for one in answers)
        worth = [(one.text if gaps else patterns.literal(one.text), one.fraction, one.case_sensitive)
                 for one in answers]  # fmt: skip
        gap = self.dialect.element("textEntryInteraction", {"responseIdentifier": RESPONSE})
        new = self.dialect.element
        rules = new("responseProcessing", {"template": self.dialect.template("map_response")})
        if gaps:
            rules = new("responseProcessing", {}, self._by_pattern(answers))
        return _Asked("single", "string", self._best(answers), worth, self._stem() + tag("p", {}, gap), rules)

    def _best(self, answers: Sequence[ReadAnswer]) -> list[str]:
        """The answer that is shown as right: one without gaps that has most of the points."""
        plain = [one for one in answers if not patterns.has_gap(one.text) and one.fraction > 0 and one.text]
        return [patterns.literal(max(plain, key=lambda one: one.fraction).text)] if plain else []

    def _by_pattern(self, answers: Sequence[ReadAnswer]) -> str:
        """The rules for wordings with gaps, which a mapping has no place for: the first that fits counts."""
        new = self.dialect.element
        variable = new("variable", {"identifier": RESPONSE})
        branches = []
        for number, one in enumerate(answers):
            if patterns.has_gap(one.text):
                pattern = self.texts.clean(patterns.pattern(one.text, one.case_sensitive))
                test = new("patternMatch", {"pattern": pattern}, variable)
            else:
                words = new("baseValue", {"baseType": "string"}, escape(self.texts.clean(patterns.literal(one.text))))
                test = new("stringMatch", {"caseSensitive": str(one.case_sensitive).lower()}, variable, words)
            size = self._set(SCORE, self._size(max(NOTHING, one.fraction) * self.whole))
            branches.append(new("responseElseIf" if number else "responseIf", {}, test, size))
        return new("responseCondition", {}, *branches)

    def _essay(self) -> _Asked:
        question = self.question
        worth = [(one.text, one.fraction, one.case_sensitive) for one in question.answers] or None
        attributes = {"view": "scorer", "class": KEY_POINTS, **({"use": "scoring"} if self.dialect.is_new else {})}
        table = tag("table", {}, tag("tbody", {}, *map(self._key_point, question.key_points)))
        inside = table if question.key_points else tag("p", {})
        rubric = self.dialect.element("rubricBlock", attributes, self.dialect.content(inside))
        interaction = self.dialect.element("extendedTextInteraction", {"responseIdentifier": RESPONSE})
        body = self._stem() + rubric + interaction
        return _Asked("single", "string", self._best(question.answers), worth, body, "")

    def _key_point(self, point: ReadKeyPoint) -> str:
        size = decimal(point.points)
        points = size if Fraction(size) == point.points else str(point.points)
        cells = (points, *map(self.texts.of, (point.text, *point.accepted)))
        return tag("tr", {}, *(tag("td", {}, one) for one in cells))
