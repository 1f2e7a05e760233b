"""Tables written: our own headings, with as many columns for choices as there are choices."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from fractions import Fraction

import xlsxwriter

from question_bank.formats import options
from question_bank.formats.codes import ReadCode
from question_bank.formats.reading import (
    EVERYTHING,
    NOTHING,
    ReadAnswer,
    ReadChoice,
    Reading,
    ReadKeyPoint,
    ReadProblem,
    ReadQuestion,
    Unreadable,
    Written,
    excerpt,
    losses,
    same_shares,
)
from question_bank.formats.tables.grids import Grid, harmless
from question_bank.formats.tables.reading import read_grids
from question_bank.responses import Kind

LONGEST_CELL = 32_767
"""Characters of a cell in Excel."""
_NAMES = {
    Kind.SINGLE_CHOICE: "单选题",
    Kind.MULTIPLE_CHOICE: "多选题",
    Kind.TRUE_FALSE: "判断题",
    Kind.SHORT_ANSWER: "简答题",
}
_DIFFICULTY = {None: "", 1: "易", 2: "中", 3: "难"}
_WIDTHS = {"题型": 9, "题干": 48, "答案": 14, "采分点": 36, "解析": 36, "知识点": 16, "标签": 14}
_NOTE = (
    "从第 3 行起，一行一题。题型填单选题、多选题、判断题或简答题；答案填字母（多选如 ABD），判断题填对或错，"
    "简答题填参考答案，也可在“采分点”中逐行写 1. 要点（2分）。下面四行以“示例”开头，导入时会跳过，可以删去。"
)


def write_xlsx(questions: Iterable[ReadQuestion]) -> Written:
    """Write a workbook that `read_xlsx` reads back, and say what it has no place for."""
    headings, rows, problems = _table(questions)
    return Written(_book(headings, rows), problems)


def write_csv(questions: Iterable[ReadQuestion]) -> Written:
    """The same as CSV in UTF-8 with its mark, so that Excel shows Chinese; nothing in it works as a formula."""
    headings, rows, problems = _table(questions)
    text = io.StringIO(newline="")
    csv.writer(text).writerows([headings, *([harmless(cell) for cell in row] for row in rows)])
    return Written(b"\xef\xbb\xbf" + text.getvalue().encode(), problems)


def template() -> bytes:
    """A workbook to fill in: what to write where, the headings, and an example of each kind."""
    headings = _headings(4)
    rows = [_row(question, headings) for question in _EXAMPLES]
    return _book(headings, rows, note=_NOTE)


def _table(questions: Iterable[ReadQuestion]) -> tuple[list[str], list[list[str]], tuple[ReadProblem, ...]]:
    lost: Counter[str] = Counter()
    problems: list[ReadProblem] = []
    given = [(question, _without(question, lost)) for question in questions]
    headings = _headings(max([4, *(len(kept.choices) for _question, kept in given)]))
    rows = []
    for question, kept in given:
        row = _row(kept, headings)
        if _comes_back(kept, headings, row):
            rows.append(row)
        else:
            why = "a cell can't hold it, it has no key, or it would be read as something else"
            problems.append(ReadProblem(ReadCode.LEFT_OUT, question.place, excerpt(question.stem), why))
    return headings, rows, (*problems, *losses(lost))


def _comes_back(kept: ReadQuestion, headings: list[str], row: list[str]) -> bool:
    if any(len(cell) > LONGEST_CELL for cell in row):
        return False
    try:
        return read_grids([Grid("", [headings, row])]) == Reading((replace(kept, place="row 2"),))
    except Unreadable:
        return False


def _headings(choices: int) -> list[str]:
    letters = [f"选项{chr(ord('A') + number)}" for number in range(min(choices, 26))]
    facts = ["解析", "分值", "难度", "知识点", "标签", "同类组", "预计秒数", "名称"]
    return ["题型", "题干", *letters, "答案", "其他答案", "采分点", *facts]


def _row(question: ReadQuestion, headings: Sequence[str]) -> list[str]:
    texts = [one.text for one in question.choices]
    if options.looks_labelled(texts):
        texts = [f"{one.id}. {one.text}" for one in question.choices]
    first, *others = [one.text for one in question.answers] or [""]
    cells = {
        "题型": _NAMES[question.kind],
        "题干": question.stem,
        "答案": first,
        "其他答案": "\n".join(others),
        "采分点": "\n".join(_point(place, one) for place, one in enumerate(question.key_points, start=1)),
        "解析": question.explanation,
        "分值": "" if question.points is None else _decimal(question.points),
        "难度": _DIFFICULTY[question.difficulty],
        "知识点": question.topic or "",
        "标签": "、".join(question.tags),
        "同类组": question.family,
        "预计秒数": "" if question.seconds is None else str(question.seconds),
        "名称": question.name or "",
    } | {f"选项{one.id}": text for one, text in zip(question.choices, texts, strict=True)}
    if question.kind is Kind.TRUE_FALSE and question.correct is not None:
        cells["答案"] = "对" if question.correct else "错"
    elif question.choices:
        cells["答案"] = "".join(one.id for one in question.choices if one.correct)
    return [cells.get(heading, "") for heading in headings]


def _point(place: int, one: ReadKeyPoint) -> str:
    return f"{place}. {one.text}（{_decimal(one.points)}分）"


def _without(question: ReadQuestion, lost: Counter[str]) -> ReadQuestion:
    """The question as a table can have it; counts what it loses."""
    keys = sum(one.correct for one in question.choices)
    share = Fraction(1, keys) if question.kind is Kind.MULTIPLE_CHOICE and keys else EVERYTHING
    kept = replace(
        question,
        choices=tuple(
            replace(one, feedback="", fraction=share if one.correct else NOTHING) for one in question.choices
        ),
        answers=tuple(ReadAnswer(one.text) for one in _accepted(question.answers)),
        key_points=tuple(replace(one, accepted=()) for one in question.key_points),
        media=(),
    )
    lost.update(_lost(question, kept))
    return kept


def _accepted(answers: Sequence[ReadAnswer]) -> Sequence[ReadAnswer]:
    """The wordings that a table can have: each is fully right there, which half of an answer or a trap isn't."""
    full = [one for one in answers if one.fraction == EVERYTHING]
    return full or [one for one in answers if one.fraction > NOTHING]


