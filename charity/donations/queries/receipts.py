"""Certificates and receipts, looked up: by the public, by the giver, and by those who issue."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session

from charity import clock
from charity.donations import certificate_codes
from charity.donations.models import (
    Certificate,
    Donation,
    DonationState,
    Receipt,
    ReceiptState,
)
from charity.errors import CommonReason, NotFound
from charity.ledger.chart import AccountCode
from charity.ledger.models import Account, Entry, Transfer
from charity.money import Money
from charity.paging import Page, count_of
from charity.registry.models import Campaign, FundraisingMode
from charity.rows import present

#: Days after the gift by which a receipt is issued, waived, or nobody is there to name; our own
#: figure (CHA-147).
RECEIPT_DAYS = 30

_DONATION_INCOME = (
    AccountCode.DONATION_INCOME_RESTRICTED,
    AccountCode.DONATION_INCOME_UNRESTRICTED,
)
_NO_RECEIPT = (FundraisingMode.MUTUAL_AID, FundraisingMode.GRANT)


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """What the public page of a certificate may say: money, day, campaign and proof, no person."""

    code: str
    amount: Money
    refunded: Money
    arrived_on: date
    campaign: Campaign
    digest: bytes
    #: Whether the digest still is that of gift and book.
    is_true: bool
    entry_id: int
    entry_digest: bytes

    @property
    def is_gone(self) -> bool:
        """Whether all of it went back to the giver."""
        return self.refunded == self.amount


@dataclass(frozen=True, slots=True)
class DueReceipt:
    """One gift whose receipt is owed or was never spoken of."""

    donation: Donation
    receipt: Receipt | None
    campaign: Campaign
    arrived_on: date
    #: The last day by our own clock.
    due_on: date

    @property
    def days_left(self) -> int:
        """Whole days until the last one; below zero when it is past."""
        return (self.due_on - clock.today()).days

    @property
    def payer_name(self) -> str:
        """Whose name is to stand on it, as far as it is known."""
        return self.receipt.payer_name if self.receipt else self.donation.giver_name


def certificate_of(session: Session, donation_id: int) -> Certificate | None:
    """The certificate of a gift, None before it was asked for."""
    return session.scalar(select(Certificate).where(Certificate.donation_id == donation_id))


def certificate_facts(session: Session, text: str) -> CertificateFacts:
    """What a certificate's code stands for; raises `NotFound` for a code that is none of ours."""
    code = certificate_codes.normalise(text)
    if code is None:
        raise NotFound(CommonReason.NOT_FOUND)
    query = (
        select(Certificate, Donation, Entry, Campaign)
        .join(Donation, Donation.id == Certificate.donation_id)
        .join(Entry, Entry.id == Donation.entry_id)
        .join(Campaign, Campaign.id == Donation.campaign_id)
        .where(Certificate.code == code)
    )
    row = present(session.execute(query).one_or_none())
    certificate, donation, entry, campaign = row
    found = certificate_codes.digest(
        certificate.code,
        amount=donation.amount,
        arrived_on=entry.occurred_on,
        campaign_id=donation.campaign_id,
        entry_digest=entry.digest,
    )
    gone = donation.state is DonationState.REFUNDED
    return CertificateFacts(
        code=certificate.code,
        amount=donation.amount,
        refunded=donation.amount if gone else donation.refunded,
        arrived_on=entry.occurred_on,
        campaign=campaign,
        digest=certificate.digest,
        is_true=found == certificate.digest,
        entry_id=entry.id,
        entry_digest=entry.digest,
    )


def receipt_of(session: Session, donation_id: int) -> Receipt | None:
    """What is known of the receipt of a gift; None where nobody was asked."""
    return session.scalar(_OF_GIFT, {"gift": donation_id})


_OF_GIFT = select(Receipt).where(Receipt.donation_id == bindparam("gift"))


def is_donation_income(session: Session, entry_id: int) -> bool:
    """Whether the book took an entry in as 捐赠收入 (CHA-149)."""
    query = (
        select(Account.id)
        .join(Transfer, Transfer.credit_account_id == Account.id)
        .where(Transfer.entry_id == entry_id, Account.code.in_(_DONATION_INCOME))
    )
    return session.scalar(query.limit(1)) is not None


