"""What belongs to a question and says so: 答案：B, 【解析】…, 难度：易."""

import re
from collections.abc import Iterator

FIELDS = {
    "answer": "正确答案|标准答案|参考答案|本题答案|答案|正确选项|答|(?:[Cc]orrect )?[Aa]nswer|ANSWER|[Aa]ns",
    "marking": "答题要点|答案要点|采分点|评分标准|评分要点|评分点|得分点|给分点",
    "explanation": "答案解析|试题解析|题目解析|答案说明|解析|说明|分析|详解|[Ee]xplanation|[Rr]ationale",
    "difficulty": "难度(?:等级|系数|级别)?|难易(?:程)?度|[Dd]ifficulty",
    "topic": "所属知识点|知识点|考查点|考点|所属章节|章节|[Tt]opic",
    "points": "本题分值|分值|分数|得分|[Pp]oints",
    "tags": "标签|关键词",
    "choices": "备选项|选项内容|选项",
    "kind": "题型|题目类型|试题类型",
    "given": "我的答案|你的答案|学生答案|考生答案",
}
NAMES = "|".join(FIELDS.values())
_BOXED = rf"[【\[［〖](?:{NAMES})[】\]］〗]"
_FIELD = re.compile(rf"(?:[【\[［〖](?P<boxed>{NAMES})[】\]］〗]\s*[:：]?|(?P<plain>{NAMES})\s*[:：])\s*")
_BARE = re.compile("(?:参考|标准|正确)?答案|答题要点|答案要点|采分点|评分标准|评分要点|得分点|(?:答案|试题|题目)?解析")
"""Those that may stand alone in a line, with what they hold below."""
_KEY_ALONE = re.compile(
    r"(?:正确|标准|参考)?答案\s*(?:是|为)?\s*(?P<key>[A-ZＡ-Ｚ][A-ZＡ-Ｚ,，、\s]{0,40}|[√✓✔×✗✘对错]|正确|错误)[。.]?"
)
_WITHIN = NAMES.replace("|答|", "|").replace("|说明|分析", "")
_PLACES = re.compile(
    # Several may stand in one line, also after the question or its last choice: 答案：A 难度：易 知识点：投诉
    rf"(?<=.)(?={_BOXED})|(?<=[\s；;。.？?！!）)])(?<!orrect )(?=(?:{_WITHIN})\s*[:：])"
)
_MARK = re.compile("[:：】\\]］〗]")
_BLANK = re.compile(r"[\s_＿]*")


def field_of(line: str) -> tuple[str, str]:
    """The field that a line begins, such as "answer", and what is in it; "" for none."""
    if _BARE.fullmatch(line):
        line += ":"
    if found := _KEY_ALONE.fullmatch(line):
        return "answer", found["key"]
    found = _FIELD.match(line)
    if not found:
        return "", line
    word = found["boxed"] or found["plain"]
    name = next(name for name, words in FIELDS.items() if re.fullmatch(words, word))
    rest = line[found.end() :]
    return name, "" if _BLANK.fullmatch(rest) else rest


def parts(line: str) -> Iterator[str]:
    """The line in parts of which each but the first begins a field."""
    found = _PLACES.split(line) if _MARK.search(line, 2) else (line,)
    yield from (part.strip() for part in found if part.strip())
