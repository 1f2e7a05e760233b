"""Give receipts a table that is only added to, instead of one place in the attempt that is written over.

Receipts of before stay unsigned: nobody can vouch afterwards for what was said then. Going down, the newest revision of
each takes its old form; beside it all of them are kept as they were signed, so that going up again brings them back.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

AT_ONCE = 500
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
KEPT_BEFORE = ("number", "slots", "answered", "closed_at", "digest")
SIGNED = ("revision", "content", "signature", "salt", "added_answer_id")

attempt = sa.table(
    "attempt",
    *(sa.column(name, sa.Integer()) for name in ("id", "person_id", "exam_id", "paper_id")),
    sa.column("receipt", JSON),
)
receipt = sa.table(
    "receipt",
    *(sa.column(name, sa.Integer()) for name in ("attempt_id", "revision", "added_answer_id")),
    *(sa.column(name, sa.Text()) for name in ("content", "signature", "salt")),
)


def upgrade() -> None:
    with_one = sa.select(attempt).where(attempt.c.receipt.is_not(None), attempt.c.receipt.cast(sa.Text()) != "null")
    for rows in _batches(with_one):
        op.bulk_insert(receipt, [one for row in rows for one in _moved(row)])
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.drop_column("receipt")


def downgrade() -> None:
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.add_column(sa.Column("receipt", JSON, nullable=True))
    for rows in _batches(sa.select(attempt.c.id).where(attempt.c.id.in_(sa.select(receipt.c.attempt_id)))):
        for row in rows:
            op.execute(attempt.update().where(attempt.c.id == row["id"]).values(receipt=_moved_back(row["id"])))
    op.execute(receipt.delete())


def _batches(attempts: sa.Select[Any]) -> Iterator[list[Mapping[str, Any]]]:
    """Attempts by the hundreds, so that a large site's fit into memory."""
    last = 0
    some = attempts.order_by(attempt.c.id).limit(AT_ONCE)
    while batch := op.get_bind().execute(some.where(attempt.c.id > last)).mappings().all():
        yield list(batch)
        last = batch[-1]["id"]


def _moved_back(attempt_id: int) -> dict[str, Any]:
    ours = sa.select(receipt).where(receipt.c.attempt_id == attempt_id).order_by(receipt.c.revision)
    revisions = op.get_bind().execute(ours).mappings().all()
    newest = json.loads(revisions[-1]["content"])
    kept = {name: newest[name] for name in KEPT_BEFORE}
    if any(one["signature"] for one in revisions):
        kept["revisions"] = [{name: one[name] for name in SIGNED} for one in revisions]
    return kept


def _moved(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    before = row["receipt"]
    if "revisions" in before:
        return [{"attempt_id": row["id"], **one} for one in before["revisions"]]
    closed_at = datetime.fromisoformat(before["closed_at"]).astimezone(UTC).isoformat()
    content = {
        "format": "jieye-receipt-1",
        "number": f"JY-{row['id']:06d}",
        "attempt": row["id"],
        "person": row["person_id"],
        "exam": row["exam_id"],
        "paper": row["paper_id"],
        "closed_at": closed_at,
        "revision": 1,
        "written_at": closed_at,
        "slots": before["slots"],
        "answered": before["answered"],
        "digest": before["digest"],
        "answers": {},
        "key": "",
    }
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    unsigned = {"content": text, "signature": "", "salt": ""}
    return [{"attempt_id": row["id"], "revision": 1, "added_answer_id": None, **unsigned}]
