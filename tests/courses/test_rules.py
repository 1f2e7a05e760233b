"""How far somebody is, and what the files of a course say. Tables; no database."""

import pytest

from exam.courses.rules import Gap, ModuleState, Outline, PageState, current_page, gaps, is_complete
from exam.courses.rules.files import FileProblem, parse_checks, parse_course, parse_page
from question_bank.items import MultipleChoice, SingleChoice, TrueFalse


def module(number, *pages):
    """A chapter from pages such as "read", "open" or "read, 2 checks"."""
    states = []
    for place, words in enumerate(pages, 1):
        read, _, checks = words.partition(", ")
        states.append(
            PageState(10 * number + place, f"p{number}{place}", "…", 5, read == "read", int(checks.split()[0] or 0))
            if checks
            else PageState(10 * number + place, f"p{number}{place}", "…", 5, read == "read")
        )
    return ModuleState(number, f"m{number}", f"chapter {number}", "", tuple(states))


@pytest.mark.parametrize(
    ("modules", "missing"),
    [
        ([module(1, "read", "read")], []),
        ([module(1, "read", "open")], [(1, 1, 0)]),
        ([module(1, "open", "open"), module(2, "open")], [(1, 2, 0), (2, 1, 0)]),
        ([module(1, "read"), module(2, "read, 1 check")], [(2, 0, 1)]),
        ([module(1, "read, 2 checks", "open"), module(2, "read")], [(1, 1, 2)]),
        # The checks of a page not yet read are met on the way: naming them too would count it twice.
        ([module(1, "open, 3 checks")], [(1, 1, 0)]),
        ([], []),
    ],
)
def test_gaps_name_what_each_chapter_lacks(modules, missing):
    assert gaps(modules) == tuple(Gap(number, f"chapter {number}", pages, checks) for number, pages, checks in missing)


@pytest.mark.parametrize(
    ("modules", "complete"),
    [
        ([module(1, "read"), module(2, "read")], True),
        ([module(1, "read"), module(2, "open")], False),
        ([module(1, "read, 1 check")], False),
        ([], False),
        ([module(1)], False),
    ],
)
def test_a_course_is_complete_when_nothing_is_missing_and_something_was_there(modules, complete):
    assert is_complete(modules) is complete


@pytest.mark.parametrize(
    ("modules", "last", "here"),
    [
        ([module(1, "open", "open")], None, 11),
        ([module(1, "read", "open"), module(2, "open")], 11, 12),
        ([module(1, "open", "read"), module(2, "open")], 12, 21),
        ([module(1, "open", "read"), module(2, "read")], 21, 11),
        ([module(1, "read", "read, 1 check"), module(2, "open")], 12, 12),
        ([module(1, "read", "open")], 999, 12),
        ([module(1, "read")], 11, None),
        ([], None, None),
    ],
)
def test_one_goes_on_at_the_next_open_page_after_the_last(modules, last, here):
    pages = [page for one in modules for page in one.pages]
    found = current_page(pages, last)
    assert (found and found.id) == here


def test_an_outline_adds_up_its_chapters():
    outline = Outline("c", "course", "", (module(1, "read", "read, 2 checks"), module(2, "open", "open, 1 check")))
    assert (outline.total, outline.done, outline.pages_left, outline.checks_left) == (4, 1, 2, 2)
    assert outline.minutes_left == 10
    assert [(one and one.id) for one in outline.neighbours(12)] == [11, 21]
    assert [(one and one.id) for one in outline.neighbours(11)] == [None, 12]
    assert [(one and one.id) for one in outline.neighbours(22)] == [21, None]
    chapter, number = outline.place(22) or pytest.fail("not found")
    assert (chapter.number, number) == (2, 2)
    assert outline.place(99) is None


def test_a_chapter_leads_to_its_first_open_page():
    assert module(1, "read", "open").first_open.id == 12
    assert module(1, "read, 1 check", "open").first_open.id == 11
    assert module(1, "read", "read").first_open.id == 11
    assert module(1, "read", "read").settled
    assert not module(1, "open").begun


# Files

PAGE = "---\nslug: mission\ntitle: 使命：桥梁\nstandfirst: 一句话。\nminutes: 6\n---\n\n正文\n\n## 小节\n"


