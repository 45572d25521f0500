"""Granting: money of one fund becomes money of another, and the same fen go on.

What leaves is an outflow like any other; what arrives is an inflow whose origin is that outflow, so
the trail goes on through foundations, pools and village funds to the last voucher. Inside a book
no income arises: four transfers over an account between funds that is zero per fund afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy.orm import Session

from charity.actor import Actor, require
from charity.errors import Conflict, Invalid
from charity.ledger import policy
from charity.ledger.chart import AccountCode
from charity.ledger.models import (
    Entry,
    EntryKind,
    Fund,
    FundKind,
    IncomeSource,
    Line,
    LineHead,
    OutflowKind,
    PurposeDecision,
)
from charity.ledger.reasons import LedgerReason
from charity.ledger.services.consuming import consume_earliest
from charity.ledger.services.drafts import Draft, Incoming, Origin, Outgoing
from charity.ledger.services.entries import append, posted
from charity.ledger.services.holding import earmark_line, general_line, share, spending_lines
from charity.ledger.services.nature import (
    active_funds,
    arriving,
    handed_in,
    handed_out,
    is_agency,
    leaving,
)
from charity.ledger.services.placing import place
from charity.money import Money
from charity.rows import present

_BANK = AccountCode.BANK_DEPOSITS


def grant(
    session: Session,
    actor: Actor,
    *,
    fund_id: int,
    into_fund_id: int,
    amount: Money,
    source: str,
    occurred_on: date,
    earmark: str = "",
    into_earmark: str = "",
    decision_id: int | None = None,
    note: str = "",
) -> Entry:
    """Money of a fund goes to another fund of the same book.

    Every kind of fund may grant but a project's and agency money; for others a decision on their
    purpose is needed (CHA-162, CHA-164). Restricted money never becomes unrestricted. Raises
    `Insufficient` (`available`), `Invalid` (NOT_ITS_PURPOSE, OTHER_BOOK, FOREIGN_EARMARK),
    `InvalidState` for a fund that ended.
    """
    _check_amount(amount)
    lines, book = spending_lines(session, fund_id, earmark)
    general, _ = general_line(session, into_fund_id)
    target = (
        earmark_line(session, into_fund_id, into_earmark, "into_earmark")
        if into_earmark
        else general
    )
    require(policy.may_pay(actor, book))
    if target.book_id != book.id:
        raise Invalid(LedgerReason.OTHER_BOOK, field="into_fund_id")
    draft = hand_over_draft(
        session, lines[0], target, amount, source=source, occurred_on=occurred_on, note=note
    )
    heads = place(session, actor, line_ids=[*(line.id for line in lines), target.id])
    earlier = posted(session, draft)
    if earlier is not None:
        return earlier
    funds = active_funds(session, [fund_id, into_fund_id])
    _check_purpose(session, funds[0], funds[1], decision_id)
    return hand_over(session, actor, draft, lines, heads)


def hand_over_draft(
    session: Session,
    line: Line,
    target: Line,
    amount: Money,
    *,
    source: str,
    occurred_on: date,
    note: str,
) -> Draft:
    """The entry by which money of one fund becomes another's of the same book."""
    giving = present(session.get(Fund, line.fund_id))
    taking = present(session.get(Fund, target.fund_id))
    postings = handed_out(giving, _BANK, amount)
    number = len(postings)
    return Draft(
        book_id=line.book_id,
        source=source,
        kind=EntryKind.GRANT,
        occurred_on=occurred_on,
        note=note,
        postings=[*postings, *handed_in(taking, _BANK, [amount])],
        outgoing=[Outgoing(0, giving.id, amount, OutflowKind.GRANT)],
        incoming=[
            Incoming(number, target.id, amount, None, IncomeSource.INTERNAL, Origin(outflow=0))
        ],
    )


def hand_over(
    session: Session,
    actor: Actor,
    draft: Draft,
    lines: Sequence[Line],
    heads: Mapping[int, LineHead],
) -> Entry:
    """Append a draft whose first transfer takes money from these lines, emptied in order.

    The heads are locked and everything else is checked. Raises `Insufficient` (`available`).
    """
    parts = share([heads[line.id] for line in lines], draft.outgoing[0].amount)
    appended = append(session, actor, draft)
    consume_earliest(session, appended.outflows[0], parts)
    return appended.entry


