"""What a process remembers is bounded, and what isn't a fact is asked for again."""

from exam.memory import Memory


def test_a_fact_is_found_once() -> None:
    asked: list[str] = []
    memory = Memory[str, int](2)
    for _time in range(3):
        assert memory.recall("a", lambda: asked.append("a") or 1) == 1
    assert asked == ["a"]


def test_nothing_is_no_fact() -> None:
    memory = Memory[str, int](2)
    assert memory.recall("a", lambda: None) is None
    assert memory.recall("a", lambda: 1) == 1


def test_what_was_asked_for_longest_ago_is_forgotten() -> None:
    memory = Memory[str, int](2)
    for key in "abac":
        memory.recall(key, lambda key=key: ord(key))  # type: ignore[misc]  # a lambda's default has no type
    assert len(memory) == 2
    assert memory.recall("a", lambda: 0) == ord("a")
    assert memory.recall("b", lambda: 0) == 0
