"""A refund and the book: the money leaves when it is sent, and comes back when it fails.

Whoever calls holds the lock of the gift. What was paid out is never less than what the book says,
because the book is told first; what was asked, by whom and how it was answered is kept elsewhere.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock, outbox
from charity.actor import Actor
from charity.donations.models import (
    GONE,
    Donation,
    DonationState,
    Payment,
    Refund,
    RefundKind,
    RefundPath,
    RefundState,
)
from charity.donations.queries import refunds as queries
from charity.donations.reasons import RefundsReason
from charity.donations.services.consequences import gift_refunded
from charity.donations.services.locking import lock_gift
from charity.errors import DomainError, InvalidState
from charity.ledger import queries as books
from charity.ledger import services as ledger
from charity.ledger.chart import AccountCode
from charity.ledger.models import Entry, Fund, FundClosing, FundKind
from charity.registry.queries import fund_of_campaign, organisation
from charity.rows import present

#: What is agreed to is posted by the installation, whoever pressed the button.
BOOKKEEPER = Actor.system("refunds")


def lock_refund(session: Session, refund_id: int) -> Refund:
    """The refund, read afresh under the lock of its gift. Raises `NotFound`."""
    refund = queries.refund(session, refund_id)
    lock_gift(session, refund.donation_id)
    session.refresh(refund)
    return refund


def send_out(session: Session, refund: Refund) -> None:
    """The money leaves: the book takes it from the gift, and all who count on the gift are told.

    Raises what the book raises: `Insufficient` (`available`) where the gift, or gift and host
    together, have too little.
    """
    gift = refund.donation
    refund.move_to(RefundState.SENT)
    refund.sent_at = clock.now()
    entry = _post(session, refund, _entry_of(gift))
    refund.entry_id = entry.id
    if refund.path is RefundPath.TRANSFER:
        _from_the_bank(session, refund, entry)
    session.flush()
    _count(session, gift)
    gift_refunded(session, BOOKKEEPER, gift, refund)
    _tell(session, "donation.refunded", refund, entry)


def take_back(session: Session, refund: Refund, failure: str) -> None:
    """It did not get there: the book has the money again, and all who count on it are told.

    `failure` is a reason code's value. Raises what the book raises.
    """
    gift = refund.donation
    was_sent = refund.state in GONE
    refund.move_to(RefundState.FAILED)
    refund.failure = failure
    refund.finished_at = clock.now()
    session.flush()
    if not was_sent or refund.entry_id is None:
        return
    entry = ledger.reverse(session, BOOKKEEPER, entry_id=refund.entry_id, occurred_on=clock.today())
    refund.reversal_entry_id = entry.id
    _host_gets_its_own(session, refund)
    session.flush()
    _count(session, gift)
    gift_refunded(session, BOOKKEEPER, gift, refund)
    _tell(session, "donation.refund_failed", refund, entry)


def finish(session: Session, refund: Refund) -> None:
    """The giver has the money."""
    refund.move_to(RefundState.SUCCEEDED)
    refund.finished_at = clock.now()
    session.flush()


def host_fund_of(session: Session, gift: Donation) -> int:
    """The host's own unrestricted fund in the book that took the gift; opened where there is none.

    Its name is the organisation's.
    """
    book_id = present(session.get(Entry, _entry_of(gift))).book_id
    ended = select(FundClosing.fund_id)
    query = select(Fund.id).where(
        Fund.book_id == book_id, Fund.kind == FundKind.UNRESTRICTED, Fund.id.not_in(ended)
    )
    found = session.scalars(query.order_by(Fund.id).limit(1)).first()
    if found is not None:
        return found
    host = organisation(session, books.book(session, book_id).organisation_id)
    fund = ledger.open_fund(
        session, BOOKKEEPER, book_id=book_id, name=host.name, kind=FundKind.UNRESTRICTED
    )
    return fund.id


def _post(session: Session, refund: Refund, gift_entry_id: int) -> Entry:
    if refund.kind is RefundKind.VOLUNTARY:
        return ledger.refund(
            session,
            BOOKKEEPER,
            gift_entry_id=gift_entry_id,
            amount=refund.amount,
            source=refund.key,
            occurred_on=clock.today(),
        )
    return ledger.compel_refund(
        session,
        BOOKKEEPER,
        gift_entry_id=gift_entry_id,
        amount=refund.amount,
        host_fund_id=host_fund_of(session, refund.donation),
        source=refund.key,
        occurred_on=clock.today(),
    )


def _from_the_bank(session: Session, refund: Refund, entry: Entry) -> None:
    """A refund by hand leaves the bank, while the gift's money may stand elsewhere.

    The book takes it from where it arrived; so as much is moved there from the bank.
    """
    payment: Payment = refund.payment
    if payment.account == AccountCode.BANK_DEPOSITS:
        return
    ledger.move_to_bank(
        session,
        BOOKKEEPER,
        book_id=entry.book_id,
        amount=refund.amount,
        source=f"{refund.key}:bank",
        occurred_on=clock.today(),
        from_account=AccountCode.BANK_DEPOSITS,
        to_account=payment.account,
    )


def _host_gets_its_own(session: Session, refund: Refund) -> None:
    """What the host granted for a refund that failed goes home, unless it has been used since."""
    granted = session.scalars(
        select(Entry).where(Entry.source.in_((f"{refund.key}:granted", f"{refund.key}:bank")))
    ).all()
    for entry in granted:
        try:
            with session.begin_nested():
                ledger.reverse(session, BOOKKEEPER, entry_id=entry.id, occurred_on=clock.today())
        except DomainError:
            # Spent for the project meanwhile: it stays the grant that it is in the book.
            continue


def _count(session: Session, gift: Donation) -> None:
    """Write anew how much of the gift is gone, and whether anything is left of it."""
    gift.refunded = queries.gone_from(session, gift.id)
    whole = gift.refunded == gift.amount
    if whole and gift.state is DonationState.SETTLED:
        gift.move_to(DonationState.REFUNDED)
    elif not whole and gift.state is DonationState.REFUNDED:
        gift.move_to(DonationState.SETTLED)
    session.flush()


def _entry_of(gift: Donation) -> int:
    if gift.entry_id is None:
        raise InvalidState(RefundsReason.NOT_PAID)
    return gift.entry_id


def _tell(session: Session, event: str, refund: Refund, entry: Entry) -> None:
    gift = refund.donation
    outbox.write(
        session,
        event,
        f"donation:{gift.id}",
        campaign_id=gift.campaign_id,
        fund_id=fund_of_campaign(session, gift.campaign_id),
        refund_id=refund.id,
        entry_id=entry.id,
    )
