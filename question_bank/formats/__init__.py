"""The files in which questions come and go, one module a format. Pure: bytes in, questions and problems out."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from question_bank.formats import aiken, docx, gift, json_file, moodlexml, paper, qti, tables, toml_file
from question_bank.formats.codes import ReadCode
from question_bank.formats.pictures import plain_question
from question_bank.formats.reading import Reading, ReadQuestion, Unreadable, Written, losses, refusal
from question_bank.formats.source import Source

LARGEST = 50 * 2**20
"""Bytes of a file that is read at all."""


@dataclass(frozen=True)
class Format:
    """A way to write questions down. `fits` tells whether a file is one of these; all but `write` raise Unreadable."""

    read: Callable[[Source], Reading]
    write: Callable[[Iterable[ReadQuestion]], Written]
    fits: Callable[[Source], bool]
    suffixes: tuple[str, ...]
    """How the names of such files end; the first is that of one written."""
    packed: bool | None = False
    """Whether it is a zip; None for a format that may be one."""
    has_html: bool = False
    """Whether a question's texts can be HTML in it."""


def _is_gift(source: Source) -> bool:
    """Whether braces hold answers, or are there in what isn't called anything else and is no paper with formulas."""
    if source.suffix != ".gift" and not gift.fits_surely(source) and paper.fits(source):
        return False
    return gift.fits(source)


FORMATS: Mapping[str, Format] = {
    "moodle": Format(moodlexml.read, moodlexml.write, moodlexml.fits, (".xml",)),
    "xlsx": Format(tables.read_xlsx, tables.write_xlsx, tables.is_workbook, (".xlsx",), packed=True),
    "csv": Format(tables.read_csv, tables.write_csv, tables.fits_csv, (".csv", ".tsv")),
    "docx": Format(docx.read, docx.write, docx.fits, (".docx",), packed=True),
    "qti": Format(qti.read, qti.write_21, qti.fits, (".zip", ".xml", ".imscc", ".qti"), packed=None),
    "qti21": Format(qti.read, qti.write_21, qti.fits_nothing, (".zip",), packed=None),
    "qti30": Format(qti.read, qti.write_30, qti.fits_nothing, (".zip",), packed=None),
    "json": Format(json_file.read, json_file.write, json_file.fits, (".json",), has_html=True),
    "toml": Format(toml_file.read, toml_file.write, toml_file.fits, (".toml",)),
    "aiken": Format(aiken.read, aiken.write, aiken.fits, (".txt",)),
    "gift": Format(gift.read, gift.write, _is_gift, (".gift", ".txt"), has_html=True),
    "paper": Format(paper.read, paper.write, paper.fits, (".txt", ".md")),
}
"""In the order in which a file is tried."""
KEEPS_PAPER_RULES = ("xlsx", "csv", "json", "toml")
"""Our own tables and records: they have a place for what assembling papers asks of a question."""
_UNMISTAKABLE = ("moodle", "json", "toml")
"""Nothing else looks like these; their content looks like other formats, whatever the file is called."""


def content_of(file: Path) -> bytes:
    """A file's content. Raises Unreadable for one that can't be opened or is too large to be."""
    try:
        if file.stat().st_size > LARGEST:
            raise Unreadable(ReadCode.TOO_LARGE, f"{LARGEST // 2**20} MB")
        return file.read_bytes()
    except (OSError, ValueError) as error:
        raise Unreadable(ReadCode.NOT_FOUND, str(file)) from error


def read(content: bytes, format: str | None = None, name: str = "") -> tuple[str | None, Reading]:
    """Read a file in this format, or in the one that its content is written in; gives the format's name as well.

    `name` is the file's own. It has to agree with the content only in what it says of the file as a whole: somebody who
    sends an Excel file called .csv has picked the wrong one.
    """
    if len(content) > LARGEST:
        return format, refusal(ReadCode.TOO_LARGE, f"{LARGEST // 2**20} MB")
    if not content.strip():
        return format, refusal(ReadCode.EMPTY)
    source = Source(content, name)
    try:
        format = format or _fitting(source)
        if format is None or format not in FORMATS:
            raise Unreadable(ReadCode.UNKNOWN_FORMAT, ", ".join(FORMATS))
        return format, FORMATS[format].read(source)
    except Unreadable as error:
        return format, refusal(error.code, error.detail)


def write(format: str, questions: Iterable[ReadQuestion]) -> Written:
    """Write questions in the format of this name, as plain text where it has no HTML; says what that loses as well."""
    asked, lost = FORMATS[format], Counter[str]()
    if format not in KEEPS_PAPER_RULES:
        questions = list(questions)
        lost.update("family and expected time" for one in questions if one.family or one.seconds is not None)
        questions = [replace(one, family="", seconds=None) for one in questions]
    if asked.has_html:
        written = asked.write(questions)
        return Written(written.content, (*written.problems, *losses(lost)))
    pairs = [plain_question(question) for question in questions]
    written = asked.write(question for question, _problems in pairs)
    return Written(
        written.content, (*(one for _question, some in pairs for one in some), *written.problems, *losses(lost))
    )


def _fitting(source: Source) -> str | None:
    """The format of a file by its content, those that its name speaks for first."""
    source.refuse_old_office()
    named = [one for one, format in FORMATS.items() if source.suffix in format.suffixes]
    tried = dict.fromkeys((*_UNMISTAKABLE, *named, *FORMATS))
    possible = [one for one in tried if FORMATS[one].packed in (source.is_package, None)]
    if named and not set(named) & set(possible):
        raise Unreadable(ReadCode.WRONG_SUFFIX, source.suffix)
    found = next((one for one in possible if FORMATS[one].fits(source)), None)
    if found and named and found not in named and (source.is_package or FORMATS[named[0]].packed):
        raise Unreadable(ReadCode.WRONG_SUFFIX, source.suffix)
    return found or (named[0] if len(named) == 1 else None)
