"""Let SQLite refuse to replace an answer or a receipt: INSERT OR REPLACE deletes without firing the triggers of 0004.

PostgreSQL knows no such statement; what comes nearest, ON CONFLICT DO UPDATE, is refused as an update.
"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TAKEN = {
    "answer": "(id = NEW.id) OR (attempt_id = NEW.attempt_id AND position = NEW.position AND epoch = NEW.epoch "
    "AND number = NEW.number)",
    "receipt": "(id = NEW.id) OR (attempt_id = NEW.attempt_id AND revision = NEW.revision)",
}
"""By table what is true of a row that a new one would replace."""


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table, taken in TAKEN.items():
            op.execute(
                f"CREATE TRIGGER {table}_is_not_replaced BEFORE INSERT ON {table} "
                f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {taken}) "
                f"BEGIN SELECT RAISE(ABORT, '{table} is only added to'); END"
            )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in TAKEN:
            op.execute(f"DROP TRIGGER {table}_is_not_replaced")
