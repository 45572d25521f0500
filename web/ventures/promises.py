"""What of a call may still be put right: promises, the prize pool, attached needs."""

from __future__ import annotations

from collections.abc import Callable

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity.ledger.models import Fund
from charity.ledger.positions import fund_position
from projects.ventures.models import Competition, CompetitionState
from web.filters import yuan
from web.ventures.sums import FunderRow


def takes_promises(found: Competition) -> bool:
    """Whether promises are still made and corrected."""
    return found.state not in (CompetitionState.CLOSED, CompetitionState.CANCELLED)


def changes_pool(found: Competition) -> bool:
    """Whether another prize pool may still be chosen."""
    before = (CompetitionState.DRAFT, CompetitionState.CALL)
    waits = all(each.entry_id is None for each in found.funders)
    return found.fund_id is not None and found.state in before and waits


def pool_said(session: Session, pool: Fund) -> str:
    """A prize pool with what is free in it."""
    free = fund_position(session, pool.id).available
    return str(_("%(name)s（还能用 %(sum)s）", name=pool.name, sum=yuan(free)))


def promise_url(found: Competition) -> Callable[[FunderRow], str | None]:
    """Where a promise is corrected; nowhere once its money came."""

    def to(row: FunderRow) -> str | None:
        if row.arrived is not None or not takes_promises(found):
            return None
        return url_for("ventures.funder", competition_id=found.id, funder_id=row.id)

    return to


def drop_url(found: Competition, need_id: int) -> str | None:
    """Where a need is taken out of a draft's call again."""
    if found.state is not CompetitionState.DRAFT:
        return None
    return url_for("ventures.drop_need", competition_id=found.id, need_id=need_id)
