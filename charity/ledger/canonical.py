"""The one form in which facts of the book are hashed.

JSON with sorted keys, no spaces, only integers and strings (digests as lower-case hex), UTF-8.
Personal data never enters: texts and givers stand beside the book under a salted digest. Forms are
numbered: an entry keeps the form it was posted in, for ever.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date
from json.encoder import encode_basestring
from typing import NamedTuple

#: The form of leaves and links.
VERSION = 1
#: The form new entries are hashed in. Form 1 knew no origins, no later booking and no deeds.
FORM = 2


_ENCODER = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
)


def encode(value: object) -> bytes:
    """Canonical bytes of a value made of dicts, lists, integers, strings and None."""
    return _ENCODER.encode(value).encode()


def salted(salt: bytes, value: object) -> bytes:
    """Digest that binds a deletable text to the book without revealing it."""
    return hashlib.sha256(salt + encode(value)).digest()


def salted_note(salt: bytes, note: str) -> bytes:
    """The digest of a note: `salted`, written out for the millions."""
    return hashlib.sha256(salt + encode_basestring(note).encode()).digest()


def giver_value(*, key: str, kind: str, place: str) -> dict[str, str]:
    """What of a giver is bound to the inflow by a salted digest."""
    return {"key": key, "kind": kind, "place": place}


def salted_giver(salt: bytes, *, key: str, kind: str, place: str) -> bytes:
    """The digest of a giver: `salted(giver_value())`, written out for the millions."""
    q = encode_basestring
    text = f'{{"key":{q(key)},"kind":{q(kind)},"place":{q(place)}}}'
    return hashlib.sha256(salt + text.encode()).digest()


class FlowRef(NamedTuple):
    """An in- or outflow by the transfer that carries it; entry None is the entry itself."""

    entry: int | None
    number: int


class TransferFact(NamedTuple):
    """A transfer as it is hashed: account codes, not row ids."""

    number: int
    debit: str
    debit_fund: int | None
    credit: str
    credit_fund: int | None
    amount: int


class InflowFact(NamedTuple):
    """An inflow as it is hashed; with an origin, the outflow its fen are taken from."""

    number: int
    line: int
    amount: int
    giver: str
    fund: int = 0
    earmark: str = ""
    income: str = ""
    origin: FlowRef | None = None
    origin_offset: int | None = None

    def form(self, form: int) -> list[object]:
        """What of it is hashed in this form."""
        if form == 1:
            return [self.number, self.line, self.amount, self.giver]
        return [list(part) if isinstance(part, FlowRef) else part for part in self]


class OutflowFact(NamedTuple):
    """An outflow as it is hashed; a fee or refund names the inflow it belongs to."""

    number: int
    fund: int
    amount: int
    kind: str
    of: FlowRef | None

    def form(self, form: int) -> list[object]:
        """What of it is hashed in this form."""
        of = None if self.of is None else self.of.number if form == 1 else list(self.of)
        return [self.number, self.fund, self.amount, self.kind, of]


class EntryFact(NamedTuple):
    """An entry with its transfers and flows as it is hashed.

    `deed` maps the name of a table to the rows a deed covers, each a list of plain values.
    """

    form: int
    book: int
    source: str
    kind: str
    occurred_on: date
    booked_on: date
    reverses: int | None
    posted_at: int
    posted_by: int | None
    note_digest: bytes
    transfers: Sequence[TransferFact]
    inflows: Sequence[InflowFact]
    outflows: Sequence[OutflowFact]
    deed: Mapping[str, Sequence[Sequence[object]]] | None = None

    def content(self) -> dict[str, object]:
        """What is hashed, before it is encoded."""
        content: dict[str, object] = {
            "v": self.form,
            "book": self.book,
            "source": self.source,
            "kind": self.kind,
            "on": self.occurred_on.isoformat(),
            "at": self.posted_at,
            "by": self.posted_by,
            "note": self.note_digest.hex(),
            "transfers": [list(fact) for fact in sorted(self.transfers)],
            "in": [fact.form(self.form) for fact in sorted(self.inflows, key=_number)],
            "out": [fact.form(self.form) for fact in sorted(self.outflows, key=_number)],
        }
        if self.form > 1:
            content |= {"booked": self.booked_on.isoformat(), "reverses": self.reverses}
        if self.deed is not None:
            content["deed"] = {
                name: sorted((list(row) for row in rows), key=_key)
                for name, rows in self.deed.items()
            }
        return content

    def encoded(self) -> bytes:
        """The canonical bytes of the content.

        The form that is in use is written out here, which is three times as fast as encoding any
        value; a test holds the two together.
        """
        if self.form == 1 or self.deed is not None:
            return encode(self.content())
        q = encode_basestring
        transfers = [
            f"[{n},{q(debit)},{_or_null(debit_fund)},{q(credit)},{_or_null(credit_fund)},{amount}]"
            for n, debit, debit_fund, credit, credit_fund, amount in sorted(self.transfers)
        ]
        inflows = [
            f"[{number},{line},{amount},{q(giver)},{fund},{q(earmark)},{q(income)}"
            f",{_ref(origin)},{_or_null(offset)}]"
            for number, line, amount, giver, fund, earmark, income, origin, offset in (
                sorted(self.inflows, key=_number) if self.inflows else ()
            )
        ]
        outflows = [
            f"[{number},{fund},{amount},{q(kind)},{_ref(of)}]"
            for number, fund, amount, kind, of in (
                sorted(self.outflows, key=_number) if self.outflows else ()
            )
        ]
        return (
            f'{{"at":{self.posted_at},"book":{self.book},"booked":"{self.booked_on}"'
            f',"by":{_or_null(self.posted_by)},"in":[{",".join(inflows)}],"kind":{q(self.kind)}'
            f',"note":"{self.note_digest.hex()}","on":"{self.occurred_on}","out":[{",".join(outflows)}]'
            f',"reverses":{_or_null(self.reverses)},"source":{q(self.source)}'
            f',"transfers":[{",".join(transfers)}],"v":{self.form}}}'
        ).encode()

    def digest(self) -> bytes:
        """Digest of the entry, as it stands from the moment of posting."""
        return hashlib.sha256(self.encoded()).digest()


def _or_null(value: int | None) -> int | str:
    return "null" if value is None else value


def _ref(of: FlowRef | None) -> str:
    return "null" if of is None else f"[{_or_null(of.entry)},{of.number}]"


def _number(fact: InflowFact | OutflowFact) -> int:
    return fact.number


def _key(row: list[object]) -> str:
    return str(row[0])


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


def leaf_content(
    *,
    entry: int,
    position: int,
    digest: bytes,
    places: Sequence[PlaceFact],
    pieces: Sequence[PieceFact],
) -> dict[str, object]:
    """What an entry's leaf covers: its digest, position, places and pieces."""
    return {
        "v": VERSION,
        "entry": entry,
        "position": position,
        "digest": digest.hex(),
        "places": [list(fact) for fact in sorted(places)],
        "pieces": [list(fact) for fact in sorted(pieces)],
    }


def leaf(
    *,
    entry: int,
    position: int,
    digest: bytes,
    places: Sequence[PlaceFact],
    pieces: Sequence[PieceFact],
) -> bytes:
    """The canonical bytes of `leaf_content`, written out for the millions."""
    return (
        f'{{"digest":"{digest.hex()}","entry":{entry},"pieces":[{_rows(pieces)}]'
        f',"places":[{_rows(places)}],"position":{position},"v":{VERSION}}}'
    ).encode()


def _rows(facts: Sequence[PlaceFact] | Sequence[PieceFact]) -> str:
    """Rows of five integers, sorted."""
    return ",".join([f"[{a},{b},{c},{d},{e}]" for a, b, c, d, e in sorted(facts)]) if facts else ""


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


def day_leaf(*, book: int, number: int, head: bytes) -> bytes:
    """The content of one seal's leaf under the head of its day."""
    return encode({"v": VERSION, "book": book, "seal": number, "head": head.hex()})


def day_content(*, day: date, seals: int, root: bytes) -> bytes:
    """What the head of a day covers besides the head of the day before."""
    return encode({"v": VERSION, "day": day.isoformat(), "seals": seals, "root": root.hex()})
