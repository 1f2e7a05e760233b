"""The expressions of QTI's response processing. What isn't known here is refused: a score is right or there is none."""

from collections import Counter
from collections.abc import Callable, Mapping
from fractions import Fraction
from math import floor
from typing import Protocol

from lxml.etree import _Element

from question_bank.formats.qti import patterns
from question_bank.formats.qti.values import (
    NULL,
    Unscorable,
    Value,
    number,
    parsed,
    reckoned,
    the_number,
    truth,
)
from question_bank.formats.trees import children, text_of


class Variables(Protocol):
    """What expressions ask of the item that they stand in."""

    def variable(self, identifier: str) -> Value: ...
    def default(self, identifier: str) -> Value: ...
    def correct(self, identifier: str) -> Value: ...
    def mapped(self, identifier: str) -> Value: ...


def evaluated(element: _Element, variables: Variables) -> Value:
    """The value of an expression. Raises Unscorable."""
    name, identifier = element.tag, element.get("identifier", "")
    match name:
        case "baseValue":
            base = element.get("baseType", "identifier")
            return Value(base, (parsed(base, text_of(element)),))
        case "null":
            return NULL
        case "variable":
            if element.get("weightIdentifier"):
                raise Unscorable("it uses the weights of a test")
            return variables.variable(identifier)
        case "default":
            return variables.default(identifier)
        case "correct":
            return variables.correct(identifier)
        case "mapResponse":
            return variables.mapped(identifier)
        case "and" | "or":
            return _junction(name, [evaluated(one, variables) for one in children(element)])
    operator = _OPERATORS.get(str(name))
    if operator is None:
        raise Unscorable(f"it uses {name}")
    return operator(element, [evaluated(one, variables) for one in children(element)])


Operands = list[Value]


def _junction(name: str, operands: Operands) -> Value:
    """NULL counts only where the rest doesn't decide."""
    decisive = name == "or"
    known = [_truth_of(one) for one in operands if not one.is_null]
    if decisive in known:
        return truth(decisive)
    return NULL if len(known) < len(operands) else truth(not decisive)


def _truth_of(value: Value) -> bool:
    if value.base != "boolean" or len(value.items) != 1:
        raise Unscorable("it takes something for true or false that is neither")
    return value.items[0] is True


def _not(_element: _Element, operands: Operands) -> Value:
    (one,) = _counted(operands, 1)
    return NULL if one.is_null else truth(not _truth_of(one))


def _is_null(_element: _Element, operands: Operands) -> Value:
    (one,) = _counted(operands, 1)
    return truth(one.is_null)


def _match(_element: _Element, operands: Operands) -> Value:
    return same(*_counted(operands, 2))


def same(first: Value, second: Value) -> Value:
    """Whether two values are one, whatever the order of a multiple one; NULL if either is."""
    if first.is_null or second.is_null:
        return NULL
    if first.cardinality != second.cardinality:
        raise Unscorable("it compares one value with several")
    if first.cardinality == "multiple":
        return truth(Counter(first.items) == Counter(second.items))
    return truth(first.items == second.items)


def _member(_element: _Element, operands: Operands) -> Value:
    one, several = _counted(operands, 2)
    if one.is_null or several.is_null:
        return NULL
    return truth(one.items[0] in several.items)


def _contains(_element: _Element, operands: Operands) -> Value:
    whole, part = _counted(operands, 2)
    if whole.is_null or part.is_null:
        return NULL
    if whole.cardinality == "ordered":
        size = len(part.items)
        return truth(any(whole.items[at : at + size] == part.items for at in range(len(whole.items) - size + 1)))
    return truth(not Counter(part.items) - Counter(whole.items))


def _container(element: _Element, operands: Operands) -> Value:
    given = [one for one in operands if not one.is_null]
    items = tuple(item for one in given for item in one.items)
    return Value(given[0].base, items, str(element.tag)) if given else NULL


def _size(_element: _Element, operands: Operands) -> Value:
    (one,) = _counted(operands, 1)
    return Value("integer", (Fraction(len(one.items)),))


def _index(element: _Element, operands: Operands) -> Value:
    (several,) = _counted(operands, 1)
    at = number(element.get("n", ""))
    if at.denominator != 1 or not 1 <= at <= len(several.items):
        return NULL
    return Value(several.base, (several.items[int(at) - 1],))


def _delete(_element: _Element, operands: Operands) -> Value:
    one, several = _counted(operands, 2)
    left = tuple(item for item in several.items if item not in one.items)
    return Value(several.base, left, several.cardinality) if left and not one.is_null else NULL


def _string_match(element: _Element, operands: Operands) -> Value:
    first, second = _texts(operands)
    if first is None or second is None:
        return NULL
    if element.get("caseSensitive", "true") not in ("true", "1"):
        first, second = first.casefold(), second.casefold()
    inside = element.get("substring", "false") in ("true", "1")
    return truth(second in first if inside else first == second)


