"""QTI read: each version and kind, points and shares, feedback, texts and pictures."""

from fractions import Fraction

import pytest

from question_bank import formats
from question_bank.formats.codes import ReadCode, Severity
from question_bank.formats.reading import ReadAnswer, Reading, ReadKeyPoint, ReadQuestion
from question_bank.items import Kind
from tests.question_bank.qti_samples import (
    CHOICES,
    GAP,
    MAP,
    MATCH,
    SCORE,
    item,
    manifest,
    mapping,
    new_item,
    package,
    resource,
    response,
    single,
)

HALF, THIRD = Fraction(1, 2), Fraction(1, 3)
LOOKS = "bold, italics and colours"
ONE, ANY = CHOICES.format(most=1), CHOICES.format(most=0)


def read(content: str | bytes, name: str = "") -> Reading:
    found, reading = formats.read(content.encode() if isinstance(content, str) else content, None, name)
    assert found == "qti"
    return reading


def one(content: str | bytes, *details: str) -> ReadQuestion:
    """The one question of a file, of which nothing but these details is said."""
    reading = read(content)
    (question,) = reading.questions
    assert [problem.detail for problem in reading.problems if problem.detail != LOOKS] == list(details)
    return question


def noted(content: str | bytes) -> list[tuple[ReadCode, str]]:
    return [(problem.code, problem.detail) for problem in read(content).problems if problem.detail != LOOKS]


def key(question: ReadQuestion) -> list[tuple[str, bool, Fraction]]:
    return [(choice.id, choice.correct, choice.fraction) for choice in question.choices]


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


TRUTHS = (
    '<choiceInteraction responseIdentifier="RESPONSE" maxChoices="1"><prompt>工单当天关闭。</prompt>{}'
    "</choiceInteraction>"
)
TWO = '<simpleChoice identifier="a">{}</simpleChoice><simpleChoice identifier="b">{}</simpleChoice>'


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


# Points, feedback, texts.


@pytest.mark.parametrize(
    ("outcomes", "points", "expected"),
    [
        (SCORE, "", None),
        ('<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float" normalMaximum="2.5"/>', "", 2.5),
        (SCORE + '<outcomeDeclaration identifier="MAXSCORE" cardinality="single" baseType="float"><defaultValue>'
         "<value>4</value></defaultValue></outcomeDeclaration>", "", 4),
        (SCORE, mapping('upperBound="3"', x1="3"), 3),
        (SCORE, mapping('upperBound="1"', x1="1"), None),
        (SCORE, mapping('upperBound="1e40"', x1="1"), None),
    ],
)  # fmt: skip
def test_points_are_what_the_item_says_of_them(outcomes: str, points: str, expected: float | None) -> None:
    assert one(item(ONE, response("x1", mapping=points), outcomes=outcomes)).points == expected


FEEDBACK = '<outcomeDeclaration identifier="F" cardinality="{}" baseType="identifier"/>'
SET = '<setOutcomeValue identifier="F">{}</setOutcomeValue>'
IF_RIGHT = (
    '<responseCondition><responseIf><match><variable identifier="RESPONSE"/><correct identifier="RESPONSE"/></match>'
    '<setOutcomeValue identifier="SCORE"><baseValue baseType="float">1</baseValue></setOutcomeValue>{}</responseIf>'
    "<responseElse>{}</responseElse></responseCondition>"
)


def modal(identifier: str, text: str, show: str = "show") -> str:
    attributes = f'outcomeIdentifier="F" identifier="{identifier}" showHide="{show}"'
    return f"<modalFeedback {attributes}><p>{text}</p></modalFeedback>"


def said_by(identifier: str) -> str:
    return SET.format(f'<baseValue baseType="identifier">{identifier}</baseValue>')


def test_feedback_goes_to_the_choices_that_show_it_and_to_the_explanation_if_all_do() -> None:
    rules = IF_RIGHT.format(said_by("good"), said_by("bad"))
    content = item(
        ONE, response("x2"), f"<responseProcessing>{rules}</responseProcessing>", SCORE + FEEDBACK.format("single"),
        modal("good", "好") + modal("bad", "不对") + modal("never", "见第三章", show="hide"),
    )  # fmt: skip
    question = one(content)
    assert [choice.feedback for choice in question.choices] == ["不对", "好", "不对"]
    assert question.explanation == "见第三章"


def test_feedback_within_a_choice_is_its_own() -> None:
    told = CHOICES.format(most=1).replace(
        "先解释<", '先解释<feedbackInline outcomeIdentifier="F" identifier="x2" showHide="show">太早</feedbackInline><'
    )
    rules = f"<responseProcessing>{SET.format(VARIABLE)}{IF_RIGHT.format('', '')}</responseProcessing>"
    question = one(item(told, response("x1"), rules, SCORE + FEEDBACK.format("single")))
    assert [(choice.text, choice.feedback) for choice in question.choices][:2] == [("先倾听", ""), ("先解释", "太早")]


