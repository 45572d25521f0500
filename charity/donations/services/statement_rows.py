"""Rows of a statement as they are read: stored, known ones marked, references matched."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from charity.actor import Actor, require
from charity.donations import policy
from charity.donations.counter_gateway import TRANSFER
from charity.donations.models import (
    PAYMENT_TRANSITIONS,
    Donation,
    DonationState,
    Payment,
    PaymentState,
    RowState,
    Statement,
    StatementKind,
    StatementRow,
    StatementState,
)
from charity.donations.reasons import StatementsReason
from charity.donations.references import found_in
from charity.donations.services.many import one_by_one
from charity.donations.services.statements import lock_statement, stored_through
from charity.donations.statement_reading import Reading, ReadRow, Verdict
from charity.errors import InvalidState
from charity.money import Money
from charity.registry.models import Campaign
from charity.rows import insert_many, present

_STATES = {
    Verdict.GIFT: RowState.UNMATCHED,
    Verdict.NO_GIFT: RowState.NO_GIFT,
    Verdict.REPEATED: RowState.KNOWN,
    Verdict.BAD: RowState.BAD,
}
#: States in which a row may still become a gift.
_HOPEFUL = (RowState.MATCHED, RowState.UNMATCHED)
#: A file that repeats so many rows of an earlier one, in their places, is that file again.
_LEAST_KNOWN = 3


class _Earlier(NamedTuple):
    """A row of another file that has the same key."""

    statement_id: int
    number: int
    amount: Money | None
    booked_on: date | None


class _Waiting(NamedTuple):
    """An attempt that waits for a transfer."""

    payment_id: int
    campaign_id: int
    amount: Money


def store_rows(
    session: Session, actor: Actor, *, statement_id: int, rows: Sequence[ReadRow]
) -> int:
    """Keep the next rows of a file; those that are kept already are passed over.

    Rows known from another file of the organisation are KNOWN, or BAD where the same number says
    something else there; a reference with the sum of one waiting gift is MATCHED, and so is every
    row of a platform. Answers how many were new.
    """
    statement = lock_statement(session, actor, statement_id)
    if statement.state is not StatementState.READ or statement.summed_total is not None:
        raise InvalidState(StatementsReason.TAKEN)
    last = stored_through(session, statement_id)
    new = [row for row in rows if row.number > last]
    made = judge_rows(session, actor, statement=statement, rows=new)
    insert_many(session, StatementRow, made)
    statement.rows += len(made)
    session.flush()
    return len(made)


def judge_rows(
    session: Session, actor: Actor, *, statement: Statement, rows: Sequence[ReadRow]
) -> list[dict[str, Any]]:
    """The rows as they would be stored, of a statement that need not be stored itself.

    Reads only. Raises `NotFound` for who does not import for this organisation.
    """
    require(policy.may_import_statements(actor, statement.organisation_id))
    earlier = _earlier(session, statement, [row.key for row in rows if row.key])
    references = {row.number: found_in(row.remark) for row in rows if _may_match(statement, row)}
    wanted = {found for several in references.values() for found in several}
    waiting = _waiting(session, statement, wanted) if wanted else {}
    made = []
    for row in rows:
        values = _values(statement, row)
        if row.key and row.key in earlier:
            _mark_known(values, row, earlier[row.key])
        elif row.verdict is Verdict.GIFT:
            _match(values, statement, row, references.get(row.number, []), waiting)
        made.append(values)
    return made


def finish_reading(
    session: Session, actor: Actor, *, statement_id: int, reading: Reading
) -> Statement:
    """Keep what a file says as a whole, and mark the rows that only the whole shows to be wrong.

    Raises `InvalidState` where it was finished before.
    """
    statement = lock_statement(session, actor, statement_id)
    if statement.state is not StatementState.READ or statement.summed_total is not None:
        raise InvalidState(StatementsReason.TAKEN)
    for first, last, before in reading.repeated:
        _mark_repeated(session, statement, first, last, before)
    _mark_bad(
        session, statement, {n: "" for n in reading.balance_breaks},
        StatementsReason.BALANCE_BREAKS, "balance",
    )  # fmt: skip
    _mark_bad(
        session, statement, _changed(session, statement), StatementsReason.ROW_CHANGED, "amount"
    )
    statement.stated_total, statement.summed_total = reading.stated_total, reading.summed
    session.flush()
    return statement


def _may_match(statement: Statement, row: ReadRow) -> bool:
    return statement.kind is StatementKind.BANK and row.verdict is Verdict.GIFT


def _values(statement: Statement, row: ReadRow) -> dict[str, Any]:
    return {
        "statement_id": statement.id,
        "organisation_id": statement.organisation_id,
        "kind": statement.kind,
        "number": row.number,
        "row_key": row.key,
        "state": _STATES[row.verdict],
        "problem": row.problem.value if row.problem else "",
        "field": row.field,
        "note": row.detail,
        "booked_on": row.booked_on,
        "amount": row.amount,
        "payer_name": row.payer_name,
        "payer_account": row.payer_account,
        "remark": row.remark,
        "reference": "",
        "payment_id": None,
        "campaign_id": None,
    }


def _match(
    values: dict[str, Any],
    statement: Statement,
    row: ReadRow,
    references: Sequence[str],
    waiting: dict[str, _Waiting],
) -> None:
    if statement.kind is StatementKind.PLATFORM:
        values.update(state=RowState.MATCHED, campaign_id=statement.campaign_id)
        return
    values["reference"] = next(iter(references), "")
    fits = [one for one in references if one in waiting and waiting[one].amount == row.amount]
    if len(fits) == 1:
        found = waiting.pop(fits[0])
        values.update(
            state=RowState.MATCHED,
            reference=fits[0],
            payment_id=found.payment_id,
            campaign_id=found.campaign_id,
        )


def _mark_known(values: dict[str, Any], row: ReadRow, earlier: _Earlier) -> None:
    """The same row in an earlier file: known where it says the same, else one of them is wrong."""
    values.update(row_key=None, note=f"{earlier.statement_id}:{earlier.number}")
    if (earlier.amount, earlier.booked_on) == (row.amount, row.booked_on):
        values.update(state=RowState.KNOWN, problem=StatementsReason.ROW_KNOWN.value)
    else:
        values.update(
            state=RowState.BAD, problem=StatementsReason.ROW_CHANGED.value, field="serial"
        )


def _earlier(session: Session, statement: Statement, keys: Collection[str]) -> dict[str, _Earlier]:
    """The rows of other files that have these keys."""
    known = select(StatementRow.id).where(
        StatementRow.organisation_id == statement.organisation_id,
        StatementRow.kind == statement.kind,
    )
    ids = one_by_one(session, known, StatementRow.row_key, keys)
    query = select(
        StatementRow.row_key,
        StatementRow.statement_id,
        StatementRow.number,
        StatementRow.amount,
        StatementRow.booked_on,
    ).where(StatementRow.id.in_(ids))
    if not ids:
        return {}
    return {
        present(key): _Earlier(statement_id, number, amount, day)
        for key, statement_id, number, amount, day in session.execute(query)
    }


def _waiting(
    session: Session, statement: Statement, references: Collection[str]
) -> dict[str, _Waiting]:
    """The attempts that wait under these references, and that no other row is matched with."""
    hopeful = [state for state, steps in PAYMENT_TRANSITIONS.items()
               if PaymentState.SUCCEEDED in steps]  # fmt: skip
    attempts = select(Payment.id).where(Payment.gateway == TRANSFER)
    ids = one_by_one(session, attempts, Payment.remote_id, references)
    if not ids:
        return {}
    query = (
        select(Payment.remote_id, Payment.id, Donation.campaign_id, Payment.amount)
        .join(Payment.donation)
        .where(
            Payment.id.in_(ids),
            Payment.state.in_(hopeful),
            Donation.state.in_((DonationState.PENDING, DonationState.CANCELLED)),
        )
    )
    # Asked apart: joined, SQLite begins with all gifts of the charity, once for every portion.
    own = select(Campaign.id).where(Campaign.charity_id == statement.organisation_id)
    campaigns = set(session.scalars(own))
    found = [row for row in session.execute(query) if row.campaign_id in campaigns]
    # Asked apart: as part of the query above PostgreSQL may look through all rows for each attempt.
    taken = select(StatementRow.payment_id).where(
        StatementRow.payment_id.in_([payment_id for _, payment_id, _, _ in found]),
        StatementRow.state.in_(_SPOKEN_FOR),
    )
    spoken_for = set(session.scalars(taken))
    return {
        present(reference): _Waiting(payment_id, campaign_id, amount)
        for reference, payment_id, campaign_id, amount in found
        if payment_id not in spoken_for
    }


_SPOKEN_FOR = (RowState.MATCHED, RowState.APPLIED)


def _mark_repeated(
    session: Session, statement: Statement, first: int, last: int, before: int
) -> None:
    """A section that came twice: its second coming counts for nothing."""
    rows = session.scalars(
        select(StatementRow).where(
            StatementRow.statement_id == statement.id,
            StatementRow.number.between(first, last),
            StatementRow.state.in_(_HOPEFUL),
        )
    )
    for row in rows:
        row.state, row.row_key, row.payment_id = RowState.KNOWN, None, None
        row.problem = StatementsReason.ROW_REPEATED.value
        row.note = str(row.number - first + before)
    session.flush()


def _mark_bad(
    session: Session,
    statement: Statement,
    notes: dict[int, str],
    problem: StatementsReason,
    field: str,
) -> None:
    for number, note in notes.items():
        session.execute(
            update(StatementRow)
            .where(
                StatementRow.statement_id == statement.id,
                StatementRow.number == number,
                StatementRow.state.in_(_HOPEFUL),
            )
            .values(
                state=RowState.BAD,
                problem=problem.value,
                field=field,
                note=note,
                row_key=None,
                payment_id=None,
            )
        )


def _changed(session: Session, statement: Statement) -> dict[int, str]:
    """Rows that stand where an earlier file, otherwise the same, has another row.

    Where most rows are known from one earlier file, each so many rows further up or down, the
    others are compared by their places; a row that was merely added has no such place.
    """
    here = list(
        session.execute(
            select(StatementRow.number, StatementRow.note).where(
                StatementRow.statement_id == statement.id,
                StatementRow.problem == StatementsReason.ROW_KNOWN.value,
            )
        )
    )
    shifts: dict[tuple[int, int], int] = {}
    seen: set[tuple[int, int]] = set()
    for number, note in here:
        other, _, place = note.partition(":")
        seen.add((int(other), int(place)))
        shift = (int(other), number - int(place))
        shifts[shift] = shifts.get(shift, 0) + 1
    if not shifts or max(shifts.values()) < _LEAST_KNOWN:
        return {}
    other_id, moved = max(shifts, key=lambda shift: shifts[shift])
    new = session.scalars(
        select(StatementRow.number).where(
            StatementRow.statement_id == statement.id, StatementRow.state.in_(_HOPEFUL)
        )
    ).all()
    if len(new) > len(here):
        return {}
    places = session.scalars(
        select(StatementRow.number).where(
            StatementRow.statement_id == other_id,
            StatementRow.row_key.is_not(None),
            StatementRow.number.in_([number - moved for number in new]),
        )
    )
    return {
        place + moved: f"{other_id}:{place}" for place in places if (other_id, place) not in seen
    }
