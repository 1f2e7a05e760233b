"""Keep what a question counts for in an attempt where a correction has given it another worth than its paper says.

Going down, results stay as they are. Marks out of another worth get one after them that is the same share of what the
paper says, so that what is added up later adds up. Corrections of a worth stay as such for everybody or only upwards;
those that nobody has decided about are given up, for what they ask for can't be kept.
"""

from fractions import Fraction

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(sa.dialects.postgresql.JSONB(none_as_null=True), "postgresql")
NUMBER = sa.String(length=80)
BEFORE = {"worth": "all", "worth_only_up": "only_up"}


def _table(name: str, *columns: str) -> sa.TableClause:
    return sa.table(name, *map(sa.column, columns))


attempt, slot = _table("attempt", "id", "paper_id"), _table("slot", "paper_id", "position", "points")
reweighing = _table("reweighing", "attempt_id", "position", "worth")
COPIED = ("attempt_id", "position", "question_version_id", "source", "author_id", "opinion_id", "second_opinion_id")
mark = _table("mark", "id", "points", "reason", "given_at", *COPIED)
correction = _table("correction", "policy", "state", "worths")
change = _table("correction_change", "mark_after_id")


def upgrade() -> None:
    op.create_table(
        "reweighing",
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("worth", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_reweighing_attempt_id_attempt")),
        sa.PrimaryKeyConstraint("attempt_id", "position", name=op.f("pk_reweighing")),
    )
    with op.batch_alter_table("correction") as table:
        table.add_column(sa.Column("worths", JSON, nullable=True))
    with op.batch_alter_table("correction_change") as table:
        table.alter_column("mark_after_id", existing_type=sa.Integer(), nullable=True)
        table.add_column(sa.Column("worth_before", NUMBER, nullable=True))
        table.add_column(sa.Column("worth_after", NUMBER, nullable=True))


def downgrade() -> None:
    _weigh_as_on_paper()
    still_open = correction.c.state.in_(["draft", "proposed"])
    op.execute(correction.update().where(correction.c.worths.is_not(None), still_open).values(state="dropped"))
    for now, before in BEFORE.items():
        op.execute(correction.update().where(correction.c.policy == now).values(policy=before))
    # What changed without a mark is gone: there was none that could be named.
    op.execute(change.delete().where(change.c.mark_after_id.is_(None)))
    with op.batch_alter_table("correction_change") as table:
        table.drop_column("worth_after")
        table.drop_column("worth_before")
        table.alter_column("mark_after_id", existing_type=sa.Integer(), nullable=False)
    with op.batch_alter_table("correction") as table:
        table.drop_column("worths")
    op.drop_table("reweighing")


def _same_place(also: sa.ColumnElement[bool], other: sa.TableClause) -> sa.ColumnElement[bool]:
    return sa.and_(also, other.c.position == mark.c.position)


def _weigh_as_on_paper() -> None:
    """Append to each mark out of another worth the same share of what the paper says."""
    last = sa.select(sa.func.max(mark.c.id)).group_by(mark.c.attempt_id, mark.c.position).correlate(None)
    found = op.get_bind().execute(
        sa.select(mark, reweighing.c.worth, slot.c.points.label("paper"))
        .join(reweighing, _same_place(reweighing.c.attempt_id == mark.c.attempt_id, reweighing))
        .join(attempt, attempt.c.id == mark.c.attempt_id)
        .join(slot, _same_place(slot.c.paper_id == attempt.c.paper_id, slot))
        .where(mark.c.id.in_(last))
        .order_by(mark.c.id)
    )
    for row in found.mappings().all():
        worth, paper = Fraction(row["worth"]), Fraction(row["paper"])
        if worth == paper:
            continue
        points = Fraction(row["points"]) / worth * paper
        same = {name: row[name] for name in (*COPIED, "reason", "given_at")}
        op.execute(mark.insert().values(**same, points=str(points)))
