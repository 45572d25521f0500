"""What every context does with a row: find it or refuse, lock it, insert it unless it is taken.

Looking first tells people early that a key is taken; the database's constraint decides when someone
writes at the same moment. Both give the same answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeVar, cast

from sqlalchemy import Dialect, Select, Table, insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert
from sqlalchemy.sql.schema import ScalarElementColumnDefault
from sqlalchemy.types import TypeEngine

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


def insert_many(session: Session, model: type[Base], values: Sequence[dict[str, Any]]) -> None:
    """Write many new rows of a table, every one of the same columns: by COPY on PostgreSQL.

    Columns that are not named get their plain defaults. Ids are the caller's, or the database's.
    """
    if not values:
        return
    connection = session.connection()
    table = table_of(model)
    if connection.dialect.name == "sqlite":
        connection.execute(insert(table), list(values))
        return
    plain = {
        column.name: column.default.arg
        for column in table.columns
        if column.name not in values[0] and isinstance(column.default, ScalarElementColumnDefault)
    }
    names = [*values[0], *plain]
    writers = [_writer(table.c[name].type, connection.dialect) for name in names]
    statement = f"COPY {table.name} ({', '.join(names)}) FROM STDIN"
    driver: Any = connection.connection.driver_connection
    failure = connection.dialect.loaded_dbapi.Error
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in values:
                each = (*row.values(), *plain.values())
                copy.write_row([write(one) for write, one in zip(writers, each, strict=True)])
    except failure as error:
        raise DBAPIError.instance(
            statement, (), error, failure, dialect=connection.dialect
        ) from error


def _writer(type_: TypeEngine[Any], dialect: Dialect) -> Callable[[Any], Any]:
    """How a value of a column is handed to the driver."""
    processor = type_.dialect_impl(dialect).bind_processor(dialect)
    return processor if processor is not None else (lambda value: value)


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
