"""A cursor of PostgreSQL that says what its columns are only when somebody asks.

SQLAlchemy knows the columns of its own statements and looks only whether there are any; psycopg
would describe each of them anew for every result, which is a tenth of the work of a small question.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, overload

from psycopg import Column, Cursor
from psycopg.pq import ExecStatus

_ROWS = frozenset({ExecStatus.TUPLES_OK, ExecStatus.SINGLE_TUPLE, ExecStatus.TUPLES_CHUNK})


class LeanCursor(Cursor[Any]):
    """psycopg's cursor; its `description` is made at the first look into it."""

    @property
    def description(self) -> Any:
        """The columns of the current result; None where it has none."""
        result = self.pgresult
        if result is None or not (result.nfields or result.status in _ROWS):
            return None
        return _Columns(self, result.nfields)

    def described(self) -> list[Column]:
        """The columns as psycopg says them."""
        return super().description or []


class _Columns(Sequence[Column]):
    """The columns of a result, counted at once and described when one is looked at."""

    def __init__(self, cursor: LeanCursor, count: int) -> None:
        self._cursor, self._count = cursor, count
        self._columns: list[Column] | None = None

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> Column: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Column]: ...

    def __getitem__(self, index: int | slice) -> Column | Sequence[Column]:
        if self._columns is None:
            self._columns = self._cursor.described()
        return self._columns[index]
