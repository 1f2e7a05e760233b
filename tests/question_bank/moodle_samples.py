"""Questions in Moodle's XML, and what is read of them in short."""

from base64 import b64encode

from question_bank.formats import moodlexml
from question_bank.formats.reading import Reading, ReadQuestion
from question_bank.formats.source import Source

DOT = b"\x89PNG one dot"
PACKED = b64encode(DOT).decode()


def question(type: str, inside: str, stem: str = "会员投诉先做什么？", format: str = "html") -> str:
    """A question of a type."""
    text = f'<questiontext format="{format}"><text>{stem}</text></questiontext>'
    return f'<question type="{type}"><name><text>名</text></name>{text}{inside}</question>'


def answer(share: str, text: str, more: str = "") -> str:
    """An answer and its share in per cent."""
    return f'<answer fraction="{share}"><text>{text}</text>{more}</answer>'


TRUE = answer("100", "true") + answer("0", "false")
"""The answers of a statement that is true."""


def read(*questions: str) -> Reading:
    """What is read of a file of these questions, each on a line of its own from the second on."""
    return moodlexml.read(Source(f"<quiz>\n{chr(10).join(questions)}</quiz>".encode()))


def one(text: str) -> ReadQuestion:
    """The one question of a file, of which nothing is said."""
    reading = read(text)
    assert reading.problems == ()
    return reading.questions[0]
