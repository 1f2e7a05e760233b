"""What a process may remember: facts that never change, such as the layout of an attempt, and not too many of them."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key")
Fact = TypeVar("Fact")


class Memory(Generic[Key, Fact]):
    """At most `most` facts; the one that was asked for longest ago is forgotten first. For several threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._facts: OrderedDict[Key, Fact] = OrderedDict()
        self._lock = Lock()

    def recall(self, key: Key, find: Callable[[], Fact | None]) -> Fact | None:
        """The fact under this key; found by `find` when it isn't remembered. None is no fact and isn't kept."""
        with self._lock:
            if key in self._facts:
                self._facts.move_to_end(key)
                return self._facts[key]
        found = find()
        if found is not None:
            with self._lock:
                self._facts[key] = found
                while len(self._facts) > self._most:
                    self._facts.popitem(last=False)
        return found

    def __len__(self) -> int:
        return len(self._facts)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._facts.clear()
