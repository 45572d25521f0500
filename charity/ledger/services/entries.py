"""Appending an entry: its transfers, its flows, its digest, and its row of work for the sealer."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor
from charity.errors import Invalid
from charity.ledger.canonical import (
    InflowFact,
    OutflowFact,
    TransferFact,
    entry_digest,
    giver_value,
    salted,
)
from charity.ledger.chart import AccountCode
from charity.ledger.models import (
    Account,
    Entry,
    EntryKind,
    EntryNote,
    Inflow,
    InflowGiver,
    Outflow,
    OutflowKind,
    Pending,
    Transfer,
    Unsealed,
)
from charity.ledger.reasons import LedgerReason
from charity.money import Money


@dataclass(frozen=True, slots=True)
class Giver:
    """Who gave, as the book knows it: an opaque key, the kind of giver, a division code."""

    key: str
    kind: str
    place: str = ""

    def digest(self, salt: bytes) -> bytes:
        """What of the giver is bound to the inflow."""
        return salted(salt, giver_value(key=self.key, kind=self.kind, place=self.place))


@dataclass(frozen=True, slots=True)
class Posting:
    """One transfer to be made; a fund may be named on either side."""

    debit: AccountCode
    debit_fund: int | None
    credit: AccountCode
    credit_fund: int | None
    amount: Money


@dataclass(frozen=True, slots=True)
class Incoming:
    """The transfer `number` brings money onto a line."""

    number: int
    line_id: int
    amount: Money
    giver: Giver


@dataclass(frozen=True, slots=True)
class Outgoing:
    """The transfer `number` takes money from a fund; a fee names its gift's transfer."""

    number: int
    fund_id: int
    amount: Money
    kind: OutflowKind
    of_number: int | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry before it is appended."""

    book_id: int
    source: str
    kind: EntryKind
    occurred_on: date
    note: str
    postings: list[Posting]
    incoming: list[Incoming] = field(default_factory=list)
    outgoing: list[Outgoing] = field(default_factory=list)

    def same_figures(self, session: Session, entry: Entry) -> bool:
        """Whether the posted entry moved what this draft would move."""
        rows = session.execute(
            select(Transfer.debit_fund_id, Transfer.credit_fund_id, Transfer.amount)
            .where(Transfer.entry_id == entry.id)
            .order_by(Transfer.number)
        )
        mine = [(p.debit_fund, p.credit_fund, p.amount) for p in self.postings]
        return entry.kind is self.kind and [tuple(row) for row in rows] == mine


def append(session: Session, actor: Actor, draft: Draft) -> Entry:
    """Append the entry of a draft; its inflows wait to be placed, its seal waits for the sealer."""
    accounts = _accounts(session, draft.book_id)
    salts = {incoming.number: secrets.token_bytes(16) for incoming in draft.incoming}
    note_salt = secrets.token_bytes(16)
    entry = Entry(
        book_id=draft.book_id,
        source=draft.source,
        kind=draft.kind,
        occurred_on=draft.occurred_on,
        posted_at=clock.microseconds(clock.now()),
        posted_by=actor.user_id,
        transfers=len(draft.postings),
        note_digest=salted(note_salt, draft.note),
    )
    entry.digest = _digest(draft, entry, salts)
    session.add(entry)
    session.flush()
    session.add(EntryNote(entry_id=entry.id, salt=note_salt, note=draft.note))
    session.execute(insert(Transfer), _transfer_rows(draft, entry, accounts))
    inflow_ids = _append_inflows(session, draft, entry, salts)
    _append_outflows(session, draft, entry, inflow_ids)
    session.add(Unsealed(entry_id=entry.id, book_id=draft.book_id))
    session.flush()
    return entry


def _accounts(session: Session, book_id: int) -> dict[str, int]:
    rows = session.execute(select(Account.code, Account.id).where(Account.book_id == book_id))
    return dict(rows.all())


def _transfer_rows(draft: Draft, entry: Entry, accounts: dict[str, int]) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for number, posting in enumerate(draft.postings):
        if posting.debit not in accounts or posting.credit not in accounts:
            raise Invalid(LedgerReason.OTHER_BOOK)
        rows.append(
            {
                "entry_id": entry.id,
                "number": number,
                "book_id": draft.book_id,
                "debit_account_id": accounts[posting.debit],
                "debit_fund_id": posting.debit_fund,
                "credit_account_id": accounts[posting.credit],
                "credit_fund_id": posting.credit_fund,
                "amount": posting.amount,
            }
        )
    return rows


def _digest(draft: Draft, entry: Entry, salts: dict[int, bytes]) -> bytes:
    return entry_digest(
        book=draft.book_id,
        source=draft.source,
        kind=draft.kind,
        occurred_on=draft.occurred_on,
        posted_at=entry.posted_at,
        posted_by=entry.posted_by,
        note_digest=entry.note_digest,
        transfers=[
            TransferFact(
                number, p.debit.value, p.debit_fund, p.credit.value, p.credit_fund, p.amount.fen
            )
            for number, p in enumerate(draft.postings)
        ],
        inflows=[
            InflowFact(
                i.number,
                i.line_id,
                i.amount.fen,
                i.giver.digest(salts[i.number]).hex(),
            )
            for i in draft.incoming
        ],
        outflows=[
            OutflowFact(o.number, o.fund_id, o.amount.fen, o.kind.value, o.of_number)
            for o in draft.outgoing
        ],
    )


def _append_inflows(
    session: Session, draft: Draft, entry: Entry, salts: dict[int, bytes]
) -> dict[int, int]:
    """Append inflows with their givers, waiting to be placed; returns ids by transfer number."""
    ids: dict[int, int] = {}
    for incoming in draft.incoming:
        salt, giver = salts[incoming.number], incoming.giver
        inflow = Inflow(
            entry_id=entry.id,
            number=incoming.number,
            line_id=incoming.line_id,
            amount=incoming.amount,
            giver_digest=giver.digest(salt),
        )
        session.add(inflow)
        session.flush()
        ids[incoming.number] = inflow.id
        session.add(
            InflowGiver(
                inflow_id=inflow.id,
                salt=salt,
                giver_key=giver.key,
                giver_kind=giver.kind,
                place=giver.place,
            )
        )
        session.add(Pending(inflow_id=inflow.id, line_id=incoming.line_id))
    session.flush()
    return ids


def _append_outflows(
    session: Session, draft: Draft, entry: Entry, inflow_ids: dict[int, int]
) -> None:
    for outgoing in draft.outgoing:
        of_inflow = None if outgoing.of_number is None else inflow_ids[outgoing.of_number]
        session.add(
            Outflow(
                entry_id=entry.id,
                number=outgoing.number,
                fund_id=outgoing.fund_id,
                amount=outgoing.amount,
                kind=outgoing.kind,
                of_inflow_id=of_inflow,
            )
        )
    session.flush()
