"""Lists of values in statements written by hand, in the same words for both databases.

A long list is one value of the statement, on PostgreSQL an array, on SQLite a JSON list; a short
one is as many values as it has. So there are few texts, and PostgreSQL can keep the plan of each.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Connection, CursorResult
from sqlalchemy.exc import DBAPIError, StatementError

#: What one column of a row holds.
Value = int | str | bytes | date | None

#: Lists up to here are short.
_SHORT = 8


#: What a place of a statement takes.
Given = Value | Collection[int] | Collection[str]


def run(connection: Connection, text: str, *values: Given) -> CursorResult[*tuple[Any, ...]]:
    """Run a statement written with `?` for a value, `IN (?bigint)` or `IN (?text)` for a list."""
    return connection.exec_driver_sql(*_filled(connection.dialect.name, text, values))


def ask(connection: Connection, text: str, *values: Given) -> list[tuple[Any, ...]]:
    """The rows of such a statement, by `fetch`."""
    return fetch(connection, *_filled(connection.dialect.name, text, values))


def fetch(connection: Connection, text: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    """The rows of a statement in the driver's own words, as the driver gives them.

    For what every gift asks: the result SQLAlchemy would make costs as much as the asking.
    """
    cursor = connection.connection.cursor()
    try:
        cursor.execute(text, values)
        return list(cursor.fetchall())
    except connection.dialect.loaded_dbapi.Error as error:
        raise refused(connection, text, error) from error
    finally:
        cursor.close()


def refused(connection: Connection, text: str, error: Exception) -> StatementError:
    """What the driver raised, as SQLAlchemy raises it."""
    failure = connection.dialect.loaded_dbapi.Error
    return DBAPIError.instance(text, (), error, failure, dialect=connection.dialect)


def _filled(dialect: str, text: str, values: tuple[Given, ...]) -> tuple[str, tuple[Value, ...]]:
    """The statement in the words of a database, and its values one by one."""
    sizes: list[int] = []
    flat: list[Value] = []
    for value in values:
        if value is None or isinstance(value, int | str | bytes | date):
            flat.append(value)
        elif 0 < len(value) <= _SHORT:
            sizes.append(len(value))
            flat.extend(value)
        else:
            sizes.append(0)
            flat.append(array(value) if dialect == "postgresql" else json.dumps(list(value)))
    return _spoken(dialect, text, tuple(sizes)), tuple(flat)


@cache
def _spoken(dialect: str, text: str, sizes: tuple[int, ...]) -> str:
    """A statement in the words of a database; a size of 0 stands for a long list."""
    parts = _LIST.split(text)
    spoken = parts[0]
    for size, type_, rest in zip(sizes, parts[1::2], parts[2::2], strict=True):
        if size:
            spoken += f"IN ({', '.join('?' * size)})"
        elif dialect == "postgresql":
            spoken += f"= ANY (?::{type_}[])"
        else:
            spoken += "IN (SELECT value FROM json_each(?))"
        spoken += rest
    return spoken.replace("?", "%s") if dialect == "postgresql" else spoken


_LIST = re.compile(r"IN \(\?(bigint|text)\)")


def array(values: Iterable[Value]) -> str:
    """An array as PostgreSQL reads it."""
    return f"{{{','.join(map(_element, values))}}}"


def _element(value: Value) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, bytes):
        return f'"\\\\x{value.hex()}"'
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
