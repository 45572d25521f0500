"""What a list says of its own numbers, beside what its rows come to: both kept, none repaired.

A stated total of 284 beside parts of 35 and 253, which make 288, is a gap that people resolve.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from charity.registry.models import OrganisationKind
from charity.registry.reading.words import folded, kinds, plain, words
from charity.sheets import Cell

#: The names under which totals are kept: of all rows, and of the stated parts together.
TOTAL, PARTS = "total", "parts"
_FIGURE = re.compile(r"\d[\d,]*", re.ASCII)
#: Signs between a word and its number in one sentence.
_REACH = 6


@dataclass
class Totals:
    """Gathers what is stated; the last word on each thing counts."""

    stated: dict[str, int] = field(default_factory=dict)

    def look(self, cells: Sequence[Cell]) -> None:
        """Read what a title or a foot says: `(word) 284`, in one cell or in two."""
        for index, cell in enumerate(cells):
            if not isinstance(cell, str):
                continue
            beside = next((each for each in cells[index + 1 :] if each is not None), None)
            number = _number(beside)
            name = _meaning(cell)
            if name is not None and number is not None:
                self.stated[name] = number
            else:
                self.stated.update(_sentence(cell))

    def sees(self, cells: Sequence[Cell]) -> bool:
        """Whether a row below the head is no organisation but states a number; it is kept then."""
        said = [cell for cell in cells if cell is not None]
        if not said or len(said) > 3 or not isinstance(said[0], str):
            return False
        if _meaning(said[0]) is None and not _sentence(said[0]):
            return False
        if len(said) > 1 and _number(said[1]) is None:
            return False
        self.look(cells)
        return True

    def gaps(self, rows: int, by_kind: Mapping[OrganisationKind, int]) -> dict[str, list[int]]:
        """Each stated number beside the sum it should be: {what: [stated, summed]}."""
        found: dict[str, list[int]] = {}
        parts = [n for name, n in self.stated.items() if name != TOTAL]
        for name, stated in self.stated.items():
            summed = rows if name == TOTAL else by_kind.get(OrganisationKind(name), 0)
            found[name] = [stated, summed]
        if TOTAL in self.stated and len(parts) > 1:
            found[PARTS] = [self.stated[TOTAL], sum(parts)]
        return found


def differing(gaps: Mapping[str, Sequence[int]]) -> dict[str, tuple[int, int]]:
    """Those of which the stated number is not the sum."""
    return {name: (pair[0], pair[1]) for name, pair in gaps.items() if pair[0] != pair[1]}


def _meaning(cell: str) -> str | None:
    """What a cell that is one word names: all rows, or those of a kind."""
    said = plain(cell)
    if said in folded("words_total"):
        return TOTAL
    kind = kinds().get(said)
    return kind.value if kind is not None else None


def _sentence(cell: str) -> dict[str, int]:
    """What a sentence states: each word with a number of organisations soon after it."""
    text = unicodedata.normalize("NFKC", cell)
    found: dict[str, int] = {}
    named: Counter[str] = Counter()
    for match in _FIGURE.finditer(text):
        after = text[match.end() : match.end() + 1]
        if after and after not in words()["words_counted"]:
            continue
        before = text[max(0, match.start() - _REACH * 4) : match.start()]
        name = _named_before(before)
        if name is not None and not named[name]:
            named[name] += 1
            found[name] = int(match[0].replace(",", ""))
    return found


def _named_before(before: str) -> str | None:
    """The word that stands last before a number, near enough to belong to it."""
    best = (0, 0, "")
    lists = [(word, TOTAL) for word in words()["words_total"]]
    for kind in OrganisationKind:
        lists += [(word, kind.value) for word in words().get(f"words_{kind.value}", ())]
    for word, name in lists:
        at = before.rfind(word)
        end = at + len(word)
        if at >= 0 and len(before) - end <= _REACH:
            best = max(best, (end, len(word), name))
    return best[2] if best[0] else None


def _number(cell: Cell) -> int | None:
    if isinstance(cell, bool):
        return None
    if isinstance(cell, int):
        return cell
    if isinstance(cell, float):
        return int(cell) if cell.is_integer() else None
    if isinstance(cell, str):
        said = unicodedata.normalize("NFKC", cell).strip()
        for unit in words()["words_counted"]:
            said = said.removesuffix(unit).strip()
        return int(said.replace(",", "")) if _FIGURE.fullmatch(said) else None
    return None
