"""The total a statement prints of itself, above its rows or below them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from charity.donations.statement_reading import figures
from charity.donations.statement_reading.columns import Layout, Vocabulary
from charity.donations.statement_reading.figures import Unclear
from charity.donations.statement_reading.words import plain
from charity.money import Money
from charity.sheets import Cell

_CENTS = re.compile(r"\d[\d,]*\.\d{1,2}(?!\d)", re.ASCII)


@dataclass
class Totals:
    """Looks for the total and keeps the last one that is printed."""

    vocabulary: Vocabulary
    stated: Money | None = None

    def see(self, layout: Layout, cells: Sequence[Cell]) -> bool:
        """Whether the row is a total or a subtotal; a total's sum is kept."""
        said = layout.cell(cells, "booked_on")
        if said is not None and (not isinstance(said, str) or said[:1].isdigit()):
            return False
        starts = [plain(cell) for cell in cells if isinstance(cell, str)]
        if any(text.startswith(self.vocabulary.subtotals) for text in starts):
            return True
        if not any(text.startswith(self.vocabulary.totals) for text in starts):
            return False
        column = "income" if layout.has("income") else "amount"
        if not self._keep(layout.cell(cells, column)):
            self.look(cells)
        return True

    def look(self, cells: Sequence[Cell]) -> None:
        """A total beside its word, or within the same cell."""
        for index, cell in enumerate(cells):
            if not isinstance(cell, str) or not plain(cell).startswith(self.vocabulary.totals):
                continue
            written = _CENTS.findall(unicodedata.normalize("NFKC", cell))
            beside = next((each for each in cells[index + 1 :] if each is not None), None)
            if self._keep(written[-1] if written else beside):
                return

    def _keep(self, cell: Cell) -> bool:
        """Keep a sum, if the cell is one."""
        try:
            found = figures.amount(cell, self.vocabulary.currency)
        except Unclear:
            return False
        if found is None:
            return False
        self.stated = Money(abs(found.fen))
        return True
