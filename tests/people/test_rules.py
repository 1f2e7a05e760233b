"""Lists of new people: which column is which, and what becomes of each line."""

import pytest

from exam.accounts.rules import Role
from exam.people.rules import (
    MOST_LINES,
    Column,
    Fault,
    Known,
    Line,
    SheetProblem,
    Someone,
    UnreadableSheet,
    check,
    column_of,
    propose_username,
    read_sheet,
)
from exam.spreadsheets import Row

LIN = Someone(1, "林晓雨", "m0412", "M0412", "lin@example.com")
ZHOU = Someone(2, "周敏", "zhoumin", "T001")
ZHOU2 = Someone(3, "周敏", "zhou2", "T002")
WU = Someone(4, "吴浩", "wuhao")
KNOWN = Known([LIN, ZHOU, ZHOU2, WU], [ZHOU, ZHOU2, WU], frozenset({"2026 年 11 月"}))
PINYIN = {"何嘉宁": "hejianing", "沈一诺": "shenyinuo"}


def table(*rows: tuple[str, ...]) -> list[Row]:
    return [Row(number, cells) for number, cells in enumerate(rows, 1)]


def line(number: int = 2, **values: str) -> Line:
    return Line(number, {Column(name): value for name, value in values.items()})


def checked(**values: str):
    return check([line(**values)], KNOWN, PINYIN)[0]


def faults(**values: str) -> list[Fault]:
    return [problem.fault for problem in checked(**values).problems]


# Columns


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("姓名", Column.NAME),
        ("姓 名", Column.NAME),
        ("*姓名（必填）", Column.NAME),
        ("工号【员工系统】", Column.STAFF_NUMBER),
        ("姓名*", Column.NAME),
        ("Name", Column.NAME),
        ("ＦＵＬＬ ＮＡＭＥ", Column.NAME),
        ("员工编号", Column.STAFF_NUMBER),
        ("Staff No.", Column.STAFF_NUMBER),
        ("账号", Column.USERNAME),
        ("E-mail", Column.EMAIL),
        ("电子邮箱", Column.EMAIL),
        ("带教老师", Column.TUTOR),
        ("批次：", Column.COHORT),
        ("role", Column.ROLE),
        ("备注", None),
        ("", None),
    ],
)
def test_headings_are_known_by_many_names(heading, column):
    assert column_of(heading) is column


def test_columns_stand_in_any_order_below_a_title():
    sheet = read_sheet(
        [table(("2026 年 11 月新员工",), ("工号", "备注", "姓名"), ("M1", "女", "何嘉宁"), ("", "", "沈一诺"))]
    )
    assert sheet.columns == (Column.STAFF_NUMBER, Column.NAME)
    assert sheet.unknown == ("备注",)
    assert sheet.lines == (line(3, staff_number="M1", name="何嘉宁"), line(4, name="沈一诺"))


def test_the_table_with_the_most_headings_counts():
    few, many = table(("姓名",), ("x",)), table(("姓名", "工号"), ("何嘉宁", "M1"))
    assert read_sheet([few, [], many]).lines == (line(2, name="何嘉宁", staff_number="M1"),)


def test_examples_and_lines_without_known_cells_are_left_out():
    rows = table(("姓名", "备注"), ("示例：林晓雨", ""), ("Example: Lin", ""), ("", "第一组"), ("何嘉宁", ""))
    assert [one.number for one in read_sheet([rows]).lines] == [5]


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ([], SheetProblem.NO_HEADINGS),
        ([("工号", "邮箱"), ("M1", "a@b.cn")], SheetProblem.NO_HEADINGS),
        ([("林晓雨", "M1")], SheetProblem.NO_HEADINGS),
        ([("姓名", "工号")], SheetProblem.NO_LINES),
        ([("姓名",), ("示例",)], SheetProblem.NO_LINES),
        ([("姓名", "名字"), ("林", "晓雨")], SheetProblem.TWO_ALIKE),
        ([("姓名",), *[(f"人{n}",) for n in range(MOST_LINES + 1)]], SheetProblem.TOO_MANY),
    ],
)
def test_what_is_no_list_of_people_is_refused(rows, problem):
    with pytest.raises(UnreadableSheet) as refused:
        read_sheet([table(*rows)])
    assert refused.value.problem is problem


def test_as_many_lines_as_allowed_are_read():
    rows = [("姓名",), *[(f"人{n}",) for n in range(MOST_LINES)]]
    assert len(read_sheet([table(*rows)]).lines) == MOST_LINES


# Lines


