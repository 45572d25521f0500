"""The book as one file that explains itself, and the proof of one gift in the same form.

Canonical JSON, one object a line: a header, then for each book its sealed entries in order of
position, each seal after the last entry it covers, and at the end the heads of days. What is
hashed stands there whole, so that whoever has the file can hash it again (`docs/check_book.py`);
what is not hashed does not stand there, so that the same book gives the same bytes. Notes and
givers are not in it: of them the book knows salted digests only.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import func, select, union
from sqlalchemy.orm import Session

from charity import clock
from charity.errors import CommonReason, NotFound
from charity.ledger import merkle
from charity.ledger.canonical import day_content, encode, link_content
from charity.ledger.checks.problem import Told, untold
from charity.ledger.checks.published import leaves_of
from charity.ledger.models import Book, DayHead, Seal, SealedEntry, Unsealed
from charity.ledger.recorded import Reader, Recorded

VERSION = 1

#: What the header of an export says about the lines that follow.
FORMS = {
    "canonical": "JSON with sorted keys, without spaces, in UTF-8; integers, strings and null only",
    "digest": "SHA-256 of canonical(entry); a leaf names it",
    "leaf": "SHA-256 of 0x00 and canonical(leaf)",
    "node": "SHA-256 of 0x01 and both nodes below; a last one without sibling rises as it is",
    "head": "SHA-256 of 0x02, the head before (32 zero bytes at first) and canonical(content)",
    "seal": "content.root is the root of the leaves since the seal before",
    "day": "content.root is the root of the leaves in seals: every seal of that day in China",
    "steps": "in a proof: on the way up, what stands left or right of the node, else empty",
    "entry": "on: day it happened; booked: day it counts for; at: microseconds since 1970; by:"
    " account; note: salted digest; reverses: entry; v: form (1 knew no origin, booked, reverses)",
    "transfers": "number, debit account, its fund, credit account, its fund, fen",
    "in": "number, line, fen, salted digest of the giver, fund, earmark, income,"
    " origin [entry or null for this one, number], offset within the origin",
    "out": "number, fund, fen, kind, inflow it belongs to [entry or null for this one, number]",
    "deed": "rows of the book's own tables that an entry without transfers covers",
    "places": "number, line, start, stop, ordinal on the line",
    "pieces": "number, offset within the outflow, line, start, stop",
    "waiting": "entries not sealed yet, which are not in this file",
}


def lines(session: Session, book_id: int | None = None, told: Told = untold) -> Iterator[bytes]:
    """The lines of an export, of one book or of all; `told` hears how many entries are written.

    Raises `NotFound` for a book that is not there.
    """
    books = sorted(session.scalars(union(select(Book.id), select(Seal.book_id))))
    if book_id is not None:
        if book_id not in books:
            raise NotFound(CommonReason.NOT_FOUND)
        books = [book_id]
    waiting = session.scalar(
        select(func.count()).select_from(Unsealed).where(Unsealed.book_id.in_(books))
    )
    yield _line(
        {
            "format": "wushe-book",
            "version": VERSION,
            "books": books,
            "waiting": waiting,
            "forms": FORMS,
        }
    )
    whole = session.scalar(
        select(func.count()).select_from(SealedEntry).where(SealedEntry.book_id.in_(books))
    )
    reader, done = Reader(session), 0
    for book in books:
        for written, line in _book(session, reader, book):
            done += written
            if written and done % 1024 == 0:
                told(done, whole or 0)
            yield line
    for day in session.scalars(select(DayHead).order_by(DayHead.day)):
        yield _line(_day(day) | {"seals": list(map(json.loads, leaves_of(session, day.day)))})


def _book(session: Session, reader: Reader, book_id: int) -> Iterator[tuple[int, bytes]]:
    """The entries (1, line) and seals (0, line) of one book."""
    seals = iter(
        session.connection().execute(
            select(Seal.__table__).where(Seal.book_id == book_id).order_by(Seal.number),
            execution_options={"yield_per": 1000},
        )
    )
    seal = next(seals, None)
    for batch in reader.sealed(book_id):
        for entry in batch:
            while seal is not None and seal.first_position + seal.entries <= entry.position:
                yield 0, _line(_seal(seal))
                seal = next(seals, None)
            if isinstance(entry, Recorded):
                yield 1, b'{"entry":' + entry.fact.encoded() + b',"leaf":' + entry.leaf() + b"}\n"
    while seal is not None:
        yield 0, _line(_seal(seal))
        seal = next(seals, None)


def _line(content: dict[str, Any]) -> bytes:
    return encode(content) + b"\n"


def _seal(seal: Any) -> dict[str, Any]:
    content = link_content(
        book=seal.book_id,
        number=seal.number,
        first=seal.first_position,
        entries=seal.entries,
        root=seal.root,
        sealed_at=seal.sealed_at,
    )
    return {
        "content": json.loads(content),
        "previous": seal.previous.hex(),
        "head": seal.head.hex(),
    }


def _day(day: DayHead) -> dict[str, Any]:
    return {
        "content": json.loads(day_content(day=day.day, seals=day.seals, root=day.root)),
        "previous": day.previous.hex(),
        "head": day.head.hex(),
    }


# ── one gift ─────────────────────────────────────────────────────────────────────────────────────


def gift_proof(session: Session, entry_id: int) -> dict[str, Any]:
    """The proof of one entry: what `docs/check_book.py` reads, as a value for JSON.

    `lines` holds the entry with its leaf, its seal with the steps up to the seal's root, and, once
    the day is over, the head of the day with the steps up to its root. Raises `NotFound` while the
    entry is not sealed.
    """
    entry = Reader(session).one(entry_id)
    if entry is None:
        raise NotFound(CommonReason.NOT_FOUND)
    seal = session.scalars(
        select(Seal)
        .where(Seal.book_id == entry.fact.book, Seal.first_position <= entry.position)
        .order_by(Seal.first_position.desc())
        .limit(1)
    ).one()
    leaves = session.scalars(
        select(SealedEntry.leaf)
        .where(
            SealedEntry.book_id == seal.book_id,
            SealedEntry.position >= seal.first_position,
            SealedEntry.position < seal.first_position + seal.entries,
        )
        .order_by(SealedEntry.position)
    ).all()
    proved: list[dict[str, Any]] = [
        {"entry": json.loads(entry.fact.encoded()), "leaf": json.loads(entry.leaf())},
        _seal(seal) | {"steps": _steps(leaves, entry.position - seal.first_position)},
    ]
    if (day := _day_of(session, seal)) is not None:
        contents = leaves_of(session, day.day)
        heads = [json.loads(content)["head"] for content in contents]
        at = heads.index(seal.head.hex())
        steps = _steps([merkle.leaf_hash(content) for content in contents], at)
        proved.append(_day(day) | {"seals": [json.loads(contents[at])], "steps": steps})
    return {
        "format": "wushe-proof",
        "version": VERSION,
        "books": [seal.book_id],
        "waiting": 1,
        "lines": proved,
    }


def _day_of(session: Session, seal: Seal) -> DayHead | None:
    """The head of the day a seal was made on; None before it is published."""
    return session.get(DayHead, clock.day_of(clock.instant(seal.sealed_at)))


def _steps(leaves: Sequence[bytes], index: int) -> list[list[str]]:
    """The way up as pairs of what stands left and right of the node, one of them empty."""
    return [
        [step.sibling.hex(), ""] if step.on_left else ["", step.sibling.hex()]
        for step in merkle.proof(leaves, index)
    ]