def receipts_due(
    session: Session,
    charity_ids: Collection[int] | None,
    *,
    unasked: bool = False,
    number: int = 1,
    size: int = 50,
) -> Page[DueReceipt]:
    """A page of the gifts whose receipt is wanted, the oldest first; None for every charity.

    With `unasked` the others: those that left a name and were never asked (imported statements,
    cash). Gifts without any name are nobody's.
    """
    query = _due(charity_ids, unasked=unasked)
    total = count_of(session, query.with_only_columns(Donation.id))
    number = min(max(number, 1), max(1, -(-total // size)))
    rows = session.execute(query.limit(size).offset((number - 1) * size))
    items = [_due_row(donation, receipt, campaign) for donation, receipt, campaign in rows]
    return Page(items=items, number=number, size=size, total=total)


def all_receipts_due(
    session: Session, charity_ids: Collection[int] | None, *, limit: int = 5_000
) -> list[DueReceipt]:
    """Both as one list, the wanted first, for a file to be filled in."""
    rows = [
        row
        for unasked in (False, True)
        for row in session.execute(_due(charity_ids, unasked=unasked).limit(limit))
    ]
    return [_due_row(donation, receipt, campaign) for donation, receipt, campaign in rows[:limit]]


def oldest_wanted_receipts(
    session: Session, charity_ids: Collection[int] | None
) -> tuple[int, date | None]:
    """How many receipts are wanted, and the last day of the first of them; for the desk."""
    query = (
        select(func.count(), func.min(Donation.settled_at))
        .select_from(Donation)
        .join(Receipt, Receipt.donation_id == Donation.id)
        .join(Campaign, Campaign.id == Donation.campaign_id)
        .where(
            Receipt.state == ReceiptState.WANTED,
            Donation.state == DonationState.SETTLED,
            Donation.amount > Donation.refunded,
        )
    )
    if charity_ids is not None:
        query = query.where(Campaign.charity_id.in_(charity_ids))
    number, first = session.execute(query).one()
    return number, clock.day_of(first) + timedelta(days=RECEIPT_DAYS) if first else None


def donations_by_number(session: Session, numbers: Collection[int]) -> Mapping[int, Donation]:
    """Gifts by id, those that exist."""
    query = select(Donation).where(Donation.id.in_(numbers))
    return {donation.id: donation for donation in session.scalars(query)}


def issued_in(
    session: Session, charity_ids: Collection[int] | None, first: date, last: date
) -> list[tuple[Receipt, Donation, Campaign]]:
    """Receipts issued from one day to another, for the list the charity keeps."""
    query = (
        select(Receipt, Donation, Campaign)
        .join(Donation, Donation.id == Receipt.donation_id)
        .join(Campaign, Campaign.id == Donation.campaign_id)
        .where(Receipt.state == ReceiptState.ISSUED, Receipt.issued_on.between(first, last))
        .order_by(Receipt.batch_code, Receipt.number)
    )
    if charity_ids is not None:
        query = query.where(Campaign.charity_id.in_(charity_ids))
    return [(receipt, donation, campaign) for receipt, donation, campaign in session.execute(query)]


def _due(
    charity_ids: Collection[int] | None, *, unasked: bool
) -> Select[Donation, Receipt | None, Campaign]:
    query = (
        select(Donation, Receipt, Campaign)
        .outerjoin(Receipt, Receipt.donation_id == Donation.id)
        .join(Campaign, Campaign.id == Donation.campaign_id)
        .where(
            Donation.state == DonationState.SETTLED,
            Donation.amount > Donation.refunded,
            Donation.forgotten_at.is_(None),
            Campaign.mode.not_in(_NO_RECEIPT),
            Receipt.id.is_(None) & (Donation.giver_name != "")
            if unasked
            else Receipt.state == ReceiptState.WANTED,
        )
        .order_by(Donation.settled_at, Donation.id)
    )
    if charity_ids is not None:
        query = query.where(Campaign.charity_id.in_(charity_ids))
    return query


def _due_row(donation: Donation, receipt: Receipt | None, campaign: Campaign) -> DueReceipt:
    arrived_on = clock.day_of(donation.settled_at or donation.created_at)
    return DueReceipt(
        donation=donation,
        receipt=receipt,
        campaign=campaign,
        arrived_on=arrived_on,
        due_on=arrived_on + timedelta(days=RECEIPT_DAYS),
    )
