"""What the registry knows: places, organisations, agreements and campaigns."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session, joinedload

from charity.actor import Actor
from charity.errors import CommonReason, NotFound
from charity.paging import Page, page_of
from charity.registry import regions
from charity.registry.models import (
    MEMBERS_MODES,
    Campaign,
    CampaignMember,
    FundraisingPlan,
    Organisation,
    OrganisationKind,
    OrganisationState,
    PartnerAgreement,
    Person,
    Region,
)
from charity.rows import present


def region(session: Session, code: str) -> Region:
    """The place with this code, padded or not; raises `NotFound`."""
    try:
        known = regions.normalise(code)
    except ValueError as error:
        raise NotFound(CommonReason.NOT_FOUND) from error
    return present(session.get(Region, known))


def region_names(session: Session, codes: Collection[str]) -> dict[str, str]:
    """The names of these places by code; what is no place is left out."""
    rows = session.execute(select(Region.code, Region.name).where(Region.code.in_(codes)))
    return dict(rows.all())


def region_path(session: Session, code: str) -> list[Region]:
    """The places from the province down to this one; raises `NotFound` without the place."""
    place = region(session, code)
    query = select(Region).where(Region.code.in_(regions.chain(place.code)))
    return list(session.scalars(query.order_by(Region.level)))


def child_regions(session: Session, code: str | None = None) -> list[Region]:
    """The places directly below, by code; those without a container for None."""
    query = select(Region).order_by(Region.code)
    if code is None:
        return list(session.scalars(query.where(Region.parent_code.is_(None))))
    return list(session.scalars(query.where(Region.parent_code == region(session, code).code)))


def regions_below(session: Session, code: str) -> list[Region]:
    """Every place below this one, itself left out, by code."""
    low, high = regions.bounds(region(session, code).code)
    query = select(Region).where(Region.code > low, Region.code <= high)
    return list(session.scalars(query.order_by(Region.code)))


def organisation(session: Session, organisation_id: int) -> Organisation:
    """One organisation with its place; raises `NotFound`."""
    query = select(Organisation).where(Organisation.id == organisation_id)
    return present(session.scalar(query.options(joinedload(Organisation.region))))


def organisation_by_uscc(session: Session, uscc: str) -> Organisation | None:
    """The organisation with this credit code, if it is entered."""
    return session.scalar(select(Organisation).where(Organisation.uscc == uscc))


def organisations(session: Session, ids: Collection[int]) -> list[Organisation]:
    """These organisations, by id; what does not exist is left out."""
    query = select(Organisation).where(Organisation.id.in_(ids)).order_by(Organisation.id)
    return list(session.scalars(query))


def is_empty(session: Session) -> bool:
    """Whether nobody has registered yet: a fresh installation."""
    return session.scalar(select(Organisation.id).limit(1)) is None


def organisations_page(
    session: Session,
    *,
    region_code: str | None = None,
    kind: OrganisationKind | None = None,
    page: int = 1,
) -> Page[Organisation]:
    """Verified organisations of a place and all below it, of one kind; registered before filed.

    Raises `NotFound` for a code of no place.
    """
    query = select(Organisation).where(Organisation.state == OrganisationState.VERIFIED)
    if region_code is not None:
        low, high = regions.bounds(region(session, region_code).code)
        query = query.where(Organisation.region_code >= low, Organisation.region_code <= high)
    if kind is not None:
        query = query.where(Organisation.kind == kind)
    # Registered ones before filed groups, the longest known first.
    query = query.options(joinedload(Organisation.region)).order_by(
        Organisation.uscc.is_(None), Organisation.id
    )
    return page_of(session, query, page)


def pending_organisations(session: Session) -> list[Organisation]:
    """Registrations that wait for the operator's staff, the longest waiting first."""
    query = (
        select(Organisation)
        .where(Organisation.state == OrganisationState.PENDING)
        .options(joinedload(Organisation.region))
        .order_by(Organisation.registered_at, Organisation.id)
    )
    return list(session.scalars(query))


