"""Written text on a page: what it becomes, and that nothing harmful gets through."""

import time
from pathlib import Path

import html5lib
import pytest

from exam import markdown

SEED = Path("exam/courses/seed/onboarding")


@pytest.fixture
def render(app):
    """Render inside a request in English."""

    def rendered(text):
        with app.test_request_context("/", headers={"Cookie": "jieye_lang=en"}):
            return str(markdown.render(text))

    return rendered


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("# 一\n\n## 二\n\n#### 四", "<h2>一</h2>\n<h2>二</h2>\n<h3>四</h3>"),
        ("### 三", "<h2>三</h2>"),
        ("先*听*", "<p>先<em>听</em></p>"),
        ("先听，\n再说", "<p>先听，再说</p>"),
        ("first\nthen", "<p>first\nthen</p>"),
        ("- 一\n- 二", "<ul>\n<li>一</li>\n<li>二</li>\n</ul>"),
        ("> 引", "<blockquote>\n<p>引</p>\n</blockquote>"),
        ("[看](/course)", '<p><a href="/course" rel="noopener noreferrer">看</a></p>'),
    ],
)
def test_plain_text_becomes_html(render, text, html):
    assert render(text).strip() == html


def test_an_ordered_list_becomes_steps(render):
    html = render("1. **倾听并记录**：用*原话*记。\n2. 只有一句。\n3. **没有冒号**的也行\n   - 里面\n")
    assert '<ol class="steps">' in html
    assert "<div><b>倾听并记录</b><span>用<em>原话</em>记。</span></div>" in html
    assert "<div>只有一句。</div>" in html
    assert "<div><strong>没有冒号</strong>的也行\n<ul>\n<li>里面</li>" in html


def test_steps_inside_steps_stay_well_formed(render):
    html = render("1. 外\n   1. 里\n2. 外\n\n- 点\n  1. **步**：骤\n")
    assert html.count('<ol class="steps">') == 3
    assert html.count("<div>") == html.count("</div>") == 4


def test_a_case_has_its_word_and_a_heading(render):
    html = render("::: case 消失的积分\n一位会员。\n\n## 小题\n:::\n\n## 后面\n")
    assert '<section class="case"><span class="side" aria-hidden="true">Case</span><div>' in html
    assert "<h2>" in html
    assert "消失的积分</h2>" in html
    assert "<h3>小题</h3>" in html
    assert "<h2>后面</h2>" in html


@pytest.mark.parametrize("text", ["::: case", "::: case <b>粗</b>\n内容\n:::", "::: case 没有结尾\n内容"])
def test_a_case_may_be_oddly_written(render, text):
    html = render(text)
    assert html.count("<section") == html.count("</section>") == 1
    assert "<b>粗" not in html


def test_a_figure_is_served_by_the_site(render):
    html = render("![组织架构](figure:organisation)")
    assert "<figure>" in html
    assert 'src="/course/figures/organisation" alt="组织架构" width="640"' in html
    assert "<p>" not in html


@pytest.mark.parametrize(
    "text",
    [
        "![说明](figure:nowhere)",
        "![说明](figure:../../secret)",
        "![说明](https://example.com/a.png)",
        "![说明](data:image/svg+xml;base64,PHN2Zz4=)",
    ],
)
def test_any_other_picture_is_only_its_description(render, text):
    html = render(text)
    assert "<img" not in html
    assert "说明" in html


def test_a_table_says_which_cells_are_headings(render):
    html = render("| 岗位 | 职责 |\n| --- | --- |\n| 主管 | 协调 |\n")
    assert '<table class="table">' in html
    assert '<th scope="col">岗位</th>' in html
    assert "<td>主管</td>" in html
    html = render("| | 紧急 |\n| --- | :-: |\n| 重要 | 立刻做 |\n\n| 甲 |\n| --- |\n| 乙 |\n")
    assert "<td></td>\n" in html
    assert '<th scope="row">重要</th>' in html
    assert "style" not in html
    assert "<td>乙</td>" in html


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](vbscript:x)",
    "<javascript:alert(1)>",
    "![x](javascript:alert(1))",
    '![" onerror="alert(1)](figure:organisation)',
    '[x](/a "\\" onmouseover=\\"alert(1)")',
    "::: case <img src=x onerror=alert(1)>\nx\n:::",
    '::: case " onclick="alert(1)\nx\n:::',
    "<style>*{display:none}</style>",
    "<svg onload=alert(1)>",
    "<iframe src=//evil>",
    "```html\n<script>alert(1)</script>\n```",
    "    <script>alert(1)</script>",
    "| <script> | b |\n| --- | --- |\n| <img src=x onerror=1> | </td></table><script> |",
    "1. **<b onclick=x>**：<script>",
    "<!-- <script>alert(1)</script> -->",
    "&lt;script&gt;",
    "\x00<script>",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_harmful_gets_through(render, text):
    html = render(text)
    root = html5lib.HTMLParser(namespaceHTMLElements=False).parseFragment(html)
    for element in root.iter():
        assert element.tag not in ("script", "style", "svg", "iframe", "object", "form", "input"), html
        for name, value in element.attrib.items():
            assert not name.startswith("on"), html
            assert name != "style", html
            assert "script:" not in value.lower() or name in ("alt", "title"), html
            assert not (name in ("href", "src") and value.lower().startswith("data:")), html


@pytest.mark.parametrize(
    "text",
    [
        ">" * 3000 + " x",
        "".join("  " * depth + "- x\n" for depth in range(300)),
        "[" * 3000,
        "*" * 5000 + "x",
        "![" * 2000,
        "::: case x\n" * 300,
        "".join(" " * (3 * depth) + "1. x\n" for depth in range(100)),
        "|a" * 2000 + "\n" + "|-" * 2000 + "\n" + "|b" * 2000,
        "`" * 20000,
    ],
    ids=["quotes", "lists", "brackets", "stars", "pictures", "cases", "steps", "table", "ticks"],
)
def test_deep_or_endless_text_is_rendered_in_time(render, text):
    began = time.perf_counter()
    html = render(text)
    assert time.perf_counter() - began < 5
    assert html5lib.HTMLParser(namespaceHTMLElements=False).parseFragment(html[:20000]) is not None


def test_plain_gives_the_words_alone(app):
    text = "## 标题\n\n先**听**，\n再说。\n\n::: case 积分\n1. 甲\n:::\n\n| a | b |\n| - | - |\n| c | d |\n"
    text += "\n![图](figure:x)"
    with app.test_request_context():
        assert markdown.plain(text) == "标题 先听，再说。 积分 甲 a b c d 图"


def test_every_page_of_the_course_is_well_made(render):
    pages = sorted(SEED.glob("*/*.md"))
    assert len(pages) >= 24
    for path in pages:
        html = render(path.read_text(encoding="utf-8").split("---", 2)[2])
        parser = html5lib.HTMLParser(namespaceHTMLElements=False)
        parser.parseFragment(html, container="div")
        assert not parser.errors, (path, parser.errors)
        for rest in (":::", "**", "figure:", "| ", "&lt;"):
            assert rest not in html, (path, rest)


def test_every_drawing_of_the_course_is_used(app):
    written = "".join(path.read_text(encoding="utf-8") for path in SEED.glob("*/*.md"))
    assert markdown.figures()
    for name, figure in markdown.figures().items():
        assert f"](figure:{name})" in written
        assert (figure.width, figure.height > 100) == (640, True)
