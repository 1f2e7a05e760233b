"""Give receipts a table that is only added to, instead of one place in the attempt that is written over.

Receipts of before stay unsigned: nobody can vouch afterwards for what was said then. Going down, the newest revision of
each stays, in its old form and without its signature.
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

attempt = sa.table(
    "attempt",
    *(sa.column(name, sa.Integer()) for name in ("id", "person_id", "exam_id", "paper_id")),
    sa.column("receipt", JSON),
)
receipt = sa.table(
    "receipt",
    *(sa.column(name, sa.Integer()) for name in ("id", "attempt_id", "revision")),
    *(sa.column(name, sa.Text()) for name in ("content", "signature", "salt")),
)


def upgrade() -> None:
    with_one = sa.select(attempt).where(attempt.c.receipt.is_not(None), attempt.c.receipt.cast(sa.Text()) != "null")
    for rows in _batches(with_one, attempt.c.id):
        op.bulk_insert(receipt, [_moved(row) for row in rows])
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.drop_column("receipt")


def downgrade() -> None:
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.add_column(sa.Column("receipt", JSON, nullable=True))
    for rows in _batches(sa.select(receipt), receipt.c.id):
        for row in rows:  # in the order they were written, so that the last revision stays
            kept = {name: json.loads(row["content"])[name] for name in KEPT_BEFORE}
            op.execute(attempt.update().where(attempt.c.id == row["attempt_id"]).values(receipt=kept))
    op.execute(receipt.delete())


def _batches(rows: sa.Select[Any], key: sa.ColumnElement[Any]) -> Iterator[list[Mapping[str, Any]]]:
    """Rows by the hundreds, so that a large site's fit into memory."""
    last = 0
    while batch := op.get_bind().execute(rows.where(key > last).order_by(key).limit(AT_ONCE)).mappings().all():
        yield list(batch)
        last = batch[-1]["id"]


def _moved(row: Mapping[str, Any]) -> dict[str, Any]:
    before = row["receipt"]
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
    return {"attempt_id": row["id"], "revision": 1, "content": text, "signature": "", "salt": ""}
