"""A list of needs or resources as rows: each one thing, or a row that cannot be taken and why.

Nothing is mended and nothing is guessed: a row that is not certain is told with its number and its
column. Whether a row is there already, and whose it is, is asked later.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from charity.errors import Invalid, ReasonCode
from charity.registry.reading import Flaw, Places, cells
from charity.registry.reading.cells import Unclear
from charity.registry.reading.places import Unplaced
from charity.registry.reading.reasons import ListReason
from charity.sheets import SHEET, Cell, rows
from projects.listings.models import BeneficiaryGroup, ListingCategory, ResourceKind, Urgency
from projects.listings.reading.columns import Choice, ListKind, heads, meaning, plain
from projects.listings.reading.measures import Measured, Unmeasured, measured, whole
from projects.listings.reading.reasons import ImportReason
from projects.listings.timeliness import CAPACITY_DAYS

#: Non-empty rows of a sheet among which its head must stand.
HEAD_WITHIN = 30
_TITLE, _LINE, _PROSE, _REFERENCE = 100, 80, 1000, 60
Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class ListedNeed:
    """One need as a list says it, in the measure of its kind; what is not said is empty."""

    title: str
    kind: ResourceKind
    category: ListingCategory
    beneficiary_group: BeneficiaryGroup
    region_code: str
    item: str
    quantity: int | None
    unit: str
    starts_on: date
    ends_on: date | None
    urgency: Urgency
    people: int | None
    conditions: str
    description: str
    contact_name: str
    contact_phone: str
    address: str


@dataclass(frozen=True, slots=True)
class ListedResource:
    """One offer as a list says it; `organisation` is the name or credit code that stands there."""

    title: str
    kind: ResourceKind
    category: ListingCategory
    beneficiary_group: BeneficiaryGroup | None
    organisation: str
    region_code: str
    serves_code: str
    item: str
    quantity: int | None
    unit: str
    starts_on: date
    ends_on: date | None
    conditions: str
    description: str


Listed = ListedNeed | ListedResource


@dataclass(frozen=True, slots=True)
class ListingRow:
    """A row of the list; `said` is None where it is refused."""

    number: int
    #: By what the row is known again: its own number in the list, else what it says.
    reference: str
    said: Listed | None
    flaws: tuple[Flaw, ...] = ()


@dataclass
class ListingList:
    """A whole list in the order of its rows."""

    kind: ListKind
    rows: list[ListingRow]
    #: The words above the columns, by field.
    head: dict[str, str]

    @property
    def dirt(self) -> Counter[ReasonCode]:
        """How often each flaw stands in the list, refusing or only told."""
        return Counter(flaw.reason for row in self.rows for flaw in row.flaws)


def read_listings(content: bytes, kind: ListKind, places: Places, today: date) -> ListingList:
    """Read a file (CSV or XLSX) whole; `today` is a day in China, the first day of a row without.

    Raises `Invalid` on `file` for one that is no such list, or an empty one.
    """
    reader = _Reader(kind, places, today)
    found = list(reader.read(content))
    if not reader.head:
        raise Invalid(ImportReason.NO_HEAD, field="file")
    if not found:
        raise Invalid(ImportReason.NO_ROWS, field="file")
    return ListingList(kind, found, reader.head)


class _Reader:
    """Goes down the rows once, remembering the head and what was said before."""

    def __init__(self, kind: ListKind, places: Places, today: date) -> None:
        self.kind, self.places, self.today = kind, places, today
        self.columns: dict[str, int] = {}
        self.head: dict[str, str] = {}
        self._references: dict[str, int] = {}
        self._things: dict[tuple[object, ...], int] = {}

    def read(self, content: bytes) -> Iterator[ListingRow]:
        sheet, looked, has_head = -1, 0, False
        for number, row in rows(content):
            if number // SHEET != sheet:
                sheet, looked, has_head = number // SHEET, 0, False
            if not has_head:
                looked += 1
                has_head = looked <= HEAD_WITHIN and self._open(row)
            else:
                yield self._row(_Row(number, row, self.columns, []))

    def _open(self, row: Sequence[Cell]) -> bool:
        """Take a row for the head where it names the columns."""
        found: dict[str, int] = {}
        written: dict[str, str] = {}
        for index, cell in enumerate(row):
            name = heads(self.kind).get(plain(cell)) if isinstance(cell, str) else None
            if name is None:
                continue
            if name in found:
                raise Invalid(ListReason.COLUMN_TWICE, field="file", column=str(cell))
            found[name], written[name] = index, str(cell)
        if not {"title", "place"} <= found.keys() or not {"category", "kind"} & found.keys():
            return False
        self.columns, self.head = found, written
        return True

    def _row(self, row: _Row) -> ListingRow:
        said = self._need(row) if self.kind is ListKind.NEEDS else self._resource(row)
        own = row.text("reference", _REFERENCE)
        reference = own or row.digest()
        refused = any(flaw.refuses for flaw in row.flaws)
        if said is not None and not refused:
            self._again(row, said, reference, "reference" if own else "title")
            refused = any(flaw.refuses for flaw in row.flaws)
        return ListingRow(row.number, reference, None if refused else said, tuple(row.flaws))

    def _need(self, row: _Row) -> ListedNeed | None:
        kind, amount = self._amount(row)
        category = row.word("category", ListingCategory, ImportReason.CATEGORY_UNKNOWN)
        group = row.word("group", BeneficiaryGroup, ImportReason.GROUP_UNKNOWN)
        urgency = row.word("urgency", Urgency, ImportReason.URGENCY_UNKNOWN)
        starts_on, ends_on = self._window(row)
        row.required(("kind", kind), ("category", category))
        title, place = row.title(), self._place(row, "place")
        if kind is None or category is None or amount is None:
            return None
        return ListedNeed(
            title=title,
            kind=kind,
            category=category,
            beneficiary_group=group or BeneficiaryGroup.RESIDENTS,
            region_code=place,
            item=row.text("item", _LINE),
            quantity=amount.quantity,
            unit=amount.unit,
            starts_on=starts_on,
            ends_on=ends_on,
            people=row.read("people", whole),
            urgency=urgency or Urgency.NORMAL,
            conditions=row.text("conditions", _PROSE),
            description=row.text("description", _PROSE),
            contact_name=row.text("contact_name", _LINE),
            contact_phone=row.read("contact_phone", cells.phone) or "",
            address=row.text("address", _LINE * 2),
        )

    def _resource(self, row: _Row) -> ListedResource | None:
        kind, amount = self._amount(row)
        category = row.word("category", ListingCategory, ImportReason.CATEGORY_UNKNOWN)
        group = row.word("group", BeneficiaryGroup, ImportReason.GROUP_UNKNOWN)
        starts_on, ends_on = self._window(row)
        row.required(("kind", kind), ("category", category))
        place = self._place(row, "place")
        serves = self._place(row, "serves") if row.text("serves", _LINE) else place
        title = row.title()
        if kind is None or category is None or amount is None:
            return None
        return ListedResource(
            title=title,
            kind=kind,
            category=category,
            beneficiary_group=group,
            organisation=row.text("organisation", _TITLE),
            region_code=place,
            serves_code=serves,
            item=row.text("item", _LINE),
            quantity=amount.quantity,
            unit=amount.unit,
            starts_on=starts_on,
            ends_on=ends_on,
            conditions=row.text("conditions", _PROSE),
            description=row.text("description", _PROSE),
        )

    def _amount(self, row: _Row) -> tuple[ResourceKind | None, Measured | None]:
        """The kind and how much of it; a capacity by the day counts some days."""
        kind = row.word("kind", ResourceKind, ImportReason.KIND_UNKNOWN)
        if kind is None:
            return None, None
        per_day = row.text("daily", _LINE)
        if per_day and row.text("quantity", _LINE):
            row.flaw("daily", ImportReason.TWO_QUANTITIES)
        column = "daily" if per_day else "quantity"
        try:
            amount = measured(kind, row.cell(column), row.cell("unit"))
        except (Unclear, Unmeasured) as unclear:
            row.flaw(column, unclear.reason, unclear.params)
            return kind, None
        for told in amount.told:
            of_unit = told in (ImportReason.UNIT_ODD, ImportReason.UNIT_MISSING)
            row.flaw("unit" if of_unit else column, told, {"unit": amount.unit}, refuses=False)
        if per_day and amount.quantity is not None:
            days = {"days": CAPACITY_DAYS}
            row.flaw(column, ImportReason.DAILY_CAPACITY, days, refuses=False)
            amount = Measured(amount.quantity * CAPACITY_DAYS, amount.unit)
        return kind, amount

    def _window(self, row: _Row) -> tuple[date, date | None]:
        # days to come are read as well: nothing here lies in the past alone
        starts_on = row.read("starts_on", lambda cell: cells.day(cell, date.max)) or self.today
        ends_on = row.read("ends_on", lambda cell: cells.day(cell, date.max))
        if ends_on is not None and ends_on < starts_on:
            row.flaw("ends_on", ImportReason.ENDS_BEFORE)
        elif ends_on is not None and ends_on < self.today:
            row.flaw("ends_on", ImportReason.PERIOD_OVER)
        return starts_on, ends_on

    def _place(self, row: _Row, column: str) -> str:
        said = row.text(column, _LINE)
        try:
            return self.places.find(said) if said else self.places.within
        except Unplaced as unplaced:
            row.flaw(column, unplaced.reason, {"text": said})
            return self.places.within

    def _again(self, row: _Row, said: Listed, reference: str, column: str) -> None:
        """The same thing further up, by its number or by what it says: the first one counts."""
        first = self._references.setdefault(reference, row.number)
        if first != row.number:
            row.flaw(column, ListReason.TWICE, {"row": first % SHEET})
            return
        whose = said.organisation if isinstance(said, ListedResource) else said.address
        thing = (said.title, said.region_code, said.kind, said.item, said.starts_on, whose)
        first = self._things.setdefault(thing, row.number)
        if first != row.number:
            row.flaw("title", ListReason.TWICE, {"row": first % SHEET})


@dataclass(slots=True)
class _Row:
    """One row with the head it stands under; reading a cell notes what is wrong with it."""

    number: int
    cells: Sequence[Cell]
    columns: Mapping[str, int]
    flaws: list[Flaw]

    def cell(self, name: str) -> Cell:
        index = self.columns.get(name)
        return self.cells[index] if index is not None and index < len(self.cells) else None

    def read(self, name: str, reader: Callable[[Cell], Read]) -> Read | None:
        """What a reader makes of a cell; None, and a flaw, where it cannot."""
        try:
            return reader(self.cell(name))
        except (Unclear, Unmeasured) as unclear:
            self.flaw(name, unclear.reason, unclear.params)
            return None

    def text(self, name: str, limit: int) -> str:
        return self.read(name, lambda cell: cells.text(cell, limit)) or ""

    def title(self) -> str:
        """What it is called; a flaw where it is called nothing."""
        said = self.text("title", _TITLE)
        if not said:
            self.required(("title", None))
        return said

    def word(self, name: str, kinds: type[Choice], reason: ImportReason) -> Choice | None:
        """The member a cell means; None for an empty cell, and with a flaw for an unknown word."""
        said = self.text(name, _LINE)
        found = meaning(kinds, name, said) if said else None
        if said and found is None:
            self.flaw(name, reason, {"text": said})
        return found

    def required(self, *pairs: tuple[str, object]) -> None:
        """Note each column that says nothing though it must."""
        reasons: dict[str, ReasonCode] = {
            "kind": ImportReason.KIND_UNKNOWN,
            "category": ImportReason.CATEGORY_UNKNOWN,
            "title": ListReason.NO_NAME,
        }
        for name, value in pairs:
            if value is None and name not in [flaw.column for flaw in self.flaws]:
                self.flaw(name, reasons[name], {"text": ""})

    def digest(self) -> str:
        """What the row says under its head, as a short key."""
        said = "\x1f".join(f"{name}={self.cell(name)}" for name in sorted(self.columns))
        return hashlib.sha256(said.encode()).hexdigest()[:32]

    def flaw(
        self,
        column: str,
        reason: ReasonCode,
        params: Mapping[str, object] | None = None,
        *,
        refuses: bool = True,
    ) -> None:
        """Note what is wrong, once for each column and reason."""
        if (column, reason) not in [(each.column, each.reason) for each in self.flaws]:
            self.flaws.append(Flaw(self.number, column, reason, params or {}, refuses))
