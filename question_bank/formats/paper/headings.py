"""The headings of a paper's sections: 一、单选题（每题2分，共20分）."""

import re
from dataclasses import dataclass
from fractions import Fraction

from question_bank.formats import answers
from question_bank.responses import Kind

LONGEST = 300
"""Characters of a heading with all that it explains."""
_NUMERAL = "[一二三四五六七八九十]{1,3}"
_BEGINNING = re.compile(
    rf"(?P<part>第\s*(?P<first>{_NUMERAL})\s*(?:部分|大题|[、.．:：])\s*[、.．:：]?)"
    rf"|(?P<second>{_NUMERAL})\s*[、.．:：]|[（(]\s*(?P<third>{_NUMERAL})\s*[)）]\s*[、.．]?"
    r"|(?P<fourth>[ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ]|[IVX]{1,4}(?=[、.．]))\s*[、.．:：]?|#{1,6}(?=\s)|[=＝\-—*]{2,}\s*[<＜《【]*"
)
_END = re.compile(r"[>＞》】]*\s*[=＝\-—*#]*$")
_KINDS = (
    r"[【\[]?(?:(?:单项|多项|不定项)选择|单选|多选|不定项|判断|是非|选择|简答|问答|论述|填空|名词解释|案例分析|计算|作文|"
    r"写作|材料分析|综合|操作|连线|配对|匹配|排序|完形填空|翻译)题?[】\]]?"
)
_BARE = re.compile(_KINDS + r"\s*(?:[（(].*[)）])?\s*[:：]?")
_WITH_KEYS = re.compile(_KINDS + r"\s*(?:[（(][^（）()]{0,40}[)）])?(?:答案)?\s*[:：]?\s*(?=[0-9０-９])")
_WHAT = re.compile(r"\s*[【\[]?(?P<word>[^（(【\[】\]:：，,。；;\s]{1,14})")
_ANY_KIND = re.compile("选择题?|客观题?|.{0,4}(?:必答|选答|基础|测试|理论|附加|练习|考试|试)题")
_EACH = re.compile(r"每(?:小)?(?:题|空)\s*([0-9]{1,4}(?:\.[0-9]{1,3})?)\s*分")


_CHAPTER = re.compile(
    r"#{0,6}\s*(?P<name>第\s*[一二三四五六七八九十百0-9]{1,4}\s*(?:章|节|单元|篇|讲|课)(?:\s*[:：、.]?\s*[^。？?；;（(]{0,40}))"
)
_TITLE = re.compile(r"#{1,6}\s+(?P<name>\S.{0,60})")


def chapter_of(line: str) -> str | None:
    """The chapter that begins with a line; None if none does, empty for another title in Markdown."""
    if not line.startswith(("第", "#")):
        return None
    if found := _CHAPTER.fullmatch(line):
        return found["name"].strip()
    return "" if _TITLE.fullmatch(line) else None


@dataclass(frozen=True)
class Heading:
    """What a heading says. The kind is a word for one that the bank doesn't have, None where it says none."""

    kind: Kind | str | None
    points: Fraction | None
    ordinal: str
    rest: str
    """What stands after the word for the kind: keys, in the part below a paper."""


def heading_of(line: str, before_keys: bool = False) -> Heading | None:
    """The heading that a line is, or begins with where keys may follow it; None if it is none."""
    if len(line) > LONGEST:
        return None
    found = _BEGINNING.match(line)
    text = _END.sub("", line[found.end() :]) if found else line
    if not found and not _BARE.fullmatch(line) and not (before_keys and _WITH_KEYS.match(line)):
        return None
    ordinal = next(filter(None, found.group("first", "second", "third", "fourth")), "") if found else ""
    word = what["word"] if (what := _WHAT.match(text)) else ""
    is_part = bool(found and found["part"]) or bool(re.search(r"每.{0,2}[题空].{0,9}分|共.{0,5}题", text))
    kind = answers.kind_named(word) if word.endswith("题") or len(word) <= 6 else None
    if kind is None and not _ANY_KIND.fullmatch(word):
        if re.fullmatch(".{1,10}题", word):
            kind = word
        elif not is_part:
            return None
    each = _EACH.search(answers.folded(line))
    return Heading(kind, Fraction(each[1]) if each else None, ordinal, text[what.end() if what else 0 :])
