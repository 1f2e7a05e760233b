"""What the columns of a table hold, told from their headings in whatever words and order."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from unicodedata import normalize

from question_bank.formats import answers
from question_bank.formats.tables.grids import Grid

_WORDS = {
    "kind": """
        题型 题目类型 试题类型 试题题型 问题类型 题目题型 题类 类型 题型名称 kind type qtype questiontype
        questionkind
    """,
    "stem": """
        题干 题目 题目内容 试题内容 问题 问题描述 问题内容 试题 试题题干 题干内容 题目描述 题目题干 题目名称
        试题名称 题目标题 试题标题 问题标题 题干文本 题目正文
        题面 内容 标题 stem question questiontext questionstem questiontitle
        prompt title content text body questiondescription questiondesc
    """,
    "letter": "选项标识 选项字母 选项编号 选项序号 选项标签 optionkey optionlabel optionletter optionid",
    "choices": """
        选项 选项内容 备选项 备选答案 候选项 候选答案 答案选项 全部选项 选项列表 options choices option choice
        answers optionlist
    """,
    "correct": "是否正确 正确与否 是否答案 是否为答案 是否正确答案 iscorrect isright correctoption",
    "answer": """
        答案 正确答案 标准答案 正确选项 参考答案 答案内容 试题答案 题目答案 正确答案选项 answer answerkey key
        correct correctanswer correctanswers correctanswerkey rightanswer correctchoice solution
    """,
    "more_answers": "其他答案 其它答案 别的答案 otheranswers acceptedanswers alternatives",
    "explanation": """
        解析 答案解析 试题解析 题目解析 解释 说明 分析 试题分析 答案说明 详解 解析说明 explanation analysis
        feedback rationale generalfeedback note
    """,
    "points": """
        分值 分数 得分 题目分值 题目分数 试题分数 试题分值 每题分值 每题分数 默认分值 满分 score points point
        mark marks grade defaultgrade
    """,
    "difficulty": "难度 难度等级 难度级别 难易度 难易程度 难度系数 题目难度 试题难度 难易 difficulty level",
    "topic": "知识点 考点 所属知识点 知识点名称 topic knowledgepoint knowledge",
    "chapter": """
        章节 所属章节 章 章节名称 分类 题目分类 试题分类 所属分类 类别 科目 学科 所属科目 题库 题库名称 所属题库
        模块 课程 category chapter subject section module course
    """,
    "tags": "标签 关键字 关键词 题目标签 tags tag keywords labels",
    "key_points": "采分点 得分点 评分标准 评分点 答题要点 要点 评分要点 得分要点 keypoints rubric",
    "family": "同类组 同类题组 family",
    "seconds": "预计秒数 预计用时秒 expectedseconds",
    "name": "名称 题目编码 试题编码 题目标识 name questionname",
    "number": "序号 题号 编号 题目序号 试题编号 题目编号 行号 no no. number id # questionid questionno",
}
_FIELDS = {word: name for name, words in _WORDS.items() for word in words.split()}
_ORDINALS = {sign: number for number, sign in enumerate("一二三四五六七八九十", start=1)}
_PART = re.compile(
    r"(?:备选|候选)?(?:选项|项|答案|option|choice|answer)?[_\-]?"
    r"(?P<mark>[a-z]|[1-9]|1[0-9]|2[0-6]|[一二三四五六七八九十])"
    r"(?:选项|项)?[_\-]?(?P<what>内容|文本|text|是否正确|是否为答案|iscorrect|correct|图片|image|反馈|feedback|解析)?"
)
_WRONG = re.compile(
    r"(?:错误答案|错误选项|干扰项|干扰答案|incorrectanswer|wronganswer|distractor|incorrect|wrong)s?[0-9]{0,2}"
)
_REMARK = re.compile(r"\s+[-–—]\s+.*", re.DOTALL)
"""What some templates say behind a heading: "Answer 1 - max 75 characters"."""
_LEGEND = re.compile(
    r"(?<![0-9.])([0-9])\s*[-:：、.=代表为是]{0,2}\s*((?:单|多|判|简|问|填|不定|论|材|连|排|名)[一-龥]{0,5})"
)
SCANNED = 30
"""Rows in which headings are looked for."""


@dataclass
class Columns:
    """Where each thing stands, by column from 0, and what codes for kinds mean."""

    fields: dict[str, int] = field(default_factory=dict)
    choices: dict[int, int] = field(default_factory=dict)
    """The column of each choice's text, by its place from 0; so those below."""
    right: dict[int, int] = field(default_factory=dict)
    feedback: dict[int, int] = field(default_factory=dict)
    wrong: list[int] = field(default_factory=list)
    """Those of choices that are wrong, where the answer has the right one in words."""
    unknown: dict[int, str] = field(default_factory=dict)
    """Columns that mean nothing here, with their headings."""
    legend: Mapping[str, str] = field(default_factory=dict)

    @property
    def make_sense(self) -> bool:
        """Whether these are headings at all: the question, and at least one thing that belongs to it."""
        more = {"answer", "choices", "kind", "key_points", "correct"} & set(self.fields)
        return "stem" in self.fields and bool(more or len(self.choices) > 1)

    def settle(self) -> None:
        """Take headings that mean one thing or another for what they mean beside each other."""
        fields = self.fields
        if "letter" in fields and "choices" not in fields:
            del fields["letter"]
        if self.choices and "correct" in fields and "answer" not in fields:
            fields["answer"] = fields.pop("correct")  # correct_option, with the options in columns


