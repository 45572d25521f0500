"""Drawing words and codes into pictures, for posters and certificates."""

from __future__ import annotations

import io
from functools import cache

from PIL import Image, ImageDraw, ImageFont

from web import qr
from web.fonts import FontFile, faces
from web.paper import NoFont

#: Marks that close and may not begin a line (full width).
_CLOSING = frozenset(
    map(
        chr,
        (0x3002, 0xFF0C, 0x3001, 0xFF1B, 0xFF1A, 0xFF01, 0xFF1F, 0xFF09, 0x201D, 0x2019, 0x300B),
    )
)
#: Light around a code, in pixels.
_QUIET = 12


def font(size: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    """The machine's Chinese font in a size; raises `NoFont` where there is none."""
    found = faces()
    if found is None:
        raise NoFont
    return _loaded(found.bold if bold else found.regular, size)


def flow(
    pen: ImageDraw.ImageDraw,
    text: str,
    at: tuple[int, int],
    size: int,
    width: float,
    fill: str,
    *,
    lines: int = 3,
    bold: bool = False,
) -> int:
    """Write a text in as many lines as it needs, at most `lines`; answers where it ends."""
    face, rest, y = font(size, bold=bold), one_line(text), at[1]
    for number in range(lines):
        fits = len(rest)
        while fits > 1 and face.getlength(rest[:fits]) > width:
            fits -= 1
        # no line begins with a mark that closes: it takes the sign before it along
        while 1 < fits < len(rest) and rest[fits] in _CLOSING:
            fits -= 1
        line, rest = rest[:fits], rest[fits:].lstrip()
        if rest and number == lines - 1:
            line = line[:-1] + "…"
        pen.text((at[0], y), line, font=face, fill=fill)
        y += int(size * 1.4)
        if not rest:
            break
    return y


def code(pen: ImageDraw.ImageDraw, text: str, at: tuple[int, int], size: int) -> None:
    """A QR code of a text, at most `size` pixels wide, on a light ground of its own."""
    side, dark = qr.dots(text)
    unit, (x, y) = size // side, at
    edge = side * unit + _QUIET
    pen.rectangle((x - _QUIET, y - _QUIET, x + edge, y + edge), fill="#ffffff")
    for dot in dark:
        left, top = x + dot.column * unit, y + dot.row * unit
        pen.rectangle((left, top, left + unit - 1, top + unit - 1), fill="#000000")


def one_line(text: str) -> str:
    """What can be drawn on one line: no control characters, no line breaks."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())


def png(image: Image.Image) -> bytes:
    """The picture as PNG: few colours make a small file; letters stay smooth with 64 of them."""
    file = io.BytesIO()
    image.quantize(64).save(file, "PNG", optimize=True)
    return file.getvalue()


@cache
def _loaded(face: FontFile, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(face.path), size, index=face.index)
