"""HTML and plain text, both ways: nothing that can be read is lost, whatever somebody has put into angle brackets."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from question_bank.formats.markup import html, plain
from question_bank.formats.tags import has_tags

CHARACTERS = st.sampled_from("会员 Ａ<>&;\"'/=!-[](){}\\|#*b ") | st.characters(
    exclude_categories=["Cs", "Cc"], exclude_characters="\xa0"
)
lines = st.text(CHARACTERS, max_size=20).map(lambda line: line.strip(" "))
texts = st.lists(lines, max_size=5).map("\n".join).filter(lambda text: text == text.strip("\n"))
PIECES = """
<p> </p> <br/> <ul> <ol> <li> </ul> </ol> <table> <tr> <td> </td> </tr> </table> <sup> </sup> <pre> </pre> <!-- -->
<![CDATA[ ]]> <a> </a> <script> </script> <audio> </audio> <b <x> &amp &#9 ' " < >
"""
TAGS = st.sampled_from(PIECES.split())


@given(texts)
def test_what_is_written_as_html_is_read_back(text: str) -> None:
    assert plain(html(text)) == (text, set())


@given(st.lists(TAGS | st.text("x <>&\n\t\v\xa0'\"=", max_size=3), max_size=40).map("".join))
def test_any_html_becomes_text(source: str) -> None:
    text, _lost = plain(source)
    assert not any(sign in text for sign in "\v\xa0")


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<p>一</p><p>二</p>", "一\n二"),
        ("<p>一</p>\n\n<p></p>\n<p>二</p>", "一\n二"),
        ("<p>一</p><p>&nbsp;</p><p>二</p>", "一\n\n二"),
        ("一<br>二<br/><br />三", "一\n二\n\n三"),
        ("<div>一<br></div><div> 二 </div>", "一\n二"),
        (" a\n  b\tc ", "a b c"),
        ("<ul><li>一<ul><li>二</li></ul></li><li>三</ul>", "• 一\n◦ 二\n• 三"),
        ("<ol><li>一<li>二<ol><li>三</ol><li>四</ol>", "1. 一\n2. 二\n1. 三\n3. 四"),
        ("<ol type=A start='3'><li>一<li value=1>二</ol>", "C. 一\nA. 二"),
        (
            "<table><tr><th></th><th>一</th></tr><tr><td><p>a</p><p>b</p></td><td>c</td></tr></table>d",
            "| 一\na b | c\nd",
        ),
        ("<table><td>a<td>b<tr><td>c<td>d</table>", "a | b\nc | d"),
        ("<table><tr><td><p>一</p><p>二</p></td></tr></table>", "一\n二"),
        ("<table><tr><td>a<table><tr><td>b<td>c</table><td>d</table>", "a b | c | d"),
        ("<pre>\n  def f():\n      return 1\n</pre>完", "  def f():\n      return 1\n完"),
        ("H<sub>2</sub>O、x<sup>2</sup>、x<sup>甲</sup>", "H₂O、x²、x^(甲)"),
        ("&lt;b&gt; &amp;amp; &nbsp; &#20250; &eacute", "<b> &amp;   会 é"),
        (r"\( x^2 &lt; y \)、\[a\]、$$b$$", r"\( x^2 < y \)、\[a\]、$$b$$"),
        ("<script type='math/tex'>x^2</script>", r"\(x^2\)"),
        ("一<!-- <p>二 -->三<!---->四", "一三四"),
        ("一<![CDATA[<p> & &amp;]]>二", "一<p> & &amp;二"),
        ("<!DOCTYPE html><html><head><title>一</title></head><body>二</body></html>", "二"),
        ("<style>p { }</style>一<script>if (a < b) {}</script>", "一"),
        ("<img src='a.png' alt='图 [一]'>", "[图 [一]]"),
        ("<audio controls><source src='a.mp3'>没有声音</audio>一", "一"),
        ("<o:p></o:p><mfenced><mi>x</mi></mfenced><p/>一<my-tag>二</my-tag>", "x\n一二"),
    ],
)
def test_html_is_read_as_a_browser_shows_it(source: str, text: str) -> None:
    assert plain(source)[0] == text


@pytest.mark.parametrize(
    "text",
    ["a<b", "a <b", "若 a<b and b>c，则", "5 < 6 > 4", "#include <stdio.h>", "List<String>", "按 <Enter> 键",
     "<!-- 没完", "<![CDATA[", "</", "<", "<a b='", '<p title="', "&", "&x;", "<script", "<b and c>"],
)  # fmt: skip
def test_what_can_not_be_meant_as_a_tag_stays(text: str) -> None:
    assert plain(text)[0] == text
    assert not has_tags(text)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<p title=don't>It isn't</p>", "It isn't"),
        ("<p title='a > b' class=x>一", "一"),
        ("<b>一<i>二</b></i></p></table></li>三", "一二\n三"),
        ("<script>alert(1)", "alert(1)"),
        ("<audio src='a.mp3'>一", "一"),
        ("&#99999999999999999999;&#x110000;&#0;", "\ufffd\ufffd\ufffd"),
        ("&#" + "9" * 5000 + ";", "\ufffd"),
    ],
)
def test_broken_html_loses_no_words(source: str, text: str) -> None:
    assert plain(source)[0] == text


def test_what_is_lost_is_named() -> None:
    source = "<b>一</b><a href='https://example.org'>二</a><math><mi>x</mi></math><iframe src='x'></iframe><svg></svg>"
    assert plain(source) == (
        "一二x",
        {"bold, italics and colours", "addresses of links", "the layout of formulas", "a page within the page",
         "a drawing"},
    )  # fmt: skip
    assert plain("<a href='https://example.org'>https://example.org</a>")[1] == set()


def test_pictures_become_what_is_asked_for() -> None:
    source = (
        '<IMG SRC="a&amp;b.png" ALT="图"><video title="片"><source src=v.mp4>x</video><object data="c.svg"></object>'
    )
    assert plain(source, lambda address, alt: f"{{{address}|{alt}}}")[0] == "{a&b.png|图}{v.mp4|片}{c.svg|}"


@pytest.mark.parametrize("piece", ["<b>", "<ul><li>x", "<table><tr><td>x", "<sup>1", "<pre> x", "<a href='http:x'>"])
def test_tags_in_tags_take_time_in_proportion(piece: str) -> None:
    assert seconds(piece * 20_000) < 5


@pytest.mark.parametrize(
    "piece", ["<!--", "<a b='", '<a b="<a"', "<b ", "<a ", "</", "<script", "&#", "<![CDATA[", "<a x=1 "]
)
def test_what_is_never_closed_takes_time_in_proportion(piece: str) -> None:
    assert seconds(f"<p>{piece * 50_000}<p>") < 5
    assert seconds(f"<p {piece * 50_000}") < 5


def seconds(source: str) -> float:
    """How long reading takes: well below a second, and minutes where a part is read again for each other one."""
    started = time.perf_counter()
    plain(source)
    return time.perf_counter() - started
