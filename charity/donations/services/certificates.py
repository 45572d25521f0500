"""捐赠凭证: issued when the giver first asks, checked by anybody with its code; no receipt.

What the official receipt needs stands in `receipts`; this is the organisation's own thanks.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock, letters
from charity.actor import Actor
from charity.donations import certificate_codes, queries
from charity.donations.models import Certificate, Donation, DonationState
from charity.donations.reasons import ReceiptsReason
from charity.donations.services.locking import lock_gift
from charity.errors import InvalidState
from charity.ledger.models import Entry
from charity.registry.queries import campaign
from charity.rows import insert_new, present


def issue_certificate(
    session: Session, actor: Actor, *, token: str, code: str | None = None
) -> Certificate:
    """The certificate of the gift whose private page `token` opens; made at the first ask.

    `code` is drawn here unless given. Raises `NotFound`, and `InvalidState` for a gift that has not
    arrived or went back whole.
    """
    donation = lock_gift(session, queries.donation_by_token(session, token).id)
    known = session.scalar(select(Certificate).where(Certificate.donation_id == donation.id))
    if known is not None:
        return known
    if donation.state is DonationState.REFUNDED or not donation.kept:
        raise InvalidState(ReceiptsReason.GONE_BACK)
    if donation.state is not DonationState.SETTLED or donation.entry_id is None:
        raise InvalidState(ReceiptsReason.NOT_ARRIVED)
    entry = present(session.get(Entry, donation.entry_id))
    code = code or certificate_codes.new_code()
    made = insert_new(
        session,
        Certificate,
        donation_id=donation.id,
        code=code,
        issued_at=clock.now(),
        digest=certificate_codes.digest(
            code,
            amount=donation.amount,
            arrived_on=entry.occurred_on,
            campaign_id=donation.campaign_id,
            entry_digest=entry.digest,
        ),
    )
    if made is not None:
        return made
    # The other click was first.
    query = select(Certificate).where(Certificate.donation_id == donation.id)
    return present(session.scalar(query))


def record_picture(
    session: Session, actor: Actor, *, certificate_id: int, digest: bytes
) -> Certificate:
    """Remember where the file store keeps the picture of a certificate. Raises `NotFound`."""
    certificate = present(session.get(Certificate, certificate_id))
    certificate.picture = digest
    session.flush()
    return certificate


def thank(session: Session, actor: Actor, donation: Donation) -> None:
    """Owe the giver a letter with the private link, where the contact is an e-mail address."""
    if "@" not in donation.contact:
        return
    given_to = campaign(session, donation.campaign_id)
    letters.write(
        session,
        source=f"donation:{donation.id}:thanks",
        kind="donation.thanks",
        address=donation.contact,
        token=donation.trail_token,
        amount=donation.amount.fen,
        day=clock.day_of(donation.settled_at or clock.now()).isoformat(),
        campaign=given_to.title,
        charity=given_to.charity.name,
    )
