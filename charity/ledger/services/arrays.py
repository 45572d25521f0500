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

#: What one column of a row holds.
Value = int | str | bytes | date | None

#: Lists up to here are short.
_SHORT = 8


def run(
    connection: Connection, text: str, *values: Value | Collection[int] | Collection[str]
) -> CursorResult[*tuple[Any, ...]]:
    """Run a statement written with `?` for a value, `IN (?bigint)` or `IN (?text)` for a list."""
    dialect, sizes = connection.dialect.name, []
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
    return connection.exec_driver_sql(_spoken(dialect, text, tuple(sizes)), tuple(flat))


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
