"""Giving back and getting back: refunds to givers, payments and grants that return.

Nothing on a line is undone. A refund takes the giver's own fen and no others; money that comes
back is a new inflow at the end of the line each fen came from, and its origin says whose it is.
What an earlier year earned or cost is net assets by now, so these are changed instead (ACC-02).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from charity.actor import Actor, require
from charity.errors import Insufficient, Invalid, InvalidState
from charity.ledger import policy
from charity.ledger.lines import Interval, unspent
from charity.ledger.models import (
    Account,
    Book,
    Entry,
    EntryKind,
    Fund,
    Inflow,
    LineHead,
    Outflow,
    OutflowKind,
    Piece,
    Transfer,
)
from charity.ledger.reasons import LedgerReason
from charity.ledger.services.drafts import Draft, Flow, Outgoing, Posting
from charity.ledger.services.entries import append
from charity.ledger.services.granting import hand_over, hand_over_draft
from charity.ledger.services.holding import free, general_line
from charity.ledger.services.nature import active_funds, booking_day, coming_back, taken_back
from charity.ledger.services.owning import (
    Arrival,
    Fen,
    Run,
    already,
    consume_own,
    first_fen,
    gift,
    host_fund,
    incoming_runs,
    money_lines,
    not_given_back,
    runs,
    takeable,
    total,
    whereabouts,
)
from charity.ledger.services.placing import place
from charity.money import Money
from charity.rows import present


def refund(
    session: Session,
    actor: Actor,
    *,
    gift_entry_id: int,
    amount: Money,
    source: str,
    occurred_on: date,
    note: str = "",
) -> Entry:
    """Give a gift back, or part of it, because giver and host want it: Dr income / Cr money.

    Takes the gift's own unspent fen, wherever in the fund they lie, and leaves what is held; other
    givers' fen are never used. The money leaves from where the gift arrived. Raises `Insufficient`
    (MORE_THAN_LEFT, `available`), `InvalidState` for an entry that is no gift or a fund that ended.
    """
    check_amount(amount)
    arrival = gift(session, gift_entry_id)
    book = present(session.get(Book, arrival.fund.book_id))
    require(policy.may_pay(actor, book))
    heads = place(session, actor, line_ids=money_lines(session, [arrival.fund.id]))
    earlier = already(
        session, book.id, source, EntryKind.REFUND, amount, of_inflow=arrival.inflow.id
    )
    if earlier is not None:
        return earlier
    active_funds(session, [arrival.fund.id])
    own = refundable(session, arrival, heads)
    if total(own) < amount.fen:
        raise more_than_left(total(own))
    draft = refund_draft(session, arrival, amount, source, occurred_on, note)
    appended = append(session, actor, draft)
    consume_own(session, appended.outflows[0], heads, first_fen(own, amount.fen))
    return appended.entry


def compel_refund(
    session: Session,
    actor: Actor,
    *,
    gift_entry_id: int,
    amount: Money,
    host_fund_id: int,
    source: str,
    occurred_on: date,
    note: str = "",
) -> Entry:
    """Give a gift back because it must be: a dispute is lost, a payment was made twice.

    What of it is spent, paid as a fee or held, the host's unrestricted fund first grants into the
    gift's line (`<source>:granted`); the refund takes the gift's own unspent fen and these. A gift
    to the host's own fund is made whole from that fund's general line. Raises `Insufficient`:
    MORE_THAN_LEFT beyond the gift less what was given back before, INSUFFICIENT when host and gift
    together have too little; `Invalid` for a host fund that is restricted or of another book.
    """
    check_amount(amount)
    arrival = gift(session, gift_entry_id)
    host, book = host_fund(session, arrival, host_fund_id)
    require(policy.may_pay(actor, book))
    fund_ids = [arrival.fund.id, host.id]
    line_ids = money_lines(session, fund_ids)
    heads = place(session, actor, line_ids=line_ids)
    earlier = already(
        session, book.id, source, EntryKind.REFUND, amount, of_inflow=arrival.inflow.id
    )
    if earlier is not None:
        return earlier
    active_funds(session, fund_ids)
    if (left := not_given_back(session, arrival)) < amount.fen:
        raise more_than_left(left)
    own = first_fen(refundable(session, arrival, heads), amount.fen)
    missing = amount - Money(total(own))
    general, _ = general_line(session, host.id)
    on_host_line = [fen for fen in own if fen.line_id == general.id]
    there = free(heads[general.id]) - Money(total(on_host_line))
    if there < missing:
        available = there + Money(total(own))
        raise Insufficient(LedgerReason.INSUFFICIENT, field="amount", available=available)
    others: list[Fen] = []
    if missing and host.id == arrival.fund.id:
        others = _earliest(session, heads[general.id], missing.fen, on_host_line)
    elif missing:
        others = _granted(session, actor, arrival, host, missing, source, occurred_on, heads)
        heads = place(session, actor, line_ids=line_ids)
    draft = refund_draft(session, arrival, amount, source, occurred_on, note)
    appended = append(session, actor, draft)
    consume_own(session, appended.outflows[0], heads, [*own, *others])
    return appended.entry


def refundable(session: Session, arrival: Arrival, heads: Mapping[int, LineHead]) -> list[Fen]:
    """The fen of an inflow that are still there, free, and not given back by others' fen."""
    there = takeable(whereabouts(session, arrival).there, heads)
    return first_fen(there, max(not_given_back(session, arrival), 0))


