"""What a table in a Word file is: a layout of choices or whole questions, keys, or something to look at."""

import re
from collections.abc import Iterator
from itertools import pairwise

from lxml.etree import _Element

from question_bank.formats import answers
from question_bank.formats.paper.lines import CHOICE, field_of
from question_bank.formats.trees import child, children, name_of

Texts = list[list[str]]
_LABEL = re.compile(r"[（(]?\s*(?:[A-ZＡ-Ｚ]|[0-9０-９]{1,4})\s*[)）]?\s*[.．、:：]?")
_NUMBERS = re.compile(r"题号|序号|题目|题数")
_KEYS = re.compile(r"(?:正确|参考|标准)?答案|选项")
_SCORES = re.compile(r"得分|分数|评分|评卷人?|阅卷人?|复核人?|满分|分值")


def rows(table: _Element) -> Iterator[_Element]:
    """The rows of a table without those that have been deleted."""
    for one in children(table):
        if name_of(one) == "tr":
            if child(one, "trPr", "del") is None:
                yield one
        elif name_of(one) in ("sdt", "sdtContent", "customXml", "ins"):
            yield from rows(one)


def cells(row: _Element) -> Iterator[_Element]:
    """The cells of a row."""
    for one in children(row):
        if name_of(one) == "tc":
            yield one
        elif name_of(one) in ("sdt", "sdtContent", "customXml"):
            yield from cells(one)


def is_label(text: str) -> bool:
    """Whether it is only the letter of a choice or the number of a question."""
    return bool(_LABEL.fullmatch(text))


def is_marked(text: str) -> bool:
    """Whether something after it tells a label from its words, as the stop in "A."."""
    return text[-1] in ".．、:：)）"


def is_layout(texts: Texts) -> bool:
    """Whether its cells hold lines of a paper: there is one column, each cell is a choice, or one has several lines."""
    filled = [[text for text in row if text] for row in texts]
    filled = [row for row in filled if row]
    if all(len(row) <= 1 for row in texts):
        return True
    if filled and all(_are_choices(row) for row in filled):
        return True
    within = [line for row in filled for text in row if "\n" in text for line in text.split("\n")]
    return any(CHOICE.match(line) or field_of(line)[0] for line in within)


def _are_choices(row: list[str]) -> bool:
    letters_apart = len(row) % 2 == 0 and all(re.fullmatch("[A-ZＡ-Ｚ]\\W?", text) for text in row[::2])
    return letters_apart or all(CHOICE.match(text) and not is_label(text) for text in row)


def keys(texts: Texts) -> str | None:
    """The keys in a table of numbers and answers, as "1.A 2.B"; empty if it is one to fill in, None if it is none."""
    found: list[str] = []
    grids = 0
    for above, below in pairwise(texts):
        if not above or not below:
            continue
        if _NUMBERS.fullmatch(above[0]) and (_KEYS.fullmatch(below[0]) or _SCORES.fullmatch(below[0])):
            grids += 1
            if _KEYS.fullmatch(below[0]):
                found += _pairs(above[1:], below[1:])
        elif len(above) > 2 and all(text.isdecimal() for text in above) and all(map(_is_key, below)):
            grids += 1
            found += _pairs(above, below)
    return " ".join(found) if grids else None


def _pairs(numbers: list[str], keys: list[str]) -> Iterator[str]:
    for number, key in zip(numbers, keys, strict=False):
        if number.isdecimal() and key:
            yield f"{int(number)}.{''.join(answers.letters(key) or (key,))}"


def _is_key(text: str) -> bool:
    return not text or answers.letters(text) is not None or answers.truth(text) is not None
