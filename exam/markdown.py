"""Written text as it looks on a page: CommonMark with tables, cases and figures, and nothing that could do harm.

Raw HTML is shown as typed. Headings begin at the second level, because the page has its title already. What comes out
was made by us alone, and is cleaned again all the same.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import nh3
from defusedxml.ElementTree import parse as parse_xml
from flask import url_for
from flask_babel import gettext as _
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup, escape
from mdit_py_plugins.container import container_plugin

FIGURES = Path(__file__).parent / "courses" / "seed" / "onboarding" / "figures"
FIGURE = "figure:"
COLON = re.compile(r"^\s*[:：]\s*")
TOP_HEADING, CASE_HEADING = 2, 3

ALLOWED: dict[str, set[str]] = {
    "a": {"href", "title"},
    "div": {"class"},
    "figure": {"class"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"class"},
    "section": {"class"},
    "span": {"class", "aria-hidden"},
    "table": {"class"},
    "th": {"scope"},
} | {
    tag: set()
    for tag in (
        "b", "blockquote", "br", "code", "em", "h2", "h3", "h4", "h5", "h6", "hr", "li", "p", "pre", "strong",
        "tbody", "td", "thead", "tr", "ul",
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing that comes with the course, and its size in the units of its viewBox."""

    path: Path
    width: int
    height: int


@cache
def figures() -> dict[str, Figure]:
    """The drawings there are, by name; read once."""
    found = {}
    for path in sorted(FIGURES.glob("*.svg")):
        box = str(parse_xml(path).getroot().get("viewBox", "0 0 640 360"))  # type: ignore[union-attr]  # a file has a root
        width, height = (round(float(size)) for size in box.split()[2:])
        found[path.stem] = Figure(path, width, height)
    return found


def render(text: str) -> Markup:
    """Turn written text into HTML for a page."""
    html = parser().render(text)
    clean = nh3.clean(
        html,
        tags=set(ALLOWED),
        attributes={tag: names for tag, names in ALLOWED.items() if names},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer",
    )
    return Markup(clean)


def plain(text: str) -> str:
    """The words alone, blocks parted by spaces: for searching and excerpts."""
    words = (word for token in parser().parse(text) for word in _words(token))
    return " ".join(" ".join(words).split())


def _words(token: Token) -> Iterator[str]:
    if token.type == "container_case_open":
        yield _case_title(token)
    elif token.type == "inline":
        yield "".join(" " if one.type == "softbreak" else one.content for one in token.children or [])
    elif token.type in ("fence", "code_block"):
        yield token.content


@cache
def parser() -> MarkdownIt:
    """The one parser; it keeps no state between texts."""
    made = MarkdownIt("commonmark", {"html": False}).enable("table")
    made.use(container_plugin, "case", render=_render_case)
    for name, rule in (
        ("heading_levels", _settle_headings),
        ("chinese_line_ends", _join_chinese_lines),
        ("steps", _make_steps),
        ("figures", _place_figures),
        ("tables", _make_tables),
    ):
        made.core.ruler.push(name, rule)
    made.add_render_rule("image", _render_image)
    return made


def _settle_headings(state: StateCore) -> None:
    """Second level at the top, third inside a case, and no level left out on the way down."""
    level, in_case = TOP_HEADING - 1, False
    for token in state.tokens:
        if token.type in ("container_case_open", "container_case_close"):
            in_case, level = token.nesting == 1, TOP_HEADING
        elif token.type == "heading_open":
            level = max(CASE_HEADING if in_case else TOP_HEADING, min(int(token.tag[1]), level + 1))
            token.tag = f"h{level}"
        elif token.type == "heading_close":
            token.tag = f"h{level}"


def _join_chinese_lines(state: StateCore) -> None:
    """A line end between two Chinese characters is no space."""
    for block in state.tokens:
        inside = block.children or []
        for before, token, after in zip(inside, inside[1:], inside[2:], strict=False):
            if token.type == "softbreak" and _is_wide(before.content[-1:]) and _is_wide(after.content[:1]):
                token.type, token.content = "text", ""


def _is_wide(character: str) -> bool:
    return bool(character) and unicodedata.east_asian_width(character) in "WF"


