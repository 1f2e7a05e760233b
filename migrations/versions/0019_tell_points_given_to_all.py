"""Tell points that a correction gave to everybody from points that were earned: they measure nothing.

Going down, they are points of a correction again, as they were.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

mark = sa.table("mark", sa.column("id"), sa.column("source"))
correction = sa.table("correction", sa.column("id"), sa.column("policy"))
change = sa.table("correction_change", sa.column("correction_id"), sa.column("mark_after_id"))


def upgrade() -> None:
    to_all = (
        sa.select(change.c.mark_after_id)
        .join(correction, correction.c.id == change.c.correction_id)
        .where(correction.c.policy == "full_marks")
    )
    op.execute(mark.update().where(mark.c.source == "correction", mark.c.id.in_(to_all)).values(source="given"))


def downgrade() -> None:
    op.execute(mark.update().where(mark.c.source == "given").values(source="correction"))
