"""Filing fundraising plans, opening campaigns under them and ending them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock, outbox, texts
from charity.actor import Actor, require
from charity.errors import CommonReason, Conflict, Denied, Invalid, InvalidState
from charity.money import Money
from charity.registry import policy, queries
from charity.registry.models import (
    Campaign,
    CampaignState,
    FundraisingMode,
    FundraisingPlan,
    OrganisationState,
)
from charity.registry.reasons import RegistryReason
from charity.rows import insert_or, locked, present, unique_or


def file_plan(
    session: Session,
    actor: Actor,
    *,
    charity_id: int,
    number: str,
    purpose: str,
    filed_on: date,
    starts_on: date,
    ends_on: date,
    sheet_id: int | None = None,
    emergency: str = "",
    awaits_filing: bool = False,
) -> FundraisingPlan:
    """Record a plan filed with the registrar, days in China (CHA-111).

    `sheet_id` is what it says, frozen from now on, `emergency` the major emergency it serves, for
    which filing may follow the start (CHA-113): with `awaits_filing` the number is one of the house
    and `filed_on` the last day for filing, until `complete_filing`. The same plan again is the
    plan that is there; the same number with other particulars is a `Conflict` (PLAN_TAKEN).
    Whether it was filed early enough is `eligibility`'s question, asked for each campaign. Raises
    `Invalid` on `plan_number`, `plan_purpose`, `plan_filed_on` or `ends_on`, and `Denied`.
    """
    charity = queries.organisation(session, charity_id)
    require(policy.may_raise_funds(actor, charity))
    if ends_on < starts_on:
        raise Invalid(CommonReason.DATES_REVERSED, field="ends_on")
    if awaits_filing and not emergency.strip():
        raise Invalid(RegistryReason.PLAN_MISSING, field="plan_number")
    if filed_on > clock.today() and not awaits_filing:
        raise Invalid(RegistryReason.IN_THE_FUTURE, field="plan_filed_on")
    plan = FundraisingPlan(
        charity_id=charity.id,
        number=texts.line(number, field="plan_number", limit=80),
        purpose=texts.line(purpose, field="plan_purpose"),
        filed_on=filed_on,
        starts_on=starts_on,
        ends_on=ends_on,
        sheet_id=sheet_id,
        emergency=texts.line(emergency, field="plan_emergency", required=False),
        awaits_filing=awaits_filing,
    )
    known = queries.plan_by_number(session, plan.number)
    if known is None:
        insert_or(session, plan, Conflict(RegistryReason.PLAN_TAKEN, field="plan_number"))
        return plan
    if _particulars(known) != _particulars(plan):
        raise Conflict(RegistryReason.PLAN_TAKEN, field="plan_number")
    return known


def complete_filing(
    session: Session, actor: Actor, *, plan_id: int, number: str, filed_on: date
) -> FundraisingPlan:
    """The registrar has the plan of an emergency: its number, and the day in China (CHA-113).

    A filing after the last day is recorded as it was. Raises `Denied`, `InvalidState` for a plan
    that is filed, `Conflict` (PLAN_TAKEN), and `Invalid` on `number` or `filed_on`.
    """
    plan = locked(session, select(FundraisingPlan).where(FundraisingPlan.id == plan_id))
    require(policy.may_raise_funds(actor, queries.organisation(session, plan.charity_id)))
    if not plan.awaits_filing:
        raise InvalidState(CommonReason.WRONG_STATE)
    if filed_on > clock.today():
        raise Invalid(RegistryReason.IN_THE_FUTURE, field="filed_on")
    said = texts.line(number, field="number", limit=80)
    with unique_or(session, Conflict(RegistryReason.PLAN_TAKEN, field="number")):
        plan.number, plan.filed_on, plan.awaits_filing = said, filed_on, False
    outbox.write(session, "plan.filed", f"plan:{plan.id}")
    return plan


def open_campaign(
    session: Session,
    actor: Actor,
    *,
    plan_id: int,
    charity_id: int,
    partner_id: int | None,
    fund_id: int,
    title: str,
    target: Money,
    starts_on: date,
    ends_on: date,
    mode: FundraisingMode,
) -> Campaign:
    """Open one fundraising activity for one fund, from `starts_on` to `ends_on` in China.

    Whether it may raise money is `eligibility.campaign_eligibility`, asked by who publishes. Here
    only what no findings could mend is refused: a plan of another charity, unverified parties,
    a period outside the plan, a fund that has a campaign (`Conflict`), a target that is not
    positive. A partner equal to the charity is no partner.
    """
    charity = queries.organisation(session, charity_id)
    require(policy.may_raise_funds(actor, charity))
    plan = present(session.get(FundraisingPlan, plan_id))
    if plan.charity_id != charity_id:
        raise Denied(RegistryReason.PLAN_OF_ANOTHER)
    parties = [charity]
    if partner_id is not None and partner_id != charity_id:
        parties.append(queries.organisation(session, partner_id))
    if any(party.state is not OrganisationState.VERIFIED for party in parties):
        raise Denied(RegistryReason.NOT_VERIFIED)
    if ends_on < starts_on:
        raise Invalid(CommonReason.DATES_REVERSED, field="ends_on")
    if starts_on < plan.starts_on or ends_on > plan.ends_on:
        raise Invalid(RegistryReason.PLAN_PERIOD, field="starts_on")
    if target.fen <= 0:
        raise Invalid(CommonReason.NOT_POSITIVE, field="target")
    campaign = Campaign(
        title=texts.line(title, field="title"),
        charity_id=charity_id,
        partner_id=parties[1].id if len(parties) > 1 else None,
        plan_id=plan_id,
        fund_id=fund_id,
        mode=mode,
        target=target,
        starts_on=starts_on,
        ends_on=ends_on,
        state=CampaignState.OPEN,
    )
    if queries.campaign_for_fund(session, fund_id) is not None:
        raise Conflict(RegistryReason.FUND_HAS_CAMPAIGN)
    insert_or(session, campaign, Conflict(RegistryReason.FUND_HAS_CAMPAIGN))
    return campaign


def end_campaign(session: Session, actor: Actor, *, campaign_id: int) -> Campaign:
    """Take no more gifts (OPEN to ENDED); what was given stays. Raises `InvalidState` if ended."""
    campaign = locked(session, select(Campaign).where(Campaign.id == campaign_id))
    require(policy.may_raise_funds(actor, campaign.charity))
    campaign.move_to(CampaignState.ENDED)
    campaign.ended_on = min(clock.today(), campaign.ends_on)
    session.flush()
    outbox.write(session, "campaign.ended", f"fund:{campaign.fund_id}")
    return campaign


def _particulars(plan: FundraisingPlan) -> tuple[object, ...]:
    return (plan.charity_id, plan.purpose, plan.filed_on, plan.starts_on, plan.ends_on)
