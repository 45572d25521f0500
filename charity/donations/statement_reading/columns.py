"""Which column means what: the words above the columns, in one row or in two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from charity.donations.reasons import StatementsReason
from charity.donations.statement_reading.words import FIELDS, WORDS, bare, common_words, plain
from charity.errors import Invalid
from charity.sheets import Cell

#: Non-empty rows of a sheet among which its head must stand.
HEAD_WITHIN = 40
#: Fields that may stand in several columns.
_MANY = frozenset({"remark"})


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each field stands, and the head as it was written."""

    places: Mapping[str, tuple[int, ...]]
    head: tuple[str, ...]

    def cell(self, cells: Sequence[Cell], name: str) -> Cell:
        """The cell of a field in a row; None where the field or the cell is missing."""
        for index in self.places.get(name, ()):
            if index < len(cells) and cells[index] is not None:
                return cells[index]
        return None

    def text(self, cells: Sequence[Cell], name: str) -> str:
        """The words of a field's columns, blanks between them."""
        found = [
            str(cells[index])
            for index in self.places.get(name, ())
            if index < len(cells) and cells[index] is not None
        ]
        return " ".join(found)

    def has(self, name: str) -> bool:
        """Whether the sheet has a column of this field."""
        return name in self.places


@dataclass(frozen=True)
class Vocabulary:
    """A mapping made ready for comparing: each field's words, folded, in order of preference."""

    heads: Mapping[str, tuple[str, ...]]
    cells: Mapping[str, frozenset[str]]
    currency: tuple[str, ...]
    totals: tuple[str, ...]
    subtotals: tuple[str, ...]
    _index: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, columns: Mapping[str, Sequence[str]]) -> Vocabulary:
        """Fold the words of a mapping; lists of words it leaves out are the common ones."""
        lists = common_words() | {name: tuple(columns[name]) for name in WORDS if columns.get(name)}
        # the longer word first, or what it begins with would be taken away before it
        currency = sorted((*lists["words_currency"], "\u00a5"), key=len, reverse=True)
        return cls(
            heads={
                name: tuple(plain(word) for word in columns[name])
                for name in FIELDS
                if columns.get(name)
            },
            cells={name: frozenset(map(plain, lists[name])) for name in WORDS},
            currency=tuple(currency),
            totals=tuple(map(plain, lists["words_total"])),
            subtotals=tuple(map(plain, lists["words_subtotal"])),
        )

    def means(self, cell: Cell, words: str) -> bool:
        """Whether a cell says one of a list's words."""
        return cell is not None and plain(str(cell)) in self.cells[words]

    def layout(self, cells: Sequence[Cell]) -> Layout | None:
        """The layout of a row that is a head; None for a row that is none.

        A head names a day and a sum. Raises `Invalid` where one word stands above two columns.
        """
        texts = [cell if isinstance(cell, str) else "" for cell in cells]
        full, short = [plain(text) for text in texts], [bare(text) for text in texts]
        places: dict[str, tuple[int, ...]] = {}
        taken: set[int] = set()
        for name, words in self.heads.items():
            found = _find(words, full, short, taken, many=name in _MANY)
            if len(found) > 1 and name not in _MANY:
                raise Invalid(
                    StatementsReason.COLUMN_TWICE, field="file", column=texts[found[0]] or name
                )
            if found:
                places[name] = tuple(found)
                taken.update(found)
        if "booked_on" not in places or not places.keys() & {"amount", "income"}:
            return None
        return Layout(places, tuple(texts))


def _find(
    words: Sequence[str],
    full: Sequence[str],
    short: Sequence[str],
    taken: set[int],
    *,
    many: bool,
) -> list[int]:
    """The columns under the first word that stands there, whole words before bare ones."""
    found: list[int] = []
    for texts in (full, short):
        for word in words:
            here = [
                index
                for index, text in enumerate(texts)
                if text == word and text and index not in taken and index not in found
            ]
            found += here
            if found and not many:
                return found
    return sorted(found)


def joined(above: Sequence[Cell], below: Sequence[Cell]) -> list[Cell]:
    """A head of two rows as one: what stands below counts, else what stands above."""
    width = max(len(above), len(below))
    upper = [*above, *[None] * (width - len(above))]
    lower = [*below, *[None] * (width - len(below))]
    return [low if low is not None else high for high, low in zip(upper, lower, strict=True)]
