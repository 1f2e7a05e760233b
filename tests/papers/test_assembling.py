"""Parallel papers: whatever comes out meets everything that was asked, held against a checker of our own."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from random import Random
from time import monotonic, process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exam.papers.rules import (
    Assembly,
    Band,
    BlueprintLine,
    Candidate,
    Chosen,
    NoPapers,
    Progress,
    Task,
    Unfit,
    Weight,
    assemble,
    assemble_own,
    band_beside,
    breaches,
    fewest_repeats,
    lacks,
)
from exam.papers.rules.steps import Stage
from exam.papers.rules.together import UNEVEN, _all, together
from exam.papers.rules.uses import fewest_uses
from question_bank.items import Kind

SINGLE, SHORT = Kind.SINGLE_CHOICE, Kind.SHORT_ANSWER
HALF_A_POINT, TWO_MINUTES = Fraction(1, 2), 120


def row(count: int, difficulty: int | None = None, points: int = 5, kind: Kind = SINGLE, topic: int = 1):
    return BlueprintLine(topic, kind, difficulty, count, Fraction(points))


def question(id: int, percent: int = 80, seconds: int = 60, **others) -> Candidate:
    values = {"topic": 1, "kind": SINGLE, "difficulty": 2, **others}
    return Candidate(id, 100 + id, share=Fraction(percent, 100), seconds=seconds, **values)


def bank_of(number: int, seed: int = 1, topics: Sequence[int] = (1,), kinds: Sequence[Kind] = (SINGLE,)):
    rng = Random(seed)
    return [
        question(
            id,
            rng.randrange(30, 100),
            rng.randrange(20, 240),
            topic=topics[id % len(topics)],
            kind=rng.choice(kinds),
            difficulty=rng.choice((1, 2, 3)),
        )
        for id in range(1, number + 1)
    ]


def run(task: Task, seed: int = 1, seconds: float = 20) -> Assembly:
    return run_telling(task, seed, seconds)[0]


def run_telling(task: Task, seed: int = 1, seconds: float = 20) -> tuple[Assembly, list[Progress]]:
    steps, said = assemble(task, seed, seconds), []
    while True:
        try:
            said.append(next(steps))
        except StopIteration as end:
            return end.value, said


def test_papers_that_come_about_together_are_as_even_in_difficulty():
    """Hard, middling and easy questions of the same expected share: nothing else would make the papers even."""
    bank = [replace(one, share=Fraction(4, 5)) for one in bank_of(60)]
    task = Task((row(15),), bank, 4)
    steps = together(task, fewest_uses(task, Random(1), monotonic() + 20), 1, monotonic() + 20)
    assert next(steps).stage is Stage.TOGETHER
    with pytest.raises(StopIteration) as end:
        next(steps)
    levels = [Counter(task.places[number][0].difficulty for number in one) for one in end.value.value.papers]
    for level in (1, 2, 3):
        counts = [one[level] for one in levels]
        assert max(counts) - min(counts) <= 1 + 2 * UNEVEN


def check(task: Task, papers: Sequence[Sequence[Chosen]]) -> None:
    """Every constraint again, by other means than the rules: rows are filled by search, not by counting."""
    known = {one.question_id: one for one in task.candidates}
    totals, times, uses = [], [], Counter()
    for paper in papers:
        ids = [slot.question_id for slot in paper]
        uses.update(ids)
        assert len(ids) == len(set(ids)) == sum(line.count for line in task.rows)
        assert fills([(known[slot.question_id], slot.points) for slot in paper], expanded(task.rows))
        families = [known[id].family for id in ids if known[id].family]
        assert len(families) == len(set(families))
        assert not any(set(pair) <= set(ids) for pair in task.enemies)
        assert all(slot.version_id == known[slot.question_id].version_id for slot in paper)
        totals.append(sum(slot.points * known[slot.question_id].share for slot in paper))
        times.append(sum(known[id].seconds for id in ids))
    assert max(totals) - min(totals) <= HALF_A_POINT
    assert max(times) - min(times) <= TWO_MINUTES
    assert all(known[id].room is None or number <= known[id].room for id, number in uses.items())
    if task.band:
        assert all(task.band.points[0] <= total <= task.band.points[1] for total in totals)
        assert all(task.band.seconds[0] <= time <= task.band.seconds[1] for time in times)


def expanded(rows: Sequence[BlueprintLine]) -> list[BlueprintLine]:
    return [replace(line, count=1) for line in rows for _ in range(line.count)]


def fills(slots: list, places: list[BlueprintLine]) -> bool:
    """Whether each place gets a question of its own: augmenting paths."""
    taken: dict[int, int] = {}

    def seat(slot: int, tried: set[int]) -> bool:
        one, worth = slots[slot]
        for at, line in enumerate(places):
            fits = (line.topic, line.kind, line.points) == (one.topic, one.kind, worth)
            if fits and line.difficulty in (None, one.difficulty) and at not in tried:
                tried.add(at)
                if at not in taken or seat(taken[at], tried):
                    taken[at] = slot
                    return True
        return False

    return all(seat(slot, set()) for slot in range(len(slots))) and len(taken) == len(places)


def shared(papers: Sequence[Sequence[Chosen]]) -> int:
    ids = [{slot.question_id for slot in paper} for paper in papers]
    return sum(len(a & b) for a, b in combinations(ids, 2))


def test_a_bank_with_room_gives_papers_without_common_questions() -> None:
    task = Task([row(6), row(2, kind=SHORT, points=10)], bank_of(80, kinds=(SINGLE, SINGLE, SHORT)), papers=3)
    made = run(task)
    check(task, made.papers)
    assert (made.most_uses, made.common, made.optimal) == (1, 0, True)
    assert shared(made.papers) == 0


def test_questions_are_used_no_more_often_than_the_bank_forces() -> None:
    """5 questions for 4 papers of 3: 12 uses, so that two questions come thrice and three twice: 9 times together."""
    task = Task([row(3)], [question(id) for id in range(1, 6)], papers=4)
    made = run(task)
    check(task, made.papers)
    assert (made.most_uses, made.common, made.optimal) == (3, 9, True)
    assert shared(made.papers) == 9


def test_a_bank_that_is_just_enough_is_shared_out() -> None:
    """Eight pairs of alike questions of very different difficulty: each paper has to get one of each pair."""
    candidates = [question(2 * n + half, 20 + 10 * n, 60 + n) for n in range(8) for half in (1, 2)]
    task = Task([row(8, points=12)], candidates, papers=2)
    made = run(task)
    check(task, made.papers)
    assert (made.most_uses, made.optimal) == (1, True)


def test_where_questions_would_have_to_be_unlike_one_use_more_is_allowed() -> None:
    task = Task([row(1, points=100)], [question(1, 50), question(2, 90)], papers=2)
    made = run(task)
    check(task, made.papers)
    assert (made.most_uses, made.least_most_uses, made.common, made.optimal) == (2, 2, 1, True)


def test_rows_that_share_questions_get_each_its_own() -> None:
    candidates = [question(id, 60 + id, difficulty=1 + id % 3) for id in range(1, 25)]
    task = Task([row(2, 3, points=4), row(3, points=2), row(1, 3, points=2)], candidates, papers=3)
    check(task, run(task).papers)


def test_one_of_a_family_and_no_enemies() -> None:
    candidates = [question(id, family="abcd"[id % 4]) for id in range(1, 13)]
    task = Task([row(3)], candidates, papers=3, enemies={(1, 2), (3, 4), (5, 8)})
    made = run(task)
    check(task, made.papers)
    assert made.most_uses == 1


def test_a_question_stands_in_as_many_papers_as_it_has_room_for() -> None:
    candidates = [replace(question(id), room=id % 3) for id in range(1, 13)]
    task = Task([row(2)], candidates, papers=6)
    check(task, run(task).papers)


def test_what_fewer_people_have_been_shown_comes_first() -> None:
    candidates = [replace(question(id), shown=0 if id <= 10 else 50) for id in range(1, 31)]
    made = run(Task([row(5)], candidates, papers=2))
    assert {slot.question_id for paper in made.papers for slot in paper} == set(range(1, 11))


@pytest.mark.parametrize(
    ("task", "why"),
    [
        (Task([row(3)], [question(1), question(2)], papers=2), Unfit.TOO_FEW),
        (Task([row(2)], [question(id, family="a") for id in (1, 2, 3)], papers=2), Unfit.TOO_FEW),
        (Task([row(2)], [question(1), question(2)], papers=2, enemies={(1, 2)}), Unfit.TOO_FEW),
        (Task([row(1)], [replace(question(1), room=1)], papers=2), Unfit.TOO_FEW),
        (
            Task([row(1, points=100)], [replace(question(1, 50), room=1), replace(question(2, 90), room=1)], papers=2),
            Unfit.UNLIKE,
        ),
        (
            Task([row(1, points=100)], [question(1), question(2)], 2, band=Band((Fraction(10), Fraction(20)), (0, 99))),
            Unfit.TOO_FEW,
        ),
    ],
)
def test_what_cannot_be_is_refused(task: Task, why: Unfit) -> None:
    with pytest.raises(NoPapers) as refusal:
        run(task)
    assert refusal.value.why is why


def test_without_time_it_is_refused_and_not_called_impossible() -> None:
    with pytest.raises(NoPapers) as refusal:
        run(Task([row(3)], bank_of(30), papers=4), seconds=0)
    assert refusal.value.why is Unfit.OUT_OF_TIME


def test_the_same_seed_gives_the_same_papers_and_another_others() -> None:
    task = Task([row(6)], bank_of(60), papers=3)
    assert run(task, seed=5) == run(task, seed=5)
    assert run(task, seed=5).papers != run(task, seed=6).papers


def test_it_says_how_far_it_is() -> None:
    _made, said = run_telling(Task([row(12)], bank_of(60), papers=4))
    assert [(one.stage.value, one.done) for one in said] == [("counting", 0), *(("splitting", n) for n in range(3))]


def test_a_further_set_is_parallel_to_papers_that_are_out_already() -> None:
    candidates = bank_of(80)
    first = run(Task([row(8)], candidates, papers=2))
    task = Task([row(8)], candidates, papers=2, band=band_beside(first.weights))
    second = run(task, seed=2)
    check(task, second.papers)
    check(replace(task, papers=4), [*first.papers, *second.papers])


@given(
    st.integers(4, 10),
    st.integers(1, 3),
    st.lists(st.tuples(st.integers(1, 14), st.integers(1, 14)), max_size=4),
    st.integers(0, 2**20),
)
@settings(max_examples=12)
def test_whatever_comes_out_meets_every_constraint(number, count, pairs, seed) -> None:
    rng = Random(seed)
    candidates = [
        replace(one, family=rng.choice(["", "", "a", "b"]), room=rng.choice([None, None, 1, 2]))
        for one in bank_of(number, seed)
    ]
    enemies = {(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]}
    rows = [row(count), row(1, 3, points=rng.choice((5, 8)))]
    task = Task(rows, candidates, rng.randrange(2, 4), enemies)
    try:
        made = run(task, seed, seconds=5)
    except NoPapers as refusal:
        if refusal.why is not Unfit.OUT_OF_TIME:
            assert _all(task, task.papers, None, seed, 5)[0] is None, "refused, but one programme over all finds papers"
        return
    check(task, made.papers)
    assert shared(made.papers) == made.common >= made.least_common
    assert made.most_uses >= made.least_most_uses


def test_a_thousand_questions_and_ten_papers_take_seconds() -> None:
    """44 questions of four kinds each; a second or two of a processor, ten allowed."""
    worth = {SINGLE: 2, Kind.MULTIPLE_CHOICE: 3, Kind.TRUE_FALSE: 1, SHORT: 4}
    topics = range(1, 12)
    candidates = [replace(one, family=f"f{one.question_id % 150}") for one in bank_of(1000, 3, topics, list(worth))]
    rows = [row(1, points=points, kind=kind, topic=n) for n in topics for kind, points in worth.items()]
    task = Task(rows, candidates, papers=10, enemies={(n, n + 1) for n in range(1, 200, 2)})
    begun = process_time()
    made = run(task)
    assert process_time() - begun < 10
    check(task, made.papers)
    assert made.optimal


# Checking itself


def made_of(*ids: int, points: int = 5) -> list[Chosen]:
    return [Chosen(id, 100 + id, SINGLE, Fraction(points)) for id in ids]


@pytest.mark.parametrize(
    ("papers", "found"),
    [
        ([[1, 2], [3, 4]], set()),
        ([[1, 2], [1, 2]], set()),
        ([[1, 2, 3], [1, 2, 4]], {"blueprint"}),
        ([[1, 1], [3, 4]], {"twice"}),
        ([[1, 5], [3, 4]], {"clash"}),
        ([[2, 6], [3, 4]], {"clash"}),
        ([[7, 1], [7, 2]], {"room"}),
        ([[8, 1], [2, 3]], {"points"}),
        ([[9, 1], [2, 3]], {"seconds"}),
    ],
)
def test_what_papers_break_is_named(papers, found) -> None:
    candidates = [question(id) for id in range(1, 7)]
    candidates[1], candidates[5] = (replace(candidates[n], family="a") for n in (1, 5))
    candidates += [replace(question(7), room=1), question(8, 50), question(9, 80, 181)]
    task = Task([row(2)], candidates, papers=2, enemies={(1, 5)})
    assert {one.value for one in breaches(task, [made_of(*ids) for ids in papers])} == found


# A paper for one person


def test_a_retake_has_nothing_that_was_seen_and_is_as_hard_and_long() -> None:
    candidates = bank_of(60)
    parallel = run(Task([row(8)], candidates, papers=3))
    seen = {slot.question_id for slot in parallel.papers[0]}
    task = Task([row(8)], candidates, band=band_beside(parallel.weights))
    for seed in range(5):
        own = assemble_own(task, seen, Random(seed))
        check(task, [own.slots])
        assert own.repeats == 0
        assert seen.isdisjoint(slot.question_id for slot in own.slots)


def test_a_bank_too_small_repeats_as_few_as_it_can_and_says_how_many() -> None:
    task = Task([row(4)], [question(id) for id in range(1, 7)])
    own = assemble_own(task, {1, 2, 3, 4}, Random(1))
    assert own.repeats == 2
    assert {5, 6} < {slot.question_id for slot in own.slots}


@given(st.integers(2, 9), st.integers(1, 4), st.sets(st.integers(1, 9)))
@settings(max_examples=10)
def test_the_repeats_that_are_foretold_are_those_that_come(number, count, seen) -> None:
    task = Task([row(count)], [question(id, family="ab"[id % 2] if id < 5 else "") for id in range(1, number + 1)])
    if not lacks(task):
        assert assemble_own(task, seen, Random(1)).repeats == fewest_repeats(task, seen)


def test_two_people_get_different_papers() -> None:
    task = Task([row(4)], [question(id) for id in range(1, 31)])
    papers = {frozenset(s.question_id for s in assemble_own(task, (), Random(seed)).slots) for seed in range(10)}
    assert len(papers) == 10


def test_an_own_paper_that_cannot_be_as_hard_as_the_others_is_refused() -> None:
    beside = band_beside([Weight(Fraction(10), 0.0, 240)])
    with pytest.raises(NoPapers) as refusal:
        assemble_own(Task([row(4)], [question(id) for id in range(1, 9)], band=beside), (), Random(1))
    assert refusal.value.why is Unfit.UNLIKE


def test_rows_with_a_difficulty_find_theirs_in_the_next_paper_too() -> None:
    candidates = [question(id, difficulty=3 if id <= 2 else 1) for id in range(1, 6)]
    task, seen = Task([row(1, 3), row(1)], candidates), set()
    for _try in range(2):
        own = assemble_own(task, seen, Random(1))
        assert own.repeats == 0
        seen |= {slot.question_id for slot in own.slots}
