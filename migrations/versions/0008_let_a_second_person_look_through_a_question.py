"""Let a second person look through a question before it is published, and find questions by all they say.

An exam of before keeps what it allowed: whoever wrote a question may publish it. Going down, what waits for review is a
draft again, and what was said about versions, tags, dates and reasons are gone.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

OPEN = sa.text("state IN ('draft', 'in_review')")
DRAFT = sa.text("state = 'draft'")


def upgrade() -> None:
    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.add_column(sa.Column("review_due", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("search_text", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("question_version", schema=None) as batch_op:
        batch_op.add_column(sa.Column("key_place", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("reason", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("writers", _json(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("submitted_by", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("approved_by", sa.Integer(), nullable=True))
        batch_op.drop_index("uq_question_version_draft")
        batch_op.create_index(
            "uq_question_version_open", ["question_id"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN
        )
    with op.batch_alter_table("exam", schema=None) as batch_op:
        batch_op.add_column(sa.Column("own_questions", sa.Boolean(), nullable=False, server_default=sa.true()))
    _forget_defaults()
    op.create_table(
        "version_comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["question_version.id"], name=op.f("fk_version_comment_version_id_question_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_version_comment")),
    )
    op.create_index(op.f("ix_version_comment_version_id"), "version_comment", ["version_id"])
    op.create_table(
        "question_tag",
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("tag", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_question_tag_question_id_question")),
        sa.PrimaryKeyConstraint("question_id", "tag", name=op.f("pk_question_tag")),
    )
    op.create_index(op.f("ix_question_tag_tag"), "question_tag", ["tag"])


def _json() -> sa.types.TypeEngine:
    return sa.JSON(none_as_null=True).with_variant(sa.dialects.postgresql.JSONB(none_as_null=True), "postgresql")


def _forget_defaults() -> None:
    """They were for the rows there were; who adds one says what is in it."""
    for table, columns in {
        "question": ["search_text"], "question_version": ["reason", "writers"], "exam": ["own_questions"],
    }.items():  # fmt: skip
        with op.batch_alter_table(table, schema=None) as batch_op:
            for column in columns:
                batch_op.alter_column(column, server_default=None)


def downgrade() -> None:
    op.drop_table("question_tag")
    op.drop_table("version_comment")
    op.execute("UPDATE question_version SET state = 'draft' WHERE state = 'in_review'")
    with op.batch_alter_table("exam", schema=None) as batch_op:
        batch_op.drop_column("own_questions")
    with op.batch_alter_table("question_version", schema=None) as batch_op:
        batch_op.drop_index("uq_question_version_open")
        batch_op.create_index(
            "uq_question_version_draft", ["question_id"], unique=True, sqlite_where=DRAFT, postgresql_where=DRAFT
        )
        for column in ("approved_by", "submitted_by", "submitted_at", "writers", "reason", "key_place"):
            batch_op.drop_column(column)
    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.drop_column("search_text")
        batch_op.drop_column("review_due")
