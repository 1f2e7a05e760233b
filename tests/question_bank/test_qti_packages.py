"""Packages of QTI, good and hostile: what is read of them, in which order, and the one reason for a refusal."""

import struct
import time
import zipfile
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from question_bank import formats
from question_bank.formats import FORMATS
from question_bank.formats.codes import ReadCode
from question_bank.formats.qti.scoring import score
from question_bank.formats.reading import Medium, ReadAnswer, Reading, ReadQuestion
from question_bank.formats.source import Source
from question_bank.items import Kind
from tests.question_bank.qti_samples import interop, manifest, old, package, resource, single

GOOD = {"imsmanifest.xml": manifest(resource("a.xml")), "a.xml": single()}
MAC = {"__MACOSX/._imsmanifest.xml": b"\0\5\x16\7", "__MACOSX/._a.xml": b"\0\5\x16\7", "._a.xml": b"\0\5\x16\7"}


def read(content: bytes, name: str = "") -> Reading:
    return formats.read(content, None, name)[1]


def places(content: bytes) -> list[str]:
    reading = read(content)
    assert reading.problems == () or all(problem.code is ReadCode.NOT_KEPT for problem in reading.problems)
    return [question.place for question in reading.questions]


def told(content: bytes) -> list[tuple[str, ReadCode]]:
    return [(one.place, one.code) for one in read(content).problems if one.code is not ReadCode.NOT_KEPT]


def test_what_a_mac_adds_is_passed_over() -> None:
    assert places(package({**MAC, **GOOD})) == ["item a.xml"]


def test_a_package_may_stand_in_one_folder() -> None:
    assert places(package({f"题库/{name}": content for name, content in GOOD.items()})) == ["item 题库/a.xml"]


def test_items_come_in_the_order_of_the_test_then_of_the_manifest_then_of_the_package() -> None:
    exam = (
        '<assessmentTest xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="T"><testPart><assessmentSection>'
        '<assessmentItemRef identifier="I1" href="../items/c.xml"/>'
        '<assessmentItemRef identifier="I2" href="../items/a.xml"/>'
        "</assessmentSection></testPart></assessmentTest>"
    )
    files = {
        "forgotten.xml": single(),
        "imsmanifest.xml": manifest(
            resource("items/a.xml"), resource("items/b.xml"), resource("items/c.xml"),
            resource("tests/t.xml", "imsqti_test_xmlv2p1"),
        ),
        "tests/t.xml": exam, "items/a.xml": single(), "items/b.xml": single(), "items/c.xml": single(),
    }  # fmt: skip
    assert places(package(files)) == ["item items/c.xml", "item items/a.xml", "item items/b.xml", "item forgotten.xml"]


def test_the_form_that_canvas_writes_for_others_is_not_read_twice() -> None:
    content = interop(old("", kind="text_only_question"))
    files = {
        "imsmanifest.xml": manifest(
            resource("q/assessment_qti.xml", "imsqti_xmlv1p2/imscc_xmlv1p1/assessment"),
            resource("non_cc_assessments/q.xml.qti", "associatedcontent/imscc_xmlv1p1/learning-application-resource"),
        ),
        "q/assessment_qti.xml": content, "non_cc_assessments/q.xml.qti": content,
    }  # fmt: skip
    assert told(package(files)) == [("item i1", ReadCode.UNSUPPORTED_KIND)]


@pytest.mark.parametrize(
    "href", ["missing.xml", "../a.xml", "/etc/passwd", "http://127.0.0.1:9/a.xml", "file:///etc/passwd"]
)
def test_a_manifest_that_names_what_is_not_there_takes_nothing_else_with_it(href: str) -> None:
    files = {"imsmanifest.xml": manifest(resource(href), resource("a.xml")), "a.xml": single()}
    assert told(package(files)) == [(f"item {href}", ReadCode.FILE_MISSING)]
    assert len(read(package(files)).questions) == 1


