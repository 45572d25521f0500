"""Claims, service records and evaluations, by need and by unit."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from charity.rows import present
from projects.listings.models import (
    Claim,
    ClaimState,
    Evaluation,
    EvaluationSide,
    Need,
)

_LOADED = (
    joinedload(Claim.need).joinedload(Need.region),
    joinedload(Claim.organisation),
    joinedload(Claim.team),
    joinedload(Claim.resource),
    selectinload(Claim.records),
    selectinload(Claim.evaluations),
)


def claim(session: Session, claim_id: int) -> Claim:
    """One claim with need, unit, records and evaluations; raises `NotFound`."""
    return present(session.scalar(select(Claim).where(Claim.id == claim_id).options(*_LOADED)))


def claims_of_need(session: Session, need_id: int) -> list[Claim]:
    """All claims of a need, in order, with units, records and evaluations: three questions."""
    query = select(Claim).where(Claim.need_id == need_id).options(*_LOADED)
    return list(session.scalars(query.order_by(Claim.id)))


def claims_of_resource(session: Session, resource_id: int) -> list[Claim]:
    """All claims on an offer, newest first."""
    query = select(Claim).where(Claim.resource_id == resource_id).options(*_LOADED)
    return list(session.scalars(query.order_by(Claim.id.desc())))


def claims_of_unit(
    session: Session,
    *,
    organisation_ids: Collection[int] = (),
    team_id: int | None = None,
    user_id: int | None = None,
    states: Collection[ClaimState] | None = None,
    limit: int = 100,
) -> list[Claim]:
    """Claims of organisations, of one team, and of a volunteer who came alone, newest first."""
    sides: list[ColumnElement[bool]] = []
    if organisation_ids:
        sides.append(Claim.organisation_id.in_(organisation_ids))
    if team_id is not None:
        sides.append(Claim.team_id == team_id)
    if user_id is not None:
        sides.append((Claim.user_id == user_id) & Claim.organisation_id.is_(None))
    if not sides:
        return []
    query = select(Claim).where(or_(*sides)).options(*_LOADED)
    if states is not None:
        query = query.where(Claim.state.in_(states))
    return list(session.scalars(query.order_by(Claim.id.desc()).limit(limit)))


def evaluations_of_need(session: Session, need_id: int) -> list[Evaluation]:
    """What both sides said around a need, in order; hidden words are the page's to leave out."""
    return _evaluations(session, select(Evaluation).where(Claim.need_id == need_id), None)


def evaluations_of_unit(
    session: Session, *, organisation_id: int, limit: int = 50
) -> list[Evaluation]:
    """What the sides of needs said of an organisation, newest first."""
    query = select(Evaluation).where(
        Claim.organisation_id == organisation_id, Evaluation.side == EvaluationSide.NEED
    )
    return _evaluations(session, query, limit)


def _evaluations(
    session: Session, query: Select[Evaluation], limit: int | None
) -> list[Evaluation]:
    query = query.join(Claim, Claim.id == Evaluation.claim_id).join(Need, Need.id == Claim.need_id)
    query = query.options(joinedload(Evaluation.claim).joinedload(Claim.need))
    order = Evaluation.id if limit is None else Evaluation.id.desc()
    return list(session.scalars(query.order_by(order).limit(limit)))
