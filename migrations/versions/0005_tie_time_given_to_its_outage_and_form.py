"""Tie time that a person gives to the outage it is for, and to the form it was given by: none of both counts twice.

Going down, the time given stays, with its reason; only what it was tied to is lost.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("time_credit", schema=None) as batch_op:
        batch_op.add_column(sa.Column("for_outage_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("form_key", sa.String(length=32), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_time_credit_for_outage_id_outage"), "outage", ["for_outage_id"], ["id"]
        )
        batch_op.create_unique_constraint(batch_op.f("uq_time_credit_attempt_id_form_key"), ["attempt_id", "form_key"])
        batch_op.create_check_constraint(
            batch_op.f("ck_time_credit_for_an_outage_by_a_person"), "for_outage_id IS NULL OR given_by IS NOT NULL"
        )


def downgrade() -> None:
    with op.batch_alter_table("time_credit", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_time_credit_for_an_outage_by_a_person"), type_="check")
        batch_op.drop_constraint(batch_op.f("uq_time_credit_attempt_id_form_key"), type_="unique")
        batch_op.drop_constraint(batch_op.f("fk_time_credit_for_outage_id_outage"), type_="foreignkey")
        batch_op.drop_column("form_key")
        batch_op.drop_column("for_outage_id")
