"""The file as a PDF: words as data on one side, `file.typ` that sets them on the other.

Nothing that somebody has written becomes markup: it goes in as JSON and is set as text.
"""

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import typst
from pylopdf_fonts_zh_cn import sans_path

TEMPLATE = Path(__file__).parent.parent / "file.typ"
Block = Mapping[str, Any]
_LONG_RUN = re.compile(r"[^\s\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]{24}")
"""Letters without a place at which a line could end."""
BREAK_HERE = "\u200b"
STRAIGHT = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201c": '\\"', "\u201d": '\\"'})
"""Quotation marks within JSON as an English text has them on a typewriter."""


def text(words: str) -> Block:
    """A paragraph."""
    return {"kind": "text", "text": words}


def small(words: str) -> Block:
    """What stands below a table."""
    return {"kind": "small", "text": words}


def note(words: str) -> Block:
    """What a reader must not miss, such as that there is too little to say anything."""
    return {"kind": "note", "text": words}


def facts(rows: Sequence[tuple[str, str]]) -> Block:
    """Labels and what they are."""
    return {"kind": "facts", "rows": [list(row) for row in rows]}


def table(
    head: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float] | None = None, left: int = 1
) -> Block:
    """Columns as wide as `widths` say, in shares; from the column `left` on they are numbers."""
    return {
        "kind": "table", "head": list(head), "rows": [list(row) for row in rows],
        "widths": list(widths or [2, *[1] * (len(head) - 1)]), "left": left,
    }  # fmt: skip


def points(items: Sequence[str]) -> Block:
    """A list."""
    return {"kind": "list", "items": list(items)}


def pdf(data: Mapping[str, Any], moment: datetime) -> bytes:
    """Set a document; the same data and moment give the same file."""
    made = _compiled(data, "pdf", moment)
    assert isinstance(made, bytes)
    return made


def _compiled(data: Mapping[str, Any], format: Any, moment: datetime) -> object:
    words = json.dumps(settable(data), ensure_ascii=False)
    if data["lang"] == "en":  # Chinese fonts draw these as wide as a character
        words = words.translate(STRAIGHT)
    given = {"data": words}
    compiler = typst.Compiler(TEMPLATE, font_paths=_fonts())
    return compiler.compile(format=format, sys_inputs=given, timestamp=int(moment.timestamp()))


@cache
def _fonts() -> typst.Fonts:
    """Read once: the two Chinese fonts are some 20 MB."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[sans_path().parent])


def settable(value: Any) -> Any:
    """The same data with every text as it can be set: no control characters, and long runs that may be broken."""
    if isinstance(value, str):
        kept = "".join(one for one in value if one == "\n" or unicodedata.category(one) not in ("Cc", "Cs"))
        return _LONG_RUN.sub(lambda found: found[0] + BREAK_HERE, kept)
    if isinstance(value, Mapping):
        return {key: settable(inner) for key, inner in value.items()}
    return [settable(inner) for inner in value] if isinstance(value, list | tuple) else value