def test_a_page_is_read():
    page = parse_page("01.md", PAGE)
    assert (page.slug, page.title, page.minutes) == ("mission", "使命：桥梁", 6)
    assert page.body == "正文\n\n## 小节"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "01.md:1: a page begins"),
        ("正文", "01.md:1: a page begins"),
        ("---\nslug: a\n", "01.md:1: the front matter has no second"),
        (PAGE.replace("minutes: 6", "minutes: six"), "01.md:5: minutes is a whole number"),
        (PAGE.replace("minutes: 6", "minutes: 0"), "01.md:5: minutes is a whole number"),
        (PAGE.replace("minutes: 6", "minutes: ６"), "01.md:5: minutes is a whole number"),
        (PAGE.replace("slug: mission", "slug: Mis sion"), "01.md:2: 'Mis sion' is no slug"),
        (PAGE.replace("title: 使命：桥梁\n", ""), "01.md:1: the front matter lacks title"),
        (PAGE.replace("minutes: 6", "author: me"), "01.md:5: a line of the front matter is one of"),
        (PAGE.replace("minutes: 6", "slug: again"), "01.md:5: a line of the front matter is one of"),
        (PAGE.replace("## 小节", "# 标题"), "01.md:10: the title stands in the front matter"),
        (PAGE.split("\n\n")[0], "01.md:6: the page has no text"),
    ],
)
def test_a_page_that_cannot_be_read_names_file_and_line(text, problem):
    with pytest.raises(FileProblem) as error:
        parse_page("01.md", text)
    assert str(error.value).startswith(problem)


CHECKS = """
[[check]]
page = "mission"
kind = "single_choice"
stem = "哪一个？"
choices = [{ text = "甲" }, { text = "乙", correct = true }]
feedback = "因为。"

[[check]]
page = "mission"
kind = "true_false"
stem = "对吗？"
correct = false
feedback = "因为。"

[[check]]
page = "scope"
kind = "multiple_choice"
stem = "哪些？"
choices = [{ text = "甲", correct = true }, { text = "乙", correct = true }, { text = "丙" }]
feedback = "因为。"
"""


def test_checks_are_read_with_ids_for_their_choices():
    single, truth, multiple = parse_checks("checks.toml", CHECKS, ["mission", "scope"])
    assert isinstance(single.item, SingleChoice)
    assert single.item.keys == {"b"}
    assert isinstance(truth.item, TrueFalse)
    assert truth.item.correct is False
    assert isinstance(multiple.item, MultipleChoice)
    assert multiple.page == "scope"
    assert parse_checks("checks.toml", "", []) == ()


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('page = "scope"', 'page = "nowhere"', "c.toml:16: this chapter has no page 'nowhere'"),
        ('kind = "true_false"', 'kind = "short_answer"', "c.toml:9: kind is single_choice"),
        ("correct = false", 'correct = "no"', "c.toml:9: correct is true or false"),
        ('"乙", correct = true }]\n', '"乙" }]\n', "c.toml:2: a single choice has one correct choice, this one has 0"),
        ('feedback = "因为。"\n\n[[check]]\npage = "scope"', '[[check]]\npage = "scope"', "c.toml:9: feedback is text"),
        ('stem = "哪些？"', "stem = ", "c.toml:19: "),
    ],
)
def test_a_check_that_cannot_be_read_names_file_and_line(old, new, problem):
    assert old in CHECKS
    with pytest.raises(FileProblem) as error:
        parse_checks("c.toml", CHECKS.replace(old, new), ["mission", "scope"])
    assert str(error.value).startswith(problem)


def test_a_course_is_read():
    course = parse_course("course.toml", 'slug = "a"\ntitle = "课"\n[[module]]\nslug = "m"\ntitle = "章"\n')
    assert (course.slug, course.description, course.modules[0].title) == ("a", "", "章")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('slug = "a"\ntitle = "课"\n', "course.toml:1: there is no [[module]]"),
        ('slug = "a"\n[[module]]\nslug = "m"\ntitle = "章"\n', "course.toml:1: title is text"),
        ('slug = "a"\ntitle = "课"\n[[module]]\ntitle = "章"\n', "course.toml:3: None is no slug"),
        ('slug = "a"\ntitle = "课"\n' + '[[module]]\nslug = "m"\ntitle = "章"\n' * 2, "course.toml:1: used twice: m"),
    ],
)
def test_a_course_that_cannot_be_read_names_file_and_line(text, problem):
    with pytest.raises(FileProblem) as error:
        parse_course("course.toml", text)
    assert str(error.value).startswith(problem)
