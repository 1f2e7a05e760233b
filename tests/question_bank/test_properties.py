"""What holds for every question, whatever is in it."""

import json
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from question_bank.differences import differences
from question_bank.formats import toml
from question_bank.items import (
    ChoiceResponse,
    CreditRule,
    Item,
    MultipleChoice,
    from_data,
    is_blank,
    parse_response,
    response_data,
    to_data,
)
from question_bank.problems import problems
from tests.question_bank.strategies import choices, items, texts


@given(items)
def test_an_item_survives_its_json_form(item: Item) -> None:
    assert from_data(json.loads(json.dumps(to_data(item)))) == item


@given(st.lists(items, max_size=4))
def test_items_survive_a_file(written: list[Item]) -> None:
    entries = [toml.Entry(f"topic-{place}", item, 2, "a-page", place) for place, item in enumerate(written, 1)]
    assert toml.read(toml.write("topic", "知识点", entries)) == toml.Reading("topic", "知识点", tuple(entries))


@given(items, items)
def test_an_item_differs_from_itself_in_nothing_and_from_others_in_something(one: Item, other: Item) -> None:
    assert differences(one, one) == []
    if one.kind is other.kind and one != other:
        assert differences(one, other)


@given(items)
def test_problems_name_fields_of_the_item(item: Item) -> None:
    assert all(hasattr(item, problem.field) for problem in problems(item))


@given(choices().filter(lambda made: any(choice.correct for choice in made)), st.data(), st.sampled_from(CreditRule))
def test_a_mark_is_a_share_and_only_all_keys_alone_give_it_in_full(
    made: tuple[object, ...], data: st.DataObject, rule: CreditRule
) -> None:
    item = MultipleChoice("Which?", made)
    ids = [choice.id for choice in item.choices]
    chosen = frozenset(data.draw(st.lists(st.sampled_from(ids), unique=True)))
    mark = item.mark(ChoiceResponse(chosen), rule)
    assert isinstance(mark, Fraction)
    assert 0 <= mark <= 1
    assert (mark == 1) == (chosen == item.keys)
    assert mark >= item.mark(ChoiceResponse(chosen), CreditRule.ALL_OR_NOTHING)


@given(items, st.data())
def test_a_response_survives_its_json_form(item: Item, data: st.DataObject) -> None:
    wire = data.draw(st.sampled_from([None, {"choices": ["a"]}, {"truth": False}, {"text": data.draw(texts)}]))
    try:
        response = parse_response(item.kind, wire)
    except ValueError:
        return
    assert response_data(response) == wire
    assert is_blank(response) or wire is not None
