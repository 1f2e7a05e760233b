"""What each line of a paper is: a heading, a question's number, a choice, a field, or more of what came before."""

import re
from string import ascii_uppercase

from question_bank.formats import answers, options
from question_bank.formats.codes import ReadCode
from question_bank.formats.paper import below
from question_bank.formats.paper.drafts import Draft, Paper, Section
from question_bank.formats.paper.fields import field_of, parts
from question_bank.formats.paper.headings import Heading, chapter_of, heading_of
from question_bank.formats.paper.keys import give, keys_in
from question_bank.formats.paper.numbers import UNNUMBERED, Number, number_of
from question_bank.formats.paper.points import has_worth
from question_bank.formats.reading import ReadProblem, excerpt
from question_bank.responses import Kind

CHOICE = re.compile(
    r"(?P<sign>[√✓✔☑☒☐□■★]\s*)?"
    r"(?:[（(]\s*(?P<bracketed>[A-ZＡ-Ｚ])\s*[)）]|(?P<plain>[A-ZＡ-Ｚ])(?:\s*[.．、:：)）]|(?P<spaced>\s{2,}|\u3000))"
    r"|[（(](?P<small_bracketed>[a-z])[)）]|(?P<small>[a-z])(?:[)）、]|[.．](?=[\s\u4e00-\u9fff])))\s*"
)
_SEPARATOR = re.compile(r"[-=*_—–＿＝~·.…─━\s]{3,}")
_KEY_BEFORE = re.compile(
    r"[（(]\s*(?P<key>[A-ZＡ-Ｚ]{1,8}|[√✓✔×✗✘对错]|正确|错误)?\s*[)）]\s*(?=(?:第\s*)?[0-9０-９]{1,5}\s*[题.．、])"
)
_KEY_IN_BRACKET = re.compile(r"[（(]\s*[A-ZＡ-Ｚ]\s*[)）]\s*")


_FIRST = re.compile(r"(?<=[\s?？:：。）)])(?:[（(]\s*[AＡa]\s*[)）]|[AＡ]\s*[.．、:：]|[Aa]\))\s*(?=\S)")

_SECOND = re.compile(r"(?<![A-Za-z0-9])(?:[（(]\s*[BＢb]\s*[)）]|[BＢ]\s*[.．、:：]|[Bb]\))")


def _label_after(letter: str, spaced: bool) -> re.Pattern[str]:
    following = f"{chr(ord(letter) + 1)}{chr(ord(letter) + 1 - ord('A') + ord('Ａ'))}"
    if letter == "Z":
        return re.compile("(?!)")
    gap = r"|\s{2}|\u3000" if spaced else ""
    return re.compile(rf"(?<![A-Za-z0-9])(?:[（(]\s*[{following}]\s*[)）]|[{following}](?:\s*[.．、:：)）]{gap}))")


def _small_label_after(letter: str) -> re.Pattern[str]:
    following = chr(ord(letter) + 1).lower()
    return re.compile(rf"(?<![A-Za-z0-9])(?:[（(]{following}[)）]|{following}(?:[)）、]|[.．](?=[\s\u4e00-\u9fff])))")


_LABELS = {letter: _label_after(letter, spaced=False) for letter in ascii_uppercase}
"""How the choice after this one begins, where it stands in the same line."""
_SPACED_LABELS = {letter: _label_after(letter, spaced=True) for letter in ascii_uppercase}
"""The same where nothing but space follows the letters."""
_SMALL_LABELS = {letter: _small_label_after(letter) for letter in ascii_uppercase[:-1]}
_PAGE = re.compile(r"[-—]?\s*[0-9]{1,4}\s*[-—]?")
_PAGE_IN_WORDS = re.compile(r"第\s*[0-9]{1,4}\s*页.{0,12}|[Pp]age\s+[0-9]{1,4}(?:\s*(?:of|/)\s*[0-9]{1,4})?")
_TRUE_OR_FALSE = re.compile(
    r"[（(]?(?:True|T|正确|对|√)\s*(?:/|或|or|[（(]\s*[)）]|\s)\s*(?:False|F|错误|错|×)\s*[)）?？]?", re.IGNORECASE
)


