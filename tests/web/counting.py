"""Counting what a page asks the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    """The statements sent to the database inside the block, savepoints left out."""
    sent: list[str] = []

    def note(*args: Any) -> None:
        if not args[2].startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            sent.append(args[2])

    engine = session.connection().engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)
