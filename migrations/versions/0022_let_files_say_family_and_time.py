"""Let a file of questions say which family a question is of and how long it takes.

Going down, what files of imports that aren't brought in yet said of it is gone; questions in the bank keep theirs.
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("question_import_row") as table:
        table.add_column(sa.Column("family", sa.String(length=60), nullable=False, server_default=""))
        table.add_column(sa.Column("expected_seconds", sa.Integer(), nullable=True))
    with op.batch_alter_table("question_import_row") as table:
        table.alter_column("family", existing_type=sa.String(length=60), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("question_import_row") as table:
        table.drop_column("expected_seconds")
        table.drop_column("family")
