"""Choices of QTI read: each version, the key and the shares, and where the rules have to be understood for them."""

from fractions import Fraction

import pytest

from question_bank.formats.codes import ReadCode
from question_bank.items import Kind
from tests.question_bank.qti_samples import (
    ANY,
    GAP,
    HALF,
    MAP,
    MATCH,
    ONE,
    THIRD,
    TRUTHS,
    TWO,
    item,
    key,
    mapping,
    new_item,
    noted,
    one,
    read,
    response,
    single,
)

# Choices.


def test_a_single_choice_has_its_words_and_its_key() -> None:
    question = one(single())
    assert (question.kind, question.stem, question.name) == (Kind.SINGLE_CHOICE, "会员投诉。\n先做什么？", "投诉")
    assert [choice.text for choice in question.choices] == ["先倾听", "先解释", "先登记"]
    assert key(question) == [("A", True, 1), ("B", False, 0), ("C", False, 0)]
    assert (question.place, question.points) == ("item q1", None)
    assert read(single(), "一.xml").questions[0].place == "item 一.xml"


@pytest.mark.parametrize("version", ["2p0", "2p1", "2p2"])
def test_every_version_of_2_is_read(version: str) -> None:
    assert one(single(version=version)).kind is Kind.SINGLE_CHOICE


@pytest.mark.parametrize(
    ("rules", "bounds", "worth", "expected"),
    [
        (MAP, "", {"x1": "2", "x3": "1"}, [1, 0, HALF]),
        (MAP, 'defaultValue="-1"', {"x1": "2", "x3": "1"}, [1, -HALF, HALF]),
        (MAP, 'upperBound="1"', {"x1": "1", "x2": "-0.25"}, [1, -Fraction(1, 4), 0]),
        (MATCH, "", {"x1": "2", "x3": "1"}, [1, 0, 0]),
    ],
    ids=["a mapping", "anything else", "bounds", "a mapping that isn't used"],
)
def test_shares_of_a_single_choice_are_of_the_best_one(
    rules: str, bounds: str, worth: dict[str, str], expected: list[Fraction]
) -> None:
    content = item(ONE, response("x1", mapping=mapping(bounds, **worth)), rules)
    assert [choice.fraction for choice in one(content).choices] == expected


@pytest.mark.parametrize(
    ("correct", "rules", "points", "expected"),
    [
        (("x1", "x2"), MATCH, "", [(True, HALF), (True, HALF), (False, 0)]),
        (("x1", "x2"), MAP, mapping('lowerBound="0"', x1="1", x2="2", x3="-1"),
         [(True, THIRD), (True, 2 * THIRD), (False, -THIRD)]),
        ((), MAP, mapping(x1="1", x2="1", x3="0"), [(True, HALF), (True, HALF), (False, 0)]),
        (("x1", "x2"), MAP, mapping('upperBound="1" defaultValue="-2"', x1="1", x2="1"),
         [(True, 1), (True, 1), (False, -1)]),
    ],
    ids=["all together", "each its own", "a mapping is the key", "no more than all"],
)  # fmt: skip
def test_shares_of_a_multiple_choice_are_of_all_that_can_be_reached(
    correct: tuple[str, ...], rules: str, points: str, expected: list[tuple[bool, Fraction]]
) -> None:
    reading = read(item(ANY, response(*correct, cardinality="multiple", mapping=points), rules))
    (question,) = reading.questions
    assert question.kind is Kind.MULTIPLE_CHOICE
    assert [(choice.correct, choice.fraction) for choice in question.choices] == expected


def test_a_bonus_for_all_that_is_right_is_said() -> None:
    rules = (
        '<responseProcessing><setOutcomeValue identifier="SCORE"><mapResponse identifier="RESPONSE"/></setOutcomeValue>'
        "<responseCondition><responseIf>"
        '<match><variable identifier="RESPONSE"/><correct identifier="RESPONSE"/></match>'
        '<setOutcomeValue identifier="SCORE"><baseValue baseType="float">5</baseValue></setOutcomeValue>'
        "</responseIf></responseCondition></responseProcessing>"
    )
    declared = response("x1", "x2", cardinality="multiple", mapping=mapping(x1="2", x2="2"))
    question = one(item(ANY, declared, rules), "points for the right choices together, beyond those of each")
    assert [choice.fraction for choice in question.choices] == [Fraction(2, 5), Fraction(2, 5), 0]


def test_where_the_rules_are_beyond_us_the_declared_key_counts_and_it_is_said() -> None:
    rules = (
        '<responseProcessing><setOutcomeValue identifier="SCORE"><customOperator class="x"/></setOutcomeValue>'
        "</responseProcessing>"
    )
    question = one(item(ONE, response("x2"), rules), "its own rule for points: it uses customOperator")
    assert key(question) == [("A", False, 0), ("B", True, 1), ("C", False, 0)]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (item(ONE, response()), ReadCode.NO_KEY),
        (item(ONE, response("x9")), ReadCode.NO_KEY),
        (item(ONE, response("x1", mapping=mapping(x2="1")), MAP), ReadCode.KEYS_DIFFER),
        (item(ONE, response("x1", mapping=mapping(x1="1", x2="1")), MAP), ReadCode.SEVERAL_KEYS),
    ],
)
def test_a_key_that_is_missing_or_contradicts_itself_is_told(content: str, code: ReadCode) -> None:
    assert [found for found, _detail in noted(content)] == [code]


