"""Posters as pictures, 750 × 1334: a title, a few lines and a code to scan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw

from web import drawing

SIZE = (750, 1334)
_MARGIN, _RIGHT = 64, 686
_PAPER, _INK, _SOFT, _JADE = "#f9f6ef", "#1c2321", "#545e58", "#0b6353"
_QR_AT, _QR_SIZE = (_MARGIN, 900), 290


@dataclass(frozen=True, slots=True)
class Poster:
    """What stands on a poster, from top to bottom."""

    kicker: str
    title: str
    lines: Sequence[str]
    scan: str
    #: The address behind the code.
    link: str
    foot: str


def draw(poster: Poster) -> bytes:
    """The poster as PNG; raises `NoFont` where the machine has no Chinese font."""
    image = Image.new("RGB", SIZE, _PAPER)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, SIZE[0], 24), fill=_JADE)
    width = _RIGHT - _MARGIN
    pen.text((_MARGIN, 96), drawing.one_line(poster.kicker), font=drawing.font(34), fill=_JADE)
    y = drawing.flow(pen, poster.title, (_MARGIN, 160), 76, width, _INK, lines=3, bold=True)
    y = max(y + 24, 430)
    for line in poster.lines:
        y = drawing.flow(pen, line, (_MARGIN, y), 38, width, _SOFT, lines=3) + 16
    drawing.code(pen, poster.link, _QR_AT, _QR_SIZE)
    left = _QR_AT[0] + _QR_SIZE + 36
    drawing.flow(pen, poster.scan, (left, _QR_AT[1] + 20), 30, _RIGHT - left, _INK, lines=6)
    pen.line((_MARGIN, 1232, _RIGHT, 1232), fill=_JADE, width=3)
    drawing.flow(pen, poster.foot, (_MARGIN, 1252), 28, width, _SOFT, lines=1)
    return drawing.png(image)
