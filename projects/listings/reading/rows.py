"""A list of needs or resources as rows: each one thing, or a row that cannot be taken and why.

Nothing is mended and nothing is guessed: a row that is not certain is told with its number and its
column. Whether a row is there already, and whose it is, is asked later.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, TypeVar

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


@dataclass(frozen=True, slots=True)
class _Common:
    """What a need and an offer say alike; the group may be unsaid."""

    group: BeneficiaryGroup | None
    title: str
    kind: ResourceKind
    category: ListingCategory
    region_code: str
    item: str
    quantity: int | None
    unit: str
    starts_on: date
    ends_on: date | None
    conditions: str
    description: str

    def shared(self) -> dict[str, Any]:
        """All but the group, by name."""
        return {each.name: getattr(self, each.name) for each in fields(self)[1:]}


Listed = ListedNeed | ListedResource


@dataclass(frozen=True, slots=True)
class ListingRow:
    """A row of the list; `said` is None where it is refused."""

    number: int
    #: Its own number in the list; empty where it has none.
    reference: str
    #: A short key of all the row says, and one of what the thing is (title, place, kind, item).
    digest: str
    identity: str
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
        if said is not None and not row.refused:
            self._again(row, said, own)
        identity = _key(said.title, said.region_code, said.kind, said.item) if said else ""
        return ListingRow(
            number=row.number,
            reference=own,
            digest=row.digest(),
            identity=identity,
            said=None if row.refused else said,
            flaws=tuple(row.flaws),
        )

    def _need(self, row: _Row) -> ListedNeed | None:
        urgency = row.word("urgency", Urgency, ImportReason.URGENCY_UNKNOWN)
        people = row.read("people", whole)
        contact_name = row.text("contact_name", _LINE)
        contact_phone = row.read("contact_phone", cells.phone) or ""
        address = row.text("address", _LINE * 2)
        common = self._common(row)
        if common is None:
            return None
        return ListedNeed(
            **common.shared(),
            beneficiary_group=common.group or BeneficiaryGroup.RESIDENTS,
            urgency=urgency or Urgency.NORMAL,
            people=people,
            contact_name=contact_name,
            contact_phone=contact_phone,
            address=address,
        )

    def _resource(self, row: _Row) -> ListedResource | None:
        organisation = row.text("organisation", _TITLE)
        serves = self._place(row, "serves") if row.text("serves", _LINE) else None
        common = self._common(row)
        if common is None:
            return None
        return ListedResource(
            **common.shared(),
            beneficiary_group=common.group,
            organisation=organisation,
            serves_code=serves or common.region_code,
        )

    def _common(self, row: _Row) -> _Common | None:
        """What both lists say; None where kind, category or quantity cannot be read."""
        kind, amount = self._amount(row)
        category = row.word("category", ListingCategory, ImportReason.CATEGORY_UNKNOWN)
        row.required(("kind", kind), ("category", category))
        group = row.word("group", BeneficiaryGroup, ImportReason.GROUP_UNKNOWN)
        title, place = row.title(), self._place(row, "place")
        starts_on, ends_on = self._window(row)
        item = row.text("item", _LINE)
        conditions = row.text("conditions", _PROSE)
        description = row.text("description", _PROSE)
        if kind is None or category is None or amount is None:
            return None
        return _Common(
            group, title, kind, category, place, item, amount.quantity, amount.unit,
            starts_on, ends_on, conditions, description,
        )  # fmt: skip

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
            beside = "unit" if told is ImportReason.UNIT_ODD else column
            row.flaw(beside, told, {"unit": amount.unit}, refuses=False)
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

    def _again(self, row: _Row, said: Listed, reference: str) -> None:
        """The same thing further up, by its number or by what it says: the first one counts."""
        first = self._references.setdefault(reference, row.number) if reference else row.number
        if first != row.number:
            row.flaw("reference", ListReason.TWICE, {"row": first % SHEET})
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

    @property
    def refused(self) -> bool:
        """Whether a flaw so far refuses it."""
        return any(flaw.refuses for flaw in self.flaws)

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
        return _key(*(f"{name}={self.cell(name)}" for name in sorted(self.columns)))

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


def _key(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]