ENTITIES = '<!DOCTYPE a [<!ENTITY x "y"><!ENTITY z "&x;&x;&x;">]>'


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("<assessmentItem", ReadCode.BAD_XML),
        ("<html/>", ReadCode.NOT_A_QUESTION),
        (single().replace("?>", "?>" + ENTITIES, 1).replace("会员", "&z;"), ReadCode.ENTITIES),
        (single().replace("?>", '?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>', 1).replace("会员", "&x;"),
         ReadCode.ENTITIES),
        (single().replace("<itemBody>", "<itemBody>" + "<div>" * 3000), ReadCode.BAD_XML),
    ],
    ids=["cut off", "something else", "laughs", "external", "deep"],
)  # fmt: skip
def test_one_bad_item_is_named_and_the_next_one_is_read(content: str, code: ReadCode) -> None:
    files = {"imsmanifest.xml": manifest(resource("bad.xml"), resource("a.xml")), "bad.xml": content, "a.xml": single()}
    assert told(package(files)) == [("item bad.xml", code)]
    assert len(read(package(files)).questions) == 1


def test_a_prefix_that_nothing_declares_is_part_of_the_name() -> None:
    content = single().replace("qti_v2p1", "qtiasi_v3p0").replace("assessmentItem", "qti-assessment-item")
    content = content.replace("identifier=", 'max-choices:xsi="x" identifier=', 1).replace("<b>", "<x:b/><b>")
    assert formats.read(content.encode())[1].problems


SEEDS = [single().encode(), package(GOOD), interop(old("", kind="essay_question")).encode()]


@given(st.sampled_from(SEEDS), st.lists(st.tuples(st.integers(0, 10**4), st.binary(max_size=8)), max_size=5))
def test_whatever_is_changed_in_a_file_it_is_read_or_refused(content: bytes, changes: list[tuple[int, bytes]]) -> None:
    changed = bytearray(content)
    for at, bytes_there in changes:
        changed[at % len(content) : at % len(content) + 4] = bytes_there
    _found, reading = formats.read(bytes(changed), "qti")
    assert reading.questions or reading.problems
    scored = score(Source(bytes(changed)), b'{"q1": [["x1"]]}')
    assert scored.refused or "q1" in scored.scores


def test_a_dtd_elsewhere_is_not_looked_for() -> None:
    content = single().replace("?>", '?><!DOCTYPE assessmentItem SYSTEM "http://127.0.0.1:9/a.dtd">', 1)
    assert len(read(content.replace("会员", "会员&nbsp;").encode()).questions) == 1


def locked() -> bytes:
    content = bytearray(package(GOOD))
    for signature, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = content.find(signature)
        while at >= 0:
            content[at + offset] |= 1
            at = content.find(signature, at + 4)
    return bytes(content)


def lying() -> bytes:
    """A package that says it is four gigabytes large."""
    content = bytearray(package(GOOD))
    at = content.rfind(b"PK\x01\x02")
    content[at + 24 : at + 28] = struct.pack("<I", 2**32 - 2)
    return bytes(content)


def nameless() -> bytes:
    """A package with a file whose name became its comment."""
    content = bytearray(package(GOOD))
    at = content.rfind(b"PK\x01\x02")
    content[at + 28 : at + 34] = struct.pack("<HHH", 0, 0, 5)
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (package({"a.xml": single()}), ReadCode.NO_MANIFEST),
        (package({"x/y/imsmanifest.xml": GOOD["imsmanifest.xml"]}), ReadCode.NO_MANIFEST),
        (package({"x/imsmanifest.xml": "", "y/imsmanifest.xml": ""}), ReadCode.BAD_MANIFEST),
        (package({**GOOD, "imsmanifest.xml": "<manifest>"}), ReadCode.BAD_MANIFEST),
        (package({**GOOD, "imsmanifest.xml": "<html/>"}), ReadCode.BAD_MANIFEST),
        (package({**GOOD, "imsmanifest.xml": ENTITIES + GOOD["imsmanifest.xml"]}), ReadCode.ENTITIES),
        (package({"imsmanifest.xml": manifest()}), ReadCode.EMPTY),
        (package({**GOOD, "../../etc/cron.d/x": b"x"}), ReadCode.UNSAFE_NAME),
        (package({**GOOD, "/etc/passwd": b"x"}), ReadCode.UNSAFE_NAME),
        (package({**GOOD, "C:\\x": b"x"}), ReadCode.UNSAFE_NAME),
        (package({**GOOD, "..\\x": b"x"}), ReadCode.UNSAFE_NAME),
        (package({**GOOD, "more.zip": package(GOOD)}), ReadCode.NESTED_PACKAGE),
        (package({**GOOD, "big.xml": bytes(3 * 2**20)}), ReadCode.UNPACKS_TOO_LARGE),
        (package(GOOD)[:-30], ReadCode.DAMAGED),
        (package(GOOD)[57:], ReadCode.NOT_TEXT),
        (nameless(), ReadCode.DAMAGED),
        (package(GOOD)[:4] + package(GOOD)[61:], ReadCode.DAMAGED),
        (locked(), ReadCode.LOCKED),
        (lying(), ReadCode.UNPACKS_TOO_LARGE),
        (manifest().encode(), ReadCode.NOT_A_PACKAGE),
        (b'<assessmentTest xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1"/>', ReadCode.EMPTY),
        (b"<questestinterop/>", ReadCode.EMPTY),
        (b"<questestinterop><item>", ReadCode.BAD_XML),
    ],
    ids=["no manifest", "deep", "several", "cut off", "no manifest inside", "entities", "nothing in it", "slip",
         "absolute", "drive", "backslash", "nested", "bomb", "truncated", "headless", "nameless", "shortened", "locked",
         "lying", "manifest alone", "test alone", "empty", "bad"],
)  # fmt: skip
def test_what_can_not_be_trusted_is_refused_with_one_reason(content: bytes, code: ReadCode) -> None:
    found, reading = formats.read(content)
    assert reading.refused
    assert [problem.code for problem in reading.problems] == [code]
    assert reading.problems[0].message
    assert found in ("qti", None)


