"""Searches that people follow, and what was found for them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

#: 64-bit on both; SQLite numbers its rows only for a column called INTEGER.
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the two tables."""
    op.create_table(
        "followed_search",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("user_id", BIG_ID, nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looked_on", sa.Date(), nullable=False),
        sa.Column("unseen", BIG_ID, nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_followed_search_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_followed_search")),
    )
    op.create_index(op.f("ix_followed_search_user_id"), "followed_search", ["user_id"])
    op.create_index(
        "uq_followed_search_standing",
        "followed_search",
        ["user_id", "asked"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "search_find",
        sa.Column("search_id", BIG_ID, nullable=False),
        sa.Column("document", sa.String(length=80), nullable=False),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["search_id"], ["followed_search.id"], name=op.f("fk_search_find_search_id")
        ),
        sa.PrimaryKeyConstraint("search_id", "document", name=op.f("pk_search_find")),
    )


def downgrade() -> None:
    """Take them away again."""
    op.drop_table("search_find")
    op.drop_table("followed_search")
