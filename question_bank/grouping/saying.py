"""What an answer says: its folded text, and the little words in it that change everything, `weights`."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from unicodedata import normalize

from opencc import OpenCC

from question_bank.grouping.numbers import with_numbers

_PAUSE = "\n"
_REMEMBERED = 8192
"""Texts of which a process remembers the folded form: the answers to several questions that are being marked."""

_HELPERS = "有要用能可会必应该得须需再去曾给被是让想愿敢先当以许过"
"""Characters between a negation and what it denies."""
_UNITS = "工作日|自然日|小时|分钟|秒钟|星期|礼拜|季度|公里|公斤|千克|毫米|厘米|平方米|百分点"
_BOUNDS = (
    "以上|以下|以内|以外|之内|之外|超过|不足|大于|小于|高于|低于|多于|少于|至少|至多|最多|最少|最高|最低|最早|最晚|最迟|之前|之后|以前|以后"
    "|增加|减少|提高|降低|上升|下降|上调|下调|增长|缩短|延长|提前|推迟|收取|退还|同意|反对|接受|允许|正确|错误"
)
_WEIGHTY = re.compile(
    rf"(?P<not>不|没|无|未(?!来)|非(?!常)|勿|莫|毋|甭|否|(?<![特分级个区性类识辨告差送])别|禁止|严禁|拒绝|避免|防止|杜绝|停止|切忌|忘)"
    rf"(?=(?P<helpers>[{_HELPERS}]*)(?P<denied>[^\s#]{{0,2}}))"
    r"|(?<![a-z])(?P<no>no|not|never|none|nobody|nothing|neither|nor|without|unless|except|hardly|cannot"
    r"|(?:do|does|did|ca|wo|is|are|was|were|should|would|could|must|need)nt|(?:un|non|dis|mis|in|im|il|ir)[a-z]{3,})(?![a-z])"
    r"(?=[ ]?(?P<word>[a-z]*))"
    rf"|(?P<number>#[^#]*#)(?=(?P<unit>[a-z%‰‱°]+|个?(?:{_UNITS})|个[^\W#]|[^\W#]?))"
    rf"|(?P<bound>{_BOUNDS}|more|less|fewer|least|most|before|after|above|below|over|under|up|down)"
    r"|(?P<sign>[-+<>≤≥=≠±×÷−∶∕])"
    r"|(?<![a-z])(?P<letter>[a-z])(?![a-z])"
)
_SHORT_NOT = {"can't": "can not", "won't": "will not", "cannot": "can not", "shan't": "shall not"}
_NT = re.compile(r"\b(?:can't|won't|shan't|cannot)\b|n't\b")
_LATIN_GAP = re.compile(r"(?<=[a-zà-ÿ])\s+(?=[a-zà-ÿ])")


@dataclass(frozen=True, slots=True)
class Said:
    """An answer folded: `text` without anything that plays no part; `weights` its negations, numbers and bounds."""

    text: str
    weights: tuple[tuple[str, ...], ...]


@lru_cache(maxsize=_REMEMBERED)
def said(text: str) -> Said:
    """Fold an answer.

    NFKC, lower case, simplified characters, numbers in one form; spaces and punctuation go, but for the space between
    two Latin words. `weights` are in the order of the text, and each negation has with it the two characters it
    denies, as far as no punctuation comes between: 不，要退 isn't 不要退, and 不应退款、应换货 not 应退款、不应换货.
    """
    folded = normalize("NFKC", normalize("NFKC", text.translate(_RINGED)).casefold()).translate(_QUOTES)
    folded = _NT.sub(lambda match: _SHORT_NOT.get(match[0], " not"), simplified(folded))
    spaced = with_numbers(folded).translate(_PAUSES)
    latin = _LATIN_GAP.sub("\x00", spaced)
    tight = re.sub(r"[^\S\n]+", "", latin).replace("\x00", " ")
    words = re.sub(r"\n+", "", tight)
    return Said(words, tuple(_weights(tight)))


def _weights(text: str) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    for match in _WEIGHTY.finditer(text):
        if match["not"]:
            found.append(("not", match["not"], match["helpers"], match["denied"]))
        elif match["no"]:
            found.append(("not", match["no"], match["word"]))
        elif match["number"]:
            found.append(("number", match["number"], match["unit"]))
        else:
            found.append(("sign", match[0]))
    return found


def simplified(text: str) -> str:
    """Traditional characters as simplified ones; a text without any comes back as it is, which costs little."""
    return _converter().convert(text) if not _traditional().isdisjoint(text) else text


def simplified_in_place(text: str) -> str:
    """The same, each character in its place; a text that would get longer or shorter by it comes back as it is."""
    changed = simplified(text)
    return changed if len(changed) == len(text) else text


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")


@cache
def _traditional() -> frozenset[str]:
    every = "".join(map(chr, range(0x4E00, 0xA000)))
    converted = "\n".join(every)
    pairs = zip(every, _converter().convert(converted).split("\n"), strict=True)
    return frozenset(before for before, after in pairs if before != after)


class _Pauses(dict[int, str]):
    """Punctuation becomes a pause, spaces a space, controls nothing; found for each character once."""

    def __missing__(self, code: int) -> str:
        self[code] = self._instead(chr(code))
        return self[code]

    def _instead(self, sign: str) -> str:
        category = unicodedata.category(sign)
        if sign in "%‰‱#" or category[0] in "LNSM":
            return sign
        if category == "Cf":
            return ""
        return " " if sign.isspace() and sign not in "\n\r" else _PAUSE


_PAUSES = _Pauses()
_RINGED = {ord("①") + place: f"{place + 1}、" for place in range(20)}
"""①倾听 and 1、倾听 begin a point alike."""
_QUOTES = {ord("’"): "'", ord("‘"): "'", ord("`"): "'", ord("#"): " "}