VARIABLE = '<variable identifier="RESPONSE"/>'


def test_feedback_of_several_choices_is_told_from_that_of_the_whole() -> None:
    rules = f"<responseProcessing>{SET.format(VARIABLE)}{IF_RIGHT.format('', '')}</responseProcessing>"
    content = item(
        ANY, response("x1", "x3", cardinality="multiple"), rules, SCORE + FEEDBACK.format("multiple"),
        modal("x1", "对") + modal("x2", "不对") + modal("x3", "没有选", show="hide"),
    )  # fmt: skip
    question = one(content, "feedback “没有选”")
    assert [choice.feedback for choice in question.choices] == ["对", "不对", ""]


def test_feedback_for_true_and_false_has_no_place() -> None:
    rules = f"<responseProcessing>{IF_RIGHT.format(said_by('good'), said_by('bad'))}</responseProcessing>"
    body = TRUTHS.format(TWO.format("对", "错"))
    content = item(body, response("a"), rules, SCORE + FEEDBACK.format("single"), modal("good", "好"))
    assert one(content, "feedback for true and for false").kind is Kind.TRUE_FALSE


def test_texts_keep_their_lines_tables_formulas_and_pictures() -> None:
    body = (
        "<p>一<br/>二</p><ul><li>三</li></ul>"
        '<p><m:math xmlns:m="http://www.w3.org/1998/Math/MathML"><m:mfrac><m:mn>1</m:mn><m:mi>x</m:mi></m:mfrac>'
        "<m:msup><m:mi>y</m:mi><m:mn>2</m:mn></m:msup></m:math></p>"
        '<p><img src="../media/图%201.png" alt="流程"/>'
        '<object data="../media/叮.mp3" type="audio/mpeg">铃声</object></p>'
        '<rubricBlock view="scorer"><p>暗号</p></rubricBlock>'
    )
    files = {
        "imsmanifest.xml": manifest(resource("items/a.xml")),
        "items/a.xml": item(body + ONE, response("x1")),
        "media/图 1.png": b"PNG",
        "media/叮.mp3": b"ID3",
    }
    question = one(package(files), "notes for markers", "the layout of formulas")
    assert question.stem == "一\n二\n• 三\n1/xy²\n![流程](图-1.png)![铃声](叮.mp3)\n先做什么？"
    assert [(medium.name, medium.content) for medium in question.media] == [("图-1.png", b"PNG"), ("叮.mp3", b"ID3")]


def test_a_picture_that_is_not_there_leaves_its_words_and_is_said() -> None:
    question = one(item(f'<p><img src="a.png" alt="流程"/></p>{ONE}', response("x1")),
                   "the picture or sound a.png, which isn't in the package")  # fmt: skip
    assert (question.stem, question.media) == ("[流程]\n先做什么？", ())


def test_a_picture_within_the_file_is_taken_out() -> None:
    question = one(item(f'<p><img src="data:image/png;base64,UE5H" alt="图"/></p>{ONE}', response("x1")))
    assert (question.stem, question.media[0].content) == ("![图](image.png)\n先做什么？", b"PNG")


def test_what_the_manifest_says_of_an_item_goes_with_it() -> None:
    described = (
        '<metadata><lom xmlns="http://ltsc.ieee.org/xsd/LOM"><general><keyword><string>新人</string></keyword></general>'
        "<educational><difficulty><value>difficult</value></difficulty></educational><classification><taxonPath>"
        "<taxon><entry><string>会员</string></entry></taxon><taxon><entry><string>投诉</string></entry></taxon>"
        "</taxonPath></classification></lom></metadata>"
    )
    files = {"imsmanifest.xml": manifest(resource("a.xml", metadata=described)), "a.xml": single()}
    question = one(package(files))
    assert (question.topic, question.difficulty, question.tags) == ("会员/投诉", 3, ("新人",))


def test_key_points_stand_in_a_rubric() -> None:
    body = (
        '<p>写一写</p><rubricBlock view="scorer" class="key-points"><table>'
        "<tr><td>1.5</td><td>倾听</td><td>听</td></tr>"
        '<tr><th>分</th><td>题</td></tr></table></rubricBlock><extendedTextInteraction responseIdentifier="RESPONSE"/>'
    )
    question = one(item(body, response(base="string"), ""))
    assert question.key_points == (ReadKeyPoint("倾听", Fraction(3, 2), ("听",)),)


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
