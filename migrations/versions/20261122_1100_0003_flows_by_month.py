"""What comes and goes per fund, month and kind is kept; the entries that adjust are found at once.

What is sealed already is added up here; from now on sealing does it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

#: 64-bit on both; SQLite numbers its rows only for a column called INTEGER.
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ADJUSTING = "kind IN ('opening', 'refund', 'return', 'reversal', 'closing', 'journal')"

#: Before this migration there were gifts, their fees and expenses, and nothing else on a line.
SEALED = """
INSERT INTO fund_flow (book_id, month, fund_id, incoming, kind, party, amount, flows)
SELECT line.book_id, {month}, line.fund_id, true, inflow.income,
       coalesce(inflow_giver.giver_kind, ''), sum(inflow.amount), count(*)
FROM inflow
JOIN sealed_entry ON sealed_entry.entry_id = inflow.entry_id
JOIN entry ON entry.id = inflow.entry_id
JOIN line ON line.id = inflow.line_id
LEFT JOIN inflow_giver ON inflow_giver.inflow_id = inflow.id
GROUP BY 1, 2, 3, 5, 6
UNION ALL
SELECT entry.book_id, {month}, outflow.fund_id, false, outflow.kind, account.code,
       sum(outflow.amount), count(*)
FROM outflow
JOIN sealed_entry ON sealed_entry.entry_id = outflow.entry_id
JOIN entry ON entry.id = outflow.entry_id
JOIN transfer ON transfer.entry_id = outflow.entry_id AND transfer.number = outflow.number
JOIN account ON account.id = transfer.debit_account_id
GROUP BY 1, 2, 3, 5, 6
"""
MONTH = {
    "sqlite": "date(entry.booked_on, 'start of month')",
    "postgresql": "CAST(date_trunc('month', entry.booked_on) AS date)",
}


def upgrade() -> None:
    """Make the table, fill it, and index the rare entries."""
    op.create_index(
        "ix_entry_adjusting",
        "entry",
        ["book_id", "booked_on"],
        postgresql_where=sa.text(ADJUSTING),
        sqlite_where=sa.text(ADJUSTING),
    )
    op.create_table(
        "fund_flow",
        sa.Column("book_id", BIG_ID, nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("fund_id", BIG_ID, nullable=False),
        sa.Column("incoming", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("party", sa.String(length=40), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("flows", BIG_ID, nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_fund_flow_amount_positive")),
        sa.ForeignKeyConstraint(["book_id"], ["book.id"], name=op.f("fk_fund_flow_book_id")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_fund_flow_fund_id")),
        sa.PrimaryKeyConstraint(
            "book_id", "month", "fund_id", "incoming", "kind", "party", name=op.f("pk_fund_flow")
        ),
    )
    op.create_index(op.f("ix_fund_flow_fund_id"), "fund_flow", ["fund_id"], unique=False)
    op.execute(SEALED.format(month=MONTH[op.get_bind().dialect.name]))


def downgrade() -> None:
    """Take both away."""
    op.drop_table("fund_flow")
    op.drop_index("ix_entry_adjusting", table_name="entry")
