"""How the desk hides names: what an answer is called there, and the order in which a marker gets the answers."""

from collections.abc import Iterable
from hashlib import sha256

_ROUNDS = 4
_HALF_BLOCK = 0xFFFF


def alias(attempt_id: int, question_id: int, secret: str) -> str:
    """The name of an answer at the desk: eight hex digits that tell nothing of the candidate.

    The same candidate has another name under every question. Only the server, which knows the secret, finds the
    attempt again (`attempt_behind`): a small Feistel cipher over the attempt's number, below 2³¹.
    """
    left, right = attempt_id >> 16, attempt_id & _HALF_BLOCK
    for turn in range(_ROUNDS):
        left, right = right, left ^ _mix(right, turn, question_id, secret)
    return f"{left:04x}{right:04x}"


def attempt_behind(name: str, question_id: int, secret: str) -> int:
    """The attempt whose answer has this name. Refuses what is no such name with ValueError."""
    if len(name) != 8 or not set(name) <= set("0123456789abcdef"):
        raise ValueError(f"{name!r} names no answer")
    left, right = int(name[:4], 16), int(name[4:], 16)
    for turn in reversed(range(_ROUNDS)):
        left, right = right ^ _mix(left, turn, question_id, secret), left
    attempt_id = left << 16 | right
    if attempt_id >> 31:  # no row has such a number, and PostgreSQL wouldn't even look for it
        raise ValueError(f"{name!r} names no answer")
    return attempt_id


def _mix(half: int, turn: int, question_id: int, secret: str) -> int:
    digest = sha256(f"{secret}|answer|{question_id}|{turn}|{half}".encode()).digest()
    return int.from_bytes(digest[:2], "big")


def in_order(attempt_ids: Iterable[int], marker_id: int, question_id: int) -> list[int]:
    """The order in which one marker gets the answers to a question: as good as random, but the same every time."""
    return sorted(attempt_ids, key=lambda one: sha256(f"{marker_id}|{question_id}|{one}".encode()).digest())
