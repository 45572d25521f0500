"""PDFs, drawn anew page by page in a process of their own.

A decoder of documents is a large program fed by strangers: it runs apart, with bounds on time and
memory, and whatever becomes of it the site stays up. What it hands back are pictures of pages; the
new document is written here, from nothing but these.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from charity.errors import Invalid
from charity.evidence.kept import DOCUMENT_TYPE, MAX_EDGE, MAX_PAGES, QUALITY, Evidence
from charity.evidence.reasons import EvidenceReason

#: Seconds of the clock and of the processor, and bytes of memory, that drawing may take.
SECONDS, PROCESSOR_SECONDS, MEMORY = 40, 20, 1_200_000_000

_DRAWING = Path(__file__).with_name("drawing.py")
#: What the drawing process says of a document it does not draw.
_REFUSALS = {
    b"locked": EvidenceReason.LOCKED,
    b"pages": EvidenceReason.TOO_MANY_PAGES,
    b"damaged": EvidenceReason.DAMAGED,
}


@dataclass(frozen=True, slots=True)
class Page:
    """One page as a JPEG; sizes in pixels, and in points of 1/72 inch on paper."""

    picture: bytes
    width: int
    height: int
    paper: tuple[int, int]


def redrawn(content: bytes, field: str) -> Evidence:
    """A fresh PDF that shows the same pages and holds nothing else; `Invalid` on `field`."""
    pages = _drawn(content, field)
    first = pages[0]
    return Evidence(written(pages), DOCUMENT_TYPE, first.width, first.height, len(pages))


def _drawn(content: bytes, field: str) -> list[Page]:
    bounds = (MAX_PAGES, MAX_EDGE, QUALITY, PROCESSOR_SECONDS, MEMORY)
    # -I: it sees neither our folders nor our settings, only the libraries it draws with
    command = [sys.executable, "-I", str(_DRAWING), *map(str, bounds)]
    try:
        drawing = subprocess.run(  # noqa: S603 - a fixed program; the stranger's bytes are input
            command, input=content, capture_output=True, timeout=SECONDS, env={}, check=False
        )
    except subprocess.TimeoutExpired as late:
        raise Invalid(EvidenceReason.TOO_HEAVY, field=field) from late
    said, _, rest = drawing.stdout.partition(b"\n")
    if drawing.returncode == 0 and said == b"drawn":
        return list(_pages(rest))
    if said in _REFUSALS:
        raise Invalid(_REFUSALS[said], field=field, limit=MAX_PAGES)
    # killed for its time or memory, or fallen: no honest paper does that to a reader
    raise Invalid(EvidenceReason.TOO_HEAVY, field=field)


def _pages(rest: bytes) -> list[Page]:
    """The pages as the drawing process writes them: a line of five figures, then the picture."""
    pages = []
    while rest:
        line, _, rest = rest.partition(b"\n")
        width, height, across, down, size = map(int, line.split())
        pages.append(Page(rest[:size], width, height, (across, down)))
        rest = rest[size:]
    return pages


def written(pages: list[Page]) -> bytes:
    """A PDF of these pictures, one a page: no title, no date, no name of who made it."""
    kids = b" ".join(b"%d 0 R" % (3 + 3 * at) for at in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [ %b ] /Count %d >>" % (kids, len(pages)),
    ]
    for at, page in enumerate(pages):
        number = 3 + 3 * at
        across, down = page.paper
        draw = b"q %d 0 0 %d 0 0 cm /P Do Q" % (across, down)
        objects += [
            b"<< /Type /Page /Parent 2 0 R /MediaBox [ 0 0 %d %d ] /Contents %d 0 R"
            b" /Resources << /XObject << /P %d 0 R >> >> >>"
            % (across, down, number + 1, number + 2),
            _stream(b"", draw),
            _stream(
                b" /Type /XObject /Subtype /Image /Width %d /Height %d /BitsPerComponent 8"
                b" /ColorSpace /DeviceRGB /Filter /DCTDecode" % (page.width, page.height),
                page.picture,
            ),
        ]
    return _numbered(objects)


def _stream(entries: bytes, content: bytes) -> bytes:
    return b"<<%b /Length %d >>\nstream\n%b\nendstream" % (entries, len(content), content)


def _numbered(objects: list[bytes]) -> bytes:
    """The file: its objects one after the other, and the table of where each begins."""
    out = bytearray(b"%PDF-1.4\n")
    begins = []
    for number, each in enumerate(objects, 1):
        begins.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, each)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % begin for begin in begins)
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
    return bytes(out + trailer % (len(objects) + 1, table))
