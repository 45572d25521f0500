"""QR codes: as dots for whatever draws them, and as SVG for pages."""

from __future__ import annotations

from typing import NamedTuple

import segno
from markupsafe import Markup, escape

#: Light modules that must lie around a code, so that a camera finds it.
QUIET = 4


class Dot(NamedTuple):
    """One dark module, counted from the upper left corner of the code."""

    column: int
    row: int


def dots(text: str) -> tuple[int, list[Dot]]:
    """Side of the code in modules, and its dark ones; a seventh of them may be lost (level M)."""
    matrix = segno.make(text, error="m", micro=False).matrix
    dark = [
        Dot(column, row)
        for row, line in enumerate(matrix)
        for column, module in enumerate(line)
        if module
    ]
    return len(matrix), dark


def svg(text: str, label: str) -> Markup:
    """The code as inline SVG that needs no style and is read out by its label."""
    side, dark = dots(text)
    whole = side + 2 * QUIET
    path = "".join(f"M{dot.column + QUIET} {dot.row + QUIET}h1v1h-1z" for dot in dark)
    return Markup(
        '<svg class="qr" role="img" aria-label="{label}" viewBox="0 0 {whole} {whole}"'
        ' width="168" height="168" shape-rendering="crispEdges">'
        '<rect width="{whole}" height="{whole}" fill="#fff"/><path d="{path}" fill="#000"/></svg>'
    ).format(label=escape(label), whole=whole, path=path)
