"""Why a file somebody sent is not taken."""

from __future__ import annotations

from charity.errors import ReasonCode


class EvidenceReason(ReasonCode):
    """Reasons of evidence; parameters in brackets."""

    EMPTY = "evidence.empty"
    #: (limit: int) bytes.
    TOO_LARGE = "evidence.too_large"
    #: Neither JPEG nor PNG nor WebP nor PDF, whatever its name says.
    FORMAT = "evidence.format"
    #: A document where only a picture can be shown.
    PICTURE_WANTED = "evidence.picture_wanted"
    #: (limit: int) pixels.
    TOO_MANY_PIXELS = "evidence.too_many_pixels"
    DAMAGED = "evidence.damaged"
    #: A document behind a password cannot be looked at by those who decide.
    LOCKED = "evidence.locked"
    #: (limit: int) pages.
    TOO_MANY_PAGES = "evidence.too_many_pages"
    #: Drawing it takes longer, or more memory, than any honest paper does.
    TOO_HEAVY = "evidence.too_heavy"
