"""A list of vouchers as an organisation without a book here hands it in: bytes in, rows out.

Nothing is mended and nothing is guessed. A row that is not certain is named with its number, its
column and the reason; a list with such a row is not taken, because a frame is whole or it is none.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib import resources

from charity import sheets
from charity.audits.sample_reasons import VoucherReason
from charity.donations.statement_reading import figures
from charity.donations.statement_reading.words import plain
from charity.errors import Invalid
from charity.money import Money
from charity.registry.reading.cells import Unclear, text
from charity.sheets import Cell

#: Non-empty rows of a sheet among which its head must stand.
HEAD_WITHIN = 30
#: Flaws that are told; a list with more of them is another list.
MOST_FLAWS = 200
_FIELDS = ("voucher_number", "booked_on", "payee", "summary", "amount", "is_cash")
_LIMITS = {"voucher_number": 80, "payee": 200, "summary": 1000}


@dataclass(frozen=True, slots=True)
class ReadVoucher:
    """One voucher of the list; `number` is its row as a spreadsheet shows it."""

    number: int
    voucher_number: str
    booked_on: date
    payee: str
    summary: str
    amount: Money
    is_cash: bool


@dataclass(frozen=True, slots=True)
class VoucherFlaw:
    """What is wrong with a row, in which column (our name of it), and why."""

    number: int
    column: str
    reason: VoucherReason
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass
class ReadVouchers:
    """A whole list: its rows in order, what is wrong, and the words above its columns."""

    rows: list[ReadVoucher]
    flaws: list[VoucherFlaw]
    head: dict[str, str]

    @property
    def total(self) -> Money:
        """The sum of all rows, taken back ones among them."""
        return Money(sum(row.amount.fen for row in self.rows))


class _Flawed(ValueError):
    def __init__(self, column: str, reason: VoucherReason, **params: object) -> None:
        super().__init__(reason.value)
        self.column, self.reason, self.params = column, reason, params


def read_vouchers(content: bytes, today: date) -> ReadVouchers:
    """Read a file (CSV or XLSX) whole; `today` is the last day in China a row may name.

    Raises `Invalid` on `file` for one that cannot be opened, has no head (day and amount at least)
    or no row.
    """
    found = ReadVouchers([], [], {})
    places: dict[str, int] = {}
    sheet, looked = -1, 0
    for number, cells in sheets.rows(content):
        if number // sheets.SHEET != sheet:
            sheet, looked, places = number // sheets.SHEET, 0, {}
        if places:
            _take(found, places, number, cells, today)
            continue
        looked += 1
        places = _head(cells) if looked <= HEAD_WITHIN else {}
        if places and not found.head:
            found.head = {name: str(cells[place]) for name, place in places.items()}
    if not found.head:
        raise Invalid(VoucherReason.NO_HEAD, field="file")
    if not found.rows and not found.flaws:
        raise Invalid(VoucherReason.NO_ROWS, field="file")
    return found


def rows_text(rows: Sequence[ReadVoucher]) -> str:
    """The rows as lines of columns parted by tabs: this is what is frozen by its hash."""
    return "".join(
        "\t".join(
            (
                str(row.number),
                row.voucher_number,
                row.booked_on.isoformat(),
                row.payee,
                row.summary,
                str(row.amount.fen),
                "cash" if row.is_cash else "",
            )
        )
        + "\n"
        for row in rows
    )


def rows_hash(rows: Sequence[ReadVoucher]) -> str:
    """SHA-256 (hex) of the rows' text."""
    return hashlib.sha256(rows_text(rows).encode()).hexdigest()


# ── the head ─────────────────────────────────────────────────────────────────────────────────────


@cache
def _words() -> Mapping[str, tuple[str, ...]]:
    source = resources.files("charity.audits").joinpath("data/voucher_words.csv")
    rows = csv.DictReader(source.read_text(encoding="utf-8").splitlines())
    return {row["field"]: tuple(row["words"].split("|")) for row in rows}


@cache
def _folded(name: str) -> frozenset[str]:
    return frozenset(map(plain, _words()[name]))


def template_heads() -> list[str]:
    """The words above the columns of an empty list."""
    return [_words()[name][0] for name in _FIELDS]


