"""Reading score sheets: bytes in, rows and flaws out; no database."""

from __future__ import annotations

from projects.ventures.reading.score_sheets import (
    Line,
    ReadSheet,
    SheetList,
    read_score_sheets,
    template_heads,
)

__all__ = ["Line", "ReadSheet", "SheetList", "read_score_sheets", "template_heads"]
