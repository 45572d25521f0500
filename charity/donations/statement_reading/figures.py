"""Single cells into sums and days, strictly: what is not certain is no value but a reason."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from charity.donations.reasons import StatementsReason
from charity.money import MAXIMUM_FEN, Money
from charity.sheets import Cell

#: A spreadsheet's number is a binary fraction; so far it may lie from whole fen.
_NOISE = Decimal("0.000001")
#: Statements of an earlier century, and figures that merely look like a day, are none.
_EARLIEST_YEAR = 2000

_MINUS = str.maketrans(dict.fromkeys("\u2212\u2012\u2013\u2014\ufe63", "-"))
_AMOUNT = re.compile(r"([+-]?)(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?", re.ASCII)
_DAY = re.compile(
    r"(\d{4})(?:\D{1,3}(\d{1,2})\D{1,3}(\d{1,2})|(\d{2})(\d{2})|(\d{2})(\d{2})\d{6})"
    r"(?=$|T\d|\W)",
    re.ASCII,
)


class Unclear(ValueError):
    """A cell that cannot be read for certain; `reason` says why."""

    def __init__(self, reason: StatementsReason) -> None:
        super().__init__(reason.value)
        self.reason = reason


def is_formula(cell: Cell) -> bool:
    """Whether a cell computes something: a text that begins with = or a full-width one."""
    return isinstance(cell, str) and cell[:1] in ("=", "\uff1d")


def amount(cell: Cell, currency: tuple[str, ...]) -> Money | None:
    """The sum in a cell, below zero where it says so; None for an empty cell.

    `currency` are the words and signs that may stand before or behind it. Raises `Unclear`.
    """
    if cell is None:
        return None
    if is_formula(cell):
        raise Unclear(StatementsReason.FORMULA)
    if isinstance(cell, str):
        return _written(cell, currency)
    if isinstance(cell, bool | date):
        raise Unclear(StatementsReason.NO_AMOUNT)
    try:
        return _exact(Decimal(str(cell)))
    except InvalidOperation:
        raise Unclear(StatementsReason.NO_AMOUNT) from None


def _written(cell: str, currency: tuple[str, ...]) -> Money | None:
    text = unicodedata.normalize("NFKC", cell).translate(_MINUS)
    if not text[:1].isdigit() or not text[-1:].isdigit():
        for word in currency:
            text = text.replace(word, "")
        text = text.strip()
    if text in ("", "-", "--", "/"):
        return None
    negative = text.startswith("(") and text.endswith(")")
    match = _AMOUNT.fullmatch(text[1:-1].strip() if negative else text)
    if match is None or (negative and match[1]):
        raise Unclear(StatementsReason.NO_AMOUNT)
    number = Decimal(match[2].replace(",", "") + "." + (match[3] or "0"))
    found = _exact(number)
    return -found if negative or match[1] == "-" else found


def _exact(yuan: Decimal) -> Money:
    """Whole fen; the noise of a binary fraction is taken away, a third decimal is not."""
    if not yuan.is_finite():
        raise Unclear(StatementsReason.NO_AMOUNT)
    if abs(yuan) * 100 > MAXIMUM_FEN:
        raise Unclear(StatementsReason.AMOUNT_TOO_LARGE)
    fen = (yuan * 100).to_integral_value()
    if abs(yuan * 100 - fen) > _NOISE:
        raise Unclear(StatementsReason.NO_AMOUNT)
    return Money(int(fen))


def day(cell: Cell) -> date | None:
    """The day in a cell, year first; None for an empty cell.

    Two figures for the year, the day or month before the year and bare numbers of a spreadsheet's
    calendar are not guessed at. Raises `Unclear`.
    """
    if cell is None:
        return None
    if is_formula(cell):
        raise Unclear(StatementsReason.FORMULA)
    if isinstance(cell, date):
        found = cell.date() if isinstance(cell, datetime) else cell
        if found.year < _EARLIEST_YEAR:
            raise Unclear(StatementsReason.NO_DAY)
        return found
    if isinstance(cell, float) and not cell.is_integer():
        raise Unclear(StatementsReason.NO_DAY)
    written = _day_written(cell if isinstance(cell, str) else str(int(cell)))
    if written is None:
        raise Unclear(StatementsReason.NO_DAY)
    return written


@lru_cache(maxsize=512)
def _day_written(text: str) -> date | None:
    match = _DAY.match(unicodedata.normalize("NFKC", text).strip())
    if match is None:
        return None
    year, *parts = (int(part) for part in match.groups() if part)
    try:
        found = date(year, *parts)
    except ValueError:
        return None
    return found if found.year >= _EARLIEST_YEAR else None
