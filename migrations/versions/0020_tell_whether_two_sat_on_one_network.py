"""Keep a digest of the network a room was opened from, so that two of an exam can be told to share one.

Openings of before have none: it isn't known. Going down, the digests are gone; every event stays as it is.
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("room_event") as room_event:
        room_event.add_column(sa.Column("network", sa.String(length=16), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("room_event") as room_event:
        room_event.drop_column("network")
