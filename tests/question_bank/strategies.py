"""Questions as hypothesis makes them up: any text that can be stored, any number of choices and points."""

from fractions import Fraction
from string import ascii_lowercase

from hypothesis import strategies as st

from question_bank.items import Choice, Item, KeyPoint, MultipleChoice, ShortAnswer, SingleChoice, TrueFalse

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
points = st.one_of(st.integers(1, 10).map(Fraction), st.builds(Fraction, st.integers(1, 99), st.integers(1, 99)))


@st.composite
def choices(draw: st.DrawFn) -> tuple[Choice, ...]:
    """Choices with ids by place, as a file gives them."""
    rows = draw(st.lists(st.tuples(texts, st.booleans()), max_size=6))
    return tuple(Choice(id, text, correct) for id, (text, correct) in zip(ascii_lowercase, rows, strict=False))


@st.composite
def key_points(draw: st.DrawFn) -> tuple[KeyPoint, ...]:
    """Key points with ids by place, as a file gives them."""
    rows = draw(st.lists(st.tuples(texts, points, st.lists(texts, max_size=3).map(tuple)), max_size=4))
    return tuple(KeyPoint(f"p{number}", *row) for number, row in enumerate(rows, 1))


items: st.SearchStrategy[Item] = st.one_of(
    st.builds(SingleChoice, texts, choices(), texts),
    st.builds(MultipleChoice, texts, choices(), texts),
    st.builds(TrueFalse, texts, st.booleans(), texts),
    st.builds(ShortAnswer, texts, key_points(), texts, texts),
)
