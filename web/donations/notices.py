"""Messages of gateways: checked over their raw bytes, stored, and only then allowed to act.

A gateway hears that we have its message as soon as it is stored; what the message does is done
after the answer. One that comes alone acts at once, in the thread that answered; in a flood the
worker does it, so that no gateway waits for the work of the messages before its own.
"""

from __future__ import annotations

import logging
import threading
import time

from flask import Flask

from charity import clock
from charity.actor import Actor
from charity.donations import services
from charity.donations.gateway import PaymentGateway
from charity.donations.models import GatewayEvent
from web.db import database, unit_of_work
from web.gateway_jobs import note_failure
from web.pools.work import Unit, allot_after_gift

log = logging.getLogger("wushe.webhooks")

#: Where each gateway writes its signature; ours stands for those not named.
SIGNATURE_HEADERS = {"stripe": "Stripe-Signature"}
OUR_HEADER = "Wushe-Signature"

#: Bytes of the longest message that is read; a real one has a few thousand.
LONGEST = 256 * 1024
#: Seconds of silence before a message, in one process, after which it is no part of a flood.
SILENCE = 0.1


def take(gateway: PaymentGateway, body: bytes, signature: str) -> None:
    """Store a message and let it act before the request goes on: a giver waits for the result.

    Raises as `store` does. Once it is stored the gateway may forget it: what goes wrong later is
    logged and counted, and the worker tries again.
    """
    # held while it acts, so that the session need not ask for it again
    event = _stored(gateway, body, signature)
    apply(unit_of_work, event.id, gateway.name)


def store(gateway: PaymentGateway, body: bytes, signature: str) -> int:
    """Store a message and commit; the id of our row, the same each time it is delivered.

    Raises `BadSignature` or `UnreadableNotice`, and then nothing is stored.
    """
    return _stored(gateway, body, signature).id


def _stored(gateway: PaymentGateway, body: bytes, signature: str) -> GatewayEvent:
    notice = gateway.read_notice(body, signature, clock.now())
    actor = Actor.system(f"webhook:{gateway.name}")
    with unit_of_work() as session:
        return services.receive_event(session, actor, gateway=gateway, notice=notice, body=body)


def apply(unit: Unit, event_id: int, gateway: str) -> None:
    """Let a stored message act in a unit of its own; a failure is counted and never raised."""
    try:
        with unit() as session:
            outcome = services.apply_event(
                session, Actor.system(f"webhook:{gateway}"), event_id=event_id
            )
    except Exception as error:
        log.exception("event gateway=%s id=%s not applied", gateway, event_id)
        note_failure(event_id, error)
    else:
        log.info("event gateway=%s id=%s outcome=%s", gateway, event_id, outcome)
        allot_after_gift(session)


class Follower:
    """Lets messages act after they were answered: one at a time, and none within a flood."""

    def __init__(self) -> None:
        self._working = threading.Lock()
        self._heard = 0.0

    def is_calm(self) -> bool:
        """Note that a message came; whether the one before it lies a while back."""
        before, self._heard = self._heard, time.monotonic()
        return self._heard - before > SILENCE

    def follow(self, app: Flask, event_id: int, gateway: str) -> None:
        """Let it act now, unless another one is at it: then the worker, woken, does."""
        if not self._working.acquire(blocking=False):
            return
        try:
            with app.app_context():
                apply(database().unit, event_id, gateway)
        except Exception:
            # the answer is out and the message stored: the worker tries again
            log.exception("event gateway=%s id=%s left to the worker", gateway, event_id)
        finally:
            self._working.release()


#: The one of this process.
FOLLOWER = Follower()
