"""Looking up thousands of keys at once, each by the index that answers it."""

from __future__ import annotations

import json
from collections.abc import Collection

from sqlalchemy import ARRAY, ColumnElement, Select, String, bindparam, column, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.sql.selectable import TableValuedAlias


def one_by_one(
    session: Session,
    query: Select[int],
    key: InstrumentedAttribute[str | None] | ColumnElement[str],
    values: Collection[str],
) -> list[int]:
    """The ids `query` finds for these values of `key`; at most one for each value.

    A list in the condition would leave it to PostgreSQL to read the whole table instead, which it
    does for a table that has just grown and was not analyzed yet: once for every portion of a file.
    """
    if not values:
        return []
    each = _listed(session)
    found = query.where(key == each.c.value).correlate(each).scalar_subquery()
    given = list(values)
    if session.get_bind().dialect.name == "sqlite":
        answers = session.scalars(select(found).select_from(each), {"many": json.dumps(given)})
    else:
        answers = session.scalars(select(found).select_from(each), {"many": given})
    return [id_ for id_ in answers if id_ is not None]


def _listed(session: Session) -> TableValuedAlias:
    """The values given as `many`, as a table of one column."""
    value = column("value", String)
    if session.get_bind().dialect.name == "sqlite":
        return func.json_each(bindparam("many", type_=String)).table_valued(value, name="listed")
    given = bindparam("many", type_=ARRAY(String))
    return func.unnest(given).table_valued(value, name="listed").render_derived()