def take(paper: Paper, place: str, line: str) -> None:
    """Take one line that isn't empty."""
    has_begun = below.has_begun(paper)
    heading = heading_of(line, before_keys=has_begun or paper.is_below)
    if heading and _takes_heading(paper, place, heading):
        return
    if (chapter := chapter_of(line)) is not None and not (number_of(line) or has_begun):
        _take_chapter(paper, place, line, chapter)
        return
    if below.begins(paper, line):
        below.begin(paper)
        return
    is_open = bool(paper.drafts) and below.is_open(paper.drafts[-1])
    if is_open and _is_entry(line):
        below.begin(paper)
    keys = keys_in(line, even_one=is_open or paper.after_keys) if paper.drafts else []
    paper.after_keys = bool(keys)
    if keys:
        if is_open:
            below.begin(paper)
        give(paper, place, keys)
    elif paper.is_below:
        below.take(paper, place, line)
    elif not (paper.drafts and _is_separator(paper.drafts[-1], line)):
        for part in parts(line):
            _take(paper, place, part)


def _is_entry(line: str) -> bool:
    """Whether a line is the first of the keys below a paper: 1.【答案】B."""
    number = number_of(line)
    return bool(number and field_of(number.rest)[0] == "answer")


def _takes_heading(paper: Paper, place: str, heading: Heading) -> bool:
    if below.has_begun(paper):
        below.begin(paper)
    if paper.is_below and below.takes_heading(paper, place, heading):
        return True
    paper.is_below, paper.fresh = False, True
    paper.kind, paper.points = heading.kind, heading.points
    paper.sections.append(Section(heading.kind, heading.ordinal))
    return True


def _take_chapter(paper: Paper, place: str, line: str, chapter: str) -> None:
    """Take the heading of a chapter, which its questions have for a topic; any other title is passed over."""
    if paper.is_below:
        return
    paper.fresh, paper.chapter = True, chapter or paper.chapter
    if not chapter:
        _pass_over(paper, place, line)


def _is_page(draft: Draft | None, line: str) -> bool:
    """Whether a line is the number of a page, which came along when somebody copied a PDF."""
    if _PAGE_IN_WORDS.fullmatch(line):
        return True
    return bool(draft and draft.choices and draft.fields and not draft.awaits_text and _PAGE.fullmatch(line))


def _is_separator(draft: Draft, line: str) -> bool:
    """Whether it only parts one question from the next, or is a place to write on."""
    return bool(_SEPARATOR.fullmatch(line)) and draft.current is not draft.stem


def _take(paper: Paper, place: str, line: str) -> None:
    """Take a line, or a part of one, of the paper itself."""
    draft = paper.drafts[-1] if paper.drafts else None
    name, rest = field_of(line)
    if draft and name == "choices":
        _take_listed(draft, rest)
        return
    if draft and name and paper.fresh and name in draft.fields:
        _pass_over(paper, place, line)
        return
    if draft and name:
        draft.begin(name)
        if rest:
            draft.current.append(rest)
        return
    key, line = _key_before(line, draft)
    if found := _unnumbered(line, draft) or _number(paper, line, None if paper.fresh else draft):
        paper.fresh = False
        draft = Draft(
            found.value, found.style, place, paper.kind, paper.points, chapter=paper.chapter, indent=paper.indent
        )
        draft.current = draft.stem
        draft.fields |= {"answer": [key]} if key else {}
        paper.add(draft)
        _take_text(draft, found.rest)
    elif draft and not draft.awaits_text and (choices := _split_choices(line, draft)):
        for letter, text in choices:
            draft.choices.append((letter, [text]))
            draft.current = draft.choices[-1][1]
    elif draft and draft.current is draft.stem and _TRUE_OR_FALSE.fullmatch(line):
        draft.kind = draft.kind or Kind.TRUE_FALSE
    elif draft and not paper.fresh and not _is_page(draft, line):
        draft.current.append(line)
    else:
        _pass_over(paper, place, line)


def _take_listed(draft: Draft, text: str) -> None:
    """Take choices that stand together behind 选项：, by their letters or with a sign between them."""
    listed = _split_choices(text, draft) or list(zip(ascii_uppercase, options.split(text), strict=False))
    for letter, words in listed:
        draft.choices.append((letter, [words]))
        draft.current = draft.choices[-1][1]


