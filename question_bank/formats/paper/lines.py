"""What each line of a paper is: a heading, a question's number, a choice, a field, or more of what came before."""

import re
from fractions import Fraction
from string import ascii_uppercase

from question_bank.formats import answers
from question_bank.formats.paper.drafts import Draft, Paper
from question_bank.formats.paper.keys import takes_keys
from question_bank.formats.reading import ReadCode, ReadProblem, excerpt

_SECTION = re.compile(
    r"(?:第?[一二三四五六七八九十]{1,3}(?:[、.．:：]|部分|大题)|[=＝\-—*#]{2,}[<＜]*)\s*(?P<what>.+?)[>＞]*[=＝\-—*#]*"
)
_BARE_SECTION = re.compile(
    r"(?P<what>(?:单项|多项|不定项)?(?:单选|多选|判断|选择|简答|问答|论述|填空)题?)\s*(?:[（(].*[)）])?[:：]?"
)
_EACH = re.compile(r"每(?:小)?(?:题|空)\s*([0-9]{1,4}(?:\.[0-9]{1,3})?)\s*分")
NUMBER = re.compile(
    r"(?:第\s*(?P<ordinal>[0-9０-９]{1,5})\s*题\s*[.．、:：]?"
    r"|[（(]\s*(?P<bracketed>[0-9０-９]{1,5})\s*[)）]\s*[.．、]?"
    r"|(?P<plain>[0-9０-９]{1,5})\s*(?:[、.．)）:：]|(?P<bare>\s))(?![0-9０-９]))\s*"
)
CHOICE = re.compile(r"(?:[（(]\s*(?P<bracketed>[A-ZＡ-Ｚ])\s*[)）]|(?P<plain>[A-ZＡ-Ｚ])\s*[.．、:：)）])\s*")
_FIELDS = {
    "answer": "正确答案|标准答案|参考答案|答案|答题要点|采分点|评分标准|得分点|答",
    "explanation": "答案解析|试题解析|解析|说明",
    "difficulty": "难度(?:等级|系数)?",
    "topic": "知识点|考点|章节|所属章节",
    "points": "分值|分数|得分",
    "tags": "标签",
}
_FIELD = re.compile(
    r"(?:[【\[](?P<boxed>{names})[】\]]\s*[:：]?|(?P<plain>{names})\s*[:：])\s*".format(
        names="|".join(_FIELDS.values())
    )
)
_KIND_IN_STEM = re.compile(r"[\[【（(]\s*(?P<kind>单选|多选|判断|简答|问答|填空|单项选择|多项选择)题?\s*[\]】)）]\s*")


def _label_after(letter: str) -> re.Pattern[str]:
    following = f"{chr(ord(letter) + 1)}{chr(ord(letter) + 1 - ord('A') + ord('Ａ'))}"
    mark = rf"[（(]\s*[{following}]\s*[)）]|[{following}]\s*[.．、:：)）]" if letter != "Z" else "(?!)"
    return re.compile(rf"(?<![A-Za-z0-9])(?:{mark})")


_LABELS = {letter: _label_after(letter) for letter in ascii_uppercase}
"""How the choice after this one begins, where it stands in the same line."""


def take(paper: Paper, place: str, line: str) -> None:
    """Take one line that isn't empty."""
    draft = paper.drafts[-1] if paper.drafts else None
    if _takes_section(paper, line) or (paper.drafts and takes_keys(paper, place, line)):
        return
    if draft and _takes_field(draft, line):
        return
    if found := _number_of(line, None if paper.fresh else draft):
        style, value, rest = found
        paper.fresh = False
        paper.drafts.append(Draft(value, style, place, paper.kind, paper.points))
        paper.drafts[-1].current = paper.drafts[-1].stem
        _take_text(paper.drafts[-1], rest)
    elif draft and not draft.awaits_text and (choices := _split_choices(line)):
        for letter, text in choices:
            draft.choices.append((letter, [text]))
            draft.current = draft.choices[-1][1]
    elif draft:
        draft.current.append(line)
    else:
        paper.problems.append(ReadProblem(ReadCode.NOT_A_QUESTION, place, excerpt(line)))


def _takes_section(paper: Paper, line: str) -> bool:
    found = _SECTION.fullmatch(line) or _BARE_SECTION.fullmatch(line)
    if not found:
        return False
    kind = answers.kind_named(found["what"])
    if kind is None and not re.search("选择|每.{0,2}题|部分", found["what"]):
        return False
    each = _EACH.search(answers.folded(line))
    paper.kind, paper.points = kind, Fraction(each[1]) if each else None
    if paper.keys_only:
        paper.section += 1
    else:
        paper.starts.append(len(paper.drafts))
    paper.fresh = True
    return True


def _takes_field(draft: Draft, line: str) -> bool:
    name, rest = field_of(line)
    if not name:
        return False
    draft.current = draft.fields.setdefault(name, [])
    # Several fields may stand in one line: 答案：A 难度：易 知识点：投诉
    parts = re.split(r"(?<=[\s；;])(?=[【\[]|(?:难度|知识点|分值|解析|标签|考点)\s*[:：])", rest)
    if parts[0].strip():
        draft.current.append(parts[0].strip())
    for part in parts[1:]:
        if not _takes_field(draft, part.strip()):
            draft.current.append(part.strip())
    return True


def field_of(line: str) -> tuple[str, str]:
    """The field that a line begins, such as "answer", and what is in it; "" for none."""
    found = _FIELD.match(line)
    if not found:
        return "", line
    word = found["boxed"] or found["plain"]
    name = next(name for name, words in _FIELDS.items() if re.fullmatch(words, word))
    return name, line[found.end() :]


def _number_of(line: str, draft: Draft | None) -> tuple[str, int, str] | None:
    """The style and value of the number that begins a question, and what follows it; None where none begins."""
    found = NUMBER.match(line)
    if not found:
        return None
    style = next(name for name in ("ordinal", "bracketed", "plain") if found[name])
    value = int(found[style])
    if found["bare"] and value != (draft.number + 1 if draft else 1):
        return None  # such as a year
    if draft and not draft.may_be_followed_by(style, value):
        return None  # a numbered point within an answer, or within a question
    return style, value, line[found.end() :]


def _take_text(draft: Draft, text: str) -> None:
    """The words after the number: a kind in brackets, the question, and perhaps its choices in the same line."""
    if found := _KIND_IN_STEM.match(text):
        draft.kind, text = answers.kind_named(found["kind"]), text[found.end() :]
    start = re.search(r"(?<=[\s?？:：。）)])[AＡ]\s*[.．、]\s*\S.*[BＢ]\s*[.．、]", text)
    if start:
        text, rest = text[: start.start()].strip(), text[start.start() :]
        for letter, words in _split_choices(rest):
            draft.choices.append((letter, [words]))
            draft.current = draft.choices[-1][1]
    if text.strip():
        draft.stem.append(text.strip())


def _split_choices(line: str) -> list[tuple[str, str]]:
    """The choices in a line, one or several; none where it doesn't begin with one."""
    found = CHOICE.match(line)
    if not found:
        return []
    choices: list[tuple[str, str]] = []
    while found:
        letter = answers.folded(found["bracketed"] or found["plain"])
        rest = line[found.end() :]
        coming = _LABELS[letter].search(rest)
        choices.append((letter, (rest[: coming.start()] if coming else rest).strip(" ；;")))
        line = rest[coming.start() :] if coming else ""
        found = CHOICE.match(line)
    return choices
