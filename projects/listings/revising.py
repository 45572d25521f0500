"""What changed between two submissions of a project: field by field, rows by name, words in place.

Pure: a content is a mapping of plain values, as a revision keeps it. Texts are compared sentence by
sentence first, inside a changed sentence sign by sign: a reviewer reads only what is new.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby

#: A content as a revision keeps it: texts and numbers, and lists of rows that have a `name`.
Scalar = str | int | None
Row = Mapping[str, Scalar]
Content = Mapping[str, Scalar | Sequence[Row]]

#: The column by which rows of two submissions are the same row.
NAME = "name"
#: Signs of a changed passage beyond which it is shown as taken out and put in whole.
MOST_SIGNS = 1500
#: Fewer equal signs than this between two changes are part of the change: nobody reads islands.
ISLAND = 2
#: A sentence ends at a full stop, a question or exclamation mark (full width too), or a line's end.
_SENTENCE = re.compile("[^\u3002\uff01\uff1f!?\n]*[\u3002\uff01\uff1f!?\n]?")
#: Letters and figures of the Latin kind stay together; every other sign stands alone.
_SIGN = re.compile(r"[0-9A-Za-z.,]+|.", re.DOTALL)


class RevisionPart(enum.StrEnum):
    """What became of a passage."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Piece:
    """A passage of a text and what became of it."""

    part: RevisionPart
    text: str


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row that came, went or changed; `cells` are (column, before, after) of what differs."""

    part: RevisionPart
    name: str
    cells: tuple[tuple[str, Scalar, Scalar], ...]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that says something else: a text by its pieces, a list by its rows."""

    field: str
    before: Scalar = None
    after: Scalar = None
    pieces: tuple[Piece, ...] = ()
    rows: tuple[RowChange, ...] = ()


def changes(before: Content, after: Content) -> list[FieldChange]:
    """Every field that differs, in the order of the later content, then those only before."""
    names = [*after, *(name for name in before if name not in after)]
    return [
        change
        for name in names
        if (change := _change(name, before.get(name), after.get(name))) is not None
    ]


def _change(
    name: str, before: Scalar | Sequence[Row], after: Scalar | Sequence[Row]
) -> FieldChange | None:
    if before == after:
        return None
    if _is_rows(before) or _is_rows(after):
        rows = row_changes(_rows(before), _rows(after))
        return FieldChange(name, rows=rows) if rows else None
    old, new = _scalar(before), _scalar(after)
    if isinstance(old, str) and isinstance(new, str):
        return FieldChange(name, old, new, pieces=words(old, new))
    return FieldChange(name, old, new)


def _is_rows(value: Scalar | Sequence[Row]) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _rows(value: Scalar | Sequence[Row]) -> Sequence[Row]:
    return [] if value is None or isinstance(value, str | int) else value


def _scalar(value: Scalar | Sequence[Row]) -> Scalar:
    return value if value is None or isinstance(value, str | int) else None


def row_changes(before: Sequence[Row], after: Sequence[Row]) -> tuple[RowChange, ...]:
    """Rows by their names; of rows with one name the first is compared with the first."""
    old, new = _by_name(before), _by_name(after)
    found = [*_kept(old, new)]
    found += [_whole(RevisionPart.NEW, key, row) for key, row in new.items() if key not in old]
    found += [_whole(RevisionPart.GONE, key, row) for key, row in old.items() if key not in new]
    return tuple(found)


def _by_name(rows: Sequence[Row]) -> dict[tuple[str, int], Row]:
    found: dict[tuple[str, int], Row] = {}
    for row in rows:
        name = str(row.get(NAME) or "")
        number = sum(1 for known, _ in found if known == name)
        found[name, number] = row
    return found


def _kept(
    old: Mapping[tuple[str, int], Row], new: Mapping[tuple[str, int], Row]
) -> Iterator[RowChange]:
    for key, row in new.items():
        if key not in old or old[key] == row:
            continue
        columns = [*row, *(column for column in old[key] if column not in row)]
        cells = tuple(
            (column, old[key].get(column), row.get(column))
            for column in columns
            if old[key].get(column) != row.get(column)
        )
        if cells:
            yield RowChange(RevisionPart.SAME, key[0], cells)


def _whole(part: RevisionPart, key: tuple[str, int], row: Row) -> RowChange:
    said = [
        (column, value) for column, value in row.items() if column != NAME and value is not None
    ]
    gone = part is RevisionPart.GONE
    cells = tuple((c, v, None) if gone else (c, None, v) for c, v in said if v != "")
    return RowChange(part, key[0], cells)


def words(before: str, after: str) -> tuple[Piece, ...]:
    """The two texts as one: what stayed, what went, what came.

    The pieces that stayed or went, put together, are `before`; those that stayed or came, `after`.
    """
    found: list[Piece] = []
    for tag, old, new in _compared(_SENTENCE.findall(before), _SENTENCE.findall(after)):
        if tag == "replace" and len(old) + len(new) <= MOST_SIGNS:
            found += _signs(old, new)
        else:
            found += _plain(tag, old, new)
    return _joined(found)


def _signs(before: str, after: str) -> list[Piece]:
    """A changed passage, sign by sign; small islands of equal signs go with the change."""
    found: list[Piece] = []
    steps = list(_compared(_SIGN.findall(before), _SIGN.findall(after)))
    for at, (tag, old, new) in enumerate(steps):
        inside = 0 < at < len(steps) - 1
        if tag == "equal" and inside and len(old.strip()) < ISLAND:
            found += _plain("replace", old, new)
        else:
            found += _plain(tag, old, new)
    return found


def _compared(before: list[str], after: list[str]) -> Iterator[tuple[str, str, str]]:
    matcher = SequenceMatcher(None, before, after)
    for tag, i, j, k, m in matcher.get_opcodes():
        yield tag, "".join(before[i:j]), "".join(after[k:m])


def _plain(tag: str, old: str, new: str) -> list[Piece]:
    if tag == "equal":
        return [Piece(RevisionPart.SAME, new)]
    return [
        Piece(part, text)
        for part, text in ((RevisionPart.GONE, old), (RevisionPart.NEW, new))
        if text
    ]


def _joined(pieces: list[Piece]) -> tuple[Piece, ...]:
    """Neighbours become one; between two passages that stayed, what went comes before what came."""
    found: list[Piece] = []
    for same, run in groupby(pieces, key=lambda piece: piece.part is RevisionPart.SAME):
        heap = list(run)
        parts = (RevisionPart.SAME,) if same else (RevisionPart.GONE, RevisionPart.NEW)
        for part in parts:
            text = "".join(piece.text for piece in heap if piece.part is part)
            if text:
                found.append(Piece(part, text))
    return tuple(found)
