"""Filed plans, campaigns, and those a members' campaign is for."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload, undefer

from charity.actor import Actor
from charity.registry.models import (
    MEMBERS_MODES,
    Campaign,
    CampaignMember,
    FundraisingPlan,
    Person,
    PlanChange,
    PlanSheet,
)
from charity.rows import present


def plan_by_number(session: Session, number: str) -> FundraisingPlan | None:
    """The filed plan with this number, where there is one."""
    return session.scalar(select(FundraisingPlan).where(FundraisingPlan.number == number))


def plan(session: Session, plan_id: int) -> FundraisingPlan:
    """One filed plan; raises `NotFound`."""
    return present(session.get(FundraisingPlan, plan_id))


def plan_changes(session: Session, plan_id: int) -> list[PlanChange]:
    """What changed in a plan while it ran, newest first (CHA-115)."""
    query = select(PlanChange).where(PlanChange.plan_id == plan_id)
    return list(session.scalars(query.order_by(PlanChange.changed_on.desc(), PlanChange.id.desc())))


def open_plan_changes(session: Session, charity_id: int) -> list[PlanChange]:
    """Changes of a charity's plans that nobody supplemented yet, the earliest first (CHA-115)."""
    query = (
        select(PlanChange)
        .join(FundraisingPlan, FundraisingPlan.id == PlanChange.plan_id)
        .where(FundraisingPlan.charity_id == charity_id, PlanChange.supplemented_on.is_(None))
    )
    return list(session.scalars(query.order_by(PlanChange.changed_on, PlanChange.id)))


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


#: Asked with a campaign for which gifts are begun, so that they ask nothing more.
WITH_STOPS = undefer(Campaign.stopped_by)  # type: ignore[arg-type]  # a column, declared as read

_PARTIES = (
    joinedload(Campaign.plan),
    joinedload(Campaign.charity),
    joinedload(Campaign.partner),
    WITH_STOPS,
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


def last_sheet(session: Session, *, charity_id: int, partner_id: int) -> PlanSheet | None:
    """What the latest plan filed by a charity for this partner says; None where there is none."""
    query = (
        select(PlanSheet)
        .join(FundraisingPlan, FundraisingPlan.sheet_id == PlanSheet.id)
        .join(Campaign, Campaign.plan_id == FundraisingPlan.id)
        .where(
            Campaign.charity_id == charity_id,
            Campaign.partner_id.is_(None)
            if charity_id == partner_id
            else Campaign.partner_id == partner_id,
        )
        .order_by(PlanSheet.id.desc())
        .limit(1)
    )
    return session.scalar(query)
