"""Work with gateways that no visitor waits for: believe them, ask them, give back, compare, alarm.

A gateway is called between two units of work and never inside one. Every job may be killed at any
point and begins again where the database says it stopped.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from charity import clock, letters
from charity.actor import Actor
from charity.donations import queries, services
from charity.donations.gateway import (
    GatewayRefused,
    GatewayUnavailable,
    NoticeKind,
    PaymentGateway,
    RefundOrder,
    RemoteStatus,
)
from charity.donations.queries import events as event_queries
from charity.donations.queries import refunds as refund_queries
from charity.errors import DomainError
from charity.money import ZERO, Money
from web.db import database
from web.ports import ports, settings

log = logging.getLogger("wushe.gateways")

WORKER = Actor.system("worker")

#: A payment without a result for so long is asked about at its gateway.
STUCK_AFTER = timedelta(minutes=15)
#: The demonstration's checkouts end after a day, as a real gateway's do.
SANDBOX_LIFE = timedelta(days=1)
#: How many days ago the days lie that are compared each night: what was given back, or changed at
#: the gateway later, is found by the second and third look.
COMPARED = (1, 7, 30)
#: Fees that are asked for in one run.
FEES = 500


# ── messages ─────────────────────────────────────────────────────────────────────────────────────


def apply_events() -> int:
    """Act on every stored message; one that fails again and again is set aside for people.

    Answers how many had their effect; those that wait for their payment go on waiting.
    """
    applied, reached = 0, 0
    while True:
        with database().unit() as session:
            waiting = queries.waiting_events(session, after=reached)
            ids = [event.id for event in waiting]
        if not ids:
            return applied
        reached = ids[-1]
        applied += sum(apply_event(event_id) for event_id in ids)


def apply_event(event_id: int) -> bool:
    """Let one stored message act in a unit of its own; a failure is counted and never raised."""
    try:
        with database().unit() as session:
            outcome = services.apply_event(session, WORKER, event_id=event_id)
    except Exception as error:
        log.exception("gateway event=%s", event_id)
        note_failure(event_id, error)
        return False
    return outcome.value != "waiting"


def note_failure(event_id: int, error: Exception) -> None:
    """Count that a message failed; the count decides when people must look."""
    said = f"{type(error).__name__}: {error}"
    if isinstance(error, DomainError):
        said = error.reason.value
    with database().unit() as session:
        services.note_failure(session, WORKER, event_id=event_id, error=said)


def ask_gateways() -> None:
    """Ask about payments whose message never came; the demonstration's end after a day."""
    reached = 0
    while True:
        with database().unit() as session:
            before = clock.now() - STUCK_AFTER
            stuck = queries.stuck_payments(session, before=before, after=reached)
            asked = [(p.id, p.gateway, p.remote_id, p.created_at) for p in stuck]
        if not asked:
            return
        reached = asked[-1][0]
        for payment_id, name, remote_id, created_at in asked:
            gateway = ports().gateways.get(name)
            if gateway is not None and remote_id is not None:
                _ask(payment_id, gateway, remote_id, created_at)


def _ask(payment_id: int, gateway: PaymentGateway, remote_id: str, created_at: datetime) -> None:
    try:
        status = gateway.fetch(remote_id)
        if gateway.is_sandbox and clock.now() - created_at > SANDBOX_LIFE:
            status = replace(status, kind=NoticeKind.EXPIRED)
        with database().unit() as session:
            services.reconcile(session, WORKER, payment_id=payment_id, status=status)
    except DomainError as error:
        log.warning("reconcile payment=%s reason=%s", payment_id, error.reason)


# ── giving back ──────────────────────────────────────────────────────────────────────────────────


def give_back() -> None:
    """Make the next refunds of running batches, then send what is agreed to."""
    run_batches()
    send_refunds()


def run_batches() -> int:
    """Make every refund that running batches still owe, portion by portion; answers how many."""
    gateways = ports().gateways
    with database().unit() as session:
        running = [batch.id for batch in refund_queries.running_batches(session)]
    looked_at = 0
    for batch_id in running:
        while True:
            with database().unit() as session:
                number = services.make_portion(
                    session,
                    WORKER,
                    batch_id=batch_id,
                    can_refund=lambda name: name in gateways and gateways[name].can_refund,
                )
            if not number:
                break
            looked_at += number
    return looked_at


def send_refunds() -> int:
    """Send what is agreed to, and ask again where an answer was lost; answers how many went."""
    sent, reached = 0, 0
    while True:
        with database().unit() as session:
            waiting = refund_queries.to_send(session, after=reached)
            ids = [(refund.id, refund.gateway) for refund in waiting]
        if not ids:
            return sent
        reached = ids[-1][0]
        for refund_id, name in ids:
            gateway = ports().gateways.get(name)
            if gateway is not None:
                sent += send_refund(refund_id, gateway)


