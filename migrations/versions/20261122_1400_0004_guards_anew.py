"""A step that changes no table.

Whoever comes to the newest step gets every guard set anew by migrations/env.py, as the code says.
"""

from __future__ import annotations

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No table changes."""


def downgrade() -> None:
    """No table changes."""
