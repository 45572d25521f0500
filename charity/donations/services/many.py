"""Looking up thousands of keys at once, each by the index that answers it."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ARRAY, ColumnElement, Select, String, bindparam, column, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session


def one_by_one(
    session: Session,
    query: Select[int],
    key: InstrumentedAttribute[str | None] | ColumnElement[str],
    values: Collection[str],
) -> list[int]:
    """The ids `query` finds for these values of `key`; at most one for each value.

    A list in the condition is what SQLite looks up one by one itself. PostgreSQL would read the
    whole table instead, as it does for a table that has just grown and was not analyzed yet: once
    for every portion of a file. There each value gets a question of its own, in one statement.
    """
    given = list(values)
    if not given:
        return []
    if session.get_bind().dialect.name == "sqlite":
        return list(session.scalars(query.where(key.in_(given))))
    listed = func.unnest(bindparam("many", type_=ARRAY(String)))
    each = listed.table_valued(column("value", String), name="listed").render_derived()
    found = query.where(key == each.c.value).correlate(each).scalar_subquery()
    answers = session.scalars(select(found).select_from(each), {"many": given})
    return [id_ for id_ in answers if id_ is not None]
