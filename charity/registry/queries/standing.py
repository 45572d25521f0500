"""What is known of the standing of organisations: restrictions, lists, ratings, verifications."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, joinedload

from charity.registry.models import (
    AnnualInspection,
    Campaign,
    CreditList,
    EligibilityDecision,
    LegalRepresentative,
    ListEntry,
    Rating,
    RestrictedAct,
    Restriction,
    Verification,
    VerifiedThing,
)


def restrictions(
    session: Session,
    *,
    organisation_id: int | None = None,
    campaign_id: int | None = None,
    act: RestrictedAct | None = None,
) -> list[Restriction]:
    """The restrictions that stand now for this organisation or this campaign, oldest first."""
    ids = () if organisation_id is None else (organisation_id,)
    return restrictions_of(session, organisation_ids=ids, campaign_id=campaign_id, act=act)


def restrictions_of(
    session: Session,
    *,
    organisation_ids: Collection[int],
    campaign_id: int | None = None,
    act: RestrictedAct | None = None,
) -> list[Restriction]:
    """The restrictions that stand now for any of these organisations, or for the campaign."""
    concerned: list[ColumnElement[bool]] = []
    if organisation_ids:
        concerned.append(Restriction.organisation_id.in_(organisation_ids))
    if campaign_id is not None:
        concerned.append(Restriction.campaign_id == campaign_id)
    if not concerned:
        return []
    query = (
        select(Restriction)
        .where(or_(*concerned), ~Restriction.lift.has())
        .order_by(Restriction.since, Restriction.id)
    )
    if act is not None:
        query = query.where(Restriction.act == act)
    return list(session.scalars(query))


def restriction_history(session: Session, organisation_id: int) -> list[Restriction]:
    """Every restriction an organisation ever had, with its end, newest first."""
    query = (
        select(Restriction)
        .where(Restriction.organisation_id == organisation_id)
        .options(joinedload(Restriction.lift))
        .order_by(Restriction.id.desc())
    )
    return list(session.scalars(query))


def decisions(session: Session, subject: str, limit: int = 20) -> list[EligibilityDecision]:
    """The latest answers of the eligibility function about a subject, newest first."""
    query = (
        select(EligibilityDecision)
        .where(EligibilityDecision.subject == subject)
        .order_by(EligibilityDecision.id.desc())
        .limit(limit)
    )
    return list(session.scalars(query))


def inspections(session: Session, organisation_id: int) -> list[AnnualInspection]:
    """What the registrar said of its years, newest first (ORG-12)."""
    query = select(AnnualInspection).where(AnnualInspection.organisation_id == organisation_id)
    return list(session.scalars(query.order_by(AnnualInspection.year.desc())))


def ratings(session: Session, organisation_id: int) -> list[Rating]:
    """Its ratings, newest first (ORG-13)."""
    query = select(Rating).where(Rating.organisation_id == organisation_id)
    return list(session.scalars(query.order_by(Rating.rated_on.desc())))


def rating_on(session: Session, organisation_id: int, on: date) -> Rating | None:
    """The rating in force on a day in China, if there is one."""
    query = (
        select(Rating)
        .where(
            Rating.organisation_id == organisation_id,
            Rating.rated_on <= on,
            Rating.expires_on > on,
        )
        .order_by(Rating.rated_on.desc())
        .limit(1)
    )
    return session.scalar(query)


def representatives(session: Session, organisation_id: int) -> list[LegalRepresentative]:
    """Who represented it, and who does, newest first (ORG-19)."""
    query = select(LegalRepresentative).where(
        LegalRepresentative.organisation_id == organisation_id
    )
    return list(session.scalars(query.order_by(LegalRepresentative.since.desc())))


def representative(session: Session, organisation_id: int) -> LegalRepresentative | None:
    """Who represents it now; None where nobody was recorded."""
    return session.scalar(
        select(LegalRepresentative).where(
            LegalRepresentative.organisation_id == organisation_id,
            LegalRepresentative.until.is_(None),
        )
    )


def list_entries(session: Session, organisation_id: int) -> list[ListEntry]:
    """Its entries in the lists, those it is off again included, newest first."""
    query = select(ListEntry).where(ListEntry.organisation_id == organisation_id)
    return list(session.scalars(query.order_by(ListEntry.listed_on.desc(), ListEntry.id.desc())))


def is_listed(
    session: Session, organisation_id: int, on: date, *, which: CreditList | None = None
) -> bool:
    """Whether it stands on a list on a day in China."""
    query = select(ListEntry.id).where(
        ListEntry.organisation_id == organisation_id,
        ListEntry.listed_on <= on,
        or_(ListEntry.removed_on.is_(None), ListEntry.removed_on > on),
    )
    if which is not None:
        query = query.where(ListEntry.list == which)
    return session.scalar(query.limit(1)) is not None


def verifications(
    session: Session, organisation_id: int, thing: VerifiedThing | None = None
) -> list[Verification]:
    """Who looked at which of its papers, newest first (CHA-120)."""
    query = select(Verification).where(Verification.organisation_id == organisation_id)
    if thing is not None:
        query = query.where(Verification.thing == thing)
    return list(session.scalars(query.order_by(Verification.id.desc())))


def last_campaign_day(session: Session, organisation_id: int, on: date) -> date | None:
    """The last day up to `on` on which a campaign of it ran, as charity or as partner."""
    query = select(func.max(Campaign.ends_on), func.min(Campaign.starts_on)).where(
        or_(Campaign.charity_id == organisation_id, Campaign.partner_id == organisation_id),
        Campaign.starts_on <= on,
    )
    last, _ = session.execute(query).one()
    return None if last is None else min(last, on)
