"""Keep the parallel papers of a cohort, and what candidates have met and earned of each question.

Papers of before were drawn one by one, and stay that. Going down, papers keep their questions; what set they belonged
to and what was expected of them is lost.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("exam", schema=None) as batch_op:
        batch_op.add_column(sa.Column("parallel_papers", sa.Integer(), nullable=False, server_default="4"))
        batch_op.add_column(sa.Column("exposure_cap", sa.Integer(), nullable=True))
        batch_op.create_check_constraint(
            batch_op.f("ck_exam_parallel_papers_in_range"), "parallel_papers BETWEEN 1 AND 20"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_exam_exposure_cap_in_range"), "exposure_cap BETWEEN 1 AND 1000000"
        )
    with op.batch_alter_table("exam", schema=None) as batch_op:
        batch_op.alter_column("parallel_papers", server_default=None)
    op.create_table(
        "paper_set",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("exam_id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("why", sa.String(length=40), nullable=True),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("most_uses", sa.Integer(), nullable=False),
        sa.Column("least_most_uses", sa.Integer(), nullable=False),
        sa.Column("common", sa.Integer(), nullable=False),
        sa.Column("least_common", sa.Integer(), nullable=False),
        sa.Column("beside", sa.Boolean(), nullable=False),
        sa.Column("took_ms", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("outdated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outdated_why", sa.String(length=40), nullable=True),
        sa.CheckConstraint("(state = 'refused') = (why IS NOT NULL)", name=op.f("ck_paper_set_refused_with_a_reason")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_paper_set_cohort_id_cohort")),
        sa.ForeignKeyConstraint(["exam_id"], ["exam.id"], name=op.f("fk_paper_set_exam_id_exam")),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_paper_set_made_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_set")),
    )
    op.create_index("ix_paper_set_exam_cohort", "paper_set", ["exam_id", "cohort_id", "id"])
    op.create_index(op.f("ix_paper_set_cohort_id"), "paper_set", ["cohort_id"])
    with op.batch_alter_table("paper", schema=None) as batch_op:
        batch_op.add_column(sa.Column("origin", sa.String(length=40), nullable=False, server_default="drawn"))
        batch_op.add_column(sa.Column("set_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("expected_points", sa.String(length=80), nullable=True))
        batch_op.add_column(sa.Column("expected_error", sa.String(length=80), nullable=True))
        batch_op.add_column(sa.Column("expected_seconds", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_paper_set_id_paper_set"), "paper_set", ["set_id"], ["id"])
        batch_op.create_index(batch_op.f("ix_paper_set_id"), ["set_id"])
    with op.batch_alter_table("paper", schema=None) as batch_op:
        batch_op.alter_column("origin", server_default=None)
    op.create_table(
        "experience",
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("shown", sa.Integer(), nullable=False),
        sa.Column("marked", sa.Integer(), nullable=False),
        sa.Column("shares", sa.String(length=80), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_experience_question_id_question")),
        sa.PrimaryKeyConstraint("question_id", name=op.f("pk_experience")),
    )


def downgrade() -> None:
    op.drop_table("experience")
    with op.batch_alter_table("paper", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_paper_set_id_paper_set"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_paper_set_id"))
        for name in ("origin", "set_id", "expected_points", "expected_error", "expected_seconds"):
            batch_op.drop_column(name)
    op.drop_table("paper_set")
    with op.batch_alter_table("exam", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_exam_exposure_cap_in_range"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_exam_parallel_papers_in_range"), type_="check")
        batch_op.drop_column("exposure_cap")
        batch_op.drop_column("parallel_papers")