def _unnumbered(line: str, draft: Draft | None) -> Number | None:
    """The beginning of a question that says 题目： instead of a number, where the one before has all it needs."""
    found = UNNUMBERED.match(line) if line.startswith(("题", "问", "试")) else None
    if not found or (draft and not (draft.choices or draft.fields)):
        return None
    return Number(draft.number + 1 if draft else 1, "unnumbered", line[found.end() :], is_bare=False)


def _pass_over(paper: Paper, place: str, line: str) -> None:
    """Say of a line that it belongs to no question; of several before the first one in one word."""
    if not paper.drafts and paper.problems and paper.problems[-1].code is ReadCode.NOT_A_QUESTION:
        first = paper.problems.pop()
        place, line = first.place, f"{first.excerpt} {line}"
    paper.problems.append(ReadProblem(ReadCode.NOT_A_QUESTION, place, excerpt(line)))


def _key_before(line: str, draft: Draft | None) -> tuple[str, str]:
    """A key in a bracket before the number, and the line without it: （√）1. 工单当天关闭。"""
    found = _KEY_BEFORE.match(line)
    if not found or (draft and draft.choices and _KEY_IN_BRACKET.match(line)):
        return "", line
    return found["key"] or "", line[found.end() :]


def _number(paper: Paper, line: str, draft: Draft | None) -> Number | None:
    """The number that begins a question; None where none begins."""
    found = number_of(line)
    if not found or (found.is_bare and found.value != (draft.number + 1 if draft else 1)):
        return None  # such as a year
    if found.is_tight and draft and found.value != draft.number + 1:
        return None  # such as 3．5
    if draft and (draft.awaits_text or draft.in_explanation) and paper.indent > draft.indent + 1:
        return None  # set in as a list within an answer is
    last = _last_point(draft, found) if draft else 0
    if draft and not draft.may_be_followed_by(found.style, found.value, last):
        return None  # a numbered point within an answer, or within a question
    if draft and draft.awaits_text and last and found.value == last + 1 and has_worth(found.rest):
        return None  # the next of the points, which happens to have the next question's number
    return found


def _last_point(draft: Draft, found: Number) -> int:
    """The last number of this style in the text that is being read; 0 without."""
    if not (draft.in_explanation or draft.awaits_text):
        return 0
    numbers = (number_of(line) for line in reversed(draft.current[-20:]))
    return next((one.value for one in numbers if one and one.style == found.style), 0)


def _take_text(draft: Draft, text: str) -> None:
    """The words after the number, and perhaps the choices in the same line."""
    start = _FIRST.search(text)
    within_bracket = start and text[: start.start()].rstrip().endswith(("（", "(", "【", "["))
    if start and not within_bracket and _SECOND.search(text, start.end()):
        text, rest = text[: start.start()].strip(), text[start.start() :]
        for letter, words in _split_choices(rest, draft):
            draft.choices.append((letter, [words]))
            draft.current = draft.choices[-1][1]
    if text.strip():
        draft.stem.append(text.strip())


def _split_choices(line: str, draft: Draft) -> list[tuple[str, str]]:
    """The choices in a line, one or several; none where it doesn't begin with one."""
    found = CHOICE.match(line)
    if not found:
        return []
    if found["spaced"] and answers.folded(found["plain"]) != chr(ord("A") + len(draft.choices)):
        return []  # a letter that stands alone counts where it is the next
    small = found["small"] or found["small_bracketed"]
    if small and small.upper() != chr(ord("A") + len(draft.choices)):
        return []
    labels = _SMALL_LABELS if small else _SPACED_LABELS if found["spaced"] else _LABELS
    choices: list[tuple[str, str]] = []
    while found:
        letter = answers.folded(next(filter(None, found.group("bracketed", "plain", "small", "small_bracketed"))))
        rest = line[found.end() :]
        coming = labels[letter].search(rest) if letter in labels else None
        words = (found["sign"] or "").strip() + (rest[: coming.start()] if coming else rest).strip(" ；;")
        choices.append((letter, words))
        line = rest[coming.start() :] if coming else ""
        found = CHOICE.match(line)
    return choices
