"""What every context does with a row: find it or refuse, lock it, insert it unless it is taken.

Looking first tells people early that a key is taken; the database's constraint decides when someone
writes at the same moment. Both give the same answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import TypeVar, cast

from sqlalchemy import Select, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from charity.base import Base
from charity.errors import CommonReason, DomainError, NotFound

_Thing = TypeVar("_Thing")
_Row = TypeVar("_Row", bound=Base)

_INSERT: dict[str, Callable[..., postgresql.Insert | sqlite.Insert]] = {
    "postgresql": postgresql.insert,
    "sqlite": sqlite.insert,
}


def table_of(model: type[Base]) -> Table:
    """The table behind a model, for statements over many rows that need no objects."""
    return cast(Table, model.__table__)


def present(thing: _Thing | None) -> _Thing:
    """The thing; raises `NotFound` where there is none."""
    if thing is None:
        raise NotFound(CommonReason.NOT_FOUND)
    return thing


def locking(query: Select[_Thing]) -> Select[_Thing]:
    """The query, its rows locked until the unit ends and read afresh.

    The lock does not stand in the way of rows that merely refer to the locked ones.
    """
    return query.with_for_update(key_share=True).execution_options(populate_existing=True)


def locked(session: Session, query: Select[_Thing]) -> _Thing:
    """The one row of the query, locked and read afresh; raises `NotFound`."""
    return present(session.scalar(locking(query)))


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


def insert_new(session: Session, model: type[_Row], /, **values: object) -> _Row | None:
    """Insert one row now and answer it; None where one of its unique keys is taken.

    One statement without a savepoint, for rows that several doors may bring at the same moment.
    """
    statement = _insert_new(session.get_bind().dialect.name, model)
    return session.scalars(statement, values).one_or_none()


@cache
def _insert_new(dialect: str, model: type[_Row]) -> ReturningInsert[_Row]:
    return _INSERT[dialect](model).on_conflict_do_nothing().returning(model)