def agreement_between(
    session: Session, charity_id: int, partner_id: int, on: date
) -> PartnerAgreement | None:
    """The agreement of 合作募捐 in force on a day in China, the one signed last (CHA-132)."""
    query = (
        select(PartnerAgreement)
        .where(
            PartnerAgreement.charity_id == charity_id,
            PartnerAgreement.partner_id == partner_id,
            PartnerAgreement.signed_on <= on,
            or_(PartnerAgreement.ends_on.is_(None), PartnerAgreement.ends_on >= on),
        )
        .order_by(PartnerAgreement.signed_on.desc(), PartnerAgreement.id.desc())
        .limit(1)
    )
    return session.scalar(query)


def plan_by_number(session: Session, number: str) -> FundraisingPlan | None:
    """The filed plan with this number, where there is one."""
    return session.scalar(select(FundraisingPlan).where(FundraisingPlan.number == number))


def campaign(session: Session, campaign_id: int) -> Campaign:
    """One campaign with its plan, charity and partner; raises `NotFound`."""
    return present(session.get(Campaign, campaign_id, options=_PARTIES))


def fund_of_campaign(session: Session, campaign_id: int) -> int:
    """The fund a campaign raises money for; raises `NotFound`."""
    return present(session.scalar(_FUND, {"id": campaign_id}))


_FUND = select(Campaign.fund_id).where(Campaign.id == bindparam("id"))


def campaign_for_fund(session: Session, fund_id: int) -> Campaign | None:
    """The campaign that raises money for a fund; None for a fund that has none."""
    return session.scalar(select(Campaign).where(Campaign.fund_id == fund_id).options(*_PARTIES))


_PARTIES = (
    joinedload(Campaign.plan),
    joinedload(Campaign.charity),
    joinedload(Campaign.partner),
)


def members_of(session: Session, campaign_id: int) -> list[tuple[CampaignMember, Person]]:
    """Those a campaign is for, with their names, in the order in which they were named."""
    query = (
        select(CampaignMember, Person)
        .join(Person, Person.id == CampaignMember.person_id)
        .where(CampaignMember.campaign_id == campaign_id)
        .order_by(CampaignMember.verified_at, CampaignMember.person_id)
    )
    return [(member, person) for member, person in session.execute(query)]


def is_member(session: Session, actor: Actor, campaign: Campaign) -> bool:
    """Whether a members' campaign is for this person; False, unasked, for one open to all."""
    if campaign.mode not in MEMBERS_MODES or actor.person_id is None:
        return False
    return session.get(CampaignMember, (campaign.id, actor.person_id)) is not None


def campaigns_for(session: Session, actor: Actor) -> list[Campaign]:
    """The members' campaigns this person is named in, newest first."""
    query = (
        select(Campaign)
        .join(CampaignMember, CampaignMember.campaign_id == Campaign.id)
        .where(CampaignMember.person_id == actor.person_id)
        .order_by(Campaign.id.desc())
    )
    return list(session.scalars(query)) if actor.person_id is not None else []


def campaigns(session: Session, ids: Collection[int]) -> list[Campaign]:
    """These campaigns, by title; what does not exist is left out."""
    query = select(Campaign).where(Campaign.id.in_(ids)).order_by(Campaign.title, Campaign.id)
    return list(session.scalars(query))


def campaigns_between(session: Session, first: date, last: date) -> list[Campaign]:
    """The campaigns of which a day lies between two days, both included, by title."""
    query = (
        select(Campaign)
        .where(Campaign.starts_on <= last, Campaign.ends_on >= first)
        .order_by(Campaign.title, Campaign.id)
    )
    return list(session.scalars(query))


def verified_organisations(session: Session) -> list[Organisation]:
    """Every verified organisation, by name."""
    query = select(Organisation).where(Organisation.state == OrganisationState.VERIFIED)
    return list(session.scalars(query.order_by(Organisation.name, Organisation.id)))
