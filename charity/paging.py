"""One page of a list: what stands on it and how many pages there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

Item = TypeVar("Item")

#: Things on a page of a list.
SIZE = 20


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """A page of a list; `number` counts from 1, `total` is the length of the whole list."""

    items: list[Item]
    number: int
    size: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are; an empty list has one."""
        return max(1, -(-self.total // self.size))


def page_of(session: Session, query: Select[Item], number: int, size: int = SIZE) -> Page[Item]:
    """The page `number` of what a query of one entity or column finds, in the query's order.

    A number before the first or beyond the last page gives the first or the last one.
    """
    total = count_of(session, query)
    last = max(1, -(-total // size))
    number = min(max(number, 1), last)
    items = list(session.scalars(query.limit(size).offset((number - 1) * size)))
    return Page(items=items, number=number, size=size, total=total)


def count_of(session: Session, query: Select[Any]) -> int:
    """How many rows a query finds."""
    inner = query.order_by(None).subquery()
    return session.scalar(select(func.count()).select_from(inner)) or 0
