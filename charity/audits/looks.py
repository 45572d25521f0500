"""How a picture looks, in 128 bits that hardly change when it is drawn smaller or packed anew.

Each bit says whether one small field is lighter than its neighbour, 64 along and 64 down: pictures
of one thing differ in a few of them, pictures of two things in about half.
"""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

#: Fields along and down.
_FIELDS = 8
#: Greys of 255 by which neighbours differ at least; paper and noise are flat.
_STEP = 3


def look_of(content: bytes) -> bytes:
    """The look of a JPEG kept by this house (16 bytes); all zero where it cannot be drawn."""
    try:
        with Image.open(io.BytesIO(content), formats=["JPEG"]) as picture:
            picture.draft("L", (4 * _FIELDS, 4 * _FIELDS))
            grey = picture.convert("L")
            along = _steps(grey.resize((_FIELDS + 1, _FIELDS), Image.Resampling.BOX), 1)
            down = _steps(grey.resize((_FIELDS, _FIELDS + 1), Image.Resampling.BOX), 0)
    except Exception:
        # a decoder may stumble in any way over what lies in a store; such a picture has no look
        return bytes(16)
    return np.packbits(np.concatenate((along, down))).tobytes()


def _steps(small: Image.Image, axis: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    greys = np.asarray(small, np.int16)
    return (np.diff(greys, axis=axis) >= _STEP).ravel()


def bits(look: bytes) -> int:
    """The look as a number, as it is compared; 0 for a page with nothing on it."""
    return int.from_bytes(look, "big")
