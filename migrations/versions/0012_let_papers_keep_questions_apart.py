"""Let papers keep questions apart, and know how long each takes and what trainers expect it to earn.

Going down, that is forgotten.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.add_column(sa.Column("family", sa.String(length=60), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("expected_seconds", sa.Integer(), nullable=True))
        batch_op.create_index("ix_question_family", ["family"])
        batch_op.create_check_constraint(
            batch_op.f("ck_question_expected_seconds_in_range"), "expected_seconds BETWEEN 5 AND 3600"
        )
    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.alter_column("family", server_default=None)
    with op.batch_alter_table("question_version", schema=None) as batch_op:
        batch_op.add_column(sa.Column("estimate", sa.String(length=80), nullable=True))
    op.create_table(
        "question_enemy",
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("enemy_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("question_id <= enemy_id", name=op.f("ck_question_enemy_ordered")),
        sa.ForeignKeyConstraint(["enemy_id"], ["question.id"], name=op.f("fk_question_enemy_enemy_id_question")),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_question_enemy_question_id_question")),
        sa.PrimaryKeyConstraint("question_id", "enemy_id", name=op.f("pk_question_enemy")),
    )
    op.create_index(op.f("ix_question_enemy_enemy_id"), "question_enemy", ["enemy_id"])


def downgrade() -> None:
    op.drop_table("question_enemy")
    with op.batch_alter_table("question_version", schema=None) as batch_op:
        batch_op.drop_column("estimate")
    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_question_expected_seconds_in_range"), type_="check")
        batch_op.drop_index("ix_question_family")
        batch_op.drop_column("expected_seconds")
        batch_op.drop_column("family")
