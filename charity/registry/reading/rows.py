"""A registrar's list as rows: each an organisation, or a row that cannot be taken and why.

Nothing is mended and nothing is guessed: a row that is not certain is told with its number and its
column. Which organisation a row is, and what is known of it already, is asked later.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from charity.errors import Invalid, ReasonCode
from charity.registry import uscc as codes
from charity.registry.models import InspectionResult, OrganisationKind
from charity.registry.reading import cells
from charity.registry.reading.cells import Unclear
from charity.registry.reading.places import Places, Unplaced
from charity.registry.reading.reasons import ListReason
from charity.registry.reading.totals import Totals
from charity.registry.reading.words import folded, heads, kinds, plain, results, words
from charity.registry.reasons import RegistryReason
from charity.sheets import SHEET, Cell, rows

#: Non-empty rows of a sheet among which its head must stand.
HEAD_WITHIN = 30
_NAME, _LINE = 100, 80
#: One of these beside the name makes a row a head.
_TELLING = frozenset({"uscc", "kind", "basis", "filing_number", "region"})
_GROUP = OrganisationKind.COMMUNITY_GROUP


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with a row, or worth a look, and the reason."""

    number: int
    #: The field of the column; `RegisterList.head` has the word that stands above it.
    column: str
    reason: ReasonCode
    params: Mapping[str, object] = field(default_factory=dict)
    #: Whether the row is refused for it.
    refuses: bool = True


@dataclass(frozen=True, slots=True)
class Listed:
    """One organisation as a list says it; what the list does not say is empty."""

    name: str
    kind: OrganisationKind
    uscc: str | None
    region_code: str
    filing_number: str
    established_on: date | None
    registrar_code: str | None
    host: str
    contact_name: str
    contact_phone: str
    inspection: InspectionResult | None = None
    inspection_year: int | None = None
    inspected_on: date | None = None


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A row of the list; `said` is None where it is refused."""

    number: int
    said: Listed | None
    flaws: tuple[Flaw, ...] = ()


@dataclass
class RegisterList:
    """A whole list: its rows in the order in which they are applied, and its stated numbers."""

    rows: list[ReadRow]
    #: Stated numbers beside their sums: {what: [stated, summed]}.
    gaps: dict[str, list[int]]
    #: The words above the columns, by field.
    head: dict[str, str]

    @property
    def hosts(self) -> frozenset[str]:
        """The names a filed group may give as its host, of this list."""
        said = (row.said for row in self.rows)
        return frozenset(each.name for each in said if each and each.kind is not _GROUP)

    def portions(self, size: int, start: int = 0) -> Iterator[tuple[int, list[ReadRow]]]:
        """The rows from a place on, with the place of each portion's first; hosts apart."""
        groups = (
            place for place, row in enumerate(self.rows) if row.said and row.said.kind is _GROUP
        )
        border = next(groups, len(self.rows))
        while start < len(self.rows):
            end = min(start + size, border if start < border else len(self.rows))
            yield start, self.rows[start:end]
            start = end


def read_list(content: bytes, places: Places, today: date) -> RegisterList:
    """Read a file (CSV or XLSX) whole; registered organisations come before filed groups.

    `today` is a day in China. Raises `Invalid` on `file` for one that is no list.
    """
    reader = _Reader(places, today)
    found = list(reader.read(content))
    if reader.columns is None:
        raise Invalid(ListReason.NO_HEAD, field="file")
    # Groups name their hosts, so hosts come first.
    found.sort(key=lambda row: (row.said is not None and row.said.kind is _GROUP, row.number))
    by_kind = Counter(row.said.kind for row in found if row.said is not None)
    return RegisterList(found, reader.totals.gaps(len(found), by_kind), reader.head)


