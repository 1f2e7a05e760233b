"""Let a marker decide on many answers at once, take the last act back, and keep comments to use again.

Opinions on texts in whose place a late answer was accepted are told from those that stand. Going down, which opinions
were given together is forgotten, and so are the kept comments; every opinion and every mark stays as it is.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "marking_act",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("marker_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["marker_id"], ["person.id"], name=op.f("fk_marking_act_marker_id_person")),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_marking_act_question_id_question")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_marking_act")),
    )
    op.create_index("ix_marking_act_marker_id_id", "marking_act", ["marker_id", "id"])
    with op.batch_alter_table("opinion", schema=None) as batch_op:
        batch_op.add_column(sa.Column("act_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_opinion_act_id_marking_act"), "marking_act", ["act_id"], ["id"])
        batch_op.create_index(batch_op.f("ix_opinion_act_id"), ["act_id"])
    op.create_table(
        "opinion_withdrawal",
        sa.Column("opinion_id", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(length=40), nullable=False),
        sa.Column("withdrawn_by", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["opinion_id"], ["opinion.id"], name=op.f("fk_opinion_withdrawal_opinion_id_opinion")),
        sa.ForeignKeyConstraint(
            ["withdrawn_by"], ["person.id"], name=op.f("fk_opinion_withdrawal_withdrawn_by_person")
        ),
        sa.PrimaryKeyConstraint("opinion_id", name=op.f("pk_opinion_withdrawal")),
    )
    op.create_table(
        "comment_snippet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("marker_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["marker_id"], ["person.id"], name=op.f("fk_comment_snippet_marker_id_person")),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_comment_snippet_question_id_question")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment_snippet")),
    )
    op.create_index("ix_comment_snippet_marker_id_question_id", "comment_snippet", ["marker_id", "question_id"])
    # Of a slot, the last mark that withdrew another: what was thought of it until then was of another text.
    op.execute(
        "INSERT INTO opinion_withdrawal (opinion_id, why, withdrawn_by, withdrawn_at) "
        "SELECT opinion.id, 'late_answer', mark.author_id, mark.given_at FROM opinion JOIN mark ON mark.id = ("
        "SELECT MAX(later.id) FROM mark AS later WHERE later.attempt_id = opinion.attempt_id "
        "AND later.position = opinion.position AND later.source = 'withdrawn' AND later.id > ("
        "SELECT MAX(own.id) FROM mark AS own WHERE own.opinion_id = opinion.id))"
    )


def downgrade() -> None:
    op.drop_table("comment_snippet")
    op.drop_table("opinion_withdrawal")
    with op.batch_alter_table("opinion", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_opinion_act_id"))
        batch_op.drop_constraint(batch_op.f("fk_opinion_act_id_marking_act"), type_="foreignkey")
        batch_op.drop_column("act_id")
    op.drop_table("marking_act")
