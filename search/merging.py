"""Which segments to merge, so that many small commits do not leave many small segments.

Segments of about the same size are merged eight at a time, so a document moves only a few times in
its life; large ones stay as they are until a rebuild.
"""

from collections.abc import Sequence

#: So many segments of about the same size are merged …
FAN = 8
#: … but none with more documents than this.
LARGEST = 1024


def tier(documents: int) -> int:
    """The class of size: 1-7 documents, 8-63, 64-511 and so on."""
    return (documents.bit_length() - 1) // 3


def to_merge(sizes: Sequence[int]) -> list[int]:
    """The positions of the segments to merge now, of those with so many documents each."""
    tiers: dict[int, list[int]] = {}
    for position, documents in enumerate(sizes):
        if documents <= LARGEST:
            tiers.setdefault(tier(documents), []).append(position)
    full = [positions for _, positions in sorted(tiers.items()) if len(positions) >= FAN]
    return full[0] if full else []
