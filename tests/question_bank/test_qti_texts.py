"""What QTI says of an item besides its key: points, feedback, texts and pictures, topic and rubric."""

from fractions import Fraction

import pytest

from question_bank.formats.reading import ReadKeyPoint
from question_bank.items import Kind
from tests.question_bank.qti_samples import (
    ANY,
    CHOICES,
    ONE,
    SCORE,
    TRUTHS,
    TWO,
    item,
    manifest,
    mapping,
    one,
    package,
    resource,
    response,
    single,
)


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
