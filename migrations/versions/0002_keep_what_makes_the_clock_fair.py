"""Keep what makes the room's clock fair: the pulse, outages, time given, messages, and papers drawn beforehand.

And a table for receipts, which the next migration fills.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "beat",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_beat_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_beat")),
    )
    op.create_table(
        "outage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("ended_at > began_at", name=op.f("ck_outage_ends_after_it_began")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outage")),
    )
    with op.batch_alter_table("outage", schema=None) as batch_op:
        batch_op.create_index("ix_outage_ended_at", ["ended_at"], unique=False)

    op.create_table(
        "prepared",
        sa.Column("sitting_id", sa.Integer(), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("layout", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("attempts_before", sa.Integer(), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["paper_id"], ["paper.id"], name=op.f("fk_prepared_paper_id_paper")),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_prepared_sitting_id_sitting")),
        sa.PrimaryKeyConstraint("sitting_id", name=op.f("pk_prepared")),
    )
    with op.batch_alter_table("prepared", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_prepared_paper_id"), ["paper_id"], unique=False)

    op.create_table(
        "contact",
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_contact_attempt_id_attempt")),
        sa.PrimaryKeyConstraint("attempt_id", name=op.f("pk_contact")),
    )
    op.create_table(
        "room_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sent_by", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_room_message_attempt_id_attempt")),
        sa.ForeignKeyConstraint(["sent_by"], ["person.id"], name=op.f("fk_room_message_sent_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room_message")),
    )
    with op.batch_alter_table("room_message", schema=None) as batch_op:
        batch_op.create_index("ix_room_message_attempt", ["attempt_id", "id"], unique=False)
        batch_op.create_index("ix_room_message_sent_at", ["sent_at"], unique=False)

    op.create_table(
        "receipt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("added_answer_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(revision = 1) = (added_answer_id IS NULL)", name=op.f("ck_receipt_revised_for_an_answer")),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_receipt_numbered_from_one")),
        sa.ForeignKeyConstraint(["added_answer_id"], ["answer.id"], name=op.f("fk_receipt_added_answer_id_answer")),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_receipt_attempt_id_attempt")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
        sa.UniqueConstraint("attempt_id", "revision", name=op.f("uq_receipt_attempt_id_revision")),
    )
    op.create_table(
        "statement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_statement_attempt_id_attempt")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement")),
    )
    with op.batch_alter_table("statement", schema=None) as batch_op:
        batch_op.create_index("ix_statement_attempt", ["attempt_id", "id"], unique=False)

    op.create_table(
        "time_credit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("outage_id", sa.Integer(), nullable=True),
        sa.Column("given_by", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(outage_id IS NULL) <> (given_by IS NULL)", name=op.f("ck_time_credit_an_outage_or_a_person")
        ),
        sa.CheckConstraint("seconds > 0", name=op.f("ck_time_credit_seconds_positive")),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_time_credit_attempt_id_attempt")),
        sa.ForeignKeyConstraint(["given_by"], ["person.id"], name=op.f("fk_time_credit_given_by_person")),
        sa.ForeignKeyConstraint(["outage_id"], ["outage.id"], name=op.f("fk_time_credit_outage_id_outage")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_time_credit")),
        sa.UniqueConstraint("attempt_id", "outage_id", name=op.f("uq_time_credit_attempt_id_outage_id")),
    )
    _add_column("attempt", "outage_credit", sa.Boolean(), True)
    _add_column("exam", "outage_credit", sa.Boolean(), True)
    _add_column("exam", "blueprint_edition", sa.Integer(), 0)
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attempt_exam_id"))
        batch_op.add_column(sa.Column("record_closed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index("ix_attempt_exam_started", ["exam_id", "started_at"], unique=False)
        batch_op.create_index("ix_attempt_person_exam", ["person_id", "exam_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_attempt_paper_id"), ["paper_id"], unique=False)
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.create_index("ix_attempt_closed_at", ["closed_at"], unique=False)
    with op.batch_alter_table("booking", schema=None) as batch_op:
        batch_op.create_index("ix_booking_starts_at", ["starts_at"], unique=False)
    _close_the_records_of_released_attempts()
    with op.batch_alter_table("late_answer", schema=None) as batch_op:
        batch_op.add_column(sa.Column("written_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("left_ms", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("offline_ms", sa.Integer(), nullable=True))

    with op.batch_alter_table("question_version", schema=None) as batch_op:
        batch_op.create_index(
            "ix_question_version_corrects",
            ["corrects_id"],
            unique=False,
            sqlite_where=sa.text("corrects_id IS NOT NULL"),
            postgresql_where=sa.text("corrects_id IS NOT NULL"),
        )


def downgrade() -> None:
    with op.batch_alter_table("question_version", schema=None) as batch_op:
        batch_op.drop_index("ix_question_version_corrects")

    with op.batch_alter_table("late_answer", schema=None) as batch_op:
        batch_op.drop_column("offline_ms")
        batch_op.drop_column("left_ms")
        batch_op.drop_column("written_at")

    with op.batch_alter_table("exam", schema=None) as batch_op:
        batch_op.drop_column("blueprint_edition")
        batch_op.drop_column("outage_credit")

    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attempt_paper_id"))
        batch_op.drop_index("ix_attempt_person_exam")
        batch_op.drop_index("ix_attempt_exam_started")
        batch_op.create_index(batch_op.f("ix_attempt_exam_id"), ["exam_id"], unique=False)
        batch_op.drop_column("outage_credit")
        batch_op.drop_column("record_closed_at")
        batch_op.drop_index("ix_attempt_closed_at")
    with op.batch_alter_table("booking", schema=None) as batch_op:
        batch_op.drop_index("ix_booking_starts_at")

    op.drop_table("time_credit")
    with op.batch_alter_table("statement", schema=None) as batch_op:
        batch_op.drop_index("ix_statement_attempt")

    op.drop_table("statement")
    op.drop_table("receipt")
    with op.batch_alter_table("room_message", schema=None) as batch_op:
        batch_op.drop_index("ix_room_message_sent_at")
        batch_op.drop_index("ix_room_message_attempt")

    op.drop_table("room_message")
    op.drop_table("contact")
    with op.batch_alter_table("prepared", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_prepared_paper_id"))

    op.drop_table("prepared")
    with op.batch_alter_table("outage", schema=None) as batch_op:
        batch_op.drop_index("ix_outage_ended_at")

    op.drop_table("outage")
    op.drop_table("beat")


def _close_the_records_of_released_attempts() -> None:
    """Where the result is out already, its candidate can add nothing to the record any more."""
    moment = sa.DateTime(timezone=True)
    attempt = sa.table("attempt", sa.column("id", sa.Integer()), sa.column("record_closed_at", moment))
    release = sa.table("release", sa.column("attempt_id", sa.Integer()), sa.column("released_at", moment))
    released = sa.select(release.c.released_at).where(release.c.attempt_id == attempt.c.id)
    op.execute(attempt.update().values(record_closed_at=released.scalar_subquery()))


def _add_column(table: str, name: str, kind: sa.types.TypeEngine[Any], value: object) -> None:
    """What exists already promises the same as what is new."""
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.add_column(sa.Column(name, kind, nullable=True))
    column = sa.table(table, sa.column(name, kind))
    op.execute(column.update().values({name: value}))
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.alter_column(name, existing_type=kind, nullable=False)
