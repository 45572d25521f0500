"""Messages of gateways: checked over their raw bytes, stored, and only then allowed to act."""

from __future__ import annotations

import logging

from charity import clock
from charity.actor import Actor
from charity.donations import services
from charity.donations.gateway import PaymentGateway
from web.db import unit_of_work
from web.gateway_jobs import note_failure
from web.pools.work import allot_after_gift

log = logging.getLogger("wushe.webhooks")

#: Where each gateway writes its signature; ours stands for those not named.
SIGNATURE_HEADERS = {"stripe": "Stripe-Signature"}
OUR_HEADER = "Wushe-Signature"

#: Bytes of the longest message that is read; a real one has a few thousand.
LONGEST = 256 * 1024


def take(gateway: PaymentGateway, body: bytes, signature: str) -> None:
    """Store a message, then apply it in a unit of its own.

    Raises `BadSignature` or `UnreadableNotice`, and then nothing is stored. Once it is stored the
    gateway may forget it: what goes wrong later is logged, and the worker tries again.
    """
    notice = gateway.read_notice(body, signature, clock.now())
    actor = Actor.system(f"webhook:{gateway.name}")
    with unit_of_work() as session:
        event = services.receive_event(session, actor, gateway=gateway, notice=notice, body=body)
        event_id = event.id
    try:
        with unit_of_work() as session:
            outcome = services.apply_event(session, actor, event_id=event_id)
    except Exception as error:
        log.exception("event gateway=%s id=%s not applied", gateway.name, event_id)
        note_failure(event_id, error)
    else:
        log.info("event gateway=%s id=%s outcome=%s", gateway.name, event_id, outcome)
        allot_after_gift(session)
