"""Keys that nobody wrote down: the choices that stand out from the others."""

import re

from question_bank.formats import answers
from question_bank.formats.paper.drafts import Draft

_RIGHT = re.compile(r"^[√✓✔☑■★]\s*|\s*[√✓✔☑★]$")
_WRONG = re.compile(r"^[×✗✘☒☐□]\s*|\s*[×✗✘☒☐□]$")


def by_looks(draft: Draft, texts: list[str]) -> tuple[str, list[str], str]:
    """The letters of the choices that stand out, the words of all without ticks, and how they stand out.

    No letters where none does or all do, or where some stand out in one way and others in another.
    """
    ticked = {place for place, text in enumerate(texts) if _RIGHT.search(text)}
    looks = draft.looks | ({"ticked": ticked} if ticked else {})
    found = {frozenset(places): how for how, places in looks.items() if len(places) < len(texts)}
    if len(found) != 1:
        return "", texts, ""
    places, how = next(iter(found.items()))
    if how == "ticked":
        texts = [(_RIGHT if place in places else _WRONG).sub("", text) for place, text in enumerate(texts)]
    return "".join(draft.choices[place][0] for place in sorted(places)), texts, how


def without_ticks(draft: Draft, texts: list[str], key: str) -> list[str]:
    """The words of the choices without ticks that say what the key says as well."""
    ticked, plain, how = by_looks(draft, texts)
    return plain if how == "ticked" and set(ticked) == set(answers.letters(key) or ()) else texts
