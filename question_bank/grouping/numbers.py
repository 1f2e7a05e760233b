"""Numbers however they are written: 三天, 3天 and ３天; 百分之八十 and 80%; 1,000 and 一千.

A number is wrapped in number signs, `#3#天`, so that it neither runs into its neighbour nor gets lost among letters.
What can't be read for sure as one number (三五天: three to five) stays as it is: rather two groups than a wrong one.
"""

import re
from decimal import Decimal

_NUMERALS = ("零〇", "一壹", "二贰两", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖")
_DIGITS = {sign: value for value, signs in enumerate(_NUMERALS) for sign in signs}
_TENS = str.maketrans("拾佰仟", "十百千")
_ALL_DIGITS = "".join(_DIGITS)
_SIGNS = _ALL_DIGITS + "十百千万亿拾佰仟"
_SECTION = re.compile(r"(?:(\d)千)?(0?)(?:(\d)百)?(0?)(?:(\d?)(十))?(0?)(\d?)")
_GREAT = (("亿", 10**8), ("万", 10**4))
_TIMES = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}

_NO_NUMBERS = (
    "一定|一起|一样|一般|一切|一直|一致|一旦|一边|一同|一并|一律|一些|一下|一方面|统一|唯一|同一|专一|万一|其一"
)
"""Words with a numeral that count nothing."""
_WORD = f"[{_SIGNS}]+"
_ARABIC = r"\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?"
_NUMBER = re.compile(
    rf"(?P<none>{_NO_NUMBERS})"
    r"|(?P<very>十分(?!钟))"  # "very", or ten points: kept as it is written
    rf"|(?P<per>[百千万])分之(?P<part>{_WORD}(?:点{_WORD})?|{_ARABIC})"
    rf"|(?P<below>{_WORD})分之(?P<above>{_WORD})"
    r"|(?P<minus>(?<![\w.])[-−](?=\d))"
    rf"|(?P<arabic>{_ARABIC})(?P<times>[十百千万亿]*)"
    rf"|(?P<word>{_WORD}点[{''.join(_DIGITS)}]++(?![十分刻])|{_WORD})"
    r"|(?P<half>半)"
)
_PER = {"百": "%", "千": "‰", "万": "‱"}
_BETWEEN = re.compile(r"#\s*([-–—~∼〜至到:/⁄])\s*#")
_MINUS, _POINT = "−", "∙"
_KEPT = {":": "∶", "/": "∕", "⁄": "∕"}
"""Signs that aren't punctuation stand for those that are: what is between numbers must not be lost with the commas."""


def with_numbers(text: str) -> str:
    """A folded text with its numbers wrapped and in one form: `#3#天`, `#80#%`, `#1000#元`, `#8#∶#30#`."""
    found = _NUMBER.sub(_wrapped, text)
    return _BETWEEN.sub(lambda match: f"#{_KEPT.get(match[1], _MINUS)}#", found)


def _wrapped(match: re.Match[str]) -> str:
    if match["none"]:
        return match[0]
    if match["minus"]:
        return _MINUS
    if match["very"] or match["half"]:
        return f"#{match[0]}#"
    if match["per"]:
        return f"{_read(match['part'])}{_PER[match['per']]}"
    if match["below"]:
        return f"{_read(match['above'])}∕{_read(match['below'])}"
    return _read(match["arabic"], match["times"]) if match["arabic"] else _read(match["word"])


def _read(written: str, times: str = "") -> str:
    value = _chinese(written) if written[0] in _SIGNS else Decimal(written.replace(",", ""))
    if value is None:
        return f"#{written}#"
    for sign in times:
        value *= _TIMES[sign]
    return f"#{_plain(value).replace('.', _POINT)}#"


def _plain(value: Decimal) -> str:
    """Without zeros behind the point: 3.50 is 3.5 and 3.0 is 3."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _chinese(written: str) -> Decimal | None:
    """A number in words, `三千零五`, `十二点五`, or the digits of one, `二〇二六`; None where it isn't surely one."""
    if written == "百":  # 百分之百
        return Decimal(100)
    whole, point, part = written.partition("点")
    digits = [_DIGITS.get(sign) for sign in whole]
    spelt = None not in digits and (len(digits) in (1, 4) or "〇" in whole or "零" in whole)
    value = int("".join(map(str, digits))) if spelt else _whole(whole.translate(_TENS))
    if value is None or not point:
        return None if value is None else Decimal(value)
    return Decimal(f"{value}.{''.join(str(_DIGITS[sign]) for sign in part)}")


def _whole(written: str) -> int | None:
    for sign, worth in _GREAT:
        if sign in written:
            head, _, tail = written.partition(sign)
            high = _whole(head) if head else None
            if high is None:
                return None
            if len(tail) == 1 and tail in _DIGITS:  # 三万五 is 35,000, 三万零五 30,005
                return high * worth + _DIGITS[tail] * worth // 10
            low = _whole(tail) if tail else 0
            return None if low is None or low >= worth else high * worth + low
    return _below_ten_thousand("".join(str(_DIGITS.get(sign, sign)) for sign in written))


def _below_ten_thousand(written: str) -> int | None:
    found = _SECTION.fullmatch(written)
    if not found or not written:
        return None
    thousands, gap, hundreds, second_gap, tens, ten, last_gap, ones = found.groups()
    value = int(thousands or 0) * 1000 + int(hundreds or 0) * 100
    value += int(tens or 1) * 10 if ten else 0
    unit = 10 if hundreds else 100 if thousands else 1
    if ones and not ten and unit > 1 and not (gap or second_gap or last_gap):  # 一百二 is 120, 一百零二 102
        return value + int(ones) * unit
    return value + int(ones or 0)