def test_a_line_in_order_becomes_somebody_to_add():
    one = checked(
        name="何嘉宁", staff_number="Ｍ０５ ００", email="He@example.com", tutor="T001", cohort="2026 年 11 月"
    )
    assert one.ready
    entry = one.entry
    assert (entry.full_name, entry.username, entry.staff_number) == ("何嘉宁", "m0500", "M0500")
    assert (entry.email, entry.tutor_id, entry.cohort) == ("He@example.com", ZHOU.id, "2026 年 11 月")
    assert entry.roles == {Role.NEW_HIRE}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"staff_number": "M1"}, [Fault.NO_NAME]),
        ({"name": "何" * 81}, [Fault.TOO_LONG]),
        ({"name": "何嘉宁", "staff_number": "1" * 41}, [Fault.TOO_LONG]),
        ({"name": "何嘉宁", "cohort": "批" * 81}, [Fault.TOO_LONG]),
        ({"name": "何嘉宁", "email": "a@b"}, [Fault.BAD_EMAIL]),
        ({"name": "何嘉宁", "email": "a@b.cn;c@d.cn"}, [Fault.BAD_EMAIL]),
        ({"name": "何嘉宁", "email": "x" * 250 + "@b.cn"}, [Fault.TOO_LONG]),
        ({"name": "何嘉宁", "username": "x"}, [Fault.BAD_USERNAME]),
        ({"name": "何嘉宁", "username": "a/b"}, [Fault.BAD_USERNAME]),
        ({"name": "何嘉宁", "tutor": "张三"}, [Fault.UNKNOWN_TUTOR]),
        ({"name": "何嘉宁", "tutor": "林晓雨"}, [Fault.UNKNOWN_TUTOR]),
        ({"name": "何嘉宁", "tutor": "周敏"}, [Fault.SEVERAL_TUTORS]),
        ({"name": "何嘉宁", "role": "经理"}, [Fault.UNKNOWN_ROLE]),
        ({"name": "何嘉宁", "role": "管理员"}, [Fault.ADMIN_ROLE]),
        ({"name": "何嘉宁", "role": "培训师、admin"}, [Fault.ADMIN_ROLE]),
        ({"name": "何\ufffd宁"}, [Fault.UNREADABLE]),
        ({"name": "\u951f\u65a4\u62f7"}, [Fault.UNREADABLE]),
        ({"name": "=cmd|' /C calc'!A0"}, [Fault.FORMULA]),
        ({"name": "何嘉宁", "staff_number": "M0412"}, [Fault.TAKEN]),
        ({"name": "何嘉宁", "staff_number": "m0412"}, [Fault.TAKEN]),
        ({"name": "何嘉宁", "username": "ＺｈｏｕＭｉｎ"}, [Fault.TAKEN]),
        ({"name": "何嘉宁", "email": "LIN@example.com"}, [Fault.TAKEN]),
        ({"email": "x", "role": "y"}, [Fault.NO_NAME, Fault.BAD_EMAIL, Fault.UNKNOWN_ROLE]),
    ],
)
def test_each_fault_is_found(values, expected):
    assert faults(**values) == expected


@pytest.mark.parametrize(
    ("typed", "roles"),
    [
        ("", {Role.NEW_HIRE}),
        ("新员工", {Role.NEW_HIRE}),
        ("Trainer / HR", {Role.TRAINER, Role.HR}),
        ("培训师、人事", {Role.TRAINER, Role.HR}),
    ],
)
def test_roles_are_read_in_both_languages(typed, roles):
    assert checked(name="何嘉宁", role=typed).entry.roles == roles


@pytest.mark.parametrize("typed", ["吴浩", " 吴 浩", "wuhao", "WUHAO"])
def test_a_tutor_is_known_by_name_and_user_name(typed):
    assert checked(name="何嘉宁", tutor=typed).entry.tutor_id == WU.id


@pytest.mark.parametrize(
    "values",
    [{"staff_number": "m0412"}, {"username": "M0412"}, {"email": "LIN@example.com"}, {},
     {"staff_number": "M0412", "email": "new@example.com"}],
)  # fmt: skip
def test_somebody_who_is_there_already_is_no_fault_and_not_added(values):
    one = checked(name="林晓雨", **values)
    assert one.already == LIN
    assert not one.problems
    assert not one.ready


def test_a_namesake_with_a_staff_number_of_their_own_is_somebody_new():
    assert checked(name="林晓雨", staff_number="M0999").ready


def test_what_stands_twice_in_the_file_is_found_with_the_first_line():
    lines = [
        line(2, name="何嘉宁", staff_number="M1", email="a@b.cn"),
        line(3, name="沈一诺", staff_number="m1"),
        line(4, name="唐若溪", email="A@B.CN"),
        line(5, name="高子墨"),
        line(6, name="高子墨"),
        line(7, name="吴桐", username="x1"),
        line(8, name="马思远", username="Ｘ1"),
    ]
    found = [(one.line.number, [(p.fault, p.line) for p in one.problems]) for one in check(lines, KNOWN, {})]
    assert found == [
        (2, []),
        (3, [(Fault.TWICE, 2)]),
        (4, [(Fault.TWICE, 2)]),
        (5, []),
        (6, [(Fault.SAME_NAME, 5)]),
        (7, []),
        (8, [(Fault.TWICE, 7)]),
    ]


def test_proposed_user_names_are_free_among_the_people_and_in_the_file():
    lines = [
        line(2, name="何嘉宁"),
        line(3, name="何 嘉宁", email="x@y.cn"),
        line(4, name="沈一诺", username="hejianing2"),
        line(5, name="周敏", staff_number="zhoumin"),
    ]
    found = check(lines, KNOWN, {"何嘉宁": "hejianing", "何 嘉宁": "hejianing"})
    assert [one.entry.username for one in found] == ["hejianing", "hejianing3", "hejianing2", "zhoumin2"]


@pytest.mark.parametrize(
    ("staff_number", "pinyin", "proposed"),
    [
        ("M0412", "linxiaoyu", "m0412"),
        ("", "linxiaoyu", "linxiaoyu"),
        ("1", "linxiaoyu", "linxiaoyu"),
        ("A/12", "linxiaoyu", "a12"),
        ("", "😀", "person"),
        ("", "x" * 100, "x" * 60),
        ("taken", "", "taken2"),
    ],
)
def test_a_user_name_is_proposed_from_what_there_is(staff_number, pinyin, proposed):
    assert propose_username(staff_number, pinyin, {"taken"}) == proposed