def _lost(question: ReadQuestion, kept: ReadQuestion) -> Iterator[str]:
    if any(one.feedback for one in question.choices):
        yield "feedback"
    if not same_shares(kept, question):
        yield "shares of choices"
    if kept.answers != question.answers:
        yield "wordings with a share, and capitals that matter"
    if kept.key_points != question.key_points:
        yield "accepted wordings of key points"
    if question.media:
        yield "pictures and sounds"


def _decimal(number: Fraction) -> str:
    return f"{float(number):.3f}".rstrip("0").rstrip(".")


def _book(headings: Sequence[str], rows: Sequence[Sequence[str]], note: str = "") -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(
        target,
        {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    book.set_properties({"created": datetime(2000, 1, 1)})  # so that the same questions make the same file
    sheet = book.add_worksheet("题目")
    bold = book.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    top = 0
    if note:
        sheet.merge_range(0, 0, 0, len(headings) - 1, note, wrapped)
        sheet.set_row(0, 48)
        top = 1
    for column, heading in enumerate(headings):
        sheet.write_string(top, column, heading, bold)
        sheet.set_column(column, column, _WIDTHS.get(heading, 20 if heading.startswith("选项") else 8))
    for number, row in enumerate(rows, start=top + 1):
        for column, cell in enumerate(row):
            if cell:
                sheet.write_string(number, column, cell, wrapped)
    sheet.freeze_panes(top + 1, 2)
    kinds = {"validate": "list", "source": list(_NAMES.values()), "error_type": "warning"}
    sheet.data_validation(top + 1, 0, top + 1000, 0, kinds)
    book.close()
    return target.getvalue()


def _chosen(*rows: tuple[str, bool], several: int = 1) -> tuple[ReadChoice, ...]:
    return tuple(
        ReadChoice("ABCD"[number], text, right, Fraction(1, several) if right else NOTHING)
        for number, (text, right) in enumerate(rows)
    )


_EXAMPLES = (
    ReadQuestion(
        Kind.SINGLE_CHOICE,
        "示例：会员来电投诉时，第一步应当做什么？",
        "",
        _chosen(
            ("先听完并复述会员的诉求", True),
            ("马上承诺赔偿", False),
            ("转给其他部门", False),
            ("请会员改天再打", False),
        ),
        points=Fraction(2),
        topic="投诉处理",
        difficulty=1,
        explanation="先听清楚，再回应。",
    ),
    ReadQuestion(
        Kind.MULTIPLE_CHOICE,
        "示例：核对会员身份时可以询问哪些信息？",
        "",
        _chosen(("会员号", True), ("预留手机号后四位", True), ("银行卡密码", False), ("短信验证码", False), several=2),
        points=Fraction(3),
        topic="信息安全",
        difficulty=2,
        explanation="密码和验证码任何时候都不能问。",
    ),
    ReadQuestion(
        Kind.TRUE_FALSE,
        "示例：工单当天未解决的，应当在下班前告知会员进展。",
        "",
        correct=True,
        points=Fraction(2),
        topic="工单",
        difficulty=1,
    ),
    ReadQuestion(
        Kind.SHORT_ANSWER,
        "示例：简述处理一次退款申请的步骤。",
        "",
        key_points=(
            ReadKeyPoint("核对会员身份和订单", Fraction(2)),
            ReadKeyPoint("说明退款规则和时限", Fraction(2)),
            ReadKeyPoint("登记工单并告知结果", Fraction(1)),
        ),
        points=Fraction(5),
        topic="退款",
        difficulty=3,
    ),
)
