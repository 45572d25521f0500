"""Carrying out closings: by the desk's button, and by the worker for what waits."""

from __future__ import annotations

import logging

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity.actor import Actor
from charity.disclosure import services
from charity.disclosure.models import ProjectClosing
from charity.disclosure.queries import closings as queries
from charity.donations.services.refund_batches import gateway_can_refund
from charity.errors import DomainError
from charity.ledger import queries as books
from web.db import database
from web.languages import LOCALES
from web.ports import ports

log = logging.getLogger("wushe.closings")

WORKER = Actor.system("worker")


def finish(session: Session, actor: Actor, closing_id: int) -> ProjectClosing:
    """Do what was agreed, with the headline of what is published."""
    found = queries.closing(session, closing_id)
    name = books.fund(session, found.fund_id).name
    with force_locale(LOCALES["zh"]):
        # what is published is Chinese, whoever pressed the button
        title = _("“%(name)s”剩余财产处理情况", name=name)
    return services.finish_closing(
        session,
        actor,
        closing_id=closing_id,
        title=title,
        can_refund=gateway_can_refund(ports().gateways),
    )


def finish_closings() -> int:
    """Go on with every closing that was agreed to; answers how many are done now.

    One that must wait (announced still, refunds on their way, a gift disputed) is tried again.
    """
    with database().session(reads=True) as session:
        waiting = queries.agreed_closings(session)
    done = 0
    for closing_id in waiting:
        try:
            with database().unit() as session:
                done += finish(session, WORKER, closing_id).done_at is not None
        except DomainError as refusal:
            log.info("closing id=%s waits: %s", closing_id, refusal.reason.value)
    return done


def end_notices() -> None:
    """End the notices whose days are over."""
    with database().unit() as session:
        ended = services.end_due_notices(session, WORKER)
    if ended:
        log.info("notices ended=%s", len(ended))
