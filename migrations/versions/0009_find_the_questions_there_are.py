"""Find the questions there are by all they say, and know their writers and where their keys stand.

Reads what the versions hold and writes it out once more; going down, there is nothing to take back.
"""

import json
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

RANK = {"draft": 0, "in_review": 0, "published": 1}
"""Which version of a question trainers see: the open one, else the published one, else the last."""

PICTURE = re.compile(r"!\[([^\[\]\n]{0,500})\]\([0-9a-f]{32}\.[a-z0-9]{3,4}\)")
"""A picture or sound of the bank in a text, and what it shows."""

JSON = sa.JSON().with_variant(sa.dialects.postgresql.JSONB(), "postgresql")
question = sa.table("question", sa.column("id"), sa.column("key"), sa.column("search_text"))
version = sa.table(
    "question_version",
    *(sa.column(name) for name in ("id", "question_id", "number", "state", "author_id", "key_place")),
    sa.column("content", JSON),
    sa.column("writers", JSON),
)


def upgrade() -> None:
    connection = op.get_bind()
    keys = dict(connection.execute(sa.select(question.c.id, question.c.key)).all())
    shown: dict[int, tuple[tuple[int, int], str]] = {}
    versions, questions = [], []
    for row in connection.execute(sa.select(version)).all():
        content = json.loads(row.content) if isinstance(row.content, str) else row.content
        writers = [] if row.author_id is None else [row.author_id]
        versions.append({"its_id": row.id, "new_writers": writers, "new_place": key_place(content)})
        rank = (RANK.get(row.state, 2), -row.number)
        if row.question_id not in shown or rank < shown[row.question_id][0]:
            shown[row.question_id] = (rank, search_text(content, keys.get(row.question_id)))
    questions = [{"its_id": id, "new_text": text} for id, (_rank, text) in shown.items()]
    if versions:
        change = version.update().where(version.c.id == sa.bindparam("its_id"))
        change = change.values(writers=sa.bindparam("new_writers", type_=JSON), key_place=sa.bindparam("new_place"))
        connection.execute(change, versions)
    if questions:
        change = question.update().where(question.c.id == sa.bindparam("its_id"))
        connection.execute(change.values(search_text=sa.bindparam("new_text")), questions)


def downgrade() -> None:
    pass


def key_place(content: dict[str, Any]) -> int | None:
    """As the bank does it at this time: of a single choice with one key its place, from 0."""
    places = [place for place, choice in enumerate(content.get("choices", ())) if choice.get("correct")]
    return places[0] if content.get("kind") == "single_choice" and len(places) == 1 else None


def search_text(content: dict[str, Any], key: str | None) -> str:
    """As the bank does it at this time: every text of the question, folded, a line each."""
    shown = (PICTURE.sub(r"[\1]", text) for text in texts(content))
    return "\n".join(filter(None, map(fold, [*shown, key or ""])))


def texts(content: dict[str, Any]) -> Iterator[str]:
    yield content.get("stem", "")
    yield from (choice.get("text", "") for choice in content.get("choices", ()))
    for point in content.get("key_points", ()):
        yield from (point.get("text", ""), *point.get("accepted", ()))
    yield content.get("reference", "")
    yield content.get("explanation", "")


def fold(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text.replace("\0", " ")).casefold().split())