def test_more_than_anybody_looks_through_is_refused_in_no_time() -> None:
    row = '<simpleChoice identifier="c{}">一</simpleChoice>'
    many = "".join(map(row.format, range(2000)))
    choices = f'<p>哪个？</p><choiceInteraction responseIdentifier="RESPONSE" maxChoices="0">{many}</choiceInteraction>'
    assert noted(item(choices, response("c1")))[0][0] is ReadCode.TOO_MANY_CHOICES
    wordings = mapping(**{f"w{number}": "1" for number in range(2000)})
    assert "accepted answers" in noted(item(GAP, response(base="string", mapping=wordings), MAP))[0][1]
    rule = '<setOutcomeValue identifier="SCORE"><baseValue baseType="float">1</baseValue></setOutcomeValue>'
    rules = f"<responseProcessing>{rule * 5000}</responseProcessing>"
    assert "2000 parts" in noted(item(ONE, response("x1"), rules))[0][1]


@pytest.mark.parametrize(
    "words", [("True", "False"), ("正确", "错误"), ("对", "错"), ("错误", "正确"), ("T", "F"), ("√", "×")]
)
def test_a_choice_between_true_and_false_is_a_statement(words: tuple[str, str]) -> None:
    question = one(item(TRUTHS.format(TWO.format(*words)), response("b")))
    assert (question.kind, question.correct) == (Kind.TRUE_FALSE, words[1] in ("True", "正确"))
    assert question.choices == ()


@pytest.mark.parametrize("words", [("Yes", "No"), ("对", "不知道"), ("对", "正确")])
def test_a_choice_between_other_words_stays_a_choice(words: tuple[str, str]) -> None:
    assert one(item(TRUTHS.format(TWO.format(*words)), response("b"))).kind is Kind.SINGLE_CHOICE


# QTI 3.0.


def test_version_3_says_the_same_in_other_words() -> None:
    content = new_item(
        '<p>会员投诉。</p><qti-choice-interaction response-identifier="RESPONSE" max-choices="2">'
        '<qti-simple-choice identifier="x1">先倾听</qti-simple-choice>'
        '<qti-simple-choice identifier="x2">先解释</qti-simple-choice>'
        '<qti-simple-choice identifier="x3">先登记</qti-simple-choice></qti-choice-interaction>',
        '<qti-response-declaration identifier="RESPONSE" cardinality="multiple" base-type="identifier">'
        "<qti-correct-response><qti-value>x1</qti-value><qti-value>x3</qti-value></qti-correct-response>"
        '<qti-mapping lower-bound="0" upper-bound="2" default-value="-1"><qti-map-entry map-key="x1" mapped-value="1"/>'
        '<qti-map-entry map-key="x3" mapped-value="1"/></qti-mapping></qti-response-declaration>',
        '<qti-response-processing template="https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/map_response.xml"/>',
    )
    question = one(content)
    assert (question.kind, question.points) == (Kind.MULTIPLE_CHOICE, 2)
    assert key(question) == [("A", True, HALF), ("B", False, -HALF), ("C", True, HALF)]


def test_rules_without_points_leave_the_declared_key() -> None:
    match = '<match><variable identifier="RESPONSE"/><correct identifier="RESPONSE"/></match>'
    condition = f"<responseCondition><responseIf>{match}</responseIf></responseCondition>"
    rules = f"<responseProcessing>{condition}</responseProcessing>"
    gives_none = "its own rule for points: it gives none"
    assert key(one(item(ONE, response("x2"), rules), gives_none)) == [("A", False, 0), ("B", True, 1), ("C", False, 0)]
    several = response("x1", "x3", cardinality="multiple")
    assert key(one(item(ANY, several, rules), gives_none)) == [("A", True, HALF), ("B", False, 0), ("C", True, HALF)]


@pytest.mark.parametrize(
    ("condition", "more_ways"),
    [
        ("<match><variable identifier='RESPONSE'/><multiple>{0}{2}</multiple></match>", 0),
        ("<or><match><variable identifier='RESPONSE'/><multiple>{0}{2}</multiple></match>"
         "<match><variable identifier='RESPONSE'/><multiple>{1}</multiple></match></or>", 1),
        ("<and><member>{0}<variable identifier='RESPONSE'/></member>"
         "<member>{2}<variable identifier='RESPONSE'/></member>"
         "<not><member>{1}<variable identifier='RESPONSE'/></member></not></and>", 0),
    ],
)  # fmt: skip
def test_what_no_key_declares_is_found_in_the_rules(condition: str, more_ways: int) -> None:
    values = [f'<baseValue baseType="identifier">{name}</baseValue>' for name in ("x1", "x2", "x3")]
    points = '<setOutcomeValue identifier="SCORE"><baseValue baseType="float">1</baseValue></setOutcomeValue>'
    rules = (
        f"<responseProcessing><responseCondition><responseIf>{condition.format(*values)}{points}</responseIf>"
        "</responseCondition></responseProcessing>"
    )
    question = one(item(ANY, response(cardinality="multiple"), rules), *["1 more ways to be right"] * more_ways)
    assert key(question) == [("A", True, HALF), ("B", False, 0), ("C", True, HALF)]
