"""What campaigns and projects owe: while they run, at their end, in an emergency, of partners."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from charity.disclosure import due
from charity.disclosure.due import Telling
from charity.disclosure.models import DisclosureKind, ProjectClosing, ProjectClosingState
from charity.disclosure.owing.wanted import Wanted, once_in_force
from charity.donations.models import GivingSeason, SeasonCampaign
from charity.ledger.models import Book, Fund, FundClosing
from charity.registry.models import (
    MEMBERS_MODES,
    Campaign,
    CampaignState,
    FundraisingMode,
    FundraisingPlan,
    PlanChange,
)
from charity.registry.months import add_months
from charity.spending.models import Budget, Deliverable, Household

#: Rules whose duties are made here, by the names the handbook has for them.
EMERGENCY_FILING, EMERGENCY_RECEIPTS, PARTNERS = "CHA-113", "CHA-114", "CHA-134"
SUPPLEMENT = "CHA-115"
CAMPAIGNS, PROJECTS, MEMBERS, BENEFICIARIES = "DIS-203", "DIS-204", "DIS-212", "DIS-213"
#: How far ahead the short steps of an emergency become duties.
AHEAD = timedelta(days=15)


def of_campaigns(session: Session, today: date) -> Iterator[Wanted]:
    """What every campaign owes; one of granted money collects nothing and owes nothing."""
    seasons = _emergency_seasons(session)
    query = (
        select(Campaign)
        .where(Campaign.mode != FundraisingMode.GRANT)
        .options(joinedload(Campaign.plan))
        .order_by(Campaign.id)
    )
    for campaign in session.scalars(query):
        yield from once_in_force(_tellings, campaign, today)
        yield from once_in_force(_of_partner, campaign, today)
        yield from once_in_force(_emergency, campaign, seasons.get(campaign.id), today)


def _tellings(campaign: Campaign, today: date) -> Iterator[Wanted]:
    if campaign.mode in MEMBERS_MODES:
        told = due.days_after(MEMBERS, campaign.last_day)
        whole = Telling(campaign.starts_on, campaign.last_day, told, is_final=True)
        yield _wanted(campaign, MEMBERS, DisclosureKind.MEMBERS_REPORT, whole)
        return
    for telling in due.tellings(CAMPAIGNS, campaign.starts_on, campaign.last_day, today):
        kind = DisclosureKind.CAMPAIGN_PROGRESS
        if telling.is_final:
            kind = DisclosureKind.CAMPAIGN_RESULT
        yield _wanted(campaign, CAMPAIGNS, kind, telling)


def _of_partner(campaign: Campaign, today: date) -> Iterator[Wanted]:
    """CHA-134: once the activity ended, what was seen of the partner is made public."""
    ended = campaign.state is CampaignState.ENDED or campaign.last_day < today
    if campaign.partner_id is None or not ended:
        return
    day = due.months_after(PARTNERS, campaign.last_day)
    telling = Telling(campaign.starts_on, campaign.last_day, day, is_final=True)
    yield _wanted(campaign, PARTNERS, DisclosureKind.PARTNER_SUPERVISION, telling)


def _emergency(
    campaign: Campaign, season: tuple[date, date] | None, today: date
) -> Iterator[Wanted]:
    """CHA-113 and CHA-114: while a major emergency lasts, filing soon and telling often."""
    first, last = campaign.starts_on, campaign.last_day
    if not campaign.plan.emergency:
        if season is None:
            return
        first, last = max(first, season[0]), min(last, season[1])
        if last < first:
            return
    for telling in due.emergency_tellings(first, last):
        if telling.due_on <= today + AHEAD:
            yield _wanted(campaign, EMERGENCY_RECEIPTS, DisclosureKind.EMERGENCY_RECEIPTS, telling)
    filed, awaits = campaign.plan.filed_on, campaign.plan.awaits_filing
    if awaits or filed > first:
        by = due.emergency_filing(first)
        filing = Telling(first, first, by, is_final=True)
        kind = DisclosureKind.EMERGENCY_FILING
        yield _wanted(campaign, EMERGENCY_FILING, kind, filing, done=not awaits and filed <= today)


def of_plans(session: Session) -> Iterator[Wanted]:
    """CHA-115: what changed in a running plan is supplemented, with its reasons."""
    query = (
        select(PlanChange, FundraisingPlan.charity_id)
        .join(FundraisingPlan, FundraisingPlan.id == PlanChange.plan_id)
        .order_by(PlanChange.id)
    )
    for change, charity_id in session.execute(query):
        yield from once_in_force(_supplement, change, charity_id)


def _supplement(change: PlanChange, charity_id: int) -> Iterator[Wanted]:
    yield Wanted(
        rule_id=SUPPLEMENT,
        kind=DisclosureKind.PLAN_SUPPLEMENT,
        subject=f"plan_change:{change.id}",
        organisation_id=charity_id,
        period_from=change.changed_on,
        period_until=change.changed_on,
        due_on=due.days_after(SUPPLEMENT, change.changed_on),
        done=change.supplemented_on is not None,
    )


def _wanted(
    campaign: Campaign,
    rule_id: str,
    kind: DisclosureKind,
    telling: Telling,
    *,
    done: bool = False,
) -> Wanted:
    return Wanted(
        rule_id=rule_id,
        kind=kind,
        subject=f"campaign:{campaign.id}",
        organisation_id=campaign.charity_id,
        campaign_id=campaign.id,
        period_from=telling.period_from,
        period_until=telling.period_until,
        due_on=telling.due_on,
        done=done,
    )


def _emergency_seasons(session: Session) -> dict[int, tuple[date, date]]:
    """The days of the emergency season a campaign takes part in, by campaign."""
    rows = session.execute(
        select(SeasonCampaign.campaign_id, GivingSeason.starts_on, GivingSeason.ends_on)
        .join(GivingSeason, GivingSeason.id == SeasonCampaign.season_id)
        .where(GivingSeason.emergency != "", GivingSeason.published_at.is_not(None))
        .order_by(GivingSeason.id)
    )
    return {campaign_id: (first, last) for campaign_id, first, last in rows}


def of_projects(session: Session, today: date) -> Iterator[Wanted]:
    """What each fund with a budget owes: the use of money and goods, and its rules beforehand."""
    served = _with_households(session)
    closings = select(ProjectClosing.fund_id, ProjectClosing.ended_on).where(
        ProjectClosing.state != ProjectClosingState.WITHDRAWN
    )
    ended = dict(session.execute(closings).all())
    query = (
        select(Fund.id, Fund.opened_on, Book.organisation_id, FundClosing.closed_on, Campaign)
        .join(Budget, Budget.fund_id == Fund.id)
        .join(Book, Book.id == Fund.book_id)
        .outerjoin(FundClosing, FundClosing.fund_id == Fund.id)
        .outerjoin(Campaign, Campaign.fund_id == Fund.id)
        .order_by(Fund.id)
    )
    for fund_id, opened_on, organisation_id, closed_on, campaign in session.execute(query):
        first = campaign.starts_on if campaign is not None else opened_on
        last = ended.get(fund_id) or closed_on
        project = _Project(fund_id, organisation_id, campaign, first, last)
        yield from once_in_force(project.tellings, today)
        if fund_id in served:
            yield from once_in_force(project.rules)


class _Project:
    """A fund with a budget from its first to its last day, and the campaign that fills it."""

    def __init__(
        self,
        fund_id: int,
        organisation_id: int,
        campaign: Campaign | None,
        first: date,
        last: date | None,
    ) -> None:
        self.subject = f"fund:{fund_id}"
        self.organisation_id = organisation_id
        self.campaign_id = campaign.id if campaign is not None else None
        self.first = first
        self.last = max(first, last) if last is not None else None

    def tellings(self, today: date) -> Iterator[Wanted]:
        """DIS-204: every three months of a long one, and all within three months of the end."""
        for telling in due.tellings(PROJECTS, self.first, self.last, add_months(today, 3)):
            kind = DisclosureKind.PROJECT_PROGRESS
            if telling.is_final:
                kind = DisclosureKind.PROJECT_RESULT
            yield self._wanted(PROJECTS, kind, telling)

    def rules(self) -> Iterator[Wanted]:
        """DIS-213: those it serves know the standard, the process and the rules beforehand."""
        by = due.days_before(BENEFICIARIES, self.first)
        telling = Telling(self.first, self.first, by, is_final=True)
        yield self._wanted(BENEFICIARIES, DisclosureKind.BENEFICIARY_RULES, telling)

    def _wanted(self, rule_id: str, kind: DisclosureKind, telling: Telling) -> Wanted:
        return Wanted(
            rule_id=rule_id,
            kind=kind,
            subject=self.subject,
            organisation_id=self.organisation_id,
            campaign_id=self.campaign_id,
            period_from=telling.period_from,
            period_until=telling.period_until,
            due_on=telling.due_on,
        )


def _with_households(session: Session) -> set[int]:
    """The funds that serve households: there somebody is chosen to be helped."""
    query = (
        select(Budget.fund_id)
        .join(Deliverable, Deliverable.budget_id == Budget.id)
        .join(Household, Household.deliverable_id == Deliverable.id)
        .where(Budget.fund_id.is_not(None))
        .group_by(Budget.fund_id)
        .having(func.count() > 0)
    )
    return {fund_id for fund_id in session.scalars(query) if fund_id is not None}
