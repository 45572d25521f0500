"""That somebody who is helped died or moved away (RF-11); a secret for what guests borrow."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

#: 64-bit on both; SQLite numbers its rows only for a column called INTEGER.
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_TABLE = "person_departure"


def upgrade() -> None:
    """Make the table; its guards are set with the others. What guests asked for before has none."""
    op.create_table(
        _TABLE,
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("identity_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("masked_name", sa.String(length=20), nullable=False),
        sa.Column("region_code", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("follows_id", BIG_ID, nullable=True),
        sa.Column("noted_by_user_id", BIG_ID, nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(kind IN ('died', 'moved_away')) OR follows_id IS NOT NULL",
            name=op.f("ck_person_departure_first"),
        ),
        sa.ForeignKeyConstraint(
            ["region_code"], ["region.code"], name=op.f("fk_person_departure_region_code")
        ),
        sa.ForeignKeyConstraint(
            ["follows_id"], [f"{_TABLE}.id"], name=op.f("fk_person_departure_follows_id")
        ),
        sa.ForeignKeyConstraint(
            ["noted_by_user_id"],
            ["user_account.id"],
            name=op.f("fk_person_departure_noted_by_user_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_departure")),
        sa.UniqueConstraint("follows_id", name=op.f("uq_person_departure_follows_id")),
    )
    for column in ("identity_hash", "noted_by_user_id", "region_code"):
        op.create_index(op.f(f"ix_person_departure_{column}"), _TABLE, [column])
    op.create_index(
        "uq_person_departure_first",
        _TABLE,
        ["identity_hash", "region_code"],
        unique=True,
        sqlite_where=sa.text("follows_id IS NULL"),
        postgresql_where=sa.text("follows_id IS NULL"),
    )
    op.add_column("booking", sa.Column("token", sa.String(length=64), nullable=True))
    op.create_index(op.f("ix_booking_token"), "booking", ["token"], unique=True)


def downgrade() -> None:
    """Take both away again."""
    op.drop_index(op.f("ix_booking_token"), table_name="booking")
    op.drop_column("booking", "token")
    op.drop_table(_TABLE)