def grant_to_book(
    session: Session,
    actor: Actor,
    *,
    fund_id: int,
    into_fund_id: int,
    amount: Money,
    source: str,
    occurred_on: date,
    income: IncomeSource = IncomeSource.GRANT,
    note: str = "",
) -> tuple[Entry, Entry]:
    """Money of a fund goes to a fund of another book: cost there, income here, one path of fen.

    The entries are `<source>:paid` and `<source>:received`. Who keeps the giving book lets the
    money go; that it arrives is posted by the installation, as a gift's arrival is. Raises like
    `grant`.
    """
    _check_amount(amount)
    lines, book = spending_lines(session, fund_id)
    target, other = general_line(session, into_fund_id)
    require(policy.may_pay(actor, book))
    if other.id == book.id:
        raise Invalid(LedgerReason.OTHER_BOOK, field="into_fund_id")
    if income is IncomeSource.OPENING:
        raise Invalid(LedgerReason.WRONG_ACCOUNT, field="income")
    giving, taking = present(session.get(Fund, fund_id)), present(session.get(Fund, into_fund_id))
    paid = Draft(
        book_id=book.id,
        source=f"{source}:paid",
        kind=EntryKind.GRANT,
        occurred_on=occurred_on,
        note=note,
        postings=leaving(giving, _BANK, AccountCode.PROGRAMME_COST, amount),
        outgoing=[Outgoing(0, giving.id, amount, OutflowKind.GRANT)],
    )
    received = Draft(
        book_id=other.id,
        source=f"{source}:received",
        kind=EntryKind.GRANT_RECEIVED,
        occurred_on=occurred_on,
        note=note,
        postings=arriving(taking, _BANK, income, amount),
    )
    heads = place(session, actor, line_ids=[lines[0].id, target.id])
    first, second = posted(session, paid), posted(session, received)
    if first is not None and second is not None:
        return first, second
    if first is not None or second is not None:
        raise Conflict(LedgerReason.SOURCE_DIFFERS, source=source)
    active_funds(session, [fund_id, into_fund_id])
    _check_purpose(session, giving, taking, None)
    parts = share([heads[lines[0].id]], amount)
    out = append(session, actor, paid)
    consume_earliest(session, out.outflows[0], parts)
    received.incoming.append(
        Incoming(0, target.id, amount, None, income, Origin(outflow=out.outflows[0]))
    )
    return out.entry, append(session, Actor.system("grant"), received).entry


def move(
    session: Session,
    actor: Actor,
    *,
    fund_id: int,
    amount: Money,
    from_earmark: str,
    to_earmark: str,
    source: str,
    occurred_on: date,
    note: str = "",
) -> Entry:
    """Money goes from one line of a fund to another: earmarked, released, or put right.

    '' is the general line. Takes from that one line alone. Raises `Insufficient` (`available`),
    `Invalid` for an earmark the fund does not have and for a line onto itself.
    """
    _check_amount(amount)
    _, book = general_line(session, fund_id)
    line = earmark_line(session, fund_id, from_earmark, "from_earmark")
    target = earmark_line(session, fund_id, to_earmark, "to_earmark")
    require(policy.may_pay(actor, book))
    if line.id == target.id:
        raise Invalid(LedgerReason.FOREIGN_EARMARK, field="to_earmark", earmark=to_earmark)
    fund = present(session.get(Fund, fund_id))
    draft = Draft(
        book_id=book.id,
        source=source,
        kind=EntryKind.MOVE,
        occurred_on=occurred_on,
        note=note,
        postings=[handed_out(fund, _BANK, amount)[0], handed_in(fund, _BANK, [amount])[0]],
        outgoing=[Outgoing(0, fund_id, amount, OutflowKind.MOVE)],
        incoming=[Incoming(1, target.id, amount, None, IncomeSource.INTERNAL, Origin(outflow=0))],
    )
    heads = place(session, actor, line_ids=[line.id, target.id])
    earlier = posted(session, draft)
    if earlier is not None:
        return earlier
    active_funds(session, [fund_id])
    return hand_over(session, actor, draft, [line], heads)


def _check_amount(amount: Money) -> None:
    if amount.fen <= 0:
        raise Invalid(LedgerReason.NOT_POSITIVE, field="amount")


def _check_purpose(session: Session, giving: Fund, taking: Fund, decision_id: int | None) -> None:
    """Whether this fund's money may become that fund's at all (CHA-162, CHA-164, ACC-07)."""
    refusal = Invalid(LedgerReason.NOT_ITS_PURPOSE, field="into_fund_id")
    to_itself = giving.id == taking.id
    frees = giving.restricted and not taking.restricted
    if to_itself or frees or is_agency(giving) != is_agency(taking):
        raise refusal
    if giving.kind in (FundKind.PROJECT, FundKind.AGENCY):
        decision = session.get(PurposeDecision, decision_id) if decision_id is not None else None
        if decision is None or (decision.fund_id, decision.into_fund_id) != (giving.id, taking.id):
            raise refusal
