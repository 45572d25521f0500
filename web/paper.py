"""PDF files: a certificate on one sheet, and tables over as many as they need.

The one file that speaks to fpdf2. Texts are drawn as they are: nothing a person typed is markup.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from charity import clock
from charity.money import Money
from web import qr
from web.fonts import Faces, FontFile, faces

if TYPE_CHECKING:
    from web.posters import Poster

_INK, _SOFT, _LINE = (28, 35, 33), (84, 94, 88), (226, 220, 205)
_JADE, _SEAL = (11, 99, 83), (181, 54, 31)
_MARGIN = 18
#: Height of a row of a table, in millimetres.
_ROW = 7.2


class NoFont(Exception):
    """This machine has no font with Chinese characters: no paper can be made."""


@dataclass(frozen=True)
class Sheet:
    """A certificate on one sheet."""

    title: str
    #: Written large, so that nobody takes it for what it is not.
    stamp: str
    lead: str
    amount: str
    in_words: str
    rows: tuple[tuple[str, str], ...]
    link: str
    link_label: str
    foot: tuple[str, ...] = ()


@dataclass(frozen=True)
class Column:
    """A column of a table: its name, its share of the width, and whether figures stand in it."""

    name: str
    share: int
    is_figure: bool = False


def certificate(sheet: Sheet) -> bytes:
    """The certificate as a PDF of one A4 page; raises `NoFont`.

    Setting one costs more than a second of a processor, and anybody with the link may ask again
    and again: this process keeps the latest. So the file says the day it was made on, no instant.
    """
    return _certificate(sheet, faces(), clock.start_of(clock.today()))


@lru_cache(maxsize=32)
def _certificate(sheet: Sheet, found: Faces | None, made_at: datetime) -> bytes:
    pdf = _new(sheet.title, found, made_at)
    pdf.add_page()
    pdf.set_draw_color(*_JADE)
    pdf.set_line_width(0.8)
    pdf.rect(10, 10, 190, 277)
    _say(pdf, sheet.title, size=30, bold=True, y=26, align="C")
    pdf.set_draw_color(*_SEAL)
    pdf.rect(66, 43, 78, 17)
    _say(pdf, sheet.stamp, size=26, bold=True, color=_SEAL, y=45.5, align="C")
    _say(pdf, sheet.lead, size=13, y=72)
    _say(pdf, sheet.amount, size=30, bold=True, color=_JADE, y=pdf.get_y() + 4)
    _say(pdf, sheet.in_words, size=14, y=pdf.get_y() + 1)
    pdf.set_y(pdf.get_y() + 6)
    for label, value in sheet.rows:
        _pair(pdf, label, value)
    top = max(pdf.get_y() + 8, 186)
    _code(pdf, sheet.link, x=_MARGIN, y=top, size=42)
    pdf.set_xy(_MARGIN + 48, top + 6)
    pdf.set_font("cjk", size=10.5)
    pdf.set_text_color(*_INK)
    pdf.multi_cell(w=126, h=6, text=sheet.link_label, align="L")
    pdf.set_y(top + 50)
    for line in sheet.foot:
        _say(pdf, line, size=9.5, color=_SOFT, y=pdf.get_y() + 1)
    return bytes(pdf.output())


def poster(words: Poster) -> bytes:
    """A poster as a PDF of one A4 page, its code 90 mm wide; raises `NoFont`.

    Kept like a certificate, since anybody may ask for it; `words.lines` is a tuple.
    """
    return _poster(words, faces(), clock.start_of(clock.today()))


@lru_cache(maxsize=32)
def _poster(words: Poster, found: Faces | None, made_at: datetime) -> bytes:
    pdf = _new(words.title, found, made_at)
    pdf.add_page()
    pdf.set_fill_color(*_JADE)
    pdf.rect(0, 0, 210, 9, style="F")
    _say(pdf, words.kicker, size=18, color=_JADE, y=26)
    _say(pdf, words.title, size=46, bold=True, y=pdf.get_y() + 4)
    pdf.set_y(max(pdf.get_y() + 6, 78))
    for line in words.lines:
        _say(pdf, line, size=17, color=_SOFT, y=pdf.get_y() + 3)
    top = max(pdf.get_y() + 8, 152)
    _code(pdf, words.link, x=_MARGIN, y=top, size=90)
    pdf.set_xy(_MARGIN + 98, top + 6)
    pdf.set_font("cjk", size=16)
    pdf.set_text_color(*_INK)
    pdf.multi_cell(w=76, h=9, text=words.scan, align="L")
    pdf.set_draw_color(*_JADE)
    pdf.set_line_width(0.8)
    pdf.line(_MARGIN, 270, 210 - _MARGIN, 270)
    _say(pdf, words.foot, size=13, color=_SOFT, y=274)
    return bytes(pdf.output())


def table(
    title: str,
    notes: Sequence[str],
    columns: Sequence[Column],
    rows: Sequence[Sequence[str | int | Money | None]],
    foot: Sequence[str],
) -> bytes:
    """A table as a PDF, its head repeated on every page; raises `NoFont`."""
    pdf = _new(title, faces(), clock.now())
    pdf.set_auto_page_break(auto=True, margin=16)
    pdf.add_page()
    _say(pdf, title, size=17, bold=True, y=_MARGIN)
    for note in notes:
        _say(pdf, note, size=9.5, color=_SOFT, y=pdf.get_y() + 0.5)
    pdf.set_y(pdf.get_y() + 4)
    widths = _widths(pdf, columns)
    _head(pdf, columns, widths)
    for row in rows:
        if pdf.get_y() + _ROW > pdf.h - 18:
            pdf.add_page()
            _head(pdf, columns, widths)
        _line(pdf, columns, widths, row)
    pdf.set_y(pdf.get_y() + 3)
    for line in foot:
        _say(pdf, line, size=10, y=pdf.get_y() + 0.5)
    return bytes(pdf.output())


def _new(title: str, found: Faces | None, made_at: datetime) -> Any:
    """An empty document in our fonts.

    fpdf2 is read only here: it costs most of a second and most visitors never ask for a paper.
    """
    if found is None:
        raise NoFont
    from fpdf import FPDF

    pdf = FPDF(format="A4")
    pdf.set_creation_date(made_at)
    pdf.set_title(title)
    pdf.set_lang("zh-Hans")
    pdf.set_margins(_MARGIN, _MARGIN, _MARGIN)
    pdf.set_auto_page_break(auto=False)
    _add_font(pdf, "", found.regular)
    _add_font(pdf, "B", found.bold)
    return pdf


def _add_font(pdf: Any, style: str, font: FontFile) -> None:
    pdf.add_font("cjk", style, font.path, collection_font_number=font.index)


def _say(
    pdf: Any,
    text: str,
    *,
    size: float,
    y: float,
    bold: bool = False,
    color: tuple[int, int, int] = _INK,
    align: str = "L",
) -> None:
    pdf.set_font("cjk", style="B" if bold else "", size=size)
    pdf.set_text_color(*color)
    pdf.set_xy(_MARGIN, y)
    pdf.multi_cell(
        w=pdf.w - 2 * _MARGIN, h=size * 0.52, text=text, align=align, new_x="LMARGIN", new_y="NEXT"
    )


def _pair(pdf: Any, label: str, value: str) -> None:
    y = pdf.get_y()
    pdf.set_font("cjk", size=11)
    pdf.set_text_color(*_SOFT)
    pdf.set_xy(_MARGIN, y + 2)
    pdf.multi_cell(w=36, h=6, text=label, align="L")
    pdf.set_text_color(*_INK)
    pdf.set_xy(_MARGIN + 38, y + 2)
    pdf.multi_cell(w=pdf.w - 2 * _MARGIN - 38, h=6, text=value, align="L")
    bottom = max(pdf.get_y(), y + 8) + 2
    pdf.set_draw_color(*_LINE)
    pdf.set_line_width(0.2)
    pdf.line(_MARGIN, bottom, pdf.w - _MARGIN, bottom)
    pdf.set_y(bottom)


def _code(pdf: Any, text: str, *, x: float, y: float, size: float) -> None:
    side, dark = qr.dots(text)
    unit = size / side
    pdf.set_fill_color(0, 0, 0)
    for dot in dark:
        # a hair wider than a module, so that no viewer shows seams
        pdf.rect(x + dot.column * unit, y + dot.row * unit, unit * 1.02, unit * 1.02, style="F")


def _widths(pdf: Any, columns: Sequence[Column]) -> list[float]:
    whole = sum(column.share for column in columns)
    return [(pdf.w - 2 * _MARGIN) * column.share / whole for column in columns]


def _head(pdf: Any, columns: Sequence[Column], widths: Sequence[float]) -> None:
    pdf.set_font("cjk", style="B", size=9)
    pdf.set_text_color(*_INK)
    pdf.set_draw_color(*_INK)
    pdf.set_line_width(0.4)
    pdf.set_x(_MARGIN)
    for column, width in zip(columns, widths, strict=True):
        pdf.cell(w=width, h=_ROW, text=column.name, align="R" if column.is_figure else "L")
    pdf.ln(_ROW)
    pdf.line(_MARGIN, pdf.get_y(), pdf.w - _MARGIN, pdf.get_y())


def _line(
    pdf: Any,
    columns: Sequence[Column],
    widths: Sequence[float],
    row: Sequence[str | int | Money | None],
) -> None:
    pdf.set_font("cjk", size=9)
    pdf.set_draw_color(*_LINE)
    pdf.set_line_width(0.2)
    pdf.set_x(_MARGIN)
    for column, width, cell in zip(columns, widths, row, strict=True):
        text = _fitting(pdf, "" if cell is None else str(cell), width - 2)
        pdf.cell(w=width, h=_ROW, text=text, align="R" if column.is_figure else "L")
    pdf.ln(_ROW)
    pdf.line(_MARGIN, pdf.get_y(), pdf.w - _MARGIN, pdf.get_y())


def _fitting(pdf: Any, text: str, width: float) -> str:
    """As much of a text as fits into one line of a column."""
    if pdf.get_string_width(text) <= width:
        return text
    while text and pdf.get_string_width(f"{text}…") > width:
        text = text[:-1]
    return f"{text}…"
