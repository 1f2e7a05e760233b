"""Writing packages of QTI: a file for each item, the pictures and sounds, and a manifest that names and describes them.

The same questions give the same bytes.
"""

import io
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import quote
from xml.sax.saxutils import escape

from question_bank.formats.codes import ReadCode
from question_bank.formats.qti.contents import MANIFEST
from question_bank.formats.qti.dialects import Dialect, tag
from question_bank.formats.qti.metadata import WRITTEN_DIFFICULTIES
from question_bank.formats.qti.values import as_points
from question_bank.formats.qti.written_items import HEADING, item_xml
from question_bank.formats.qti.written_texts import WrittenTexts
from question_bank.formats.reading import ReadProblem, ReadQuestion, Written, excerpt, losses
from question_bank.responses import Kind

_LOM = "http://ltsc.ieee.org/xsd/LOM"
_MOMENT = (1980, 1, 1, 0, 0, 0)


def write(questions: Iterable[ReadQuestion], dialect: Dialect) -> Written:
    """Write a package that `read` reads back, and say what QTI has no place for."""
    files: dict[str, bytes] = {}
    resources: list[str] = []
    problems: list[ReadProblem] = []
    lost: Counter[str] = Counter()
    for number, question in enumerate(questions, start=1):
        if why := _why_not(question):
            problems.append(ReadProblem(ReadCode.LEFT_OUT, question.place, excerpt(question.stem), why))
            continue
        identifier = f"item-{number:05d}"
        if question.name == identifier:
            identifier += "-"
        texts = WrittenTexts(question, dialect.is_new)
        path = f"items/{identifier}.xml"
        files[path] = item_xml(question, identifier, dialect, texts).encode()
        described = "".join(_described(question, texts))
        resources.append(_resource(identifier, path, described, [path, *texts.files], dialect))
        files.update(texts.files)
        lost.update(texts.lost | set(_lost(question, texts)))
    manifest = _manifest(resources, dialect)
    return Written(_zipped({MANIFEST: manifest.encode(), **files}), (*problems, *losses(lost)))


def _why_not(question: ReadQuestion) -> str:
    if not question.stem:
        return "it has no words"
    if question.kind is Kind.TRUE_FALSE:
        return "" if question.correct is not None else "a question without a key"
    if question.kind is Kind.SHORT_ANSWER:
        return ""
    if not 1 < len(question.choices) <= 26:
        return "it has fewer than two choices, or more than 26"
    return "" if any(one.correct for one in question.choices) else "a question without a key"


def _lost(question: ReadQuestion, texts: WrittenTexts) -> Iterator[str]:
    if {one.name for one in question.media} - texts.shown:
        yield "pictures and sounds that stand in no text"
    for words in (question.topic or "", *question.tags):
        if words != words.strip():
            yield "spaces around topics and tags"
    if question.points != as_points(question.points):
        yield "points of 0 or beyond all measure"
    if "" in question.tags or question.topic == "" or question.name == "":
        yield "names without a letter"


def _manifest(resources: Iterable[str], dialect: Dialect) -> str:
    head = tag("schema", {}, dialect.schema) + tag("schemaversion", {}, dialect.schema_version)
    parts = (tag("metadata", {}, head), tag("organizations", {}), tag("resources", {}, *resources))
    return HEADING + dialect.manifest("jieye-questions", *parts)


def _resource(identifier: str, path: str, described: str, files: Iterable[str], dialect: Dialect) -> str:
    metadata = tag("metadata", {}, tag("lom", {"xmlns": _LOM}, described)) if described else ""
    attributes = {"identifier": f"resource-{identifier}", "type": dialect.item_type, "href": path}
    return tag("resource", attributes, metadata, *(tag("file", {"href": quote(one)}) for one in files))


def _described(question: ReadQuestion, texts: WrittenTexts) -> Iterator[str]:
    """What QTI leaves to the metadata: keywords, the difficulty, and the topic as a discipline."""
    if question.tags:
        yield tag("general", {}, *(tag("keyword", {}, tag("string", {}, _words(one, texts))) for one in question.tags))
    if question.difficulty is not None:
        said = _vocabulary(WRITTEN_DIFFICULTIES[question.difficulty])
        yield tag("educational", {}, tag("difficulty", {}, said))
    if question.topic:
        entry = tag("taxon", {}, tag("entry", {}, tag("string", {}, _words(question.topic, texts))))
        path = tag("taxonPath", {}, tag("source", {}, tag("string", {}, "Jieye")), entry)
        yield tag("classification", {}, tag("purpose", {}, _vocabulary("discipline")), path)


def _vocabulary(value: str) -> str:
    return tag("source", {}, "LOMv1.0") + tag("value", {}, value)


def _words(text: str, texts: WrittenTexts) -> str:
    return escape(texts.clean(text))


def _zipped(files: Mapping[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as package:
        for name, content in files.items():
            member = zipfile.ZipInfo(name, _MOMENT)
            member.external_attr = 0o644 << 16
            # Pictures and sounds are packed already.
            packing = zipfile.ZIP_DEFLATED if name.endswith(".xml") else zipfile.ZIP_STORED
            package.writestr(member, content, packing)
    return written.getvalue()
