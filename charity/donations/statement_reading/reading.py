"""A statement as rows: each a gift, no gift, a repeat, or a row that cannot be read and why.

Nothing is mended and nothing is guessed. A row that is not certain is told with its number and its
column; the total printed in the file and the sum of its rows are both kept.
"""

from __future__ import annotations

import enum
import hashlib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from charity import sheets
from charity.donations.reasons import StatementsReason
from charity.donations.statement_reading import figures
from charity.donations.statement_reading.balances import Balances, Sections
from charity.donations.statement_reading.columns import HEAD_WITHIN, Layout, Vocabulary, joined
from charity.donations.statement_reading.figures import Unclear
from charity.donations.statement_reading.totals import Totals
from charity.donations.statement_reading.words import plain
from charity.errors import Invalid
from charity.money import ZERO, Money
from charity.sheets import Cell

#: Characters kept of a name and of a remark, and of a serial number as it stands.
_NAME, _REMARK, _SERIAL = 100, 500, 100
#: Columns of words, in which nothing may be computed either.
_WRITTEN = ("serial", "payer_name", "payer_account", "remark", "direction", "currency", "status")


class Verdict(enum.StrEnum):
    """What a row is found to be by reading alone."""

    GIFT = "gift"
    NO_GIFT = "no_gift"
    REPEATED = "repeated"
    BAD = "bad"


@dataclass(slots=True)
class ReadRow:
    """One row; `detail` is what the sentence of its problem names (a row's number, a value)."""

    number: int
    verdict: Verdict
    problem: StatementsReason | None = None
    field: str = ""
    detail: str = ""
    key: str | None = None
    booked_on: date | None = None
    amount: Money | None = None
    payer_name: str = ""
    payer_account: str = ""
    remark: str = ""


class _Bad(ValueError):
    def __init__(self, reason: StatementsReason, field: str, detail: str = "") -> None:
        super().__init__(reason.value)
        self.reason, self.field, self.detail = reason, field, detail


