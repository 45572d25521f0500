"""The process apart that draws the pages of one PDF; a program of its own, imported by nobody.

The document comes in on standard input. Out goes one word, and after `drawn` each page: a line of
its pixels, its paper in points and the length of its picture, then the picture as JPEG. It runs no
script, follows no link and fills no form: it only has eyes.
"""

from __future__ import annotations

import contextlib
import io
import resource
import sys

import pypdfium2
from PIL import Image

#: Pixels a point of paper is drawn with at most (216 dpi), and the largest paper, in points.
SCALE, LARGEST = 3.0, 14_400


class _Refused(Exception):
    """The word that says why it is not drawn."""


def main() -> None:
    """Bound this process, draw, and say the word."""
    pages, edge, quality, seconds, memory = map(int, sys.argv[1:6])
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    # some systems do not bound memory this way; the seconds hold everywhere
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    try:
        said = b"drawn\n" + drawn(sys.stdin.buffer.read(), pages, edge, quality)
    except _Refused as refused:
        said = refused.args[0] + b"\n"
    except (pypdfium2.PdfiumError, ValueError, OverflowError):
        said = b"damaged\n"
    sys.stdout.buffer.write(said)


def drawn(content: bytes, most: int, edge: int, quality: int) -> bytes:
    """Every page of the document, in the form the module describes."""
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        raise _Refused(b"locked" if "password" in str(error).lower() else b"damaged") from error
    if pypdfium2.raw.FPDF_GetSecurityHandlerRevision(document) != -1:
        raise _Refused(b"locked")
    if not 1 <= len(document) <= most:
        raise _Refused(b"pages" if len(document) > most else b"damaged")
    return b"".join(_page(document[at], edge, quality) for at in range(len(document)))


def _page(page: pypdfium2.PdfPage, edge: int, quality: int) -> bytes:
    across, down = page.get_size()
    if not (0 < across <= LARGEST and 0 < down <= LARGEST):
        raise _Refused(b"damaged")
    bitmap = page.render(scale=min(SCALE, (edge - 1) / max(across, down)))
    image = bitmap.to_pil()
    canvas = Image.new("RGB", image.size, (255, 255, 255))
    canvas.paste(image)
    page.close()
    out = io.BytesIO()
    canvas.save(out, "JPEG", quality=quality)
    paper = (max(1, round(across)), max(1, round(down)))
    line = (*canvas.size, *paper, len(out.getvalue()))
    return " ".join(map(str, line)).encode() + b"\n" + out.getvalue()


if __name__ == "__main__":
    main()
