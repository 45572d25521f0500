"""PostgreSQL holds the references that everybody posts to by guards, set by set.

A foreign key is checked row by row, and locks the row it refers to: the book, the account and the
fund that all givers share. SQLite, which has one writer, keeps its foreign keys.
"""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_TRANSFER = ["entry_id", "number", "amount"]
#: Table, columns, what they refer to.
REFERENCES = (
    ("entry", ["book_id"], "book", ["id"]),
    ("unsealed", ["book_id"], "book", ["id"]),
    ("pending", ["line_id"], "line", ["id"]),
    ("outflow", ["fund_id"], "fund", ["id"]),
    ("transfer", ["book_id", "entry_id"], "entry", ["book_id", "id"]),
    ("transfer", ["book_id", "debit_account_id"], "account", ["book_id", "id"]),
    ("transfer", ["book_id", "credit_account_id"], "account", ["book_id", "id"]),
    ("transfer", ["book_id", "debit_fund_id"], "fund", ["book_id", "id"]),
    ("transfer", ["book_id", "credit_fund_id"], "fund", ["book_id", "id"]),
    ("inflow", _TRANSFER, "transfer", _TRANSFER),
    ("outflow", _TRANSFER, "transfer", _TRANSFER),
)
KEY = "uq_transfer_entry_id_number_amount"


def upgrade() -> None:
    """Drop them on PostgreSQL; the guards are set anew after the last migration."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for table, columns, _, _ in REFERENCES:
        op.drop_constraint(op.f(f"fk_{table}_{'_'.join(columns)}"), table, type_="foreignkey")
    op.drop_constraint(op.f(KEY), "transfer", type_="unique")


def downgrade() -> None:
    """Make them again; what stands in the tables is checked against them."""
    if op.get_bind().dialect.name != "postgresql":
        return
    op.create_unique_constraint(op.f(KEY), "transfer", _TRANSFER)
    for table, columns, to, keys in REFERENCES:
        name = op.f(f"fk_{table}_{'_'.join(columns)}")
        op.create_foreign_key(name, table, to, columns, keys)
