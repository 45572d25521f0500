"""What the public was told, and what is owed to it."""

from charity.disclosure.queries.duties import (
    Owed,
    days_late,
    duties_of,
    duty,
    late_duties,
    open_duties,
)
from charity.disclosure.queries.entries import (
    entries_for_member,
    entries_of,
    entries_page,
    entry,
    history,
    latest_of,
    successor_of,
)

__all__ = [
    "Owed",
    "days_late",
    "duties_of",
    "duty",
    "entries_for_member",
    "entries_of",
    "entries_page",
    "entry",
    "history",
    "late_duties",
    "latest_of",
    "open_duties",
    "successor_of",
]
