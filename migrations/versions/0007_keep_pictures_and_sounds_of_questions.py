"""Keep pictures and sounds of questions, once each, and which versions and knowledge checks show them.

Going down, the pictures and sounds are lost: there is no other place for them. Questions keep the words that say what
each shows.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "media",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("content_type", sa.String(length=40), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("duration_ms", sa.Integer(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("size BETWEEN 1 AND 5242880", name=op.f("ck_media_size_in_range")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media")),
        sa.UniqueConstraint("digest", name=op.f("uq_media_digest")),
        sa.UniqueConstraint("name", name=op.f("uq_media_name")),
    )
    op.create_table(
        "question_version_media",
        sa.Column("question_version_id", sa.Integer(), nullable=False),
        sa.Column("media_id", sa.Integer(), nullable=False),
        sa.Column("seen", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name=op.f("fk_question_version_media_media_id_media")),
        sa.ForeignKeyConstraint(
            ["question_version_id"],
            ["question_version.id"],
            name=op.f("fk_question_version_media_question_version_id_question_version"),
        ),
        sa.PrimaryKeyConstraint("question_version_id", "media_id", name=op.f("pk_question_version_media")),
    )
    op.create_index(
        "ix_question_version_media_media", "question_version_media", ["media_id", "question_version_id"], unique=False
    )
    op.create_table(
        "knowledge_check_media",
        sa.Column("check_id", sa.Integer(), nullable=False),
        sa.Column("media_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["check_id"], ["knowledge_check.id"], name=op.f("fk_knowledge_check_media_check_id_knowledge_check")
        ),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name=op.f("fk_knowledge_check_media_media_id_media")),
        sa.PrimaryKeyConstraint("check_id", "media_id", name=op.f("pk_knowledge_check_media")),
    )
    op.create_index("ix_knowledge_check_media_media", "knowledge_check_media", ["media_id", "check_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_knowledge_check_media_media", table_name="knowledge_check_media")
    op.drop_table("knowledge_check_media")
    op.drop_index("ix_question_version_media_media", table_name="question_version_media")
    op.drop_table("question_version_media")
    op.drop_table("media")
