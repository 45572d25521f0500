"""Word files (DOCX): headings, paragraphs and tables of plain text.

The one file that speaks to python-docx. What a person typed is text: neither field nor link.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

#: The type browsers are told.
DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
#: Chinese characters in the faces every office has; Latin ones beside them.
_LATIN, _SONG, _HEI = "Times New Roman", "SimSun", "SimHei"
#: What no XML file may hold.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class WordFile:
    """A document written from top to bottom."""

    def __init__(self, title: str, *, at: datetime) -> None:
        # python-docx is read only here: it is large, and few visitors ever ask for a report.
        import docx
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.shared import Cm

        self._file: Any = docx.Document()
        properties = self._file.core_properties
        properties.title, properties.author = title, ""
        properties.created = properties.modified = at.replace(tzinfo=None)
        section = self._file.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2.6)
        self._set_face("Normal", _SONG, 11)
        for level, size in ((1, 15), (2, 13)):
            self._set_face(f"Heading {level}", _HEI, size)
        self._set_face("Title", _HEI, 20)
        head = self._file.add_heading(_clean(title), level=0)
        head.alignment = WD_ALIGN_PARAGRAPH.CENTER

    def _set_face(self, style_name: str, east: str, size: int) -> None:
        from docx.oxml.ns import qn
        from docx.shared import Pt

        style = self._file.styles[style_name]
        style.font.name, style.font.size = _LATIN, Pt(size)
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), east)

    def heading(self, words: str, level: int = 1) -> None:
        """A heading of level 1 or 2."""
        self._file.add_heading(_clean(words), level=level)

    def say(self, words: str) -> None:
        """A paragraph for each line that is not empty."""
        for line in _clean(words).splitlines():
            if line.strip():
                self._file.add_paragraph(line.strip())

    def pairs(self, rows: Sequence[tuple[str, str]]) -> None:
        """Names with what stands for each, in a table of two columns."""
        self._fill(self._grid(2), rows)

    def table(self, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """A table whose first row names its columns."""
        grid = self._grid(len(head))
        self._fill(grid, [head, *rows])
        for cell in grid.rows[0].cells:
            for run in cell.paragraphs[0].runs:
                run.bold = True

    def _grid(self, columns: int) -> Any:
        grid = self._file.add_table(rows=0, cols=columns)
        grid.style = "Table Grid"
        return grid

    def _fill(self, grid: Any, rows: Sequence[Sequence[str]]) -> None:
        for row in rows:
            for cell, words in zip(grid.add_row().cells, row, strict=True):
                cell.text = _clean(words)
        self._file.add_paragraph()

    def content(self) -> bytes:
        """The file."""
        kept = io.BytesIO()
        self._file.save(kept)
        return kept.getvalue()


def _clean(words: str) -> str:
    return _CONTROL.sub("", words)