def _earliest(session: Session, head: LineHead, amount: int, besides: Sequence[Fen]) -> list[Fen]:
    """The earliest unspent fen of a line but for these."""
    rows = session.execute(
        select(Piece.start, Piece.stop).where(
            Piece.line_id == head.line_id, Piece.stop > head.cursor
        )
    )
    taken = sorted([*(Interval(*row) for row in rows), *(fen.interval for fen in besides)])
    gaps = unspent(head.cursor, taken, head.placed_end)
    return first_fen([Fen(head.line_id, gap, 0) for gap in gaps], amount)


def _granted(
    session: Session,
    actor: Actor,
    arrival: Arrival,
    host: Fund,
    missing: Money,
    source: str,
    occurred_on: date,
    heads: Mapping[int, LineHead],
) -> list[Fen]:
    """Let the host grant what is missing into the gift's line; returns the fen that arrived."""
    line, _ = general_line(session, host.id)
    target_id = arrival.inflow.line_id
    draft = hand_over_draft(
        session,
        line,
        arrival.line(session),
        missing,
        source=f"{source}:granted",
        occurred_on=occurred_on,
        note="",
    )
    hand_over(session, actor, draft, [line], heads)
    head = place(session, actor, line_ids=[target_id])[target_id]
    return [Fen(target_id, Interval(head.placed_end - missing.fen, head.placed_end), 0)]


def refund_draft(
    session: Session,
    arrival: Arrival,
    amount: Money,
    source: str,
    occurred_on: date,
    note: str,
) -> Draft:
    """Money of an inflow goes back to whom it came from: income taken back / Cr money."""
    fund, entry = arrival.fund, arrival.entry
    on = booking_day(session, fund.book_id, occurred_on)
    income = taken_back(arrival.income, of=entry.booked_on, on=on)
    return Draft(
        book_id=fund.book_id,
        source=source,
        kind=EntryKind.REFUND,
        occurred_on=occurred_on,
        note=note,
        postings=[Posting(income, fund.id, arrival.account, fund.id, amount)],
        outgoing=[Outgoing(0, fund.id, amount, OutflowKind.REFUND, of=arrival.flow)],
    )