class _Reader:
    """Goes down the rows once, remembering the head and who was named before."""

    def __init__(self, places: Places, today: date) -> None:
        self.places, self.today = places, today
        self.totals = Totals()
        self.columns: dict[str, int] | None = None
        self.head: dict[str, str] = {}
        self._year: int | None = None
        self._names: dict[str, int] = {}
        self._codes: dict[str, int] = {}

    def read(self, content: bytes) -> Iterator[ReadRow]:
        sheet, looked, has_head = -1, 0, False
        for number, row in rows(content):
            if number // SHEET != sheet:
                sheet, looked, has_head = number // SHEET, 0, False
            if not has_head:
                looked += 1
                has_head = looked <= HEAD_WITHIN and self._open(row)
                if not has_head:
                    self.totals.look(row)
            elif not self._is_head_again(row) and not self.totals.sees(row):
                yield self._organisation(number, row)

    def _is_head_again(self, row: Sequence[Cell]) -> bool:
        """Whether the head is repeated further down; asked of every row, so by one cell first."""
        place = (self.columns or {})["name"]
        said = row[place] if place < len(row) else None
        return isinstance(said, str) and said == self.head["name"] and self._open(row)

    def _open(self, row: Sequence[Cell]) -> bool:
        """Take a row for the head where it names the columns."""
        found: dict[str, int] = {}
        written: dict[str, str] = {}
        for index, cell in enumerate(row):
            name = _field_of(cell)
            if name is None:
                continue
            if name in found:
                if plain(str(cell)) == plain(written[name]):
                    raise Invalid(ListReason.COLUMN_TWICE, field="file", column=str(cell))
                continue
            found[name], written[name] = index, str(cell)
        if "name" not in found or not found.keys() & _TELLING:
            return False
        self.columns, self.head = found, written
        self._year = cells.year(written.get("inspection", ""))
        return True

    def _organisation(self, number: int, row: Sequence[Cell]) -> ReadRow:
        flaws: list[Flaw] = []
        said = self._listed(_Row(number, row, self.columns or {}, flaws))
        refused = any(flaw.refuses for flaw in flaws)
        if said is not None and not refused:
            flaws += self._again(number, said)
            refused = any(flaw.refuses for flaw in flaws)
        return ReadRow(number, None if refused else said, tuple(flaws))

    def _listed(self, row: _Row) -> Listed | None:
        name = row.text("name", _NAME)
        if not name and not row.flaws:
            row.flaw("name", ListReason.NO_NAME)
        code = codes.normalise(row.text("uscc", 60)) or None
        kind = self._kind(row, code)
        if code is not None and (reason := codes.problem(code)) is not None:
            row.flaw("uscc", reason, params={"length": len(code)})
        region = self._place(row, code)
        registrar = self._registrar(row, code)
        host = row.text("host", _NAME)
        result, year = self._inspection(row)
        said = Listed(
            name=name,
            kind=kind or _GROUP,
            uscc=code,
            region_code=region,
            filing_number=row.text("filing_number", _LINE),
            established_on=row.day("established_on", self.today),
            registrar_code=registrar,
            host=host,
            contact_name=row.text("contact_name", _LINE),
            contact_phone=row.phone("contact_phone"),
            inspection=result,
            inspection_year=year,
            inspected_on=row.day("inspected_on", self.today),
        )
        if kind is not None:
            self._belongs(row, said)
        return said if kind is not None else None

    def _kind(self, row: _Row, code: str | None) -> OrganisationKind | None:
        """The legal type: a filed group where the row says filed, else its word, else its code."""
        basis = plain(row.text("basis", _LINE))
        if basis in folded("words_filed"):
            return _GROUP
        if basis and basis not in folded("words_registered"):
            row.flaw("basis", ListReason.BASIS_UNKNOWN)
        said = plain(row.text("kind", _LINE))
        kind = kinds().get(said) if said else codes.kind_of(code or "")
        if kind is None and not said and code is None:
            # no code, no type, no word of registration: only a filed group is listed so
            kind = None if basis else _GROUP
        if kind is None and (said or code):
            row.flaw("kind", ListReason.KIND_UNKNOWN)
        elif kind is None and basis in folded("words_registered"):
            row.flaw("uscc", ListReason.USCC_MISSING)
        return kind

    def _place(self, row: _Row, code: str | None) -> str:
        """Where it works; a list that does not say means the place it is the list of."""
        said = row.text("region", _LINE)
        try:
            return self.places.find(said) if said else self.places.within
        except Unplaced as unplaced:
            row.flaw("region", unplaced.reason, params={"text": said})
            return self.places.within

    def _registrar(self, row: _Row, code: str | None) -> str | None:
        """The place of the office that registered it, by its name, else by the credit code."""
        said = row.text("registrar", _LINE)
        for office in words()["words_office"]:
            said = said.removesuffix(office)
        for text in (said, (code or "")[2:8]):
            try:
                if text:
                    return self.places.find(text)
            except Unplaced:
                continue
        return None

    def _inspection(self, row: _Row) -> tuple[InspectionResult | None, int | None]:
        said = row.text("inspection", _LINE)
        if not said:
            return None, None
        result = results().get(plain(said))
        if result is None:
            row.flaw("inspection", ListReason.RESULT_UNKNOWN)
        year = cells.year(row.text("inspection_year", _LINE)) or self._year
        if year is None:
            row.flaw("inspection", ListReason.YEAR_MISSING)
        return result, year

    def _belongs(self, row: _Row, said: Listed) -> None:
        """What a type may have: a code unless it is filed, a host only if it is (ORG-02)."""
        if said.kind is _GROUP:
            if said.uscc is not None:
                row.flaw("uscc", RegistryReason.USCC_NEEDLESS)
            return
        if said.uscc is None:
            row.flaw("uscc", ListReason.USCC_MISSING)
        elif codes.problem(said.uscc) is None:
            for reason in codes.warnings(said.uscc, said.kind, said.region_code):
                row.flaw("uscc", reason, refuses=False)
        if said.host:
            row.flaw("host", ListReason.HOST_OF_REGISTERED)

    def _again(self, number: int, said: Listed) -> list[Flaw]:
        """The same name or code further up: the first one counts."""
        found = []
        keys = (("name", said.name, self._names), ("uscc", said.uscc, self._codes))
        for column, key, known in keys:
            if key is None:
                continue
            first = known.setdefault(key, number)
            if first != number:
                params = {"row": first % SHEET}
                found.append(Flaw(number, column, ListReason.TWICE, params))
        return found


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

    def text(self, name: str, limit: int) -> str:
        try:
            return cells.text(self.cell(name), limit)
        except Unclear as unclear:
            self.flaw(name, unclear.reason, params=unclear.params)
            return ""

    def day(self, name: str, today: date) -> date | None:
        try:
            return cells.day(self.cell(name), today)
        except Unclear as unclear:
            self.flaw(name, unclear.reason)
            return None

    def phone(self, name: str) -> str:
        try:
            return cells.phone(self.cell(name))
        except Unclear as unclear:
            self.flaw(name, unclear.reason, params=unclear.params)
            return ""

    def flaw(
        self,
        column: str,
        reason: ReasonCode,
        *,
        refuses: bool = True,
        params: Mapping[str, object] | None = None,
    ) -> None:
        """Note what is wrong, once for each column and reason."""
        if (column, reason) not in [(each.column, each.reason) for each in self.flaws]:
            self.flaws.append(Flaw(self.number, column, reason, params or {}, refuses))


def _field_of(cell: Cell) -> str | None:
    """The field a word above a column means; `2024` before the word of inspections is its year."""
    if not isinstance(cell, str) or len(cell) > 40:
        return None
    said = plain(cell)
    found = heads().get(said)
    if found is None and (year := cells.year(said)) is not None:
        bare = said.replace(str(year), "")
        for sign in words()["words_year"]:
            found = found or heads().get(bare.removeprefix(sign))
        found = found or heads().get(bare)
        found = found if found in ("inspection", "inspected_on") else None
    return found
