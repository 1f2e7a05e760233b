"""Gaps of QTI read as short answers, and kinds that the bank doesn't have."""

import pytest

from question_bank.formats.codes import ReadCode, Severity
from question_bank.formats.reading import ReadAnswer
from question_bank.items import Kind
from tests.question_bank.qti_samples import (
    GAP,
    HALF,
    MAP,
    MATCH,
    ONE,
    item,
    manifest,
    mapping,
    new_item,
    noted,
    one,
    package,
    read,
    resource,
    response,
    single,
)

# Gaps.


@pytest.mark.parametrize(
    ("declared", "rules", "expected"),
    [
        (response("倾听", base="string"), MATCH, [ReadAnswer("倾听", case_sensitive=True)]),
        (response("倾听", base="string", mapping=mapping(case='caseSensitive="false"', 倾听="2", Listen="1")), MAP,
         [ReadAnswer("倾听"), ReadAnswer("Listen", HALF)]),
        (response("a*b", base="string"), MATCH, [ReadAnswer("a\\*b", case_sensitive=True)]),
    ],
)  # fmt: skip
def test_a_gap_is_a_short_answer(declared: str, rules: str, expected: list[ReadAnswer]) -> None:
    question = one(item(GAP, declared, rules))
    assert (question.kind, question.stem) == (Kind.SHORT_ANSWER, "先_____再登记。")
    assert list(question.answers) == expected


def test_a_gap_at_the_end_is_left_out_of_the_words() -> None:
    gap = '<p>先做什么？</p><p><textEntryInteraction responseIdentifier="RESPONSE"/></p>'
    assert one(item(gap, response("倾听", base="string"))).stem == "先做什么？"


def test_a_mapping_that_says_nothing_of_capitals_is_read_as_its_version_has_it_and_it_is_said() -> None:
    declared = response("Listen", base="string", mapping=mapping(Listen="1"))
    reading = read(item(GAP, declared, MAP))
    assert reading.questions[0].answers == (ReadAnswer("Listen", case_sensitive=True),)
    assert [(problem.code, problem.severity) for problem in reading.problems] == [
        (ReadCode.CASE_ASSUMED, Severity.WARNING)
    ]
    new = new_item(
        '<p>先<qti-text-entry-interaction response-identifier="RESPONSE"/></p>',
        '<qti-response-declaration identifier="RESPONSE" cardinality="single" base-type="string"><qti-mapping>'
        '<qti-map-entry map-key="Listen" mapped-value="1"/></qti-mapping></qti-response-declaration>',
        '<qti-response-processing template="https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/map_response.xml"/>',
    )
    assert read(new).questions[0].answers == (ReadAnswer("Listen"),)
    assert noted(new)[0][0] is ReadCode.CASE_ASSUMED


def test_wordings_that_stand_in_the_rules_count() -> None:
    branch = (
        '<{0}><stringMatch caseSensitive="false"><variable identifier="RESPONSE"/><baseValue baseType="string">{1}'
        '</baseValue></stringMatch><setOutcomeValue identifier="SCORE"><baseValue baseType="float">{2}</baseValue>'
        "</setOutcomeValue></{0}>"
    )
    rules = (
        "<responseProcessing><responseCondition>"
        + branch.format("responseIf", "Listen", "2")
        + branch.format("responseElseIf", "Hear", "1")
        + "</responseCondition></responseProcessing>"
    )
    assert one(item(GAP, response(base="string"), rules)).answers == (ReadAnswer("Listen"), ReadAnswer("Hear", HALF))


@pytest.mark.parametrize(
    ("declared", "code"),
    [(response(base="string"), ReadCode.NO_ANSWERS), (response("3", base="integer"), ReadCode.UNSUPPORTED_KIND)],
)
def test_a_gap_that_accepts_nothing_or_a_number_is_told(declared: str, code: ReadCode) -> None:
    assert [found for found, _detail in noted(item(GAP, declared))] == [code]


# Kinds that the bank doesn't have.


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ('<extendedTextInteraction responseIdentifier="R"><prompt>写一写</prompt></extendedTextInteraction>', "essay"),
        ('<p>写一写</p><matchInteraction responseIdentifier="RESPONSE"/>', "matching"),
        ('<p>写一写</p><orderInteraction responseIdentifier="RESPONSE"/>', "ordering"),
        ('<p>写一写<inlineChoiceInteraction responseIdentifier="RESPONSE"/></p>', "inline choice"),
        ('<p>写一写</p><gapMatchInteraction responseIdentifier="RESPONSE"/>', "gap match"),
        ('<p>写一写</p><hotspotInteraction responseIdentifier="RESPONSE"/>', "hotspot"),
        ('<p>写一写</p><sliderInteraction responseIdentifier="RESPONSE"/>', "numerical"),
        ('<p>写一写</p><uploadInteraction responseIdentifier="RESPONSE"/>', "upload"),
        (f"<p>写一写</p>{ONE}{ONE}", "composite"),
        ("<p>写一写</p>", "description"),
        (f'<p>写一写<printedVariable identifier="N"/></p>{ONE}', "template"),
    ],
)  # fmt: skip
def test_kinds_the_bank_does_not_have_are_told_with_item_and_words(body: str, kind: str) -> None:
    files = {
        "imsmanifest.xml": manifest(resource("a.xml"), resource("b.xml")),
        "a.xml": item(body, response("x1")),
        "b.xml": single(),
    }
    reading = read(package(files))
    (problem,) = [one for one in reading.problems if one.severity is Severity.UNSUPPORTED]
    assert (problem.place, kind in problem.detail, "写一写" in problem.excerpt) == ("item a.xml", True, True)
    assert [question.place for question in reading.questions] == ["item b.xml"]
