"""Responses to QTI items scored by the items' own rules: tables of what is given and what it comes to."""

import json
from typing import Any

import pytest

from question_bank.formats.codes import ReadCode
from question_bank.formats.qti import patterns
from question_bank.formats.qti.scoring import Scored, score, scored_data
from question_bank.formats.source import Source
from tests.question_bank.qti_samples import (
    CHOICES,
    GAP,
    MAP,
    MATCH,
    SCORE,
    equals,
    interop,
    item,
    manifest,
    mapping,
    new_item,
    old,
    old_choices,
    package,
    resource,
    response,
    single,
    when,
)

ONE, ANY = CHOICES.format(most=1), CHOICES.format(most=0)
VARIABLE, CORRECT = '<variable identifier="RESPONSE"/>', '<correct identifier="RESPONSE"/>'


def scored(content: str | bytes, responses: Any) -> Scored:
    return score(Source(content.encode() if isinstance(content, str) else content), json.dumps(responses).encode())


def points(content: str, *given: Any, key: str = "q1") -> list[int | float | None]:
    found = scored(content, {key: list(given)})
    assert found.problems == ()
    return scored_data(found)[key]


def why(content: str, *given: Any) -> str:
    """Why responses can't be scored."""
    found = scored(content, {"q1": list(given)})
    assert scored_data(found) == {"q1": [None] * len(given)}
    (problem,) = found.problems
    assert problem.code is ReadCode.NOT_SCORED
    return problem.detail


def rules(*inside: str) -> str:
    return f"<responseProcessing>{''.join(inside)}</responseProcessing>"


def sets(value: str, identifier: str = "SCORE") -> str:
    return f'<setOutcomeValue identifier="{identifier}">{value}</setOutcomeValue>'


def number(size: float | str, base: str = "float") -> str:
    return f'<baseValue baseType="{base}">{size}</baseValue>'


def name(identifier: str, base: str = "identifier") -> str:
    return f'<baseValue baseType="{base}">{identifier}</baseValue>'


def choose(test: str, then: str = "1", otherwise: str = "-1") -> str:
    """Rules that set one of two scores."""
    return rules(
        f"<responseCondition><responseIf>{test}{sets(number(then))}</responseIf>"
        f"<responseElse>{sets(number(otherwise))}</responseElse></responseCondition>"
    )


def test_match_correct_gives_one_or_nothing() -> None:
    assert points(single(), ["x1"], ["x2"], [], None, "x1") == [1, 0, 0, 0, 1]
    several = item(ANY, response("x1", "x2", cardinality="multiple"))
    assert points(several, ["x2", "x1"], ["x1"], ["x1", "x2", "x3"], []) == [1, 0, 0, 0]
    ordered = item(ANY, response("x1", "x2", cardinality="ordered"))
    assert points(ordered, ["x1", "x2"], ["x2", "x1"]) == [1, 0]


def test_map_response_stays_within_its_bounds_and_counts_what_stands_twice_once() -> None:
    worth = mapping('lowerBound="-1" upperBound="2" defaultValue="-3"', x1="1.5", x2="1")
    content = item(ANY, response(cardinality="multiple", mapping=worth), MAP)
    assert points(content, ["x1"], ["x1", "x2"], ["x1", "x3"], ["x3"], ["x1", "x1"], []) == [1.5, 2, -1, -1, 1.5, 0]
    free = item(ANY, response(cardinality="multiple", mapping=mapping('defaultValue="-0.25"', x1="2")), MAP)
    assert points(free, ["x1"], ["x2", "x3"]) == [2, -0.5]


