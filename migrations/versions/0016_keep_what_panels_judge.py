"""Keep what panels of trainers judge of an exam's questions.

Going down, panels and their judgements are gone; the estimates that finished ones gave to questions stay.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

OPEN = sa.text("stage IN ('first', 'second')")


def upgrade() -> None:
    op.create_table(
        "panel",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("exam_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=40), nullable=False),
        sa.Column("scope", sa.String(length=40), nullable=False),
        sa.Column("opened_by", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_by", sa.Integer(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("judges", sa.Integer(), nullable=True),
        sa.Column("implied", sa.String(length=80), nullable=True),
        sa.Column("judge_error", sa.String(length=80), nullable=True),
        sa.Column("whole_error", sa.String(length=80), nullable=True),
        sa.CheckConstraint(
            "stage <> 'finished' OR finished_at IS NOT NULL", name=op.f("ck_panel_finished_at_a_moment")
        ),
        sa.ForeignKeyConstraint(["exam_id"], ["exam.id"], name=op.f("fk_panel_exam_id_exam")),
        sa.ForeignKeyConstraint(["opened_by"], ["person.id"], name=op.f("fk_panel_opened_by_person")),
        sa.ForeignKeyConstraint(["finished_by"], ["person.id"], name=op.f("fk_panel_finished_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel")),
    )
    op.create_index("uq_panel_open", "panel", ["exam_id"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_index("ix_panel_exam", "panel", ["exam_id", "id"])
    op.create_table(
        "panel_member",
        sa.Column("panel_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["panel_id"], ["panel.id"], name=op.f("fk_panel_member_panel_id_panel")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_panel_member_person_id_person")),
        sa.PrimaryKeyConstraint("panel_id", "person_id", name=op.f("pk_panel_member")),
    )
    op.create_index(op.f("ix_panel_member_person_id"), "panel_member", ["person_id"])
    op.create_table(
        "panel_question",
        sa.Column("panel_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["panel_id"], ["panel.id"], name=op.f("fk_panel_question_panel_id_panel")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["question_version.id"], name=op.f("fk_panel_question_version_id_question_version")
        ),
        sa.PrimaryKeyConstraint("panel_id", "version_id", name=op.f("pk_panel_question")),
    )
    op.create_index(op.f("ix_panel_question_version_id"), "panel_question", ["version_id"])
    op.create_table(
        "judgement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("panel_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("share BETWEEN 0 AND 100", name=op.f("ck_judgement_share_in_range")),
        sa.CheckConstraint("round IN (1, 2)", name=op.f("ck_judgement_one_of_two_rounds")),
        sa.ForeignKeyConstraint(["panel_id"], ["panel.id"], name=op.f("fk_judgement_panel_id_panel")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["question_version.id"], name=op.f("fk_judgement_version_id_question_version")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_judgement_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judgement")),
    )
    op.create_index("ix_judgement_panel_person", "judgement", ["panel_id", "person_id", "id"])
    op.create_index(op.f("ix_judgement_version_id"), "judgement", ["version_id"])


def downgrade() -> None:
    for name in ("judgement", "panel_question", "panel_member", "panel"):
        op.drop_table(name)
