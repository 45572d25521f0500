"""The blueprint these pages share, and how an act of them ends."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity.actor import ROLE_PERMISSIONS, Actor, Permission
from charity.errors import Denied, DomainError, NotFound
from web.db import unit_of_work
from web.labels import sentence

bp = Blueprint("refunds", __name__)

#: Whoever has a part in giving back.
PARTS = (Permission.REFUND_REQUEST, Permission.REFUND_APPROVE)


def charities_of(actor: Actor, *permissions: Permission) -> Collection[int] | None:
    """Where one of the permissions is held; None where it is held everywhere."""
    wanted = set(permissions or PARTS)
    grants = [held for held in actor.grants if ROLE_PERMISSIONS[held.role] & wanted]
    if any(grant.is_platform for grant in grants):
        return None
    return {grant.organisation_id for grant in grants if grant.organisation_id is not None}


def perform(
    work: Callable[[Session], object], said: str, endpoint: str, **arguments: Any
) -> ResponseReturnValue:
    """Do one act, say what came of it, and go back to its page.

    A refusal is said there too; who may not act at all, or sees nothing, gets the page for that.
    """
    try:
        with unit_of_work() as session:
            work(session)
    except (Denied, NotFound):
        raise
    except DomainError as error:
        flash(sentence(error.reason, error.params), "error")
    else:
        flash(said, "success")
    return redirect(url_for(endpoint, **arguments), 303)


def tabs() -> list[tuple[str, str, str]]:
    """The rooms of this part of the desk."""
    return [
        ("refunds", _("退款"), url_for("refunds.index")),
        ("batches", _("整批退款"), url_for("refunds.batches")),
        ("events", _("支付消息"), url_for("refunds.events")),
        ("reconciliation", _("平台对账"), url_for("refunds.reconciliation")),
    ]