def test_capitals_matter_as_the_file_says_or_its_version() -> None:
    said = mapping(case='caseSensitive="false"', Listen="1", 倾听="2")
    assert points(item(GAP, response(base="string", mapping=said), MAP), ["LISTEN"], ["倾听"], ["x"]) == [1, 2, 0]
    unsaid = item(GAP, response(base="string", mapping=mapping(Listen="1")), MAP)
    assert points(unsaid, ["listen"], ["Listen"], [""]) == [0, 1, 0]
    new = new_item(
        "",
        '<qti-response-declaration identifier="RESPONSE" cardinality="single" base-type="string"><qti-mapping>'
        '<qti-map-entry map-key="Listen" mapped-value="1"/></qti-mapping></qti-response-declaration>',
        '<qti-response-processing template="https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/map_response"/>',
    )
    assert points(new, ["LISTEN"], key="q3") == [1]


CONTAINER = f"<multiple>{name('x1')}{name('x2')}</multiple>"


@pytest.mark.parametrize(
    ("test", "given", "expected"),
    [
        (f"<isNull>{VARIABLE}</isNull>", [[], ["x1"]], [1, -1]),
        (f"<not><isNull>{VARIABLE}</isNull></not>", [[], ["x1"]], [-1, 1]),
        (f"<match>{VARIABLE}{CONTAINER}</match>", [["x2", "x1"], ["x1"], []], [1, -1, -1]),
        (f"<member>{name('x1')}{VARIABLE}</member>", [["x1", "x3"], ["x3"], []], [1, -1, -1]),
        (f"<contains>{VARIABLE}{CONTAINER}</contains>", [["x1", "x2", "x3"], ["x1"]], [1, -1]),
        (f"<not><member>{name('x1')}{VARIABLE}</member></not>", [["x3"], []], [1, -1]),
        (f"<and><member>{name('x1')}{VARIABLE}</member><member>{name('x2')}{VARIABLE}</member></and>",
         [["x1", "x2"], ["x1"]], [1, -1]),
        (f"<or><member>{name('x1')}{VARIABLE}</member><member>{name('x2')}{VARIABLE}</member></or>",
         [["x2"], ["x3"]], [1, -1]),
        (f"<gt><containerSize>{VARIABLE}</containerSize>{number(1, 'integer')}</gt>", [["x1", "x2"], ["x1"]], [1, -1]),
        (f"<lte><containerSize>{VARIABLE}</containerSize>{number(1, 'integer')}</lte>", [["x1", "x2"], []], [-1, 1]),
        (f"<equal toleranceMode=\"exact\"><containerSize>{VARIABLE}</containerSize>{number(2)}</equal>",
         [["x1", "x2"], ["x1"]], [1, -1]),
        (f"<isNull><delete>{name('x1')}{VARIABLE}</delete></isNull>", [["x1"], ["x1", "x2"]], [1, -1]),
    ],
)  # fmt: skip
def test_conditions_on_several_answers(test: str, given: list[list[str]], expected: list[int]) -> None:
    assert points(item(ANY, response("x1", cardinality="multiple"), choose(test)), *given) == expected


