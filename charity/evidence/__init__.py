"""Papers of evidence, made harmless: what a stranger sent is drawn anew and nothing else is kept.

The bytes are believed in nothing: the format is told by its first bytes, sizes are read before any
pixel is decoded, and what is stored is a fresh JPEG, or a fresh PDF of JPEG pages, that carries the
pixels and neither place, camera, comment, profile, script, link, form, attachment nor whatever was
hidden behind them (RELIABILITY S7).
"""

from __future__ import annotations

from charity.errors import Invalid
from charity.evidence import documents, pictures
from charity.evidence.kept import (
    DOCUMENT_TYPE,
    MAX_BYTES,
    MAX_EDGE,
    MAX_PAGES,
    MAX_PIXELS,
    PICTURE_TYPE,
    Evidence,
)
from charity.evidence.reasons import EvidenceReason

__all__ = [
    "DOCUMENT_TYPE",
    "MAX_BYTES",
    "MAX_EDGE",
    "MAX_PAGES",
    "MAX_PIXELS",
    "PICTURE_TYPE",
    "Evidence",
    "EvidenceReason",
    "reencode",
]


def reencode(content: bytes, *, field: str = "pictures", only_pictures: bool = False) -> Evidence:
    """Draw a picture or a PDF anew, at most 2000 pixels an edge; same bytes in, same out.

    Raises `Invalid` with an `EvidenceReason` on `field`: empty, over 12 MB, neither JPEG nor PNG
    nor WebP nor PDF, over 40 megapixels, over 20 pages, behind a password, damaged, or too heavy
    to draw; a PDF where `only_pictures` are taken.
    """
    if not content:
        raise Invalid(EvidenceReason.EMPTY, field=field)
    if len(content) > MAX_BYTES:
        raise Invalid(EvidenceReason.TOO_LARGE, field=field, limit=MAX_BYTES)
    if content.startswith(b"%PDF-"):
        if only_pictures:
            raise Invalid(EvidenceReason.PICTURE_WANTED, field=field)
        return documents.redrawn(content, field)
    return pictures.redrawn(content, field)
