"""Rows whose key may be taken by someone who writes at the same moment.

Looking first tells people early; the database's constraint decides. Both give the same answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from charity.base import Base
from charity.errors import DomainError


@contextmanager
def unique_or(session: Session, refusal: DomainError) -> Iterator[None]:
    """Write what the block changes now; raises `refusal` where a constraint says no.

    The savepoint keeps the rest of the caller's work alive.
    """
    try:
        with session.begin_nested():
            yield
            session.flush()
    except IntegrityError as error:
        raise refusal from error


def insert_or(session: Session, row: Base, refusal: DomainError) -> None:
    """Insert one row now; raises `refusal` where one of its unique keys is taken."""
    with unique_or(session, refusal):
        session.add(row)
