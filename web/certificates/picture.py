"""The certificate as a picture for a telephone: 750 × 1334, to be kept by a long press.

The picture is drawn once without any name and kept in the file store for ever; the giver's name is
written onto it when the giver opens it, so that a name that is forgotten stands in no file.
"""

from __future__ import annotations

import io

from PIL import Image, ImageDraw

from charity.errors import NotFound
from charity.files import DamagedFile, FileStore
from web.certificates.words import CertificateWords
from web.drawing import code, flow, font, one_line, png

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
    pen.text((_MARGIN, 62), words.title, font=font(64, bold=True), fill=_INK)
    _stamp(pen, words.stamp)
    if words.sandbox:
        flow(pen, words.sandbox, (_MARGIN, 172), 26, _RIGHT - _MARGIN, _SEAL)
    pen.line((_MARGIN, 232, _RIGHT, 232), fill=_JADE, width=3)
    pen.text((_MARGIN, 334), thanks, font=font(28), fill=_SOFT)
    size = 84 if len(words.amount) <= 11 else 60
    pen.text((_MARGIN, 378), words.amount, font=font(size, bold=True), fill=_JADE)
    y = flow(pen, words.in_words, (_MARGIN, 496), 30, _RIGHT - _MARGIN, _INK)
    y = max(y, 546) + 12
    for label, value in words.rows:
        y = _pair(pen, label, value, y)
    x, top, side = _QR
    code(pen, words.verify_url, (x, top), side)
    flow(pen, scan, (x + side + 28, top + 14), 26, _RIGHT - x - side - 28, _INK)
    pen.text((x + side + 28, top + 128), words.code, font=font(32, bold=True), fill=_INK)
    flow(pen, words.not_a_receipt, (_MARGIN, 1222), 22, _RIGHT - _MARGIN, _SEAL)
    return png(image)


def with_name(picture: bytes, name: str) -> bytes:
    """The picture with the giver's name written onto it; raises `NoFont`."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    face = font(46, bold=True)
    line = one_line(name)
    while face.getlength(line) > _RIGHT - _MARGIN and len(line) > 1:
        line = line.rstrip("…")[:-1] + "…"
    ImageDraw.Draw(image).text(_NAME_AT, line, font=face, fill=_INK)
    return png(image)


def kept(files: FileStore, digest: bytes | None) -> bytes | None:
    """The picture the file store keeps; None where it was never drawn or is damaged."""
    if digest is None:
        return None
    try:
        return files.get(digest)
    except (NotFound, DamagedFile):
        return None


def _stamp(pen: ImageDraw.ImageDraw, text: str) -> None:
    face = font(56, bold=True)
    width = face.getlength(text)
    left = _RIGHT - width - 44
    pen.rectangle((left, 56, _RIGHT, 146), outline=_SEAL, width=5)
    pen.text((left + 22, 64), text, font=face, fill=_SEAL)


def _pair(pen: ImageDraw.ImageDraw, label: str, value: str, y: int) -> int:
    pen.text((_MARGIN, y + 6), label, font=font(22), fill=_SOFT)
    bottom = flow(pen, value, (_MARGIN + 200, y), 28, _RIGHT - _MARGIN - 200, _INK, lines=2)
    pen.line((_MARGIN, bottom + 8, _RIGHT, bottom + 8), fill=_LINE, width=1)
    return bottom + 16
