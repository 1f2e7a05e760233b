"""Word's formulas (OMML, ECMA-376 §22.1) in one line of text: (a+b)/(2), x^(n), √(2)."""

from lxml.etree import _Element

from question_bank.formats.docx.parts import value
from question_bank.formats.markup import shifted
from question_bank.formats.trees import child, children, name_of


def linear(element: _Element | None) -> str:
    """A formula, or a part of one, in a line."""
    if element is None:
        return ""
    match name_of(element):
        case "t":
            return element.text or ""
        case "f":
            return f"{_grouped(child(element, 'num'))}/{_grouped(child(element, 'den'))}"
        case "sSup" | "sSub" | "sSubSup" | "nary":
            return _with_limits(element)
        case "rad":
            return f"{linear(child(element, 'deg'))}√({linear(child(element, 'e'))})"
        case "d":
            inner = ", ".join(linear(one) for one in children(element, "e"))
            marks = child(element, "dPr")
            opening, closing = child(marks, "begChr"), child(marks, "endChr")
            return (
                (value(opening) if opening is not None else "(")
                + inner
                + (value(closing) if closing is not None else ")")
            )
        case "m":
            return "; ".join(", ".join(linear(one) for one in children(row, "e")) for row in children(element, "mr"))
    return "".join(linear(one) for one in children(element))


def _with_limits(element: _Element) -> str:
    """A base with what stands lower and higher; for sums and integrals the sign comes first."""
    base = linear(child(element, "e"))
    low, high = linear(child(element, "sub")), linear(child(element, "sup"))
    limits = (shifted(low, raised=False) if low else "") + (shifted(high, raised=True) if high else "")
    if name_of(element) == "nary":
        sign = child(element, "naryPr", "chr")
        return f"{value(sign) or '∫'}{limits}({base})"
    return base + limits


def _grouped(element: _Element | None) -> str:
    text = linear(element)
    return text if len(text) <= 1 or text.isalnum() else f"({text})"
