"""Open an attempt to pay, freeze what the gateway is asked, and record what it answered.

The call itself stands between two units of work: the attempt is committed with its frozen order,
then the gateway is called with the attempt's key, then the answer is recorded and committed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor, Verdict, require
from charity.donations.gateway import KEY_HOURS, CheckoutOrder, PaymentGateway
from charity.donations.models import Donation, DonationState, Payment, PaymentState
from charity.donations.queries import open_payment_of
from charity.donations.reasons import DonationsReason
from charity.donations.services.locking import lock_gift, lock_payment
from charity.errors import Conflict, Denied, InvalidState
from charity.registry.eligibility import blocking
from charity.registry.models import Campaign, FundraisingMode
from charity.registry.queries import campaign
from charity.registry.reasons import RegistryReason
from charity.registry.services import may_give

CURRENCY = "CNY"
#: The doors through which a campaign on the spot takes money.
OFFLINE_GATEWAYS = frozenset({"cash", "transfer"})


def open_payment(
    session: Session, actor: Actor, *, donation_id: int, gateway: PaymentGateway
) -> Payment:
    """The attempt through which the giver pays now: the one that is open, else a new one.

    A giver is never asked to pay again while an attempt is open, by whatever gateway. An attempt
    the gateway never answered within a day is given up: its key would buy a second checkout.
    Raises `InvalidState` for a gift settled or cancelled, `Conflict` while an attempt by another
    gateway is open, `Denied` where the campaign takes no money today, `NotFound`.
    """
    donation = lock_gift(session, donation_id)
    if donation.state in (DonationState.SETTLED, DonationState.REFUNDED):
        raise InvalidState(DonationsReason.ALREADY_SETTLED)
    if donation.state is DonationState.CANCELLED:
        raise InvalidState(DonationsReason.CANCELLED)
    attempt = open_payment_of(donation)
    if attempt is not None and not _outlived(attempt):
        if attempt.gateway != gateway.name:
            raise Conflict(DonationsReason.PAYMENT_OPEN, gateway=attempt.gateway)
        return attempt
    require_open_campaign(session, donation.campaign_id, gateway)
    if attempt is not None:
        _finish(attempt, PaymentState.EXPIRED)
        # Before a successor is inserted: only one attempt of a gift may be open.
        session.flush()
    return new_payment(session, donation, gateway)


def freeze_order(
    session: Session,
    actor: Actor,
    *,
    payment_id: int,
    description: str,
    return_url: str,
    cancel_url: str,
    locale: str,
) -> CheckoutOrder:
    """What the gateway is to be asked for this attempt; the first answer stands for ever.

    A key may carry one content only, so a repeat from another page or in another language gets the
    order that was frozen first. To be committed before the gateway is called. Raises `NotFound`.
    """
    payment = lock_payment(session, payment_id)
    if payment.order is None:
        payment.order = {
            "description": description,
            "return_url": return_url,
            "cancel_url": cancel_url,
            "locale": locale,
        }
        session.flush()
    return CheckoutOrder(
        key=payment.key, amount=payment.amount, currency=payment.currency, **payment.order
    )


def record_checkout(
    session: Session, actor: Actor, *, payment_id: int, remote_id: str, url: str
) -> Payment:
    """Keep the gateway's answer: where the giver pays. The same answer again changes nothing.

    An attempt that was settled meanwhile keeps its state. Raises `Conflict` where the answer is not
    the one recorded, or belongs to another attempt, and `NotFound`.
    """
    payment = lock_payment(session, payment_id)
    if payment.remote_id is None and not _taken(session, payment, remote_id):
        payment.remote_id = remote_id
    if payment.remote_id != remote_id:
        raise Conflict(DonationsReason.CHECKOUT_DIFFERS)
    payment.checkout_url = payment.checkout_url or url
    if payment.state is PaymentState.CREATED:
        payment.move_to(PaymentState.OPEN)
    session.flush()
    return payment


def abandon_payment(session: Session, actor: Actor, *, payment_id: int) -> Payment:
    """Give up an attempt that never got a checkout: the gateway said no, or never answered.

    Raises `InvalidState` where a checkout exists, in which somebody may be paying; `NotFound`.
    """
    payment = lock_payment(session, payment_id)
    if payment.state is not PaymentState.CREATED:
        raise InvalidState(DonationsReason.PAYMENT_OPEN, gateway=payment.gateway)
    _finish(payment, PaymentState.FAILED)
    session.flush()
    return payment


def new_payment(
    session: Session,
    donation: Donation,
    gateway: PaymentGateway,
    order: Mapping[str, str] | None = None,
) -> Payment:
    """A fresh attempt for a gift, its parameters frozen; its id is the key for the gateway.

    `order` freezes what the gateway is to be asked with it, where that is known already.
    """
    payment = Payment(
        donation=donation,
        gateway=gateway.name,
        amount=donation.amount,
        currency=CURRENCY,
        livemode=gateway.livemode,
        account=gateway.account,
        order=dict(order) if order is not None else None,
        state=PaymentState.CREATED,
        created_at=clock.now(),
    )
    session.add(payment)
    session.flush()
    return payment


def require_open_campaign(session: Session, campaign_id: int, gateway: PaymentGateway) -> Campaign:
    """Raise `Denied` with the first reason why a campaign takes no gift today, or `NotFound`.

    A campaign on the spot (PUBLIC_OFFLINE) takes what is counted there, and transfers.
    """
    found = campaign(session, campaign_id)
    asks = Actor.system("eligibility")
    findings = blocking(may_give(session, asks, campaign=found, on=clock.today()))
    if findings:
        require(Verdict.no(findings[0].reason, **findings[0].params))
    if found.mode is FundraisingMode.PUBLIC_OFFLINE and gateway.name not in OFFLINE_GATEWAYS:
        raise Denied(RegistryReason.OFFLINE_ONLY)
    return found


def _outlived(attempt: Payment) -> bool:
    """Whether an attempt without an answer is so old that its key may not be used again."""
    age = clock.now() - attempt.created_at
    return attempt.state is PaymentState.CREATED and age >= timedelta(hours=KEY_HOURS)


def _finish(payment: Payment, state: PaymentState) -> None:
    payment.move_to(state)
    payment.finished_at = clock.now()


def _taken(session: Session, payment: Payment, remote_id: str) -> bool:
    """Whether the checkout belongs to another attempt, as after a gateway was reset."""
    other = {"gateway": payment.gateway, "remote_id": remote_id, "own": payment.id}
    return session.scalar(_OTHER_WITH_CHECKOUT, other) is not None


_OTHER_WITH_CHECKOUT = select(Payment.id).where(
    Payment.gateway == bindparam("gateway"),
    Payment.remote_id == bindparam("remote_id"),
    Payment.id != bindparam("own"),
)
