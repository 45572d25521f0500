"""Evidence as it is kept, and the bounds of what is taken."""

from __future__ import annotations

from dataclasses import dataclass

#: The largest file taken, in bytes (12 MB), and the largest picture, in pixels (40 megapixels).
MAX_BYTES = 12 * 1000 * 1000
MAX_PIXELS = 40 * 1000 * 1000
#: Pages of one document.
MAX_PAGES = 20
#: The longer edge of what is kept, in pixels: an A4 receipt at 170 dpi.
MAX_EDGE = 2000
QUALITY = 82

PICTURE_TYPE, DOCUMENT_TYPE = "image/jpeg", "application/pdf"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A paper as it is kept: its bytes, and the pixels of the picture or of the first page."""

    content: bytes
    media_type: str
    width: int
    height: int
    pages: int = 1

    @property
    def is_picture(self) -> bool:
        """Whether a page can show it as a picture."""
        return self.media_type == PICTURE_TYPE