def _head(cells: Sequence[Cell]) -> dict[str, int]:
    """Where each field stands; nothing for a row that is no head."""
    places: dict[str, int] = {}
    for place, cell in enumerate(cells):
        word = plain(cell) if isinstance(cell, str) else ""
        for name in _FIELDS:
            if word and word in _folded(name):
                places.setdefault(name, place)
                break
    return places if {"booked_on", "amount"} <= places.keys() else {}


# ── one row ──────────────────────────────────────────────────────────────────────────────────────


def _take(
    found: ReadVouchers, places: Mapping[str, int], number: int, cells: Sequence[Cell], today: date
) -> None:
    by_name = {name: cells[place] if place < len(cells) else None for name, place in places.items()}
    if all(cell is None for cell in by_name.values()):
        return
    try:
        if _is_total(by_name, cells):
            _check_total(found, by_name)
        else:
            found.rows.append(_read(number, by_name, today))
    except _Flawed as flawed:
        if len(found.flaws) < MOST_FLAWS:
            flaw = VoucherFlaw(number, flawed.column, flawed.reason, flawed.params)
            found.flaws.append(flaw)


def _is_total(by_name: Mapping[str, Cell], cells: Sequence[Cell]) -> bool:
    """Whether the row is the foot of the list: a word for a total, and no day."""
    if by_name.get("booked_on") is not None and plain(str(by_name["booked_on"])) not in _folded(
        "words_total"
    ):
        return False
    said = (plain(cell) for cell in cells if isinstance(cell, str))
    return any(word in _folded("words_total") for word in said)


def _check_total(found: ReadVouchers, by_name: Mapping[str, Cell]) -> None:
    """A printed total says the same as the rows above it."""
    stated = _amount(by_name.get("amount"))
    summed = found.total
    if stated != summed and not found.flaws:
        raise _Flawed("amount", VoucherReason.TOTAL_DIFFERS, stated=stated, summed=summed)


def _read(number: int, by_name: Mapping[str, Cell], today: date) -> ReadVoucher:
    """The voucher of a row; raises `_Flawed`."""
    lines = {name: _line(name, by_name.get(name)) for name in _LIMITS}
    if not any(lines.values()):
        raise _Flawed("payee", VoucherReason.NAMELESS)
    return ReadVoucher(
        number=number,
        voucher_number=lines["voucher_number"],
        booked_on=_day(by_name.get("booked_on"), today),
        payee=lines["payee"],
        summary=lines["summary"],
        amount=_amount(by_name.get("amount")),
        is_cash=_is_cash(by_name.get("is_cash")),
    )


def _line(name: str, cell: Cell) -> str:
    try:
        return text(cell, _LIMITS[name])
    except Unclear as unclear:
        if "limit" in unclear.params:
            raise _Flawed(name, VoucherReason.TOO_LONG, **unclear.params) from None
        raise _Flawed(name, VoucherReason.FORMULA) from None


def _day(cell: Cell, today: date) -> date:
    try:
        found = figures.day(cell)
    except figures.Unclear:
        raise _Flawed("booked_on", VoucherReason.NO_DAY) from None
    if found is None:
        raise _Flawed("booked_on", VoucherReason.EMPTY)
    if found > today:
        raise _Flawed("booked_on", VoucherReason.DAY_AHEAD)
    return found


def _amount(cell: Cell) -> Money:
    if figures.is_formula(cell):
        raise _Flawed("amount", VoucherReason.FORMULA)
    try:
        found = figures.amount(cell, _words()["words_currency"])
    except figures.Unclear:
        raise _Flawed("amount", VoucherReason.NO_AMOUNT) from None
    if found is None:
        raise _Flawed("amount", VoucherReason.EMPTY)
    return found


def _is_cash(cell: Cell) -> bool:
    """Empty is not cash; a word that means neither is a flaw, because cash is looked at."""
    said = plain(_line("summary", cell))
    if not said or said in _folded("words_not_cash"):
        return False
    if said in _folded("words_cash"):
        return True
    raise _Flawed("is_cash", VoucherReason.CASH_UNCLEAR)


def flaw_lines(found: ReadVouchers) -> Iterator[tuple[int, str, VoucherFlaw]]:
    """Each flaw with its row and the word that stands above its column."""
    for flaw in found.flaws:
        yield flaw.number, found.head.get(flaw.column, ""), flaw