def plain_heading(text: str) -> str:
    """A heading without signs, spaces and what stands in brackets: "选项Ａ（必填）" as "选项a"."""
    text = re.sub(r"[(（\[【<《][^)）\]】>》]*[)）\]】>》]", "", normalize("NFKC", text))
    text = _REMARK.sub("", text)
    return re.sub(r"[\s*:：_\-/、,，。.]+", "", text).lower() or text.strip().lower()


def means_kind(heading: str) -> bool:
    """Whether a plain heading is one for the kind of question."""
    return _FIELDS.get(heading) == "kind"


def find(grid: Grid) -> tuple[int, Columns] | None:
    """The row below which questions begin, from 0, and the columns; None if no row has headings."""
    for number in range(min(SCANNED, len(grid.rows))):
        columns = of_row(grid.rows[number])
        if not columns.make_sense:
            continue
        below = number + 1
        joined = _joined(grid, number)
        if joined and len((deeper := of_row(joined)).choices) > len(columns.choices):
            columns, below = deeper, number + 2
        above = " ".join(cell for row in grid.rows[: number + 1] for cell in row)
        columns.legend = _legend(above)
        return below, columns
    return None


def of_row(cells: list[str] | tuple[str, ...] | object) -> Columns:
    """What the headings in a row say; a name that comes twice counts once."""
    columns = Columns()
    for number, cell in enumerate(cells if isinstance(cells, list | tuple) else ()):
        if not cell:
            continue
        heading = plain_heading(cell)
        name = _FIELDS.get(heading)
        if heading == "选项内容" and "choices" in columns.fields:
            columns.fields["letter"], columns.fields["choices"] = columns.fields["choices"], number
        elif name and name not in columns.fields:
            columns.fields[name] = number
        elif _WRONG.fullmatch(heading):
            columns.wrong.append(number)
        elif part := _PART.fullmatch(heading):
            _add_part(columns, part, number, cell)
        else:
            columns.unknown[number] = cell
    columns.settle()
    return columns


def _add_part(columns: Columns, part: re.Match[str], number: int, cell: str) -> None:
    mark, what = part["mark"], part["what"] or ""
    place = ord(mark) - ord("a") if "a" <= mark <= "z" else (_ORDINALS.get(mark) or int(mark)) - 1
    match what:
        case "" | "内容" | "文本" | "text":
            columns.choices.setdefault(place, number)
        case "是否正确" | "是否为答案" | "iscorrect" | "correct":
            columns.right.setdefault(place, number)
        case "反馈" | "feedback" | "解析":
            columns.feedback.setdefault(place, number)
        case _:
            columns.unknown[number] = cell


def _joined(grid: Grid, number: int) -> list[str]:
    """A heading of two rows, such as 选项 over A, B, C, as one; empty where the next row is none."""
    upper, lower = grid.rows[number], grid.rows[number + 1] if number + 1 < len(grid.rows) else []
    covered = {
        column for (top, left), (bottom, right) in grid.merged if top <= number <= bottom
        for column in range(left, right + 1)
    }  # fmt: skip
    width = max(len(upper), len(lower))
    cells = []
    for column in range(width):
        above, below = grid.cell(number, column), grid.cell(number + 1, column)
        if below and (column in covered or not above):
            cells.append(below)
        elif below:
            return []  # a row of its own
        else:
            cells.append(above)
    return cells


def _legend(text: str) -> dict[str, str]:
    """What codes mean, where a heading or a note above says so: 0单选，1判断，2多选."""
    found = {code: word for code, word in _LEGEND.findall(text) if answers.kind_named(word)}
    return found if len(found) > 1 else {}
