"""The part below a paper that has its keys: by section and number, with explanations and answers in words."""

import re
from bisect import bisect_right

from question_bank.formats.codes import ReadCode
from question_bank.formats.paper.drafts import Draft, Paper
from question_bank.formats.paper.fields import field_of, parts
from question_bank.formats.paper.headings import Heading
from question_bank.formats.paper.keys import give, key_at_start, keys_in
from question_bank.formats.paper.numbers import number_of
from question_bank.formats.reading import ReadProblem, excerpt
from question_bank.responses import Kind

_BEGINNING = re.compile(
    r"(?:附件?\s*[:：]?\s*)?[《【\[]?.{0,30}?(?:参考|标准|正确)?答\s*案(?:[与和及]?(?:解析|详解|评分标准|评分细则))?[》】\]]?\s*[:：]?"
)


_TITLE = re.compile(r"附.*|.*(?:题|卷|测试|考试|测验|库)》?.{0,4}答\s*案.*|.*答\s*案[与和及].*")
MOST_SECTIONS = 100


def begins(paper: Paper, line: str) -> bool:
    """Whether this line is the heading above the keys of a whole paper, and not an answer's."""
    if paper.is_below or not paper.drafts or "答" not in line:
        return False
    line = line.strip("=＝-—*#<>＜＞《》 ")
    if not _BEGINNING.fullmatch(line):
        return False
    if _TITLE.fullmatch(line):
        return True
    last = paper.drafts[-1]
    if last.choices or last.kind in (Kind.TRUE_FALSE, Kind.SINGLE_CHOICE, Kind.MULTIPLE_CHOICE):
        return "answer" in last.fields or _others_lack_keys(paper)
    return False


def has_begun(paper: Paper) -> bool:
    """Whether the answer that has just been begun is the heading above all keys: others lack theirs."""
    if paper.is_below or not paper.drafts:
        return False
    last = paper.drafts[-1]
    return is_open(last) and _others_lack_keys(paper)


def is_open(draft: Draft) -> bool:
    """Whether an answer has just been begun, and nothing said of it yet."""
    return draft.fields.get("answer") == [] and draft.current is draft.fields["answer"]


def _others_lack_keys(paper: Paper) -> bool:
    return paper.without_key() not in (None, paper.drafts[-1])


def begin(paper: Paper) -> None:
    """From here on lines give keys."""
    if paper.drafts and paper.drafts[-1].fields.get("answer") == []:
        del paper.drafts[-1].fields["answer"]
    paper.is_below, paper.section, paper.answered, paper.below_style = True, 0, None, ""


def takes_heading(paper: Paper, place: str, heading: Heading) -> bool:
    """Take a heading among the keys, and keys in the same line; False where it begins a new part of the paper."""
    fitting = [
        number
        for number, one in enumerate(paper.sections[:MOST_SECTIONS])
        if number and paper.without_key(number)
        and (one.kind == heading.kind and (heading.kind or one.ordinal == heading.ordinal))
    ]  # fmt: skip
    if not fitting:
        return False
    exact = [number for number in fitting if paper.sections[number].ordinal == heading.ordinal]
    paper.section, paper.answered, paper.below_style = (exact or fitting)[0], None, ""
    rest = re.sub(r"^\s*[（(][^（）()]*[分题][^（）()]*[)）]", "", heading.rest).strip(" 　:：.、")
    if keys := keys_in(rest, even_one=True):
        give(paper, place, keys)
    return True


def take(paper: Paper, place: str, line: str) -> None:
    """Take a line among the keys."""
    if keys := keys_in(line, even_one=True):
        give(paper, place, keys)
        found = paper.numbered(keys[0][0]) if len(keys) == 1 else []
        paper.answered = found[0] if found else None
        if paper.answered:
            paper.answered.begin("explanation")
        return
    number = number_of(line)
    if number and paper.below_style in ("", number.style) and (draft := _next(paper, number.value)):
        paper.below_style, paper.answered = number.style, draft
        draft.current = []
        line = number.rest
    if not paper.answered:
        paper.problems.append(ReadProblem(ReadCode.NOT_A_QUESTION, place, excerpt(line)))
        return
    for part in parts(line):
        _take(paper.answered, part)


def _next(paper: Paper, number: int) -> Draft | None:
    """The question that an entry of this number is for: one further on than the last entry's."""
    found = paper.numbered(number)
    at = 0 if paper.answered is None else bisect_right(found, paper.answered.at, key=lambda one: one.at)
    return found[at] if at < len(found) else None


def _take(draft: Draft, text: str) -> None:
    name, rest = field_of(text)
    if name:
        draft.begin(name)
        if rest:
            draft.current.append(rest)
        return
    in_words = draft.kind is Kind.SHORT_ANSWER or (not draft.choices and draft.kind is None)
    if draft.current is not draft.fields.get("explanation") and "answer" not in draft.fields and not in_words:
        key, *more = list(key_at_start(text)) or ["", text]
        if key:
            draft.fields["answer"] = [key]
        text = "".join(more)
    if not any(draft.current is one for one in draft.fields.values()):
        draft.begin("answer" if in_words and "answer" not in draft.fields else "explanation")
    if text:
        draft.current.append(text)