@pytest.mark.parametrize(
    ("test", "given", "expected"),
    [
        (f'<stringMatch caseSensitive="false">{VARIABLE}{name("Ab", "string")}</stringMatch>', ["aB", "abc"], [1, -1]),
        (f'<stringMatch caseSensitive="true">{VARIABLE}{name("Ab", "string")}</stringMatch>', ["Ab", "ab"], [1, -1]),
        (f'<stringMatch caseSensitive="true" substring="true">{VARIABLE}{name("b", "string")}</stringMatch>',
         ["abc", "ac"], [1, -1]),
        (f'<substring caseSensitive="false">{name("B", "string")}{VARIABLE}</substring>', ["abc", "ac"], [1, -1]),
        (f'<patternMatch pattern="[aA].*\\*">{VARIABLE}</patternMatch>', ["Axx*", "xA*", "a*"], [1, -1, 1]),
    ],
)  # fmt: skip
def test_conditions_on_words(test: str, given: list[str], expected: list[int]) -> None:
    assert points(item(GAP, response(base="string"), choose(test)), *given) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (f"<sum>{number(1.5)}{number(2, 'integer')}</sum>", 3.5),
        (f"<product>{number(3)}{number('0.5')}</product>", 1.5),
        (f"<subtract>{number(1)}{number(3)}</subtract>", -2),
        (f"<divide>{number(1)}{number(4)}</divide>", 0.25),
        (f"<max>{number(1)}{number(4)}</max>", 4),
        (f"<min>{number(1)}{number(-4)}</min>", -4),
        (f"<round>{number(2.5)}</round>", 3),
        (f"<truncate>{number(-2.5)}</truncate>", -2),
        (f"<integerDivide>{number(7, 'integer')}{number(2, 'integer')}</integerDivide>", 3),
        (f"<integerModulus>{number(7, 'integer')}{number(2, 'integer')}</integerModulus>", 1),
        (f'<sum><variable identifier="SCORE"/>{number("1e1")}</sum>', 10),
        (f'<index n="2"><ordered>{number(5)}{number(6)}</ordered></index>', 6),
        ('<default identifier="SCORE"/>', 0),
    ],
)  # fmt: skip
def test_sums(value: str, expected: float) -> None:
    assert points(item(ONE, response("x1"), rules(sets(value))), ["x1"]) == [expected]


@pytest.mark.parametrize(
    ("difference", "mode", "given", "expected"),
    [
        ("", 'toleranceMode="absolute" tolerance="0.5 1"', ["2.5", "2.4", "4", "4.1"], [1, -1, 1, -1]),
        ("", 'toleranceMode="relative" tolerance="10"', ["2.7", "3.3", "3.4"], [1, 1, -1]),
        ("", 'toleranceMode="absolute" tolerance="1" includeUpperBound="false"', ["2", "4"], [1, -1]),
    ],
)
def test_numbers_within_a_tolerance(difference: str, mode: str, given: list[str], expected: list[int]) -> None:
    test = f"<equal {mode}>{number(3)}{VARIABLE}</equal>"
    assert points(item(GAP, response(base="float"), choose(test)), *given) == expected


def test_branches_variables_and_the_end_of_rules() -> None:
    """A worked case: two points for the key, one for the neighbour, minus one for the rest, and nothing after that."""
    most = '<variable identifier="MAX"/>'
    content = item(
        ONE, response("x1"),
        rules(
            "<responseCondition>"
            f"<responseIf><match>{VARIABLE}{CORRECT}</match>{sets(most)}</responseIf>"
            f"<responseElseIf><match>{VARIABLE}{name('x2')}</match>{sets(number(1))}<exitResponse/></responseElseIf>"
            f"<responseElse>{sets(number(-1))}</responseElse></responseCondition>",
            sets(f'<sum><variable identifier="SCORE"/>{number("0.5")}</sum>'),
        ),
        SCORE + '<outcomeDeclaration identifier="MAX" cardinality="single" baseType="float"><defaultValue>'
        "<value>2</value></defaultValue></outcomeDeclaration>",
    )  # fmt: skip
    assert points(content, ["x1"], ["x2"], ["x3"], []) == [2.5, 1, -0.5, -0.5]


def test_an_item_that_asks_for_several_things_takes_an_object() -> None:
    second = '<responseDeclaration identifier="R2" cardinality="single" baseType="identifier"><correctResponse>' \
             "<value>y</value></correctResponse></responseDeclaration>"  # fmt: skip
    each = (
        '<responseCondition><responseIf><match><variable identifier="{0}"/><correct identifier="{0}"/></match>'
        '<setOutcomeValue identifier="SCORE"><sum><baseValue baseType="integer">1</baseValue>'
        '<variable identifier="SCORE"/></sum></setOutcomeValue></responseIf></responseCondition>'
    )
    content = item(ONE, response("x1") + second, rules(each.format("RESPONSE"), each.format("R2")))
    assert points(content, {"RESPONSE": ["x1"], "R2": "y"}, {"R2": ["y"]}, []) == [2, 1, 0]
    assert "object with RESPONSE, R2" in why(content, ["x1"])


