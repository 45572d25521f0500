"""A requirement is shown by several papers: photographs, accounts, works (VIL-03)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

#: 64-bit on both; SQLite numbers its rows only for a column called INTEGER.
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The one paper there was becomes the first of its requirement."""
    op.create_table(
        "requirement_paper",
        sa.Column("requirement_id", BIG_ID, nullable=False),
        sa.Column("number", BIG_ID, nullable=False),
        sa.Column("file_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_requirement_paper_number_positive")),
        sa.ForeignKeyConstraint(
            ["requirement_id"],
            ["requirement.id"],
            name=op.f("fk_requirement_paper_requirement_id"),
        ),
        sa.PrimaryKeyConstraint("requirement_id", "number", name=op.f("pk_requirement_paper")),
    )
    op.execute(
        "INSERT INTO requirement_paper (requirement_id, number, file_hash, media_type)"
        " SELECT id, 1, file_hash, media_type FROM requirement WHERE file_hash IS NOT NULL"
    )
    for column in ("file_hash", "media_type"):
        op.drop_column("requirement", column)


def downgrade() -> None:
    """Only the first paper of each stays with it."""
    op.add_column("requirement", sa.Column("file_hash", sa.LargeBinary(length=32), nullable=True))
    op.execute("ALTER TABLE requirement ADD COLUMN media_type VARCHAR(40) NOT NULL DEFAULT ''")
    op.execute(
        "UPDATE requirement SET file_hash = first.file_hash, media_type = first.media_type"
        " FROM requirement_paper AS first"
        " WHERE first.requirement_id = requirement.id AND first.number = 1"
    )
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("requirement", "media_type", server_default=None)
    op.drop_table("requirement_paper")
