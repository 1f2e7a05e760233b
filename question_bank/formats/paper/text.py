"""A paper as text: told from other files, and read line by line."""

from functools import partial

from question_bank.formats.paper.drafts import Paper
from question_bank.formats.paper.fields import field_of
from question_bank.formats.paper.lines import CHOICE, take
from question_bank.formats.paper.markdown import plain_lines
from question_bank.formats.paper.numbers import NUMBER, UNNUMBERED
from question_bank.formats.paper.questions import finish
from question_bank.formats.paper.stems import KEY_IN_BRACKETS
from question_bank.formats.reading import Reading, gathered
from question_bank.formats.source import Source

_UNSEEN = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
"""What comes along when text is copied from a web page, and nobody sees."""


def fits(source: Source) -> bool:
    """Whether there is a numbered line and, after it, a key or a choice."""
    numbered = False
    for line in map(str.strip, plain_lines(source.text)):
        if numbered and (field_of(line)[0] == "answer" or CHOICE.match(line) or KEY_IN_BRACKETS.search(line)):
            return True
        numbered = numbered or bool(NUMBER.match(line) or UNNUMBERED.match(line))
        if numbered and KEY_IN_BRACKETS.search(line):
            return True
    return False


def read(source: Source) -> Reading:
    """Read a paper. A question that can't be read is among the problems, and takes no other with it."""
    return read_text(source.text)


def read_text(text: str) -> Reading:
    """The same from a text that has been pasted."""
    paper = Paper()
    text = text.translate(_UNSEEN)
    for number, (raw, line) in enumerate(zip(text.split("\n"), plain_lines(text), strict=True), start=1):
        if line.strip():
            paper.indent = len(raw) - len(raw.lstrip())
            take(paper, f"line {number}", line.replace("\t", "  ").strip())
            paper.keep_line(line.rstrip())
    return gathered(((draft.place, draft.source, partial(finish, draft)) for draft in paper.drafts), paper.problems)
