"""Texts of questions on a page: escaped, with their pictures and sounds in the place of the tokens.

What isn't given among the page's media is text like any other, so nothing that somebody writes is ever markup.
"""

from collections.abc import Mapping
from math import ceil

from flask import Flask, url_for
from flask_babel import gettext as _
from markupsafe import Markup, escape

from question_bank.tokens import Facts, Token, in_words, parts

MEGABYTE = 1024 * 1024
PLAIN_ENOUGH = 240
"""Pixels: a picture no wider than this is as large as it gets."""

_PICTURE = Markup('<img src="{address}" alt="{alt}" width="{width}" height="{height}" loading="{loading}">')
_SOUND = Markup(
    '<span class="medium is-sound"><audio controls preload="{preload}" src="{address}" aria-label="{alt}"></audio>'
    '<span class="small soft">{alt}</span></span>'
)


def with_media(
    text: str | None, media: Mapping[str, Facts] | None = None, *, eager: bool = False, in_label: bool = False
) -> Markup:
    """A question's text with its pictures and sounds. Markup is taken for done.

    `eager`: loaded at once, seen or not, for the room must do without a network. `in_label`: pressing the picture
    chooses what it belongs to, so there is a link beside it to enlarge it.
    """
    if text is None or isinstance(text, Markup) or not media or "![" not in text:
        return escape(text or "")
    shown = (
        _shown(part, media[part.name], eager, in_label)
        if isinstance(part, Token) and part.name in media
        else escape(part if isinstance(part, str) else f"![{part.alt}]({part.name})")
        for part in parts(text)
    )
    return Markup("").join(shown)


def _shown(token: Token, facts: Facts, eager: bool, in_label: bool) -> Markup:
    address = url_for("media.medium", name=facts.name)
    if facts.is_sound:
        return _SOUND.format(address=address, alt=token.alt, preload="auto" if eager else "metadata")
    picture = _PICTURE.format(
        address=address,
        alt=token.alt,
        width=facts.width,
        height=facts.height,
        loading="eager" if eager else "lazy",
    )
    if not token.alt or (facts.width or 0) <= PLAIN_ENOUGH:
        return Markup('<span class="medium">{}</span>').format(picture)
    if not in_label:
        return Markup('<a class="medium" href="{}" data-enlarge>{}</a>').format(address, picture)
    word = Markup('<a class="enlarge" href="{}" data-enlarge>{}<span class="visually-hidden">{}{}</span></a>').format(
        address, _("Enlarge"), _(": "), token.alt
    )
    return Markup('<span class="medium">{}{}</span>').format(picture, word)


def file_size(size: int) -> str:
    """84 KB, 1.2 MB: rounded up."""
    if size < MEGABYTE:
        return f"{ceil(size / 1024)}\u00a0KB"
    return f"{ceil(10 * size / MEGABYTE) / 10}\u00a0MB"


def init_pictures(app: Flask) -> None:
    """Make this available to the templates as filters."""
    app.jinja_env.filters["with_media"] = with_media
    app.jinja_env.filters["in_words"] = in_words
    app.jinja_env.filters["file_size"] = file_size