def return_payment(
    session: Session,
    actor: Actor,
    *,
    entry_id: int,
    amount: Money | None = None,
    source: str,
    occurred_on: date,
    note: str = "",
) -> Entry:
    """Money of an expense, or of a fee, comes back: Dr money / Cr cost, restricted again.

    Without an amount everything that did not come back before. Each fen goes to the end of the line
    it came from, one inflow per run of one line, so that an earmark gets its own back. May repeat
    until nothing is left. Raises `Insufficient` (MORE_THAN_LEFT, `available`), `InvalidState` for
    an entry that paid nothing or a fund that ended.
    """
    if amount is not None:
        check_amount(amount)
    entry = present(session.get(Entry, entry_id))
    book = present(session.get(Book, entry.book_id))
    require(policy.may_pay(actor, book))
    outflows = _payments(session, entry)
    fund_ids = sorted({outflow.fund_id for outflow in outflows})
    place(session, actor, line_ids=money_lines(session, fund_ids))
    earlier = already(session, book.id, source, EntryKind.RETURN, amount, of_entry=entry.id)
    if earlier is not None:
        return earlier
    active_funds(session, fund_ids)
    reached = {outflow.id: _reached(session, outflow.id) for outflow in outflows}
    left = sum(outflow.amount.fen - reached[outflow.id] for outflow in outflows)
    wanted = left if amount is None else amount.fen
    if not 0 < wanted <= left:
        raise more_than_left(left)
    draft = Draft(book.id, source, EntryKind.RETURN, occurred_on, note, [])
    for outflow in outflows:
        fen = min(wanted, outflow.amount.fen - reached[outflow.id])
        if fen:
            begin = reached[outflow.id]
            _add_return(
                session, draft, entry, outflow, runs(session, outflow.id, begin, begin + fen)
            )
            wanted -= fen
    return append(session, actor, draft).entry


def _payments(session: Session, entry: Entry) -> list[Outflow]:
    """What an entry paid in money, by number; `InvalidState` where it paid nothing."""
    paid = (EntryKind.EXPENSE, EntryKind.FEE, EntryKind.GIFT)
    outflows = list(
        session.scalars(
            select(Outflow)
            .where(
                Outflow.entry_id == entry.id,
                Outflow.kind.in_((OutflowKind.EXPENSE, OutflowKind.FEE)),
            )
            .order_by(Outflow.number)
        )
    )
    if entry.kind not in paid or not outflows:
        raise InvalidState(LedgerReason.NOT_REVERSIBLE)
    return outflows


def _reached(session: Session, outflow_id: int) -> int:
    """How many fen of an outflow have come back; they come back in order."""
    end = session.scalar(
        select(func.max(Inflow.origin_offset + Inflow.amount)).where(
            Inflow.origin_outflow_id == outflow_id
        )
    )
    return int(getattr(end, "fen", end) or 0)


def _add_return(
    session: Session, draft: Draft, entry: Entry, outflow: Outflow, parts: Sequence[Run]
) -> None:
    """Add to a draft what of one outflow comes back, one inflow per run."""
    fund = present(session.get(Fund, outflow.fund_id))
    account, cost = accounts_of(session, outflow.entry_id, outflow.number)
    on = booking_day(session, draft.book_id, draft.occurred_on)
    cost = taken_back(cost, of=entry.booked_on, on=on)
    origin = Flow(outflow.id, outflow.entry_id, outflow.number)
    first = len(draft.postings)
    draft.postings.extend(coming_back(fund, account, cost, [Money(run.length) for run in parts]))
    draft.incoming.extend(incoming_runs(parts, first, origin))


def accounts_of(session: Session, entry_id: int, number: int) -> tuple[str, str]:
    """The codes a transfer credits and debits: of an outflow, the money and what it was for."""
    query = select(Account.code).join(
        Transfer,
        (Transfer.credit_account_id == Account.id) | (Transfer.debit_account_id == Account.id),
    )
    mine = (Transfer.entry_id == entry_id, Transfer.number == number)
    credit = session.scalars(query.where(*mine, Transfer.credit_account_id == Account.id)).one()
    debit = session.scalars(query.where(*mine, Transfer.debit_account_id == Account.id)).one()
    return credit, debit


def check_amount(amount: Money) -> None:
    """Raises `Invalid` (NOT_POSITIVE) on `amount`."""
    if amount.fen <= 0:
        raise Invalid(LedgerReason.NOT_POSITIVE, field="amount")


def more_than_left(left: int) -> Insufficient:
    """The refusal where less is left of it than was asked."""
    return Insufficient(LedgerReason.MORE_THAN_LEFT, field="amount", available=Money(max(left, 0)))


def left_of_gift(session: Session, actor: Actor, *, gift_entry_id: int) -> Money:
    """How much of a gift `refund` could give back now: its own unspent fen that nothing holds.

    Places what waits for its place on the lines, like every verb. Raises `InvalidState` for an
    entry that is no gift.
    """
    arrival = gift(session, gift_entry_id)
    heads = place(session, actor, line_ids=money_lines(session, [arrival.fund.id]))
    return Money(total(refundable(session, arrival, heads)))
