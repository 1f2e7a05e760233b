"""Parts of pages that look the same for everybody but for a few words: rendered once, then only filled in.

A template renders such a part with holes in the place of the words; what comes out is a mould. It is given those words
and facts that never change, and nothing of a request or a person: what one was shown must not come to another.
"""

import re
import secrets
from collections.abc import Hashable, Mapping

from flask import current_app, request
from flask_babel import get_locale
from markupsafe import Markup, escape

from exam.memory import Memory

MOST_KEPT = 200
"""Parts of pages, in each language and with each of their facts."""

# Letters and digits only, so that it passes through escaping and JSON; nobody can write one, for nobody knows it.
_MARK = secrets.token_hex(12)
_HOLE = re.compile(f"{_MARK}-([a-z0-9_]+)-{_MARK}")


def hole(name: str) -> str:
    """What a template is given in the place of words that are filled in later. They can only be shown, not compared."""
    return f"{_MARK}-{name}-{_MARK}"


class Mould:
    """Markup with holes."""

    __slots__ = ("_names", "_parts")

    def __init__(self, rendered: str) -> None:
        found = tuple(_HOLE.split(rendered))
        self._parts = found
        self._names = tuple(enumerate(found))[1::2]

    def fill(self, words: Mapping[str, str]) -> Markup:
        """The markup with these words in its holes, escaped where they aren't markup. KeyError: one is missing."""
        safe = {name: word if word.isalnum() else escape(word) for name, word in words.items()}
        parts = list(self._parts)
        for place, name in self._names:
            parts[place] = safe[name]
        return Markup("".join(parts))


def cast(template: str, **given: object) -> Mould:
    """Let a template render a mould. It sees what it is given, and nothing that Flask puts into pages by itself."""
    return Mould(current_app.jinja_env.get_template(template).render(given))


_pieces = Memory[Hashable, Mould](MOST_KEPT)


def piece(template: str, words: Mapping[str, str], **facts: Hashable) -> Markup:
    """For templates: another template, rendered once for each language and these facts, with these words filled in."""
    look = (template, str(get_locale()), request.script_root, *words, *facts.items())
    mould = _pieces.recall(look, lambda: cast(template, **{name: hole(name) for name in words}, **facts))
    assert mould
    return mould.fill(words)