def test_a_package_is_told_from_one_of_office_and_from_a_wrong_name() -> None:
    assert read(package({"[Content_Types].xml": "<a/>", "a.xml": "<a/>"}), "a.zip").refused
    assert read(package(GOOD), "a.docx").problems[0].code is ReadCode.WRONG_SUFFIX
    assert len(read(package(GOOD), "a.zip").questions) == 1


def test_names_in_gbk_are_readable() -> None:
    written = BytesIO()
    with zipfile.ZipFile(written, "w") as packed:
        packed.writestr("imsmanifest.xml", manifest(resource("题.xml")))
        packed.writestr("tttt.xml", single())
    content = written.getvalue().replace(b"tttt.xml", "题题.xml".encode("gbk"))
    assert [one.place for one in read(content).questions] == ["item 题题.xml"]


@pytest.mark.parametrize("name", ["qti21", "qti30"])
def test_the_same_questions_are_the_same_bytes_with_each_picture_once(name: str) -> None:
    picture = Medium("图.png", b"PNG")
    question = ReadQuestion(Kind.TRUE_FALSE, "对吗？![图](图.png)", "", correct=True, media=(picture,))
    written = FORMATS[name].write([question, question])
    assert written == FORMATS[name].write([question, question])
    members = zipfile.ZipFile(BytesIO(written.content)).infolist()
    assert sum(member.filename.endswith("/图.png") for member in members) == 1
    assert {member.date_time for member in members} == {(1980, 1, 1, 0, 0, 0)}


def test_what_has_no_place_is_said_when_it_is_written() -> None:
    picture = Medium("a.png", b"PNG")
    questions = [
        ReadQuestion(Kind.TRUE_FALSE, "对吗？", "row 2"),
        ReadQuestion(Kind.TRUE_FALSE, "对\t吗\x01？", "row 3", correct=True, media=(picture,), tags=(" 新",)),
    ]
    written = FORMATS["qti21"].write(questions)
    assert [(one.code, one.place, one.detail) for one in written.problems] == [
        (ReadCode.LEFT_OUT, "row 2", "a question without a key"),
        (ReadCode.NOT_KEPT, "file", "pictures and sounds that stand in no text (of 1)"),
        (ReadCode.NOT_KEPT, "file", "spaces around topics and tags (of 1)"),
        (ReadCode.NOT_KEPT, "file", "tabs, several empty lines, and characters that XML has no place for (of 1)"),
    ]
    assert [one.stem for one in FORMATS["qti"].read(Source(written.content)).questions] == ["对 吗？"]


def test_our_own_patterns_mark_as_their_wordings_do() -> None:
    question = ReadQuestion(Kind.SHORT_ANSWER, "写", "", answers=(ReadAnswer("先*听\\*", case_sensitive=True),))
    written = FORMATS["qti30"].write([question])
    again = FORMATS["qti"].read(Source(written.content))
    assert again.questions[0].answers == question.answers


def test_many_items_take_time_in_proportion() -> None:
    files = {f"{number}.xml": single() for number in range(300)}
    started = time.perf_counter()
    assert len(read(package({"imsmanifest.xml": manifest(*map(resource, files)), **files})).questions) == 300
    assert time.perf_counter() - started < 10
