"""What surrounds a call, and is put right before it binds anybody: its pool, funders and needs.

A promise may be corrected until its money came; a funder or a need may be taken away again while
the competition is a draft, for from the opening on everybody reads them.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import outbox
from charity.actor import Actor, require
from charity.errors import Conflict, Invalid, InvalidState
from charity.ledger import queries as ledger
from charity.ledger.models import FundKind
from charity.money import Money
from charity.rows import insert_or, locked, present
from projects.listings.models import Need
from projects.ventures import policy, queries
from projects.ventures.models import (
    CallNeed,
    Competition,
    CompetitionFunder,
    CompetitionState,
    FunderTier,
)
from projects.ventures.reasons import VentureReason
from projects.ventures.services.funding import FUNDED, positive
from projects.ventures.services.locking import lock_competition

_DRAFT = frozenset({CompetitionState.DRAFT})
_OPENING = frozenset({CompetitionState.DRAFT, CompetitionState.CALL})


def set_pool(session: Session, actor: Actor, *, competition_id: int, fund_id: int) -> Competition:
    """Let another prize pool pay, while no money came and nothing is promised.

    One of the same book, that no other organiser's competition lives on. Raises `Invalid` on
    `fund_id` (POOL_KIND), `Conflict` (POOL_TAKEN), `InvalidState` after the call or for a pool
    that is closed.
    """
    found = lock_competition(session, actor, competition_id=competition_id, states=_OPENING)
    fund = ledger.fund(session, fund_id)
    now = None if found.fund_id is None else ledger.fund(session, found.fund_id)
    if fund.kind is not FundKind.PRIZE_POOL or (now and now.book_id != fund.book_id):
        raise Invalid(VentureReason.POOL_KIND, field="fund_id")
    if any(funder.entry_id is not None for funder in found.funders):
        raise Invalid(VentureReason.RECEIVED_ALREADY, field="fund_id")
    if fund_id not in {pool.id for pool in queries.pools_to_choose(session, found, fund.book_id)}:
        raise Conflict(VentureReason.POOL_TAKEN, field="fund_id")
    found.fund_id = fund_id
    session.flush()
    outbox.write(session, "competition.pool_changed", found.subject, fund_id=fund_id)
    return found


def change_funder(
    session: Session, actor: Actor, *, funder_id: int, tier: FunderTier, pledged: Money
) -> CompetitionFunder:
    """Correct what an organisation promises, until its money came.

    Raises `Invalid` on `pledged`, `InvalidState` (RECEIVED_ALREADY).
    """
    row = _funder(session, actor, funder_id, FUNDED)
    row.tier, row.pledged = tier, positive(pledged, "pledged")
    session.flush()
    found = present(session.get(Competition, row.competition_id))
    outbox.write(session, "competition.funder_changed", found.subject, funder_id=row.id)
    return row


def drop_funder(session: Session, actor: Actor, *, funder_id: int) -> Competition:
    """Take a funder of a draft away again; raises `InvalidState` once its money came."""
    row = _funder(session, actor, funder_id, _DRAFT)
    found = present(session.get(Competition, row.competition_id))
    session.delete(row)
    session.flush()
    session.refresh(found, ["funders"])
    return found


def attach_need(
    session: Session, actor: Actor, *, competition_id: int, need_id: int
) -> Competition:
    """Put a need of the lists into the call (需求征集), before or while it runs.

    Raises `Invalid` on `need_id` for one of another place, `Conflict` where it is there.
    """
    found = lock_competition(session, actor, competition_id=competition_id, states=_OPENING)
    need = present(session.get(Need, need_id))
    if not need.region_code.startswith(found.region_code):
        raise Invalid(VentureReason.NEED_ELSEWHERE, field="need_id")
    row = CallNeed(competition_id=found.id, need_id=need.id)
    insert_or(session, row, Conflict(VentureReason.NEED_TWICE, field="need_id"))
    session.refresh(found, ["needs"])
    return found


def detach_need(
    session: Session, actor: Actor, *, competition_id: int, need_id: int
) -> Competition:
    """Take a need out of a draft's call again; one that is not there changes nothing.

    Raises `InvalidState` once the call is open: somebody may be answering it.
    """
    found = lock_competition(session, actor, competition_id=competition_id, states=_DRAFT)
    row = session.get(CallNeed, (found.id, need_id))
    if row is not None:
        session.delete(row)
        session.flush()
        session.refresh(found, ["needs"])
    return found


def _funder(
    session: Session, actor: Actor, funder_id: int, states: frozenset[CompetitionState]
) -> CompetitionFunder:
    """A funder whose money has not come, behind its locked competition."""
    row = present(session.get(CompetitionFunder, funder_id))
    competition = present(session.get(Competition, row.competition_id))
    require(policy.may_manage(actor, competition))
    lock_competition(session, actor, competition_id=row.competition_id, states=states)
    row = locked(session, select(CompetitionFunder).where(CompetitionFunder.id == funder_id))
    if row.entry_id is not None:
        raise InvalidState(VentureReason.RECEIVED_ALREADY)
    return row
