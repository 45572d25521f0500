"""Forgetting a giver: every word about a person goes, every fen and every proof stays (PII-05, 06).

One gift is forgotten by whoever holds its private link; a signed-in giver may have everything of
theirs forgotten at once. Other gifts with the same contact are left alone on purpose: anybody can
type anybody's telephone number, so a contact proves nothing. What the law makes the charity keep
stays and is said: the payer of an issued receipt, and the marks of matching pools, which name
nobody without this installation's own secret.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock, letters
from charity.actor import Actor
from charity.donations import queries
from charity.donations.models import (
    CashSlip,
    Donation,
    GatewayEvent,
    GivenBy,
    GivingTeam,
    InKindGift,
    MonthlyPlan,
    Payment,
    PlanState,
    Pledge,
    Receipt,
    ReceiptState,
    Refund,
    RefundPath,
    RefundState,
    StatementRow,
)
from charity.donations.reasons import ReceiptsReason
from charity.donations.services.locking import lock_gift
from charity.errors import CommonReason, Denied, InvalidState
from charity.ledger import services as ledger

_Given = TypeVar("_Given", Pledge, InKindGift, MonthlyPlan)

#: Refunds by hand that still need to know where the money goes.
_UNDER_WAY = (RefundState.REQUESTED, RefundState.APPROVED, RefundState.SENT)

#: The book lets only the installation forget givers; it does so because the giver asked us to.
_FOR_THE_GIVER = Actor.system("forgetting")


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was forgotten, and what could not be."""

    gifts: int
    #: Receipts that are issued, whose payer must be kept with them.
    kept_receipts: int


def forget_gift(session: Session, actor: Actor, *, token: str) -> Forgotten:
    """Forget who gave the gift whose private page `token` opens; asked again it changes nothing.

    Name, contact, words, giver key, account, wanted receipt, letters, what banks and gateways wrote
    about the payer, the slip and the book's giver row go; amounts, days, entries and seals stay.
    Raises `NotFound`, and `InvalidState` while a refund by hand needs to know where it goes.
    """
    donation = queries.donation_by_token(session, token)
    return Forgotten(gifts=1, kept_receipts=_forget_gift(session, donation.id))


def forget_giver(session: Session, actor: Actor) -> Forgotten:
    """Forget everything the signed-in person gave and promised; monthly plans are stopped.

    Raises `Denied` for a guest, and `InvalidState` as `forget_gift` does, before anything is
    changed.
    """
    if actor.person_id is None:
        raise Denied(CommonReason.SIGN_IN_FIRST)
    mine = select(Donation.id).where(Donation.person_id == actor.person_id).order_by(Donation.id)
    gifts = session.scalars(mine).all()
    _require_no_refund(session, gifts)
    kept = sum(_forget_gift(session, donation_id) for donation_id in gifts)
    for plan in _of_person(session, MonthlyPlan, actor.person_id):
        if plan.state is not PlanState.STOPPED:
            plan.move_to(PlanState.STOPPED)
            plan.next_on, plan.stopped_at = None, clock.now()
        _blank(plan)
        letters.forget(session, subject=f"monthly:{plan.id}")
    for pledge in _of_person(session, Pledge, actor.person_id):
        pledge.message = ""
        _blank(pledge)
        letters.forget(session, subject=f"pledge:{pledge.id}")
    for goods in _of_person(session, InKindGift, actor.person_id):
        goods.message = goods.handover = ""
        _blank(goods)
        letters.forget(session, subject=f"in_kind:{goods.id}")
        for item in goods.items:
            if item.entry_id is not None:
                ledger.erase_giver(session, _FOR_THE_GIVER, entry_id=item.entry_id)
    _forget_captain(session, actor)
    session.flush()
    return Forgotten(gifts=len(gifts), kept_receipts=kept)


def _forget_gift(session: Session, donation_id: int) -> int:
    """Forget one gift; answers how many issued receipts keep their payer (0 or 1)."""
    donation = lock_gift(session, donation_id)
    _require_no_refund(session, [donation.id])
    donation.message = ""
    _blank(donation)
    letters.forget(session, subject=f"donation:{donation.id}")
    _forget_payer(session, donation.id)
    if donation.entry_id is not None:
        ledger.erase_giver(session, _FOR_THE_GIVER, entry_id=donation.entry_id)
    session.flush()
    return _forget_receipt(session, donation.id)


def _blank(given: GivenBy) -> None:
    """Take a giver's own words away; the kind of giver stays, for the figures."""
    given.giver_name = given.contact = ""
    given.name_is_public = given.is_shown_to_organisation = False
    given.giver_key = given.person_id = None
    given.forgotten_at = given.forgotten_at or clock.now()


def _forget_receipt(session: Session, donation_id: int) -> int:
    receipt = session.scalar(select(Receipt).where(Receipt.donation_id == donation_id))
    if receipt is None:
        return 0
    if receipt.state is ReceiptState.ISSUED:
        return 1
    if receipt.state is ReceiptState.WANTED:
        receipt.move_to(ReceiptState.WAIVED)
    receipt.payer_name = receipt.payer_uscc = ""
    receipt.changed_at = clock.now()
    session.flush()
    return 0


def _forget_payer(session: Session, donation_id: int) -> None:
    """What others told us about who paid: banks, gateways, the hand that wrote a slip."""
    payments = select(Payment.id).where(Payment.donation_id == donation_id)
    for row in session.scalars(select(StatementRow).where(StatementRow.payment_id.in_(payments))):
        row.payer_name = row.payer_account = row.remark = ""
    for event in session.scalars(select(GatewayEvent).where(GatewayEvent.payment_id.in_(payments))):
        if event.is_closed:
            # What it said of the money stands in columns of its own.
            event.body = ""
    for slip in session.scalars(select(CashSlip).where(CashSlip.donation_id == donation_id)):
        slip.giver_name = slip.contact = ""
    for refund in session.scalars(select(Refund).where(Refund.donation_id == donation_id)):
        refund.payee = refund.reason = ""


def _forget_captain(session: Session, actor: Actor) -> None:
    """A captain's contact and account go; the team's page keeps the name it chose."""
    query = select(GivingTeam).where(GivingTeam.captain_user_id == actor.user_id)
    for team in session.scalars(query):
        team.captain_contact, team.captain_user_id = "", None
        team.captain_name = team.name


def _require_no_refund(session: Session, donations: Sequence[int]) -> None:
    query = select(Refund.id).where(
        Refund.donation_id.in_(donations),
        Refund.path == RefundPath.TRANSFER,
        Refund.state.in_(_UNDER_WAY),
    )
    if session.scalar(query.limit(1)) is not None:
        raise InvalidState(ReceiptsReason.REFUND_UNDER_WAY)


def _of_person(session: Session, model: type[_Given], person_id: int) -> Sequence[_Given]:
    return session.scalars(select(model).where(model.person_id == person_id)).all()