def send_refund(refund_id: int, gateway: PaymentGateway) -> bool:
    """Book, ask, record: three units of work, the middle one the gateway's."""
    try:
        with database().unit() as session:
            order = services.begin_sending(session, WORKER, refund_id=refund_id)
        if order is None:
            return False
        return _ask_to_give_back(refund_id, gateway, order)
    except DomainError as error:
        log.warning("refund=%s reason=%s", refund_id, error.reason)
    except Exception:
        log.exception("refund=%s", refund_id)
    return False


def _ask_to_give_back(refund_id: int, gateway: PaymentGateway, order: RefundOrder) -> bool:
    try:
        answer = gateway.refund(order)
    except GatewayRefused:
        with database().unit() as session:
            services.record_refusal(session, WORKER, refund_id=refund_id)
        return False
    with database().unit() as session:
        services.record_refund(session, WORKER, refund_id=refund_id, answer=answer)
    return True


# ── fees ─────────────────────────────────────────────────────────────────────────────────────────


def ask_fees() -> int:
    """Ask what gateways kept of payments, as far as they know; answers how many were told."""
    with database().unit() as session:
        owed = [
            (payment.id, payment.gateway, payment.remote_id)
            for payment in event_queries.fees_owed(session, limit=FEES)
        ]
    told = 0
    for payment_id, name, remote_id in owed:
        gateway = ports().gateways.get(name)
        if gateway is None or remote_id is None:
            continue
        try:
            fee = gateway.fee(remote_id)
            told += _record_fee(payment_id, fee)
        except GatewayUnavailable:
            continue
        except DomainError as error:
            log.warning("fee payment=%s reason=%s", payment_id, error.reason)
    return told


def _record_fee(payment_id: int, fee: Money | None) -> bool:
    if fee is None:
        return False
    with database().unit() as session:
        services.record_fee(session, WORKER, payment_id=payment_id, fee=max(fee, ZERO))
    return True


# ── comparing ────────────────────────────────────────────────────────────────────────────────────


def compare_days() -> int:
    """Compare yesterday, and two days that lie further back, with each gateway's own list."""
    found = 0
    for name, gateway in ports().gateways.items():
        for days in COMPARED:
            try:
                found += compare_day(name, gateway, clock.today() - timedelta(days=days))
            except DomainError as error:
                log.warning("compare gateway=%s reason=%s", name, error.reason)
    return found


def compare_day(name: str, gateway: PaymentGateway, day: date) -> int:
    """Compare one day; answers how many differences are new.

    Raises `GatewayUnavailable` or `GatewayRefused` where the gateway does not give its list.
    """
    statuses = gateway.settled_on(day)
    if statuses is None:
        return 0
    listed: set[str] = set()
    found = 0
    for status in statuses:
        listed.add(status.remote_id)
        with database().unit() as session:
            found += len(
                services.compare_listed(session, WORKER, gateway=name, day=day, status=status)
            )
    for payment_id, status_there in _missing(name, gateway, day, listed):
        with database().unit() as session:
            found += len(
                services.compare_missing(
                    session, WORKER, payment_id=payment_id, day=day, status=status_there
                )
            )
    if found:
        log.error("gateway=%s day=%s differences=%s", name, day, found)
    return found


def _missing(
    name: str, gateway: PaymentGateway, day: date, listed: set[str]
) -> Iterator[tuple[int, RemoteStatus | None]]:
    """Each payment of ours that the list has not, with what the gateway says when asked about it.

    None where it does not know it; one it gives no answer about is left for the next night.
    """
    with database().unit() as session:
        missing = services.missing_in(session, WORKER, gateway=name, day=day, listed=listed)
        asked = [(payment.id, payment.remote_id) for payment in missing]
    for payment_id, remote_id in asked:
        try:
            yield payment_id, gateway.fetch(remote_id) if remote_id is not None else None
        except GatewayRefused:
            yield payment_id, None
        except GatewayUnavailable:
            continue


# ── alarms ───────────────────────────────────────────────────────────────────────────────────────


def alarm() -> bool:
    """Write to the operator what people must look at: once a day, and again when it grows."""
    address = settings().operator_mail
    with database().unit() as session:
        alarms = event_queries.alarms(session)
        if not alarms.count or not address:
            return False
        return letters.write(
            session,
            source=f"operator:alarm:{clock.today().isoformat()}:{alarms.count}",
            kind="operator.alarm",
            address=address,
            quarantined=alarms.quarantined,
            set_aside=alarms.set_aside,
            stuck=alarms.stuck,
            drifts=alarms.drifts,
            disputes=alarms.disputes,
            unanswered=alarms.unanswered,
        )
