"""The way to the gateway: record the intent, commit, ask, record the answer, commit.

The gateway is called between two units of work and never inside one. Whatever happens to the call,
the gift is already recorded, and the attempt's own key makes a second call harmless.
"""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity.donations import queries, services
from charity.donations.gateway import (
    CheckoutOrder,
    GatewayRefused,
    GatewayUnavailable,
    PaymentGateway,
)
from charity.donations.giver_keys import giver_key
from charity.donations.models import Donation, DonationState, GiverKind
from charity.donations.queries.pledges import pledge_for_gift
from charity.donations.queries.together import team_by_code
from charity.registry import queries as registry
from projects.listings.models import Project
from web.db import unit_of_work
from web.donations.forms import DonationForm
from web.languages import language
from web.ports import ports, settings
from web.security.sessions import current_actor

log = logging.getLogger("wushe.donations")


@dataclass(frozen=True, slots=True)
class Attempt:
    """How far a gift is on its way to the gateway, kept beyond the unit that recorded it."""

    #: The secret of the giver's own page.
    token: str
    gateway: PaymentGateway
    payment_id: int | None = None
    #: What is to be asked; None where there is nothing to ask.
    order: CheckoutOrder | None = None
    #: Where the giver pays, once the gateway has answered.
    url: str | None = None


def begin(
    form: DonationForm, project: Project, pledge: str | None = None, team: str | None = None
) -> Attempt:
    """Record a gift with its first attempt; the same form again finds the same one.

    `pledge` is the secret of the promise it keeps, `team` the address of the team it is given
    through, where there is one.
    Raises what `begin_donation` and `open_payment` raise; then nothing is recorded.
    """
    actor, gateway = current_actor(), ports().gateways[form.way.data]
    campaign_id, title = project.campaign_id or 0, project.title
    token = secrets.token_urlsafe(32)
    with unit_of_work() as session:
        kept = pledge_for_gift(session, pledge, campaign_id).id if pledge else None
        donation = services.begin_donation(
            session,
            actor,
            client_id=form.client_id.data or "",
            campaign_id=campaign_id,
            amount=form.given,
            gateway=gateway,
            giver_kind=GiverKind(form.giver_kind.data),
            giver_name=form.giver_name.data or "",
            name_is_public=form.name_is_public.data,
            contact=form.contact.data or "",
            message=form.message.data or "",
            is_shown_to_organisation=form.is_shown_to_organisation.data,
            giver_key=giver_key(
                form.contact.data or "", settings().secret, person_id=actor.person_id
            ),
            pledge_id=kept,
            team_id=team_by_code(session, team).id if team else None,
            operator_mode=settings().operator_mode,
            token=token,
            order=_order(token, title),
        )
        _note_receipt(session, donation, form)
        return _attempt(session, donation, gateway, title)


def resume(token: str) -> Attempt:
    """Go on with a gift that is not paid: the attempt that is open, else a new one.

    Raises `NotFound`, and what `open_payment` raises.
    """
    with unit_of_work() as session:
        donation = queries.donation_by_token(session, token)
        waiting = queries.open_payment_of(donation)
        name = waiting.gateway if waiting is not None else ""
        gateway = ports().gateways.get(name, ports().gateway)
        title = registry.campaign(session, donation.campaign_id).title
        return _attempt(session, donation, gateway, title)


def send(attempt: Attempt) -> ResponseReturnValue:
    """Send the giver to pay, or to their own page where there is nothing to pay or no answer."""
    own_page = url_for("donations.trail", token=attempt.token)
    if attempt.order is None:
        return redirect(attempt.url or own_page, 303)
    answered = _ask(attempt, attempt.order)
    return redirect(answered or own_page, 303)


def _note_receipt(session: Session, donation: Donation, form: DonationForm) -> None:
    """Whether a receipt is wanted, as the form said; who left nothing is noted on arrival."""
    if donation.state is not DonationState.PENDING:
        return
    actor, name = current_actor(), form.payer_name.data or ""
    if name:
        services.ask_receipt(
            session,
            actor,
            token=donation.trail_token,
            payer_name=name,
            payer_uscc=form.payer_uscc.data or "",
        )
    elif donation.giver_name or donation.contact or donation.person_id is not None:
        services.waive_with_gift(session, actor, donation_id=donation.id)


def _attempt(session: Session, donation: Donation, gateway: PaymentGateway, title: str) -> Attempt:
    token = donation.trail_token
    if donation.state is DonationState.SETTLED:
        return Attempt(token, gateway)
    payment = services.open_payment(
        session, current_actor(), donation_id=donation.id, gateway=gateway
    )
    if payment.checkout_url:
        return Attempt(token, gateway, payment.id, url=payment.checkout_url)
    order = services.freeze_order(
        session, current_actor(), payment_id=payment.id, **_order(token, title)
    )
    return Attempt(token, gateway, payment.id, order)


def _order(token: str, title: str) -> dict[str, str]:
    """What the gateway is asked for, besides the sum: words, and where the giver goes back to."""
    here = settings().base_url + url_for("donations.trail", token=token)
    return {
        "description": _("捐给“%(title)s”", title=title),
        "return_url": f"{here}?back=1",
        "cancel_url": here,
        "locale": language(),
    }


def _ask(attempt: Attempt, order: CheckoutOrder) -> str | None:
    """The outside call; None, with a sentence for the next page, where it gave no checkout."""
    payment_id = attempt.payment_id or 0
    try:
        checkout = attempt.gateway.create_checkout(order)
    except GatewayUnavailable:
        log.warning("checkout gateway=%s payment=%s unavailable", attempt.gateway.name, payment_id)
        flash(_("付款页面这会儿打不开。你的捐款已经记下，没有扣款，请过一会儿再试。"), "warning")
        return None
    except GatewayRefused:
        log.warning("checkout gateway=%s payment=%s refused", attempt.gateway.name, payment_id)
        with unit_of_work() as session:
            services.abandon_payment(session, current_actor(), payment_id=payment_id)
        flash(_("付款渠道没有接受这一笔，没有扣款。你可以再试一次。"), "warning")
        return None
    with unit_of_work() as session:
        services.record_checkout(
            session,
            current_actor(),
            payment_id=payment_id,
            remote_id=checkout.remote_id,
            url=checkout.url,
        )
    return checkout.url