@dataclass
class Reading:
    """One file being read; iterate `rows()` to the end, then ask what it says as a whole.

    `today` is the last day but one that a row may name; a platform's row must have its number.
    """

    content: bytes
    columns: Mapping[str, Sequence[str]]
    today: date
    needs_serial: bool = False

    #: The total printed in the file and the sum of the rows that are gifts.
    stated_total: Money | None = None
    summed: Money = ZERO
    #: Rows from, to (inclusive), and the first of those they repeat.
    repeated: list[tuple[int, int, int]] = field(default_factory=list)
    #: Rows whose sum contradicts the running balance; and whether it fits nowhere at all.
    balance_breaks: list[int] = field(default_factory=list)
    balance_fits_nowhere: bool = False

    def __post_init__(self) -> None:
        self._vocabulary = Vocabulary.of(self.columns)
        self._totals = Totals(self._vocabulary)
        self._balances, self._sections = Balances(), Sections()
        self._serials: dict[str, tuple[int, bytes]] = {}
        self._positions: dict[int, tuple[int, bytes]] = {}
        self._position = 0
        self._equal: dict[bytes, int] = {}
        self._loose: list[tuple[int, Sequence[Cell]]] = []

    def rows(self) -> Iterator[ReadRow]:
        """Every row beneath a head. Raises `Invalid` on `file`, also where no head is found."""
        layout: Layout | None = None
        sheet, looked, headed, fresh = -1, 0, False, False
        above: Sequence[Cell] = ()
        for number, cells in sheets.rows(self.content):
            if number // sheets.SHEET != sheet:
                sheet, looked, above, layout = number // sheets.SHEET, 0, (), None
                self._end_section()
            if layout is None:
                looked += 1
                layout = self._head(above, cells) if looked <= HEAD_WITHIN else None
                above = cells
                headed = headed or layout is not None
                fresh = True
            elif fresh and (lower := self._lower_half(layout, above, cells)) is not None:
                layout, fresh = lower, False
            elif self._is_head_again(layout, cells):
                self._end_section()
                self._sections.open()
            else:
                fresh = False
                yield from self._take(layout, number, cells)
        self._end_section()
        if not headed:
            raise Invalid(StatementsReason.NO_HEAD, field="file")
        self.repeated = self._sections.repeated
        self.stated_total = self._totals.stated
        self.balance_breaks = self._balances.breaks()
        self.balance_fits_nowhere = self._balances.hold_nowhere

    def _end_section(self) -> None:
        # What stands below the last row without day and sum is a foot: who printed it, and when.
        self._loose.clear()
        self._sections.close()
        self._balances.interrupt()
        self._position = 0

    def _head(self, above: Sequence[Cell], cells: Sequence[Cell]) -> Layout | None:
        """The layout where this row, alone or with the one above it, is a head."""
        one = self._vocabulary.layout(cells)
        two = self._vocabulary.layout(joined(above, cells)) if above else None
        found = two if two and (one is None or len(two.places) > len(one.places)) else one
        if found is None:
            self._totals.look(cells)
        else:
            self._sections.open()
        return found

    def _lower_half(
        self, layout: Layout, above: Sequence[Cell], cells: Sequence[Cell]
    ) -> Layout | None:
        """The layout where the row beneath a head is its lower half and names more columns."""
        if layout.cell(cells, "booked_on") is not None:
            return None
        found = self._vocabulary.layout(joined(above, cells))
        return found if found and len(found.places) > len(layout.places) else None

    def _is_head_again(self, layout: Layout, cells: Sequence[Cell]) -> bool:
        """Whether the head is printed once more, as at the top of a page."""
        texts = tuple(cell if isinstance(cell, str) else "" for cell in cells)
        return texts == layout.head[: len(texts)] and any(texts)

    # ── one row ──────────────────────────────────────────────────────────────────────────────────

    def _take(self, layout: Layout, number: int, cells: Sequence[Cell]) -> Iterator[ReadRow]:
        if self._totals.see(layout, cells):
            return
        if not _has_substance(layout, cells):
            self._loose.append((number, cells))
            return
        # Rows that looked like a foot have others beneath them, so they were rows after all.
        for earlier, its_cells in self._loose:
            yield self._read(layout, earlier, its_cells)
        self._loose.clear()
        yield self._read(layout, number, cells)

    def _read(self, layout: Layout, number: int, cells: Sequence[Cell]) -> ReadRow:
        row = ReadRow(number, Verdict.GIFT)
        row.payer_name = _line(layout.text(cells, "payer_name"))[:_NAME]
        row.payer_account = _tail(layout.text(cells, "payer_account"))
        row.remark = _line(layout.text(cells, "remark"))[:_REMARK]
        try:
            self._judge(layout, row, cells)
        except _Bad as bad:
            row.verdict, row.key = Verdict.BAD, None
            row.problem, row.field, row.detail = bad.reason, bad.field, bad.detail[:100]
            self._balances.interrupt()
        if row.verdict is Verdict.GIFT and row.amount is not None:
            self.summed += row.amount
        return row

    def _judge(self, layout: Layout, row: ReadRow, cells: Sequence[Cell]) -> None:
        """Fill the row and say what it is; raises `_Bad`."""
        for name in _WRITTEN:
            if figures.is_formula(layout.cell(cells, name)):
                raise _Bad(StatementsReason.FORMULA, name, layout.text(cells, name))
        place, breaks = self._count(layout, cells)
        row.booked_on = self._day(layout, cells)
        moved, column = self._moved(layout, cells)
        row.amount = Money(abs(moved.fen))
        serial = _line(layout.text(cells, "serial"))
        digest = _digest(row, serial, moved)
        self._follow(layout, row, cells, moved)
        self._sections.see(row.number, digest)
        self._check_repeats(row, place, breaks, serial, digest)
        if row.verdict is Verdict.REPEATED:
            return
        self._check_words(layout, row, cells)
        if moved.fen <= 0:
            row.verdict, row.field = Verdict.NO_GIFT, column
            row.problem = StatementsReason.ROW_OUT if moved.fen else StatementsReason.ROW_ZERO
        if row.verdict is not Verdict.GIFT:
            return
        if self.needs_serial and not serial:
            raise _Bad(StatementsReason.NO_SERIAL, "serial")
        row.key = self._key(row, serial, digest)

    def _day(self, layout: Layout, cells: Sequence[Cell]) -> date:
        cell = layout.cell(cells, "booked_on")
        try:
            found = figures.day(cell)
        except Unclear as unclear:
            raise _Bad(unclear.reason, "booked_on", str(cell)) from None
        if found is None:
            raise _Bad(StatementsReason.CELL_EMPTY, "booked_on")
        if found > self.today + timedelta(days=1):
            raise _Bad(StatementsReason.DAY_AHEAD, "booked_on", str(cell))
        return found

    def _moved(self, layout: Layout, cells: Sequence[Cell]) -> tuple[Money, str]:
        """What came in, below zero where it went out, and the column that says so."""
        if not layout.has("income"):
            moved = self._amount(layout, cells, "amount")
            if moved is None:
                raise _Bad(StatementsReason.CELL_EMPTY, "amount")
            return self._directed(layout, cells, moved), "amount"
        came = self._amount(layout, cells, "income")
        went = self._amount(layout, cells, "outgo")
        if came is None and went is None:
            raise _Bad(StatementsReason.CELL_EMPTY, "income")
        if came and went:
            raise _Bad(StatementsReason.BOTH_WAYS, "income", f"{came} / {went}")
        # A sum below zero takes an earlier one of its own column back (a reversal).
        if went:
            return Money(-abs(went.fen)), "outgo"
        return came or ZERO, "income"

    def _amount(self, layout: Layout, cells: Sequence[Cell], name: str) -> Money | None:
        cell = layout.cell(cells, name)
        try:
            return figures.amount(cell, self._vocabulary.currency)
        except Unclear as unclear:
            raise _Bad(unclear.reason, name, str(cell)) from None

    def _directed(self, layout: Layout, cells: Sequence[Cell], moved: Money) -> Money:
        if not layout.has("direction"):
            return moved
        said = layout.cell(cells, "direction")
        if self._vocabulary.means(said, "words_in"):
            return moved
        if self._vocabulary.means(said, "words_out"):
            return Money(-abs(moved.fen))
        reason = StatementsReason.CELL_EMPTY if said is None else StatementsReason.NO_DIRECTION
        raise _Bad(reason, "direction", str(said or ""))

    def _check_words(self, layout: Layout, row: ReadRow, cells: Sequence[Cell]) -> None:
        """The currency must be ours; what is not paid is no gift."""
        currency = layout.cell(cells, "currency")
        if currency is not None and not self._vocabulary.means(currency, "words_currency"):
            raise _Bad(StatementsReason.OTHER_CURRENCY, "currency", str(currency))
        status = layout.cell(cells, "status")
        if layout.has("status") and not self._vocabulary.means(status, "words_paid"):
            row.verdict, row.field = Verdict.NO_GIFT, "status"
            row.problem, row.detail = StatementsReason.NOT_PAID, str(status or "")[:100]

    # ── what rows say of each other ──────────────────────────────────────────────────────────────

    def _count(self, layout: Layout, cells: Sequence[Cell]) -> tuple[int | None, int | None]:
        """The row's place in the sheet's own numbering, and the place it ought to have."""
        if not layout.has("position"):
            return None, None
        cell = layout.cell(cells, "position")
        text = unicodedata.normalize("NFKC", str(cell)).strip().removesuffix(".0")
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            raise _Bad(StatementsReason.NO_POSITION, "position", str(cell or ""))
        place, wanted = int(text), self._position + 1
        self._position = place
        return place, None if place == wanted or wanted == 1 else wanted

    def _check_repeats(
        self, row: ReadRow, place: int | None, wanted: int | None, serial: str, digest: bytes
    ) -> None:
        """The same number again is a repeat where it says the same, else one of them is wrong."""
        if serial:
            first, said = self._serials.setdefault(serial, (row.number, digest))
            if first != row.number:
                self._repeat(row, "serial", first, same=said == digest)
                return
        if place is None:
            return
        first, said = self._positions.setdefault(place, (row.number, digest))
        if first != row.number:
            self._repeat(row, "position", first, same=said == digest)
        elif wanted is not None:
            raise _Bad(StatementsReason.POSITION_BREAKS, "position", str(wanted))

    def _repeat(self, row: ReadRow, column: str, first: int, *, same: bool) -> None:
        if not same:
            raise _Bad(StatementsReason.NUMBER_TWICE, column, str(first))
        row.verdict, row.problem = Verdict.REPEATED, StatementsReason.ROW_REPEATED
        row.field, row.detail = column, str(first)

    def _follow(self, layout: Layout, row: ReadRow, cells: Sequence[Cell], moved: Money) -> None:
        balance = self._amount(layout, cells, "balance")
        if balance is not None:
            self._balances.see(row.number, moved, balance)

    def _key(self, row: ReadRow, serial: str, digest: bytes) -> str:
        """What makes it the same row in another file."""
        if serial:
            return f"n:{serial}" if len(serial) <= _SERIAL else f"h:{_short(serial.encode())}"
        before = self._equal.get(digest, 0)
        self._equal[digest] = before + 1
        return f"d:{digest.hex()}:{before}"


def _has_substance(layout: Layout, cells: Sequence[Cell]) -> bool:
    """Whether a row names a sum or begins a day or a number; a foot does none of it."""
    if any(layout.cell(cells, name) is not None for name in ("amount", "income", "outgo")):
        return True
    starts = (layout.cell(cells, name) for name in ("booked_on", "serial", "position"))
    return any(not isinstance(cell, str) or cell[:1].isdigit() for cell in starts if cell)


def _digest(row: ReadRow, serial: str, moved: Money) -> bytes:
    said = (
        row.booked_on.isoformat() if row.booked_on else "",
        str(moved.fen),
        serial,
        plain(row.payer_name),
        row.payer_account,
        plain(row.remark),
    )
    return hashlib.sha256("\0".join(said).encode()).digest()[:16]


def _short(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _line(text: str) -> str:
    """One line that every database stores: no control signs, no halves of pairs."""
    if text.isprintable():
        return text
    kept = (
        " " if unicodedata.category(sign) == "Cc" else sign
        for sign in text
        if unicodedata.category(sign) != "Cs"
    )
    return " ".join("".join(kept).split())


def _tail(account: str) -> str:
    """The last four signs of an account."""
    return "".join(sign for sign in account if sign.isalnum() and sign.isascii())[-4:]