@pytest.mark.parametrize(
    ("content", "given", "reason"),
    [
        (item(ONE, response("x1"), ""), ["x1"], "no rules"),
        (item(ONE, response("x1"), MAP.replace("map_response", "map_response_point")), ["x1"], "map_response_point"),
        (item(ONE, response("x1"), MAP), ["x1"], "no mapping"),
        (item(ONE, response("x1"), rules(sets('<random><null/></random>'))), ["x1"], "random"),
        (item(ONE, response("x1"), rules('<lookupOutcomeValue identifier="SCORE"/>')), ["x1"], "lookupOutcomeValue"),
        (item(ONE, response("x1"), rules(sets("<null/>"))), ["x1"], "sets no SCORE"),
        (item(ONE, response("x1"), rules(sets(number(1), "OTHER"))), ["x1"], "OTHER"),
        (item(ONE, response("x1"), rules(sets('<variable identifier="T"/>'))), ["x1"], "T"),
        (item(ONE, response("x1"), "<templateProcessing/>" + MATCH), ["x1"], "drawn afresh"),
        (single(), ["x1", "x2"], "several"),
        (single(), {"OTHER": ["x1"]}, "asks for no OTHER"),
        (single(), [["x1"]], "list of words"),
        (item(GAP, response("1", base="integer")), ["eins"], "no number"),
        (item(GAP, response(base="string"), choose(f'<patternMatch pattern="(a+)+b">{VARIABLE}</patternMatch>')),
         ["aaaa"], "pattern"),
        (item(ANY, response(cardinality="multiple", mapping=mapping(x1="1e999999")), MAP), ["x1"], "no number"),
        (item(ONE, response("x1"), rules(sets(number("1e40")), *[
            sets('<product><variable identifier="SCORE"/><variable identifier="SCORE"/></product>')] * 50)),
         ["x1"], "without end"),
    ],
)  # fmt: skip
def test_what_can_not_be_followed_has_no_score_and_says_why(content: str, given: Any, reason: str) -> None:
    assert reason in why(content, given)


# QTI 1.2.


@pytest.mark.parametrize(
    ("presentation", "conditions", "given", "expected"),
    [
        (old_choices("一", "二"), when(equals("11"), "100"), [["11"], ["12"], []], [100, 0, 0]),
        (old_choices("一", "二"), when(equals("11"), "100") + when("<other/>", "-5"), [["11"], ["12"]], [100, 0]),
        (old_choices("一", "二", "三", cardinality="Multiple"),
         when(f"<and>{equals('11')}<not>{equals('12')}</not>{equals('13')}</and>", "100"),
         [["11", "13"], ["11"], ["11", "12", "13"]], [100, 0, 0]),
        (old_choices("一", "二", cardinality="Multiple"),
         when(equals("11"), "30", more="", action="Add") + when(equals("12"), "-10", more="", action="Add"),
         [["11"], ["11", "12"], ["12"]], [30, 20, 0]),
        (old_choices("一", "二"), when(f"<or>{equals('11')}{equals('12')}</or>", "1.5"), [["12"], []], [1.5, 0]),
        (old_choices("一", "二"), when('<unanswered respident="r"/>', "7"), [[], ["11"]], [7, 0]),
        ('<response_str ident="r" rcardinality="Single"><render_fib/></response_str>',
         when(equals("Ab") + equals("Cd", 'case="Yes"'), "100"), [["ab"], ["cd"], ["Cd"]], [100, 0, 100]),
        ('<response_num ident="r"><render_fib/></response_num>',
         when('<vargte respident="r">3</vargte><varlt respident="r">4</varlt>', "100"), [["3"], ["3.99"], ["4"]],
         [100, 100, 0]),
    ],
)  # fmt: skip
def test_old_items(presentation: str, conditions: str, given: list[Any], expected: list[float]) -> None:
    assert points(interop(old(presentation, conditions)), *given, key="i1") == expected


