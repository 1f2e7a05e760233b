"""Keep corrections of questions that people have sat, and what each changed.

Going down, marks and results stay as corrections have left them; which ones they were isn't known any more.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(sa.dialects.postgresql.JSONB(none_as_null=True), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def _to(table: str, name: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([name], [f"{other}.id"], name=op.f(f"fk_{table}_{name}_{other}"))


def upgrade() -> None:
    op.create_table(
        "correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("content", JSON, nullable=True),
        sa.Column("content_before", JSON, nullable=False),
        sa.Column("policy", sa.String(length=40), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("undoes_id", sa.Integer(), nullable=True),
        sa.Column("digest", sa.String(length=32), nullable=True),
        sa.Column("figures", JSON, nullable=True),
        sa.Column("begun_by", sa.Integer(), nullable=False),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("proposed_at", MOMENT, nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'dropped') OR policy IS NOT NULL", name=op.f("ck_correction_a_proposal_has_a_policy")
        ),
        sa.CheckConstraint(
            "(policy = 'restore') = (undoes_id IS NOT NULL) OR policy IS NULL",
            name=op.f("ck_correction_restores_something"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('applied', 'refused') OR decided_at IS NOT NULL",
            name=op.f("ck_correction_decided_at_a_moment"),
        ),
        _to("correction", "question_id", "question"),
        _to("correction", "version_id", "question_version"),
        _to("correction", "undoes_id", "correction"),
        _to("correction", "begun_by", "person"),
        _to("correction", "decided_by", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
    )
    op.create_index(op.f("ix_correction_question_id"), "correction", ["question_id"])
    op.create_index(op.f("ix_correction_undoes_id"), "correction", ["undoes_id"])
    op.create_index("ix_correction_state_id", "correction", ["state", "id"])
    still_open = sa.text("state IN ('draft', 'proposed')")
    op.create_index(
        "uq_correction_open", "correction", ["version_id"], unique=True,
        sqlite_where=still_open, postgresql_where=still_open,
    )  # fmt: skip
    op.create_table(
        "correction_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("correction_id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("mark_before_id", sa.Integer(), nullable=True),
        sa.Column("mark_after_id", sa.Integer(), nullable=False),
        sa.Column("result_before_id", sa.Integer(), nullable=True),
        sa.Column("result_after_id", sa.Integer(), nullable=True),
        _to("correction_change", "correction_id", "correction"),
        _to("correction_change", "attempt_id", "attempt"),
        _to("correction_change", "mark_before_id", "mark"),
        _to("correction_change", "mark_after_id", "mark"),
        _to("correction_change", "result_before_id", "result"),
        _to("correction_change", "result_after_id", "result"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction_change")),
    )
    op.create_index("ix_correction_change_correction_attempt", "correction_change", ["correction_id", "attempt_id"])
    op.create_index(op.f("ix_correction_change_attempt_id"), "correction_change", ["attempt_id"])


def downgrade() -> None:
    op.drop_table("correction_change")
    op.drop_table("correction")
