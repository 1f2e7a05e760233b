"""Keys that stand together below a paper: 1-5 ABCDE, or 1.A 2.BC 3.√."""

import re

from question_bank.formats import answers
from question_bank.formats.paper.drafts import Paper
from question_bank.formats.reading import ReadCode, ReadProblem
from question_bank.responses import Kind

_KEYS_FROM_TO = re.compile(
    r"(?P<first>[0-9]{1,5})\s*[-—–~～至]{1,2}\s*(?P<last>[0-9]{1,5})\s*[.．、:：]?\s*(?P<keys>.+)"
)
_ONE_KEY = re.compile(
    r"(?P<number>[0-9]{1,5})\s*[.．、:：)）]?\s*(?P<key>[A-Z]{1,26}|[√✓✔×✗✘对错]|正确|错误)"
    r"(?=\s|[,，;；]|[0-9]|$)[\s,，;；]*"
)
_KEYS_BELOW = re.compile(r"(?:参考|标准)?答案(?:[与和及]解析)?\s*[:：]?|答\s*案")


def takes_keys(paper: Paper, place: str, line: str) -> bool:
    """Take a line of keys, or the heading above them; whether it was one."""
    draft = paper.drafts[-1]
    if _KEYS_BELOW.fullmatch(line) and (draft.choices or draft.kind in (Kind.TRUE_FALSE, Kind.SINGLE_CHOICE)):
        if "answer" in draft.fields or any("answer" not in one.fields for one in paper.drafts[:-1]):
            paper.keys_only, paper.section = True, 0
            return True
        return False
    plain = answers.folded(line)
    if found := _KEYS_FROM_TO.fullmatch(plain):
        first, last = int(found["first"]), int(found["last"])
        keys = found["keys"].split() if " " in found["keys"].strip() else list(found["keys"].strip())
        if len(keys) == last - first + 1 and all(map(_is_key, keys)):
            for value, key in zip(range(first, last + 1), keys, strict=True):
                _give_key(paper, place, value, key)
            return True
    found_keys = list(_ONE_KEY.finditer(plain))
    whole = "".join(one[0] for one in found_keys) == plain
    if whole and (paper.keys_only or len(found_keys) > 1):
        give_keys(paper, place, plain)
        return True
    return False


def give_keys(paper: Paper, place: str, line: str) -> None:
    """Give the keys in a line such as "1.A 2.BC" to their questions."""
    for one in _ONE_KEY.finditer(answers.folded(line)):
        _give_key(paper, place, int(one["number"]), one["key"])


def _is_key(text: str) -> bool:
    return answers.letters(text) is not None or answers.truth(text) is not None


def _give_key(paper: Paper, place: str, number: int, key: str) -> None:
    """Give a key to the question of this number: in the section that the keys are in, else the first without one."""
    starts = [*paper.starts, len(paper.drafts)]
    own = paper.drafts[starts[paper.section] : starts[paper.section + 1]] if 0 < paper.section < len(starts) - 1 else []
    fitting = [one for one in (own or paper.drafts) if one.number == number and "answer" not in one.fields]
    if fitting:
        fitting[0].fields["answer"] = [key]
    else:
        paper.problems.append(ReadProblem(ReadCode.KEY_FOR_NOTHING, place, f"{number} {key}"))