def _substring(element: _Element, operands: Operands) -> Value:
    part, whole = _texts(operands)
    if part is None or whole is None:
        return NULL
    if element.get("caseSensitive", "true") not in ("true", "1"):
        part, whole = part.casefold(), whole.casefold()
    return truth(part in whole)


def _pattern_match(element: _Element, operands: Operands) -> Value:
    (one,) = _counted(operands, 1)
    if one.is_null:
        return NULL
    found = patterns.matches(element.get("pattern", ""), str(one.items[0]))
    if found is None:
        raise Unscorable("it uses a pattern that is more than words and gaps")
    return truth(found)


def _texts(operands: Operands) -> tuple[str | None, str | None]:
    first, second = _counted(operands, 2)
    if first.cardinality != "single" or second.cardinality != "single":
        raise Unscorable("it compares one text with several")
    return (None if first.is_null else str(first.items[0])), (None if second.is_null else str(second.items[0]))


def _equal(element: _Element, operands: Operands) -> Value:
    sizes = _sizes(operands, 2)
    if sizes is None:
        return NULL
    first, second = sizes
    mode = element.get("toleranceMode", "exact")
    if mode == "exact":
        return truth(first == second)
    if mode not in ("absolute", "relative"):
        raise Unscorable(f"it uses the tolerance {mode}")
    below, above = (element.get("tolerance", "0").split() * 2)[:2]
    lower, upper = number(below), number(above)
    if mode == "relative":
        low, high = sorted([first * (1 - lower / 100), first * (1 + upper / 100)])
    else:
        low, high = first - lower, first + upper
    above_low = low < second or (low == second and element.get("includeLowerBound", "true") in ("true", "1"))
    below_high = second < high or (second == high and element.get("includeUpperBound", "true") in ("true", "1"))
    return truth(above_low and below_high)


def _comparison(holds: Callable[[Fraction, Fraction], bool]) -> "Operator":
    def compared(_element: _Element, operands: Operands) -> Value:
        sizes = _sizes(operands, 2)
        return NULL if sizes is None else truth(holds(*sizes))

    return compared


def _calculation(reckon: Callable[[list[Fraction]], Fraction], count: int | None = None) -> "Operator":
    """An operator on numbers: whole numbers give a whole one, and NULL anywhere gives NULL."""

    def calculated(element: _Element, operands: Operands) -> Value:
        sizes = _sizes(operands, count)
        if sizes is None:
            return NULL
        try:
            result = reckon(sizes)
        except ZeroDivisionError:
            return NULL
        whole = element.tag != "divide" and all(one.base == "integer" for one in operands)
        return reckoned(result, "integer" if whole or element.tag in _WHOLE else "float")

    return calculated


def _product(sizes: list[Fraction]) -> Fraction:
    result = Fraction(1)
    for size in sizes:
        result = the_number(reckoned(result * size))
    return result


def _sizes(operands: Operands, count: int | None) -> list[Fraction] | None:
    """The numbers of the operands, several from one that holds several; None if any is NULL."""
    if count is not None:
        _counted(operands, count)
    if any(one.is_null for one in operands) or not operands:
        return None
    return [the_number(Value(one.base, (item,))) for one in operands for item in one.items]


def _counted(operands: Operands, count: int) -> Operands:
    if len(operands) != count:
        raise Unscorable(f"an expression has {len(operands)} parts instead of {count}")
    return operands


Operator = Callable[[_Element, Operands], Value]
_WHOLE = ("truncate", "round", "integerDivide", "integerModulus")
_OPERATORS: Mapping[str, Operator] = {
    "not": _not,
    "isNull": _is_null,
    "match": _match,
    "member": _member,
    "contains": _contains,
    "multiple": _container,
    "ordered": _container,
    "containerSize": _size,
    "index": _index,
    "delete": _delete,
    "stringMatch": _string_match,
    "substring": _substring,
    "patternMatch": _pattern_match,
    "equal": _equal,
    "gt": _comparison(lambda first, second: first > second),
    "gte": _comparison(lambda first, second: first >= second),
    "lt": _comparison(lambda first, second: first < second),
    "lte": _comparison(lambda first, second: first <= second),
    "sum": _calculation(lambda sizes: sum(sizes, Fraction())),
    "product": _calculation(_product),
    "subtract": _calculation(lambda sizes: sizes[0] - sizes[1], 2),
    "divide": _calculation(lambda sizes: sizes[0] / sizes[1], 2),
    "min": _calculation(min),
    "max": _calculation(max),
    "integerDivide": _calculation(lambda sizes: Fraction(sizes[0] // sizes[1]), 2),
    "integerModulus": _calculation(lambda sizes: sizes[0] % sizes[1], 2),
    "truncate": _calculation(lambda sizes: Fraction(int(sizes[0])), 1),
    "round": _calculation(lambda sizes: Fraction(floor(sizes[0] + Fraction(1, 2))), 1),
    "integerToFloat": _calculation(lambda sizes: sizes[0], 1),
}
