"""The words of a question, and what stands in them besides: its kind, its points, and its key."""

import re
from dataclasses import dataclass
from string import ascii_uppercase

from question_bank.formats import answers
from question_bank.formats.codes import ReadCode
from question_bank.formats.paper.drafts import AGAIN, Draft
from question_bank.formats.reading import Noted
from question_bank.responses import Kind

BLANK = "（　　）"
_KEY_IN_LINE = re.compile(r"[（(【\[]?\s*(?:正确)?答案\s*[】\]]?\s*[:：]\s*(?P<key>[^（(【\[：:]{1,40}?)\s*[)）】\]]?$")
_SIGNS = "A-ZＡ-Ｚa-zａ-ｚ√✓✔×✗✘对错正确误是否不,，、;；\\s"
KEY_IN_BRACKETS = re.compile(
    rf"[（(]\s{{0,40}}(?P<key>[{_SIGNS}]{{1,30}}?)\s{{0,40}}[)）]"
    r"|(?<!_)_{1,40}\s{0,9}(?P<ruled>[A-Z√×对错]{1,8})\s{0,9}_{1,40}"
)
_KEY_AT_END = re.compile(
    r"(?:(?<=[\s。.！？])|(?<=[^\W\d_]))(?P<key>[√✓✔×✗✘])$|(?<=[\s。])(?P<word>对|错|正确|错误|T|F)$"
)
_KIND = (
    r"(?P<kind>单选|多选|判断|简答|问答|论述|填空|单项选择|多项选择|不定项选择|不定项|是非|连线|排序|作文|名词解释|"
    r"案例分析|计算)题?"
)
_WORTH = r"(?:本题)?(?P<{}>[0-9]{{1,4}}(?:\.[0-9]{{1,3}})?)\s*分"
_KIND_OR_WORTH = rf"{_KIND}\s*(?:[,，、:：\s]\s*{_WORTH.format('points')})?|{_WORTH.format('alone')}"
_SAID = rf"[\[【（(]\s*(?:{_KIND_OR_WORTH}|(?<=[\[【])(?P<other>[^\[\]【】（）()\s]{{1,8}}题))\s*[\]】)）]"
_BEFORE = re.compile(
    r"(?P<kind>(?:单选|多选|判断|简答|填空|单项选择|多项选择|不定项选择)题?"
    r"|(?:问答|论述|连线|排序|作文|名词解释|案例分析|计算)题)\s*[:：]\s*(?=\S)"
)
_START, _END = re.compile(rf"{_SAID}\s*"), re.compile(f"{_SAID}$")
_LATE_CHOICE = re.compile(r"([A-Z])\s(.+)")
GAP = re.compile(r"_{2}|＿{2}|[（(]\s{1,40}[)）]|（）")


@dataclass
class Stem:
    """The words of a question, its key as it is written, and the places with bracketed keys given up."""

    text: str
    key: str


def read_stem(draft: Draft, noted: Noted) -> Stem:
    """The words, and the key: from a line of its own, the end of one, or out of a bracket. Completes the draft."""
    _take_late_choices(draft)
    lines = list(draft.stem)
    _take_kind_and_points(draft, lines)
    key = " ".join(line for line in draft.fields.get("answer", []) if line != AGAIN).strip()
    holders = [lines] + ([draft.choices[-1][1]] if draft.choices else [])
    for holder in holders:
        if not key and holder and (found := _KEY_IN_LINE.search(holder[-1])):
            key, holder[-1] = found["key"], holder[-1][: found.start()].strip()
    text = "\n".join(line for line in lines if line)
    found = _key_in_brackets(text, draft)
    meaning = answers.letters if draft.choices else answers.truth
    if found:
        within = found["key"] or found["ruled"]
        if not key or meaning(within) == meaning(key):
            return Stem((text[: found.start()] + BLANK + text[found.end() :]).strip(), key or within)
        if not text[found.end() :].strip("。.?？!！ "):
            noted.append((ReadCode.KEYS_DIFFER, f"{within.strip()} / {key}"))
    elif not key and not draft.choices and draft.kind is not Kind.SHORT_ANSWER:
        at_end = _KEY_AT_END.search(text)
        if at_end and (draft.kind is Kind.TRUE_FALSE or at_end["key"]):
            return Stem(text[: at_end.start()].strip(), at_end["key"] or at_end["word"])
    return Stem(text.strip(), key)


def _take_late_choices(draft: Draft) -> None:
    """Take the last lines as choices if they have letters in their order, and only a space after each.

    They may stand below a key that ends the line of the question.
    """
    _take_late(draft, draft.stem)
    if (key := draft.fields.get("answer")) and answers.letters(key[0]):
        _take_late(draft, key)


def _take_late(draft: Draft, lines: list[str]) -> None:
    found = [_LATE_CHOICE.match(line) for line in lines]
    letters = [one[1] if one else "" for one in found]
    first = next((at for at, letter in enumerate(letters) if letter == "A"), len(letters))
    rest = letters[first:]
    if not draft.choices and len(rest) > 1 and rest == list(ascii_uppercase[: len(rest)]):
        draft.choices = [(one[1], [one[2]]) for one in found[first:] if one]
        del lines[first:]


def _take_kind_and_points(draft: Draft, lines: list[str]) -> None:
    """Take out what says the kind or the points at the beginning of the first line or the end of the last."""
    while lines and (found := _START.match(lines[0])):
        _take(draft, found)
        lines[0] = lines[0][found.end() :]
    if lines and (word := _BEFORE.match(lines[0])):
        draft.kind = answers.kind_named(word["kind"]) or word["kind"]
        lines[0] = lines[0][word.end() :]
    if lines and (found := _END.search(lines[-1])):
        _take(draft, found)
        lines[-1] = lines[-1][: found.start()].rstrip()


def _take(draft: Draft, found: re.Match[str]) -> None:
    said = found.groupdict()
    if word := said["kind"] or said["other"]:
        draft.kind = answers.kind_named(word) or word
    if worth := said["points"] or said["alone"]:
        draft.points = answers.points(worth)


def _key_in_brackets(text: str, draft: Draft) -> re.Match[str] | None:
    """The bracket in the words that holds a key: letters of the choices, or without choices a sign or word."""
    ids = {letter for letter, _lines in draft.choices}
    last = None
    for one in KEY_IN_BRACKETS.finditer(text) if draft.kind is not Kind.SHORT_ANSWER else ():
        key = one["key"] or one["ruled"]
        if ids.issuperset(answers.letters(key) or "-") if ids else answers.truth(key) is not None:
            last = one
    return last
