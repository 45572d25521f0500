"""Paying: money leaves a fund for an expense, and the act consumes which fen it was.

The lines are locked together, in order of id; what waits on them is placed; only then is looked
whether there is enough.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity.actor import Actor, require
from charity.errors import Insufficient, Invalid
from charity.ledger import policy
from charity.ledger.chart import COST_ACCOUNTS, AccountCode, head_of
from charity.ledger.models import Entry, EntryKind, Fund, Hold, Line, OutflowKind
from charity.ledger.reasons import LedgerReason
from charity.ledger.services.consuming import consume_earliest
from charity.ledger.services.drafts import Draft, Outgoing, Posting
from charity.ledger.services.entries import append, posted
from charity.ledger.services.holding import (
    free,
    general_line,
    share,
    spending_lines,
    take_back,
)
from charity.ledger.services.nature import (
    active_funds,
    check_account,
    check_money_account,
    leaving,
)
from charity.ledger.services.owning import (
    Arrival,
    already,
    consume_own,
    first_fen,
    gift,
    host_fund,
    money_lines,
    takeable,
    total,
    whereabouts,
)
from charity.ledger.services.placing import place
from charity.money import Money
from charity.rows import present


def pay(
    session: Session,
    actor: Actor,
    *,
    fund_id: int,
    amount: Money,
    source: str,
    occurred_on: date,
    cost: str,
    earmark: str = "",
    release: str | None = None,
    account: str = AccountCode.BANK_DEPOSITS,
    note: str = "",
) -> Entry:
    """Money leaves a fund for an expense: Dr cost / Cr money, and the restriction is lifted.

    Consumes the earliest unspent fen: of the earmark's line first, then of the general one; an
    expense without an earmark never touches one. `release` names a hold of this fund given back in
    the same act. Raises `Insufficient` (`available`) when too little is free, `Invalid` for an
    account that is no cost or no money of this book, `InvalidState` for a fund that ended.
    """
    if amount.fen <= 0:
        raise Invalid(LedgerReason.NOT_POSITIVE, field="amount")
    if head_of(cost) not in COST_ACCOUNTS:
        raise Invalid(LedgerReason.WRONG_ACCOUNT, field="cost")
    lines, book = spending_lines(session, fund_id, earmark)
    require(policy.may_pay(actor, book))
    check_account(session, book.id, cost, field="cost")
    check_money_account(session, book.id, account)
    draft = Draft(
        book_id=book.id,
        source=source,
        kind=EntryKind.EXPENSE,
        occurred_on=occurred_on,
        note=note,
        postings=leaving(present(session.get(Fund, fund_id)), account, cost, amount),
        outgoing=[Outgoing(0, fund_id, amount, OutflowKind.EXPENSE)],
    )
    ids = [line.id for line in lines]
    heads = place(session, actor, line_ids=[*ids, *_held(session, release, fund_id)])
    earlier = posted(session, draft)
    if earlier is not None:
        return earlier
    active_funds(session, [fund_id])
    held = _held(session, release, fund_id)
    parts = share([heads[id_] for id_ in ids], amount, held)
    if release is not None:
        take_back(session, release, list(held))
    appended = append(session, actor, draft)
    consume_earliest(session, appended.outflows[0], parts)
    return appended.entry


def charge_fee(
    session: Session,
    actor: Actor,
    *,
    gift_entry_id: int,
    fee: Money,
    host_fund_id: int,
    source: str,
    occurred_on: date,
    note: str = "",
) -> Entry:
    """A gateway's fee that came after its gift: Dr 5301 / Cr where the gift's money arrived.

    Takes the gift's own unspent fen that nothing holds; what is missing the host's unrestricted
    fund pays. Raises `Insufficient` (`available`: both together), `Invalid` for a host fund that
    is restricted or of another book, `InvalidState` for an entry that is no gift.
    """
    if fee.fen <= 0:
        raise Invalid(LedgerReason.NOT_POSITIVE, field="fee")
    arrival = gift(session, gift_entry_id)
    host, book = host_fund(session, arrival, host_fund_id)
    require(policy.may_pay(actor, book))
    fund_ids = [arrival.fund.id, host.id]
    heads = place(session, actor, line_ids=money_lines(session, fund_ids))
    earlier = already(session, book.id, source, EntryKind.FEE, fee)
    if earlier is not None:
        return earlier
    active_funds(session, fund_ids)
    own = first_fen(takeable(whereabouts(session, arrival).there, heads), fee.fen)
    general, _ = general_line(session, host.id)
    rest = fee - Money(total(own))
    there = free(heads[general.id]) - Money(total([f for f in own if f.line_id == general.id]))
    if there < rest:
        raise Insufficient(
            LedgerReason.INSUFFICIENT, field="fee", available=there + Money(total(own))
        )
    draft = _fee_draft(arrival, host, fee - rest, rest, source, occurred_on, note)
    appended = append(session, actor, draft)
    for outgoing in draft.outgoing:
        flow = appended.outflows[outgoing.number]
        if outgoing.kind is OutflowKind.FEE:
            consume_own(session, flow, heads, own)
        else:
            consume_earliest(session, flow, [(heads[general.id], rest.fen)])
    return appended.entry


def _fee_draft(
    arrival: Arrival,
    host: Fund,
    own: Money,
    rest: Money,
    source: str,
    occurred_on: date,
    note: str,
) -> Draft:
    """A late fee: what the gift bears itself, and what its host does."""
    cost = AccountCode.FUNDRAISING_COST
    postings: list[Posting] = []
    outgoing: list[Outgoing] = []
    if own:
        outgoing.append(Outgoing(0, arrival.fund.id, own, OutflowKind.FEE, of=arrival.flow))
        postings += leaving(arrival.fund, arrival.account, cost, own)
    if rest:
        outgoing.append(Outgoing(len(postings), host.id, rest, OutflowKind.EXPENSE))
        postings += leaving(host, arrival.account, cost, rest)
    return Draft(
        book_id=host.book_id,
        source=source,
        kind=EntryKind.FEE,
        occurred_on=occurred_on,
        note=note,
        postings=postings,
        outgoing=outgoing,
    )


def _held(session: Session, source: str | None, fund_id: int) -> dict[int, Money]:
    """What a source holds on the lines of a fund."""
    if source is None:
        return {}
    rows = session.execute(
        select(Hold.line_id, Hold.amount)
        .join(Line, Line.id == Hold.line_id)
        .where(Hold.source == source, Line.fund_id == fund_id)
    )
    return dict(rows.all())
