"""Lists of values in statements written by hand, in the same words for both databases.

A list is one value of the statement, so its text (and with it the prepared plan) is the same
however many there are: on PostgreSQL an array, on SQLite a JSON list.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from functools import cache

from sqlalchemy import Connection

#: What one column of a row holds.
Value = int | str | bytes | date | None


@cache
def spoken(dialect: str, text: str) -> str:
    """A statement in the words of a database.

    It is written with `?` for a value, `IN (?bigint)` or `IN (?text)` for a list of values.
    """
    for type_ in ("bigint", "text"):
        one_of = "IN (SELECT value FROM json_each(?))"
        if dialect == "postgresql":
            one_of = f"= ANY (?::{type_}[])"
        text = text.replace(f"IN (?{type_})", one_of)
    return text.replace("?", "%s") if dialect == "postgresql" else text


def listed(connection: Connection, values: Iterable[int] | Iterable[str]) -> str:
    """A list of values as a statement in these words takes it."""
    if connection.dialect.name == "postgresql":
        return array(values)
    return json.dumps([str(value) if isinstance(value, str) else value for value in values])


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
