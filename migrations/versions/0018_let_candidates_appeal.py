"""Let candidates appeal the marking of questions. Exams there were before offer none until their terms say so.

Going down, appeals and their answers are gone, and with them the days in which they could be made; marks stay.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def _to(table: str, name: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([name], [f"{other}.id"], name=op.f(f"fk_{table}_{name}_{other}"))


def upgrade() -> None:
    with op.batch_alter_table("exam") as exam:
        exam.add_column(sa.Column("appeals", sa.Integer(), nullable=False, server_default="0"))
        exam.add_column(sa.Column("appeal_days", sa.Integer(), nullable=False, server_default="7"))
        exam.create_check_constraint(op.f("ck_exam_appeals_in_range"), "appeals BETWEEN 0 AND 20")
        exam.create_check_constraint(op.f("ck_exam_appeal_days_in_range"), "appeal_days BETWEEN 1 AND 90")
    with op.batch_alter_table("exam") as exam:
        exam.alter_column("appeals", server_default=None)
        exam.alter_column("appeal_days", server_default=None)
    op.create_table(
        "appeal_window",
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("opens_at", MOMENT, nullable=False),
        sa.Column("closes_at", MOMENT, nullable=False),
        sa.Column("appeals", sa.Integer(), nullable=False),
        sa.CheckConstraint("closes_at > opens_at", name=op.f("ck_appeal_window_closes_after_it_opens")),
        _to("appeal_window", "attempt_id", "attempt"),
        sa.PrimaryKeyConstraint("attempt_id", name=op.f("pk_appeal_window")),
    )
    op.create_index(op.f("ix_appeal_window_closes_at"), "appeal_window", ["closes_at"])
    op.create_table(
        "appeal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("question_version_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("mark_id", sa.Integer(), nullable=True),
        sa.Column("reviewed_at", MOMENT, nullable=True),
        sa.Column("reviewed_by", sa.Integer(), nullable=True),
        sa.Column("review_note", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('granted', 'denied')) = (answered_at IS NOT NULL)",
            name=op.f("ck_appeal_answered_when_it_was_decided"),
        ),
        sa.CheckConstraint("answered_at IS NULL OR answered_by IS NOT NULL", name=op.f("ck_appeal_somebody_answers")),
        _to("appeal", "attempt_id", "attempt"),
        _to("appeal", "question_version_id", "question_version"),
        _to("appeal", "answered_by", "person"),
        _to("appeal", "mark_id", "mark"),
        _to("appeal", "reviewed_by", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal")),
    )
    op.create_index(op.f("ix_appeal_attempt_id"), "appeal", ["attempt_id"])
    op.create_index("ix_appeal_state_due", "appeal", ["state", "due_at"])
    not_withdrawn = sa.text("state <> 'withdrawn'")
    op.create_index(
        "uq_appeal_of_a_question", "appeal", ["attempt_id", "position"], unique=True,
        sqlite_where=not_withdrawn, postgresql_where=not_withdrawn,
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("appeal")
    op.drop_table("appeal_window")
    with op.batch_alter_table("exam") as exam:
        exam.drop_constraint(op.f("ck_exam_appeal_days_in_range"), type_="check")
        exam.drop_constraint(op.f("ck_exam_appeals_in_range"), type_="check")
        exam.drop_column("appeal_days")
        exam.drop_column("appeals")