def test_an_old_item_with_a_condition_we_do_not_know_has_no_score() -> None:
    content = interop(old(old_choices("一", "二"), when('<durequal respident="r">3</durequal>', "1")))
    found = scored(content, {"i1": [["11"]]})
    assert (scored_data(found), found.problems[0].detail) == ({"i1": [None]}, "it uses durequal")


# Files and responses.


def test_items_are_named_by_identifier_or_by_file_and_a_name_of_two_is_no_name() -> None:
    files = {
        "imsmanifest.xml": manifest(resource("items/a.xml"), resource("items/b.xml"), resource("c.xml")),
        "items/a.xml": single(), "items/b.xml": item(ONE, response("x2")),
    }  # fmt: skip
    names = ["items/a.xml", "b.xml", "b", "R-items/a.xml", "q1", "nowhere", "c.xml"]
    found = scored(package(files), {name: [["x1"]] for name in names})
    assert scored_data(found) == {
        "items/a.xml": [1], "b.xml": [0], "b": [0], "R-items/a.xml": [1], "q1": [None], "nowhere": [None],
        "c.xml": [None],
    }  # fmt: skip
    assert [(problem.code, problem.place) for problem in found.problems] == [
        (ReadCode.SEVERAL_ITEMS, "item q1"), (ReadCode.NO_SUCH_ITEM, "item nowhere"),
        (ReadCode.FILE_MISSING, "item c.xml"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "responses", [b"", b"{", b"[]", b'{"q1": "x1"}', b"[" * 100_000, b"\xff\xfe\0", b"1" * 11 * 2**20]
)
def test_responses_in_another_form_are_refused(responses: bytes) -> None:
    found = score(Source(single().encode()), responses)
    assert (found.refused, [problem.code for problem in found.problems]) == (True, [ReadCode.BAD_RESPONSES])


@pytest.mark.parametrize("content", [b"a{T}", b"", package({"a": b""}), b"<html/>"])
def test_a_file_that_is_none_of_qti_is_refused(content: bytes) -> None:
    found = score(Source(content), b"{}")
    assert (found.refused, len(found.problems)) == (True, 1)


@pytest.mark.parametrize(
    ("wording", "case", "text", "expected"),
    [
        ("先*听", False, "先倾听", True), ("先*听", False, "先听", True), ("先*听", False, "听先", False),
        ("a*b*c", False, "AxBxC", True), ("a*b*c", True, "AxBxC", False), ("a*b*c", True, "abbc", True),
        ("\\*", False, "*", True), ("\\*", False, "x", False), ("a.b$^[c]-", True, "a.b$^[c]-", True),
        ("*", True, "", True), ("a\n*", True, "a\nb", True), ("ab*ba", True, "aba", False),
    ],
)  # fmt: skip
def test_patterns_of_wordings(wording: str, case: bool, text: str, expected: bool) -> None:
    assert patterns.matches(patterns.pattern(wording, case), text) is expected


def test_templates_of_common_cartridge() -> None:
    address = '<responseProcessing template="http://www.imsglobal.org/question/qti_v3p0/rptemplates/{}.xml"/>'
    most = (
        '<outcomeDeclaration identifier="MAXSCORE" cardinality="single" baseType="float">'
        "<defaultValue><value>10</value></defaultValue></outcomeDeclaration>"
    )
    given = [["x1"], ["x2"], []]
    assert points(single(rules=address.format("CC2_match"), outcomes=SCORE + most), *given) == [1, 0, 0]
    assert points(single(rules=address.format("CC2_match_basic"), outcomes=SCORE + most), *given) == [10, 0, 0]
    declared = response("x1", mapping=mapping(x1="2", x2="-1"))
    assert points(item(ONE, declared, address.format("CC2_map_response")), *given) == [2, -1, 0]
