"""Let a second person mark some answers, and a third decide where the two are too far apart.

An exam of before keeps what it had: one marker. Going down, a mean keeps its points and goes by the name of the first
of the two; which answers waited for a second marker is forgotten, all opinions stay.
"""

from secrets import token_hex

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

OPEN = sa.text("stage <> 'settled'")
MEAN = "(source = 'mean') = (second_opinion_id IS NOT NULL) AND (source <> 'mean' OR opinion_id IS NOT NULL)"
EXAM = sa.table("exam", sa.column("id", sa.Integer()), sa.column("second_lot", sa.String()))


def upgrade() -> None:
    with op.batch_alter_table("exam", schema=None) as batch_op:
        batch_op.add_column(sa.Column("second_marking", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("second_share", sa.Integer(), nullable=False, server_default="15"))
        batch_op.add_column(sa.Column("second_tolerance", sa.Integer(), nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("second_lot", sa.String(length=32), nullable=False, server_default=""))
        batch_op.create_check_constraint(batch_op.f("ck_exam_second_share_in_range"), "second_share BETWEEN 0 AND 100")
        batch_op.create_check_constraint(
            batch_op.f("ck_exam_second_tolerance_in_range"), "second_tolerance BETWEEN 0 AND 20"
        )
    with op.batch_alter_table("exam", schema=None) as batch_op:
        for name in ("second_marking", "second_share", "second_tolerance", "second_lot"):
            batch_op.alter_column(name, server_default=None)
    connection = op.get_bind()
    for exam_id in connection.scalars(sa.select(EXAM.c.id)).all():
        connection.execute(EXAM.update().where(EXAM.c.id == exam_id).values(second_lot=token_hex(16)))
    with op.batch_alter_table("mark", schema=None) as batch_op:
        batch_op.add_column(sa.Column("second_opinion_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_mark_second_opinion_id_opinion"), "opinion", ["second_opinion_id"], ["id"]
        )
        batch_op.create_check_constraint(batch_op.f("ck_mark_a_mean_names_two_opinions"), MEAN)
    op.create_table(
        "second_marking",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(length=40), nullable=False),
        sa.Column("tolerance", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=40), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_second_marking_attempt_id_attempt")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_marking")),
        sa.UniqueConstraint("attempt_id", "position", name=op.f("uq_second_marking_attempt_id_position")),
    )
    op.create_index(
        "ix_second_marking_open", "second_marking", ["attempt_id"], sqlite_where=OPEN, postgresql_where=OPEN
    )
    op.create_table(
        "measured_error",
        sa.Column("exam_id", sa.Integer(), nullable=False),
        sa.Column("points", sa.String(length=80), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("measured_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["exam_id"], ["exam.id"], name=op.f("fk_measured_error_exam_id_exam")),
        sa.PrimaryKeyConstraint("exam_id", name=op.f("pk_measured_error")),
    )


def downgrade() -> None:
    op.drop_table("measured_error")
    op.drop_table("second_marking")
    with op.batch_alter_table("mark", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_mark_a_mean_names_two_opinions"), type_="check")
    _give_means_an_author()
    with op.batch_alter_table("mark", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_mark_second_opinion_id_opinion"), type_="foreignkey")
        batch_op.drop_column("second_opinion_id")
    with op.batch_alter_table("exam", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_exam_second_share_in_range"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_exam_second_tolerance_in_range"), type_="check")
        for name in ("second_marking", "second_share", "second_tolerance", "second_lot"):
            batch_op.drop_column(name)


def _give_means_an_author() -> None:
    """The points stay: what was told to candidates doesn't change with the shape of the tables."""
    op.execute(
        "UPDATE mark SET source = 'person', "
        "author_id = (SELECT opinion.marker_id FROM opinion WHERE opinion.id = mark.opinion_id) WHERE source = 'mean'"
    )
