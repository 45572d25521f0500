"""What every table shares: base class, names of constraints, column types of the house."""

from __future__ import annotations

import enum
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, TypeVar

from sqlalchemy import (
    BigInteger,
    DateTime,
    Dialect,
    Enum,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
    TypeDecorator,
)
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.schema import Constraint

from charity.money import Money

#: 64-bit on both databases; SQLite numbers its rows only for a column called INTEGER.
BigId = BigInteger().with_variant(Integer, "sqlite")


class FenType(TypeDecorator[Money]):
    """`Money` in a column: whole fen as a 64-bit integer."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Money | None, dialect: Dialect) -> int | None:
        """Store the fen; anything but `Money` is a mistake in the program."""
        if value is None:
            return None
        if not isinstance(value, Money):
            raise TypeError(f"a money column takes Money, not {type(value).__name__}")
        return value.fen

    def process_result_value(self, value: int | None, dialect: Dialect) -> Money | None:
        """Read the fen back; sums arrive as Decimal on PostgreSQL."""
        return None if value is None else Money(int(value))


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant; SQLite, which knows no zones, keeps the UTC figure."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store UTC; a naive instant is a mistake in the program."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError("instants are stored aware")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Read an aware instant in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Id = Annotated[int, mapped_column(BigId, primary_key=True)]
LongText = Annotated[str, mapped_column(Text)]


_Constraint = TypeVar("_Constraint", bound=Constraint)


def sqlite_only(constraint: _Constraint) -> _Constraint:
    """A reference that PostgreSQL holds by a guard, set by set, with the key it needs on SQLite.

    PostgreSQL would check each row alone and lock the row it refers to, which for a book or a fund
    that everybody posts to is the dearest part of posting.
    """
    constraint.info["only"] = "sqlite"
    constraint.ddl_if(dialect="sqlite")
    return constraint


def _values(states: type[enum.Enum]) -> list[str]:
    return [state.value for state in states]


class Base(DeclarativeBase):
    """Base of every table of the house."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        Money: FenType,
        datetime: UtcDateTime,
        bytes: LargeBinary,
        int: BigId,
        str: String(200),
        enum.Enum: Enum(
            enum.Enum,
            native_enum=False,
            create_constraint=False,
            length=40,
            values_callable=_values,
        ),
    }
