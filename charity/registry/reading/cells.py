"""Single cells of a list into texts and days, strictly: what is not certain is a reason."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime

from charity.registry.reading.reasons import ListReason
from charity.sheets import Cell

#: Organisations are not older than the republic.
_EARLIEST = date(1949, 10, 1)
_DAY = re.compile(r"(\d{4})(?:\D{1,3}(\d{1,2})\D{1,3}(\d{1,2})\D{0,3}|(\d{2})(\d{2}))", re.ASCII)
_PHONE = re.compile(r"\+?[0-9][0-9 ()/-]{4,28}", re.ASCII)
_YEAR = re.compile(r"(?:19|20)\d{2}", re.ASCII)


class Unclear(ValueError):
    """A cell that cannot be read for certain."""

    def __init__(self, reason: ListReason, **params: object) -> None:
        super().__init__(reason.value)
        self.reason, self.params = reason, params


def text(cell: Cell, limit: int) -> str:
    """The words of a cell in one line; empty for none. Raises `Unclear`: FORMULA, TOO_LONG."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if isinstance(cell, datetime):
        cell = cell.date()
    said = str(cell)
    if said[:1] in ("=", "\uff1d"):
        raise Unclear(ListReason.FORMULA)
    if not said.isprintable():
        said = "".join(" " if unicodedata.category(c) == "Cc" else c for c in said)
        said = "".join(c for c in said if unicodedata.category(c) != "Cs")
    said = " ".join(said.split())
    if len(said) > limit:
        raise Unclear(ListReason.TOO_LONG, limit=limit)
    return said


def day(cell: Cell, today: date) -> date | None:
    """The day in a cell, year first; None for an empty one. Raises `Unclear`: NO_DAY, FUTURE."""
    if cell is None:
        return None
    if isinstance(cell, datetime):
        found = cell.date()
    elif isinstance(cell, date):
        found = cell
    else:
        match = _DAY.fullmatch(unicodedata.normalize("NFKC", text(cell, 30)).split("T")[0])
        if match is None:
            raise Unclear(ListReason.NO_DAY)
        year, month, of_month = (int(part) for part in match.groups() if part)
        try:
            found = date(year, month, of_month)
        except ValueError:
            raise Unclear(ListReason.NO_DAY) from None
    if found < _EARLIEST:
        raise Unclear(ListReason.NO_DAY)
    if found > today:
        raise Unclear(ListReason.FUTURE)
    return found


def phone(cell: Cell) -> str:
    """A telephone number, half-width; raises `Unclear` for what is none."""
    said = unicodedata.normalize("NFKC", text(cell, 40))
    said = said.replace("\u2014", "-").replace("\u2013", "-")
    if said and not _PHONE.fullmatch(said):
        raise Unclear(ListReason.PHONE)
    return said


def year(said: str) -> int | None:
    """The one year a text names; None where it names none or several."""
    found = set(_YEAR.findall(unicodedata.normalize("NFKC", said)))
    return int(found.pop()) if len(found) == 1 else None
