"""Keep files of questions, question by question, until they are imported, and what was brought in when.

Going down, imports that aren't finished are lost, and which questions came together; the questions stay.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "question_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("format", sa.String(length=20), nullable=False),
        sa.Column("notes", JSON, nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=True),
        sa.Column("difficulty", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("discarded_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_question_import_author_id_person")),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_question_import_topic_id_topic")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_import")),
    )
    op.create_index("ix_question_import_created", "question_import", ["created_at"], unique=False)

    op.create_table(
        "question_import_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_question_import_entry_actor_id_person")),
        sa.ForeignKeyConstraint(
            ["import_id"], ["question_import.id"], name=op.f("fk_question_import_entry_import_id_question_import")
        ),
        sa.ForeignKeyConstraint(["undone_by"], ["person.id"], name=op.f("fk_question_import_entry_undone_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_import_entry")),
    )
    op.create_index("ix_question_import_entry_import", "question_import_entry", ["import_id"], unique=False)

    op.create_table(
        "question_import_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("content", JSON, nullable=True),
        sa.Column("instead", JSON, nullable=True),
        sa.Column("topic", sa.String(length=120), nullable=True),
        sa.Column("difficulty", sa.Integer(), nullable=True),
        sa.Column("tags", JSON, nullable=False),
        sa.Column("problems", JSON, nullable=False),
        sa.Column("like_id", sa.Integer(), nullable=True),
        sa.Column("like_position", sa.Integer(), nullable=True),
        sa.Column("like_percent", sa.Integer(), nullable=True),
        sa.Column("decision", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("question_id", sa.Integer(), nullable=True),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["question_import_entry.id"],
            name=op.f("fk_question_import_row_entry_id_question_import_entry"),
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["question_import.id"], name=op.f("fk_question_import_row_import_id_question_import")
        ),
        sa.ForeignKeyConstraint(["like_id"], ["question.id"], name=op.f("fk_question_import_row_like_id_question")),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_question_import_row_question_id_question")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["question_version.id"], name=op.f("fk_question_import_row_version_id_question_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_import_row")),
        sa.UniqueConstraint("import_id", "position", name=op.f("uq_question_import_row_import_id_position")),
    )
    op.create_index("ix_question_import_row_entry", "question_import_row", ["entry_id"], unique=False)
    for column in ("like", "question", "version"):
        op.create_index(f"ix_question_import_row_{column}", "question_import_row", [f"{column}_id"], unique=False)
    op.create_index("ix_question_import_row_state", "question_import_row", ["import_id", "state"], unique=False)


def downgrade() -> None:
    for column in ("like", "question", "version"):
        op.drop_index(f"ix_question_import_row_{column}", table_name="question_import_row")
    op.drop_index("ix_question_import_row_state", table_name="question_import_row")
    op.drop_index("ix_question_import_row_entry", table_name="question_import_row")

    op.drop_table("question_import_row")
    op.drop_index("ix_question_import_entry_import", table_name="question_import_entry")

    op.drop_table("question_import_entry")
    op.drop_index("ix_question_import_created", table_name="question_import")

    op.drop_table("question_import")
