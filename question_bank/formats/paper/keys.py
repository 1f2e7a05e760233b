"""Lists of keys: 1-5 ABCDE 6-8 √×√, or 1.A 2.BC 3.对."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from question_bank.formats import answers
from question_bank.formats.codes import ReadCode
from question_bank.formats.paper.drafts import Paper
from question_bank.formats.reading import ReadProblem

Key = tuple[int, str]
"""A question's number and its key."""
_KEY = r"(?:[A-Z](?:\s?[,，、/|；;]?\s?[A-Z]){0,25}(?![A-Za-z])|[√✓✔×✗✘✕对错]|正确|错误)"
_RANGE = re.compile(
    r"(?P<first>\d{1,5})\s*题?\s*[-—–~至到]{1,2}\s*(?P<last>\d{1,5})\s*题?\s*[.、:)]?\s*(?P<keys>[^\d]+)"
)
_ONE = re.compile(
    rf"[(第]?\s*(?P<number>\d{{1,5}})\s*题?\s*[.、:)]{{0,2}}\s*[(【]?\s*(?P<key>{_KEY})\s*[)】]?(?=[\s,;。、]|\d|\(|$)"
)
_NUMBERS = re.compile(r"题号|序号|题目|题数")
_ANSWERS = re.compile(r"(?:正确|参考|标准)?答案|选项")
_SCORES = re.compile(r"得分|分数|评分|评卷人?|阅卷人?|复核人?|满分|分值")
_SMALL = re.compile(r"\s*[(（]?[a-z][)）.]")
_MAY_BEGIN = re.compile(r"(?:参考|标准|正确)?(?:答案)?[\s(（第:：]*[0-9０-９]")
_BETWEEN = re.compile(r"[\s,;。、.]*")
_PREFIX = re.compile(r"(?:参考|标准|正确)?答案\s*:?\s*(?=\d)")


def keys_in(line: str, even_one: bool = False) -> list[Key]:
    """The keys in a line that has nothing but keys; empty for any other. A single one counts only if it may."""
    if not _MAY_BEGIN.match(line):
        return []
    plain = answers.folded(line)
    prefix = _PREFIX.match(plain)
    at = prefix.end() if prefix else 0
    keys: list[Key] = []
    ranges = 0
    while at < len(plain):
        if (found := _RANGE.match(plain, at)) and (several := _of_range(found)):
            keys += several
            ranges += 1
        elif found := _ONE.match(plain, at):
            keys.append((int(found["number"]), found["key"]))
        else:
            return []
        at = _end_of_gap(plain, found.end())
    return keys if ranges or len(keys) > (0 if even_one else 1) else []


def _end_of_gap(text: str, at: int) -> int:
    found = _BETWEEN.match(text, at)
    return found.end() if found else at


def _of_range(found: re.Match[str]) -> list[Key]:
    """The keys of 1-5 ABCDE: one sign each, or with something between them one word each."""
    first, last = int(found["first"]), int(found["last"])
    words = [word for word in re.split(r"[\s,;、。|/]+", found["keys"]) if word]
    for keys in (words, list("".join(words))):
        if len(keys) == last - first + 1 and all(map(_is_key, keys)):
            return list(zip(range(first, last + 1), keys, strict=True))
    return []


def _is_key(text: str) -> bool:
    return answers.letters(text) is not None or answers.truth(text) is not None


def give(paper: Paper, place: str, keys: list[Key]) -> None:
    """Give keys to the questions of these numbers: in the section that the keys are in, else the first without one."""
    for number, key in keys:
        fitting = paper.without_key(paper.section, number) or paper.without_key(0, number)
        if fitting:
            fitting.fields["answer"] = [key]
        elif not any(one.fields["answer"] == [key] for one in paper.numbered(number)[:1]):
            paper.problems.append(ReadProblem(ReadCode.KEY_FOR_NOTHING, place, f"{number} {key}"))


def key_at_start(text: str) -> Iterator[str]:
    """The key with which an answer begins and what follows it; nothing where it begins with none."""
    if small := _SMALL.match(text):
        text = small[0].upper() + text[small.end() :]
    found = re.match(rf"\s*[(（]?\s*({_KEY})\s*[)）]?(?=[\s,，;；。.、:：【\[（(]|$)", text.translate(_CAPITALS))
    if found:
        yield found[1]
        yield text[found.end() :].strip(" 　,，;；。.、:：")


_CAPITALS = {**{ord("Ａ") + place: ord("A") + place for place in range(26)},
             **{ord("ａ") + place: ord("A") + place for place in range(26)}}  # fmt: skip


def keys_of_table(texts: Sequence[Sequence[str]]) -> str | None:
    """The keys in a table of numbers and answers, as "1.A 2.B"; empty if it is one to fill in, None if it is none."""
    found: list[str] = []
    grids = 0
    for above, below in pairwise(texts):
        if not above or not below:
            continue
        if _NUMBERS.fullmatch(above[0]) and (_ANSWERS.fullmatch(below[0]) or _SCORES.fullmatch(below[0])):
            grids += 1
            if _ANSWERS.fullmatch(below[0]):
                found += _pairs(above[1:], below[1:])
        elif (
            len(above) > 2
            and all(text.isdecimal() for text in above)
            and all(not text or _is_key(text) for text in below)
        ):
            grids += 1
            found += _pairs(above, below)
    return " ".join(found) if grids else None


def _pairs(numbers: Sequence[str], keys: Sequence[str]) -> Iterator[str]:
    for number, key in zip(numbers, keys, strict=False):
        if number.isdecimal() and key:
            yield f"{int(number)}.{''.join(answers.letters(key) or (key,))}"
