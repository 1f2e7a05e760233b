"""Keep changes of many questions at once, so that they can be taken back. Going down, they can't be any more."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bulk_edit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column(
            "changes",
            sa.JSON(none_as_null=True).with_variant(sa.dialects.postgresql.JSONB(none_as_null=True), "postgresql"),
            nullable=False,
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_bulk_edit_actor_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_edit")),
    )
    op.create_index("ix_bulk_edit_actor_id_id", "bulk_edit", ["actor_id", "id"])


def downgrade() -> None:
    op.drop_table("bulk_edit")
