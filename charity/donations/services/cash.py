"""Cash of boxes, stalls and events: counted by two, given a slip, taken to the bank.

A count is only words until a second person has counted the same; then its slips and the box's
unnamed rest become gifts, and later the deposit moves their money to the bank. Until it is
confirmed a count can be voided; afterwards the book's own ways lead back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor, require
from charity.donations import policy
from charity.donations.counter_gateway import CASH
from charity.donations.gateway import PaymentGateway
from charity.donations.models import (
    CashCount,
    CashSlip,
    CashState,
    Payment,
    RowState,
    StatementKind,
    StatementRow,
)
from charity.donations.reasons import StatementsReason
from charity.donations.services.arriving import NewGift, take_new
from charity.errors import CommonReason, Conflict, Denied, Invalid, InvalidState
from charity.ledger import queries as ledger_queries
from charity.ledger import services as ledger
from charity.ledger.chart import AccountCode
from charity.money import ZERO, Money
from charity.registry.queries import campaign
from charity.rows import locked, present, unique_or
from charity.texts import line, prose

#: Slips of one count; more are counted in several.
MOST_SLIPS = 500


@dataclass(frozen=True, slots=True)
class Slip:
    """A numbered slip a giver got: the sum, and the name where the giver left one."""

    number: int
    amount: Money
    giver_name: str = ""
    contact: str = ""


def count_cash(
    session: Session,
    actor: Actor,
    *,
    campaign_id: int,
    place: str,
    counted_on: date,
    amount: Money,
    slips: Sequence[Slip],
    operator_mode: str,
    note: str = "",
) -> CashCount:
    """Record what the first person counted; what lies beyond the slips is the unnamed rest.

    Raises `NotFound` for who does not count for this campaign, `Denied` where the operator takes no
    money, `Invalid` (a sum that is none, slips beyond the sum, a day ahead), `Conflict` on `slips`
    for a number that was used in this campaign.
    """
    given_to = campaign(session, campaign_id)
    require(policy.may_count_cash(actor, given_to))
    if operator_mode != policy.COLLECTING_MODE:
        raise Denied(StatementsReason.NOTHING_POSTED_HERE)
    if amount <= ZERO or any(slip.amount <= ZERO or slip.number < 1 for slip in slips):
        raise Invalid(CommonReason.NOT_POSITIVE, field="amount")
    if counted_on > clock.today():
        raise Invalid(StatementsReason.DAY_AHEAD, field="counted_on")
    unnamed = amount - Money.total(slip.amount for slip in slips)
    if unnamed < ZERO or len(slips) > MOST_SLIPS:
        raise Invalid(StatementsReason.SLIPS_EXCEED, field="amount", sum=amount - unnamed)
    count = CashCount(
        campaign_id=campaign_id,
        place=line(place, field="place", limit=100),
        counted_on=counted_on,
        amount=amount,
        unnamed=unnamed,
        first_person_id=present(actor.person_id),
        created_at=clock.now(),
        note=prose(note, field="note", limit=500),
    )
    _refuse_used(session, campaign_id, slips)
    session.add(count)
    session.flush()
    with unique_or(session, Conflict(StatementsReason.SLIP_USED, field="slips")):
        session.add_all(
            CashSlip(
                cash_count_id=count.id,
                campaign_id=campaign_id,
                number=slip.number,
                amount=slip.amount,
                giver_name=line(slip.giver_name, field="slips", limit=60, required=False),
                contact=line(slip.contact, field="slips", limit=120, required=False),
            )
            for slip in slips
        )
    session.refresh(count, ["slips"])
    return count


def confirm_cash(
    session: Session,
    actor: Actor,
    *,
    count_id: int,
    amount: Money,
    gateway: PaymentGateway,
    settler: Actor,
) -> CashCount:
    """A second person counted the same sum: slips and rest become gifts and stand in the book.

    `gateway` is the counter of cash, `settler` the installation, which posts. Raises `NotFound`,
    `Denied` for the person who counted first, `Invalid` on `amount` where the sums differ,
    `InvalidState`.
    """
    count = _lock(session, actor, count_id)
    if count.state is not CashState.COUNTED:
        raise InvalidState(CommonReason.WRONG_STATE, state=count.state, wanted=CashState.CONFIRMED)
    if actor.person_id is None or actor.person_id == count.first_person_id:
        raise Denied(StatementsReason.SAME_COUNTER)
    if amount != count.amount:
        raise Invalid(StatementsReason.AMOUNT_DIFFERS, field="amount", wanted=count.amount)
    paid = take_new(session, settler, gateway, _gifts(count))
    for slip in count.slips:
        payment = session.get_one(Payment, paid[_remote(count, slip.number)])
        slip.donation_id = payment.donation_id
    count.move_to(CashState.CONFIRMED)
    count.second_person_id, count.confirmed_at = actor.person_id, clock.now()
    session.flush()
    return count


def void_cash(session: Session, actor: Actor, *, count_id: int) -> CashCount:
    """A count that was wrong: its slips' numbers are free again. Raises `InvalidState`, `NotFound`.

    Only before it is confirmed.
    """
    count = _lock(session, actor, count_id)
    count.move_to(CashState.VOID)
    session.execute(delete(CashSlip).where(CashSlip.cash_count_id == count_id))
    session.flush()
    session.refresh(count, ["slips"])
    return count


def deposit_cash(session: Session, actor: Actor, *, count_id: int, row_id: int) -> CashCount:
    """Find the deposit of a count in the bank's statement: the money moves from 1001 to 1002.

    Raises `NotFound`, `Invalid` where the sums differ or the deposit is before the count,
    `InvalidState` for a row or count that is done, `Denied` for who may not move money.
    """
    count = _lock(session, actor, count_id)
    row = locked(session, select(StatementRow).where(StatementRow.id == row_id))
    given_to = campaign(session, count.campaign_id)
    require(policy.may_import_statements(actor, row.organisation_id))
    if row.organisation_id != given_to.charity_id or row.kind is not StatementKind.BANK:
        raise Invalid(StatementsReason.NOT_THIS_ORGANISATION, field="row_id")
    if row.amount != count.amount or present(row.booked_on) < count.counted_on:
        raise Invalid(StatementsReason.DEPOSIT_DIFFERS, field="row_id", wanted=count.amount)
    if row.state is not RowState.UNMATCHED:
        raise InvalidState(CommonReason.WRONG_STATE, state=row.state, wanted=RowState.APPLIED)
    count.move_to(CashState.DEPOSITED)
    ledger.move_to_bank(
        session,
        actor,
        book_id=ledger_queries.book_of(session, given_to.charity_id).id,
        amount=count.amount,
        source=f"cash:{count.id}:deposited",
        occurred_on=present(row.booked_on),
        from_account=AccountCode.CASH_ON_HAND,
        to_account=AccountCode.BANK_DEPOSITS,
    )
    row.move_to(RowState.APPLIED)
    row.campaign_id, row.decided_by_user_id = count.campaign_id, actor.user_id
    row.note = f"cash:{count.id}"
    count.deposit_row_id = row.id
    session.flush()
    return count


def _gifts(count: CashCount) -> list[NewGift]:
    gifts = [
        NewGift(
            remote_id=_remote(count, slip.number),
            campaign_id=count.campaign_id,
            amount=slip.amount,
            day=count.counted_on,
            giver_name=slip.giver_name,
            contact=slip.contact,
        )
        for slip in count.slips
    ]
    if count.unnamed:
        gifts.append(
            NewGift(f"{CASH}:{count.id}:rest", count.campaign_id, count.unnamed, count.counted_on)
        )
    return gifts


def _remote(count: CashCount, number: int) -> str:
    return f"{CASH}:{count.id}:{number}"


def _refuse_used(session: Session, campaign_id: int, slips: Sequence[Slip]) -> None:
    numbers = [slip.number for slip in slips]
    used = session.scalar(
        select(CashSlip.number)
        .where(CashSlip.campaign_id == campaign_id, CashSlip.number.in_(numbers))
        .order_by(CashSlip.number)
        .limit(1)
    )
    twice = next((number for number in numbers if numbers.count(number) > 1), None)
    if used is not None or twice is not None:
        raise Conflict(StatementsReason.SLIP_USED, field="slips", number=used or twice)


def _lock(session: Session, actor: Actor, count_id: int) -> CashCount:
    count = locked(session, select(CashCount).where(CashCount.id == count_id))
    require(policy.may_count_cash(actor, campaign(session, count.campaign_id)))
    return count
