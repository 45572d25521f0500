"""Places of the division codes."""

from __future__ import annotations

import enum

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from charity.base import Base


class RegionLevel(enum.IntEnum):
    """The five levels of the division codes, by length: 2, 4, 6, 9 and 12 digits."""

    PROVINCE = 1
    CITY = 2
    COUNTY = 3
    STREET = 4
    VILLAGE = 5


class Region(Base):
    """A place of the five-level division codes; a code is a prefix of those it contains."""

    __tablename__ = "region"
    __table_args__ = (
        CheckConstraint(
            "level = CASE length(code) WHEN 2 THEN 1 WHEN 4 THEN 2 WHEN 6 THEN 3"
            " WHEN 9 THEN 4 WHEN 12 THEN 5 ELSE 0 END",
            name="level_of_code",
        ),
        CheckConstraint(
            "(parent_code IS NULL AND level = 1) OR (parent_code IS NOT NULL AND"
            " length(parent_code) < length(code)"
            " AND parent_code = substr(code, 1, length(parent_code)))",
            name="parent_contains",
        ),
    )

    code: Mapped[str] = mapped_column(String(12), primary_key=True)
    name: Mapped[str]
    level: Mapped[int]
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"), index=True)
    #: The zone that runs the place where that is not its parent (DIV-01).
    managed_by_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"), index=True)
