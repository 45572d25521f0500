"""The certificate as a picture for a telephone: 750 × 1334, to be kept by a long press.

The picture is drawn once without any name and kept in the file store for ever; the giver's name is
written onto it when the giver opens it, so that a name that is forgotten stands in no file.
"""

from __future__ import annotations

import io
from functools import cache

from PIL import Image, ImageDraw, ImageFont

from charity.errors import NotFound
from charity.files import DamagedFile, FileStore
from web import qr
from web.certificates.words import CertificateWords
from web.fonts import FontFile, faces
from web.paper import NoFont

SIZE = (750, 1334)
_MARGIN, _RIGHT = 64, 686
_PAPER, _CARD, _LINE = "#f9f6ef", "#fffefb", "#e2dccd"
_INK, _SOFT, _JADE, _SEAL = "#1c2321", "#545e58", "#0b6353", "#b5361f"
#: Where the name is written.
_NAME_AT = (_MARGIN, 268)
_QR = (_MARGIN, 996, 200)


def draw(words: CertificateWords, thanks: str, scan: str) -> bytes:
    """The picture without the name, as PNG; `thanks` follows it, `scan` stands beside the code.

    Raises `NoFont`.
    """
    image = Image.new("RGB", SIZE, _PAPER)
    pen = ImageDraw.Draw(image)
    pen.rectangle((24, 24, 726, 1310), fill=_CARD, outline=_JADE, width=3)
    pen.text((_MARGIN, 62), words.title, font=_font(64, bold=True), fill=_INK)
    _stamp(pen, words.stamp)
    if words.sandbox:
        _flow(pen, words.sandbox, (_MARGIN, 172), 26, _RIGHT - _MARGIN, _SEAL)
    pen.line((_MARGIN, 232, _RIGHT, 232), fill=_JADE, width=3)
    pen.text((_MARGIN, 334), thanks, font=_font(28), fill=_SOFT)
    size = 84 if len(words.amount) <= 11 else 60
    pen.text((_MARGIN, 378), words.amount, font=_font(size, bold=True), fill=_JADE)
    y = _flow(pen, words.in_words, (_MARGIN, 496), 30, _RIGHT - _MARGIN, _INK)
    y = max(y, 546) + 12
    for label, value in words.rows:
        y = _pair(pen, label, value, y)
    _code(pen, words.verify_url)
    x, top, side = _QR
    _flow(pen, scan, (x + side + 28, top + 14), 26, _RIGHT - x - side - 28, _INK)
    pen.text((x + side + 28, top + 128), words.code, font=_font(32, bold=True), fill=_INK)
    _flow(pen, words.not_a_receipt, (_MARGIN, 1222), 22, _RIGHT - _MARGIN, _SEAL)
    return _png(image)


def with_name(picture: bytes, name: str) -> bytes:
    """The picture with the giver's name written onto it; raises `NoFont`."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    font = _font(46, bold=True)
    line = _one_line(name)
    while font.getlength(line) > _RIGHT - _MARGIN and len(line) > 1:
        line = line.rstrip("…")[:-1] + "…"
    ImageDraw.Draw(image).text(_NAME_AT, line, font=font, fill=_INK)
    return _png(image)


def kept(files: FileStore, digest: bytes | None) -> bytes | None:
    """The picture the file store keeps; None where it was never drawn or is damaged."""
    if digest is None:
        return None
    try:
        return files.get(digest)
    except (NotFound, DamagedFile):
        return None


def _stamp(pen: ImageDraw.ImageDraw, text: str) -> None:
    font = _font(56, bold=True)
    width = font.getlength(text)
    left = _RIGHT - width - 44
    pen.rectangle((left, 56, _RIGHT, 146), outline=_SEAL, width=5)
    pen.text((left + 22, 64), text, font=font, fill=_SEAL)


def _pair(pen: ImageDraw.ImageDraw, label: str, value: str, y: int) -> int:
    pen.text((_MARGIN, y + 6), label, font=_font(22), fill=_SOFT)
    bottom = _flow(pen, value, (_MARGIN + 200, y), 28, _RIGHT - _MARGIN - 200, _INK, lines=2)
    pen.line((_MARGIN, bottom + 8, _RIGHT, bottom + 8), fill=_LINE, width=1)
    return bottom + 16


def _flow(
    pen: ImageDraw.ImageDraw,
    text: str,
    at: tuple[int, int],
    size: int,
    width: float,
    fill: str,
    lines: int = 3,
) -> int:
    """Write a text in as many lines as it needs, at most `lines`; answers where it ends."""
    font, rest, y = _font(size), _one_line(text), at[1]
    for number in range(lines):
        fits = len(rest)
        while fits > 1 and font.getlength(rest[:fits]) > width:
            fits -= 1
        line, rest = rest[:fits], rest[fits:].lstrip()
        if rest and number == lines - 1:
            line = line[:-1] + "…"
        pen.text((at[0], y), line, font=font, fill=fill)
        y += int(size * 1.4)
        if not rest:
            break
    return y


def _code(pen: ImageDraw.ImageDraw, text: str) -> None:
    x, y, size = _QR
    side, dark = qr.dots(text)
    unit = size // side
    pen.rectangle((x - 12, y - 12, x + side * unit + 12, y + side * unit + 12), fill="#ffffff")
    for dot in dark:
        left, top = x + dot.column * unit, y + dot.row * unit
        pen.rectangle((left, top, left + unit - 1, top + unit - 1), fill="#000000")


def _one_line(text: str) -> str:
    """What can be drawn on one line: no control characters, no line breaks."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())


def _font(size: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    found = faces()
    if found is None:
        raise NoFont
    return _loaded(found.bold if bold else found.regular, size)


@cache
def _loaded(font: FontFile, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(font.path), size, index=font.index)


def _png(image: Image.Image) -> bytes:
    """Few colours make a small file; letters stay smooth with 64 of them."""
    file = io.BytesIO()
    image.quantize(64).save(file, "PNG", optimize=True)
    return file.getvalue()