def _make_steps(state: StateCore) -> None:
    """Ordered lists become numbered steps: in each a bold beginning, then what follows its colon."""
    made: list[Token] = []
    lists: list[str] = []
    opened: list[str] = []
    for token in state.tokens:
        if token.type in ("ordered_list_open", "bullet_list_open"):
            lists.append(token.type)
        elif token.type in ("ordered_list_close", "bullet_list_close"):
            lists.pop()
        if token.type == "ordered_list_open":
            token.attrs = {"class": "steps"}
        in_steps = bool(lists) and lists[-1] == "ordered_list_open"
        if in_steps and token.type == "list_item_close":
            made.append(Token("step_close", "div", -1))
        made.append(token)
        if in_steps and token.type == "list_item_open":
            made.append(Token("step_open", "div", 1))
        if in_steps and opened == ["list_item_open", "paragraph_open"] and token.type == "inline":
            token.children = _split_step(token.children or [])
        opened = [*opened[-1:], token.type]
    state.tokens = made


def _split_step(inside: list[Token]) -> list[Token]:
    """`**what**：how` as a bold line and the sentence under it; anything else stays as it is."""
    end = next((place for place, token in enumerate(inside) if token.type == "strong_close"), 0)
    first = next((place for place, token in enumerate(inside) if token.content or token.type == "strong_open"), 0)
    rest = inside[end + 1 :]
    if not end or inside[first].type != "strong_open" or not rest or not COLON.match(rest[0].content):
        return inside
    inside[first].tag = inside[end].tag = "b"
    rest[0].content = COLON.sub("", rest[0].content)
    return [*inside[: end + 1], Token("how_open", "span", 1), *rest, Token("how_close", "span", -1)]


def _place_figures(state: StateCore) -> None:
    """A paragraph that is nothing but a figure is no paragraph."""
    for opening, inline, closing in zip(state.tokens, state.tokens[1:], state.tokens[2:], strict=False):
        inside = inline.children or []
        alone = opening.type == "paragraph_open" and len(inside) == 1 and _figure_of(inside[0]) is not None
        if alone:
            opening.tag = closing.tag = "figure"
            opening.hidden = closing.hidden = False


def _make_tables(state: StateCore) -> None:
    """Say which cells are headings: those of the first row, and of the first column where its own heading is empty."""
    place, by_row = 0, False
    for token, following in zip(state.tokens, [*state.tokens[1:], Token("", "", 0)], strict=False):
        if token.type == "table_open":
            token.attrs, by_row = {"class": "table"}, False
        elif token.type == "tr_open":
            place = 0
        elif token.type in ("th_open", "td_open"):
            place += 1
            empty = not following.content
            by_row = by_row or (token.type == "th_open" and place == 1 and empty)
            row_heading = token.type == "td_open" and place == 1 and by_row
            token.tag = "td" if token.type == "th_open" and empty else "th" if row_heading else token.tag
            token.attrs = {"scope": "row" if row_heading else "col"} if token.tag == "th" else {}
            heading = token.tag
        elif token.type in ("th_close", "td_close"):
            token.tag = heading


def _figure_of(token: Token) -> Figure | None:
    source = str(token.attrs.get("src", "")) if token.type == "image" else ""
    return figures().get(source.removeprefix(FIGURE)) if source.startswith(FIGURE) else None


def _render_image(
    renderer: RendererHTML, tokens: Sequence[Token], place: int, options: OptionsDict, env: EnvType
) -> str:
    """A drawing of the course; any other picture is only its description, for the page loads nothing from outside."""
    token = tokens[place]
    alt = escape(token.content)
    figure = _figure_of(token)
    if figure is None:
        return str(alt)
    source = url_for("courses.figure", name=figure.path.stem)
    # A link, for on a phone the drawing is too small to be read without being opened.
    return f'<a href="{source}"><img src="{source}" alt="{alt}" width="{figure.width}" height="{figure.height}"></a>'


def _case_title(token: Token) -> str:
    return token.info.strip().removeprefix("case").strip()


def _render_case(
    renderer: RendererHTML, tokens: Sequence[Token], place: int, options: OptionsDict, env: EnvType
) -> str:
    """A case stands between two lines, with its word upright beside it."""
    if tokens[place].nesting == -1:
        return "</div></section>\n"
    word, title = escape(_("Case")), escape(_case_title(tokens[place]))
    spoken = f'<span class="visually-hidden">{word}{escape(_(": ") if title else "")}</span>'
    heading = f"<h2>{spoken}{title}</h2>"
    return f'<section class="case"><span class="side" aria-hidden="true">{word}</span><div>{heading}\n'
