"""The one form in which facts of the book are hashed.

JSON with sorted keys, no spaces, only integers and strings (digests as lower-case hex), UTF-8.
Personal data never enters: texts and givers stand beside the book under a salted digest.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

VERSION = 1


def encode(value: object) -> bytes:
    """Canonical bytes of a value made of dicts, lists, integers, strings and None."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def salted(salt: bytes, value: object) -> bytes:
    """Digest that binds a deletable text to the book without revealing it."""
    return hashlib.sha256(salt + encode(value)).digest()


def giver_value(*, key: str, kind: str, place: str) -> dict[str, str]:
    """What of a giver is bound to the inflow by a salted digest."""
    return {"key": key, "kind": kind, "place": place}


class TransferFact(NamedTuple):
    """A transfer as it is hashed: account codes, not row ids."""

    number: int
    debit: str
    debit_fund: int | None
    credit: str
    credit_fund: int | None
    amount: int


class InflowFact(NamedTuple):
    """An inflow as it is hashed."""

    number: int
    line: int
    amount: int
    giver: str


class OutflowFact(NamedTuple):
    """An outflow as it is hashed; a fee names the transfer of the gift it belongs to."""

    number: int
    fund: int
    amount: int
    kind: str
    of_number: int | None


def entry_digest(
    *,
    book: int,
    source: str,
    kind: str,
    occurred_on: date,
    posted_at: int,
    posted_by: int | None,
    note_digest: bytes,
    transfers: Sequence[TransferFact],
    inflows: Sequence[InflowFact],
    outflows: Sequence[OutflowFact],
) -> bytes:
    """Digest of an entry with its transfers and flows, as it stands from the moment of posting."""
    content: Mapping[str, object] = {
        "v": VERSION,
        "book": book,
        "source": source,
        "kind": kind,
        "on": occurred_on.isoformat(),
        "at": posted_at,
        "by": posted_by,
        "note": note_digest.hex(),
        "transfers": [list(fact) for fact in sorted(transfers)],
        "in": [list(fact) for fact in sorted(inflows)],
        "out": [list(fact) for fact in sorted(outflows, key=lambda fact: fact.number)],
    }
    return hashlib.sha256(encode(content)).digest()


class PlaceFact(NamedTuple):
    """Where an inflow was placed: transfer number, line, interval, ordinal."""

    number: int
    line: int
    start: int
    stop: int
    ordinal: int


class PieceFact(NamedTuple):
    """What an outflow consumed: transfer number, offset within it, line, interval."""

    number: int
    offset: int
    line: int
    start: int
    stop: int


def leaf(
    *,
    entry: int,
    position: int,
    digest: bytes,
    places: Sequence[PlaceFact],
    pieces: Sequence[PieceFact],
) -> bytes:
    """The content of an entry's leaf in the chain: its digest, position, places and pieces."""
    return encode(
        {
            "v": VERSION,
            "entry": entry,
            "position": position,
            "digest": digest.hex(),
            "places": [list(fact) for fact in sorted(places)],
            "pieces": [list(fact) for fact in sorted(pieces)],
        }
    )


def link_content(
    *, book: int, number: int, first: int, entries: int, root: bytes, sealed_at: int
) -> bytes:
    """What a link of the chain covers besides the head before it."""
    return encode(
        {
            "v": VERSION,
            "book": book,
            "number": number,
            "first": first,
            "entries": entries,
            "root": root.hex(),
            "at": sealed_at,
        }
    )
