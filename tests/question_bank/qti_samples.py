"""Items and packages of QTI of our own making, and what is read of them in short."""

import io
import zipfile
from collections.abc import Mapping
from fractions import Fraction

from question_bank import formats
from question_bank.formats.codes import ReadCode
from question_bank.formats.reading import Reading, ReadQuestion

HALF, THIRD = Fraction(1, 2), Fraction(1, 3)
LOOKS = "bold, italics and colours"
NEW = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
MATCH = '<responseProcessing template="http://www.imsglobal.org/question/qti_v2p1/rptemplates/match_correct"/>'
MAP = '<responseProcessing template="http://www.imsglobal.org/question/qti_v2p1/rptemplates/map_response"/>'
SCORE = '<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/>'
CHOICES = (
    '<choiceInteraction responseIdentifier="RESPONSE" shuffle="true" maxChoices="{most}"><prompt>先做什么？</prompt>'
    '<simpleChoice identifier="x1">先<b>倾听</b></simpleChoice><simpleChoice identifier="x2">先解释</simpleChoice>'
    '<simpleChoice identifier="x3">先登记</simpleChoice></choiceInteraction>'
)
ONE, ANY = CHOICES.format(most=1), CHOICES.format(most=0)
TRUTHS = (
    '<choiceInteraction responseIdentifier="RESPONSE" maxChoices="1"><prompt>工单当天关闭。</prompt>{}'
    "</choiceInteraction>"
)
TWO = '<simpleChoice identifier="a">{}</simpleChoice><simpleChoice identifier="b">{}</simpleChoice>'
GAP = '<p>先<textEntryInteraction responseIdentifier="RESPONSE"/>再登记。</p>'


def item(body: str, response: str = "", rules: str = MATCH, outcomes: str = SCORE, after: str = "",
         identifier: str = "q1", title: str = "投诉", version: str = "2p1", more: str = "") -> str:  # fmt: skip
    """An item of QTI 2.x."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v{version}" '
        f'identifier="{identifier}" title="{title}" adaptive="false" timeDependent="false" {more}>'
        f"{response}{outcomes}<itemBody>{body}</itemBody>{rules}{after}</assessmentItem>"
    )


def response(*correct: str, cardinality: str = "single", base: str = "identifier", mapping: str = "") -> str:
    """What an item of QTI 2.x asks for, with its key."""
    values = "".join(f"<value>{one}</value>" for one in correct)
    key = f"<correctResponse>{values}</correctResponse>" if correct else ""
    return (
        f'<responseDeclaration identifier="RESPONSE" cardinality="{cardinality}" baseType="{base}">'
        f"{key}{mapping}</responseDeclaration>"
    )


def mapping(bounds: str = "", case: str = "", **worth: str) -> str:
    """Points for answers."""
    entries = (f'<mapEntry mapKey="{key}" mappedValue="{size}" {case}/>' for key, size in worth.items())
    return f"<mapping {bounds}>{''.join(entries)}</mapping>"


def single(**more: str) -> str:
    """A single choice, of which x1 is right."""
    return item(f"<p>会员投诉。</p>{CHOICES.format(most=1)}", response("x1"), **more)


def new_item(body: str, declared: str, rules: str) -> str:
    """An item of QTI 3.0."""
    return (
        f'<qti-assessment-item xmlns="{NEW}" identifier="q3" title="投诉" time-dependent="false">{declared}'
        '<qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float"/>'
        f"<qti-item-body>{body}</qti-item-body>{rules}</qti-assessment-item>"
    )


def old(presentation: str, rules: str = "", kind: str = "", feedback: str = "", ident: str = "i1") -> str:
    """An item of QTI 1.2 as Canvas writes it."""
    label = "<qtimetadatafield><fieldlabel>{}</fieldlabel><fieldentry>{}</fieldentry></qtimetadatafield>"
    fields = label.format("question_type", kind) + label.format("points_possible", "2.0")
    return (
        f'<item ident="{ident}" title="投诉"><itemmetadata><qtimetadata>{fields}</qtimetadata></itemmetadata>'
        f'<presentation><material><mattext texttype="text/html">&lt;p&gt;先做什么？&lt;/p&gt;</mattext></material>'
        f'{presentation}</presentation><resprocessing><outcomes><decvar maxvalue="100" minvalue="0" '
        f'varname="SCORE" vartype="Decimal"/></outcomes>{rules}</resprocessing>{feedback}</item>'
    )


def old_choices(*texts: str, cardinality: str = "Single") -> str:
    """The choices of an item of QTI 1.2; the first is called 11, the next 12."""
    labels = "".join(
        f'<response_label ident="{number}"><material><mattext>{text}</mattext></material></response_label>'
        for number, text in enumerate(texts, start=11)
    )
    return (
        f'<response_lid ident="r" rcardinality="{cardinality}"><render_choice>{labels}</render_choice></response_lid>'
    )


def when(condition: str, points: str = "", feedback: str = "", more: str = 'continue="No"', action: str = "Set") -> str:
    """A condition of QTI 1.2 with what follows."""
    change = f'<setvar action="{action}" varname="SCORE">{points}</setvar>' if points else ""
    shown = f'<displayfeedback feedbacktype="Response" linkrefid="{feedback}"/>' if feedback else ""
    return f"<respcondition {more}><conditionvar>{condition}</conditionvar>{change}{shown}</respcondition>"


def equals(answer: str, more: str = "") -> str:
    """A condition: that the answer is this one."""
    return f'<varequal respident="r" {more}>{answer}</varequal>'


def said(ident: str, text: str) -> str:
    """A feedback of QTI 1.2."""
    inside = f"<flow_mat><material><mattext>{text}</mattext></material></flow_mat>"
    return f'<itemfeedback ident="{ident}">{inside}</itemfeedback>'


def interop(*items: str) -> str:
    """A file of QTI 1.2."""
    return (
        '<questestinterop xmlns="http://www.imsglobal.org/xsd/ims_qtiasiv1p2"><assessment ident="a" title="卷">'
        f'<section ident="s">{"".join(items)}</section></assessment></questestinterop>'
    )


def resource(href: str, kind: str = "imsqti_item_xmlv2p1", metadata: str = "") -> str:
    """A resource of a manifest."""
    return f'<resource identifier="R-{href}" type="{kind}" href="{href}">{metadata}<file href="{href}"/></resource>'


def manifest(*resources: str) -> str:
    """A manifest."""
    return (
        '<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" identifier="M"><organizations/>'
        f"<resources>{''.join(resources)}</resources></manifest>"
    )


def package(files: Mapping[str, str | bytes]) -> bytes:
    """A zip of these files."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return written.getvalue()


def read(content: str | bytes, name: str = "") -> Reading:
    """What is read of a file, which tells by itself that it is QTI."""
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
    """What is said of a file, but for its looks."""
    return [(problem.code, problem.detail) for problem in read(content).problems if problem.detail != LOOKS]


def key(question: ReadQuestion) -> list[tuple[str, bool, Fraction]]:
    """Each choice, whether it is right, and its share."""
    return [(choice.id, choice.correct, choice.fraction) for choice in question.choices]
