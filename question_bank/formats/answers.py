"""What stands for a key in papers and tables: letters in any spelling, and the words and signs for true and false."""

import re
from collections.abc import Sequence
from fractions import Fraction
from unicodedata import normalize

from question_bank.formats.codes import ReadCode
from question_bank.formats.reading import Unreadable
from question_bank.responses import Kind

TRUE = frozenset(["对", "正确", "√", "✓", "✔", "T", "TRUE", "是", "Y", "YES", "真"])
FALSE = frozenset(["错", "错误", "×", "✗", "✘", "✕", "X", "F", "FALSE", "否", "N", "NO", "假", "不对", "不正确"])
_BETWEEN = re.compile(r"[\s,，、|；;/.．。]+")
_KINDS = (
    (re.compile("单选|单项选择|single", re.IGNORECASE), Kind.SINGLE_CHOICE),
    (re.compile("多选|多项选择|不定项|multiple", re.IGNORECASE), Kind.MULTIPLE_CHOICE),
    (re.compile("判断|是非|对错|true.?false", re.IGNORECASE), Kind.TRUE_FALSE),
    (re.compile("简答|问答|short.?answer", re.IGNORECASE), Kind.SHORT_ANSWER),
)
_UNSUPPORTED = re.compile(
    "填空|完形|连线|配对|匹配|排序|计算|论述|作文|写作|材料|案例|操作|名词解释|综合|翻译|essay|open.?ended|matching|cloze|numeric|fill",
    re.IGNORECASE,
)
"""An essay isn't a short answer: it is for a person to say that it may become one."""
_OPEN_TEXT = re.compile("论述|作文|写作|材料|案例|名词解释|综合|翻译|essay|open.?ended", re.IGNORECASE)
_DIFFICULTIES = {word: level for level, words in {
    1: "易 简单 容易 较易 偏易 较简单 很容易 低 初级 基础 EASY 1",
    2: "中 中等 一般 适中 普通 中等难度 中级 MEDIUM NORMAL 2",
    3: "难 困难 较难 偏难 很难 高 较高 高级 HARD DIFFICULT 3",
}.items() for word in words.split()}  # fmt: skip
_OF_FIVE = {1: 1, 2: 1, 3: 2, 4: 3, 5: 3}


def folded(text: str) -> str:
    """A text as it is compared: full-width forms as plain ones, in capitals."""
    return normalize("NFKC", text).strip().upper()


def kind_named(text: str) -> Kind | str | None:
    """The kind of question that a heading names; a word where it names one the bank doesn't have; None for none."""
    for pattern, kind in _KINDS:
        if pattern.search(text):
            return kind
    unsupported = _UNSUPPORTED.search(text)
    return unsupported[0] if unsupported else None


def is_open_text(kind: str) -> bool:
    """Whether a kind that isn't supported is answered in one's own words, and so may become a short answer."""
    return bool(_OPEN_TEXT.search(kind))


def truth(text: str) -> bool | None:
    """Whether an answer means true or false; None if neither."""
    word = folded(text).rstrip(".。")
    return True if word in TRUE else False if word in FALSE else None


def are_truths(texts: Sequence[str]) -> bool:
    """Whether two choices are true and false. X and Y are no such two, though each alone may be a cross or a yes."""
    return (
        len(texts) == 2
        and {truth(text) for text in texts} == {True, False}
        and {folded(text) for text in texts} != {"X", "Y"}
    )


def letters(text: str) -> tuple[str, ...] | None:
    """The letters of a key such as ABD, A,B,D, A、B、D or A|B|D, each once, in order; None if it is no such key."""
    plain = _BETWEEN.sub("", folded(text))
    if not re.fullmatch(r"[A-Z]{1,26}", plain) or len(set(plain)) != len(plain):
        return None
    return tuple(sorted(plain))


def difficulty(text: str) -> int | None:
    """1, 2 or 3 from a word, from stars (★★☆ of three, ★★★☆☆ of five) or from a coefficient; None if it says neither.

    A coefficient between 0 and 1 is the share that gets it right, as Chinese schools have it: from 0.7 on it is easy,
    below 0.4 hard.
    """
    word = folded(text).removesuffix("题").strip()
    if re.fullmatch("[★⭐][★☆⭐]{0,4}", word):
        full = len(word.replace("☆", ""))
        return _OF_FIVE[full] if len(word) > 3 else full
    if re.fullmatch(r"0?\.[0-9]{1,4}", word):
        return 1 if float(word) >= 0.7 else 2 if float(word) >= 0.4 else 3
    return _DIFFICULTIES.get(word)


def points(text: str) -> Fraction:
    """A number of points, with or without 分. Raises Unreadable for anything else."""
    plain = folded(text).removesuffix("分").strip()
    if not re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,3})?", plain):
        raise Unreadable(ReadCode.BAD_POINTS, text.strip())
    return Fraction(plain)
