"""A schema of its own for the search index in PostgreSQL; SQLite's site keeps its index in files.

The index makes, fills and drops its tables there itself: it is a copy that can be made again.
"""

from __future__ import annotations

from alembic import context, op
from sqlalchemy import text

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the schema, and let the application's role make tables in it and nowhere else."""
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    op.execute("CREATE SCHEMA IF NOT EXISTS search")
    role = context.config.attributes.get("application_role")
    if role:
        quoted = connection.scalar(text("SELECT quote_ident(:role)"), {"role": role})
        op.execute(f"GRANT USAGE, CREATE ON SCHEMA search TO {quoted}")


def downgrade() -> None:
    """Take it away with what is in it."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP SCHEMA IF EXISTS search CASCADE")
