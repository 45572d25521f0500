"""The page of a village (幸福家园): fund, projects, needs, hours, accounts, in few questions."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import String, and_, cast, func, literal, or_, select
from sqlalchemy.orm import Session, joinedload

from charity.approvals.models import Requirement, RequirementKind, RequirementState
from charity.ledger import queries as ledger
from charity.ledger.queries import FundPosition
from charity.money import ZERO, Money
from charity.registry.models import (
    Campaign,
    CampaignState,
    Organisation,
    OrganisationState,
    Region,
    SocialWorkStation,
    VolunteerTeam,
)
from charity.rows import present
from charity.spending.models import BudgetLine, Expense, ExpenseState
from projects.listings.models import (
    Need,
    NeedState,
    Pairing,
    PairingState,
    PriorityArea,
    ProgressReport,
    Project,
    ReportPicture,
    VillageFund,
    VillageFundState,
)
from projects.listings.queries import cards, help
from projects.listings.queries.priority import covering

#: Things of a kind named on a village's page; lists have them all.
SHOWN = 6


@dataclass(frozen=True, slots=True)
class VillageHead:
    """What a village is: its claimed fund, whether help flows there first, who works there."""

    place: Region
    fund: VillageFund | None
    #: The campaign that raises money for the fund itself.
    campaign: Campaign | None
    priority: PriorityArea | None
    stations: int
    teams: int
    #: Pairings that run.
    pairings: int


@dataclass(frozen=True, slots=True)
class VillageMoney:
    """All money of a village: its fund's, its projects' and the sum; to the fen."""

    #: None while no fund was opened.
    own: FundPosition | None
    projects: tuple[FundPosition, ...]

    @property
    def came(self) -> Money:
        """What came in from outside; what its own funds granted each other counts in both."""
        return sum((each.raised for each in self._all), ZERO)

    @property
    def left(self) -> Money:
        """What is in hand."""
        return sum((each.in_hand for each in self._all), ZERO)

    @property
    def went(self) -> Money:
        """What went out: paid, granted, refunded, fees."""
        return self.came - self.left

    @property
    def _all(self) -> tuple[FundPosition, ...]:
        return self.projects if self.own is None else (self.own, *self.projects)


@dataclass(frozen=True, slots=True)
class VillageProjects:
    """The published projects of a village, newest first, with the money of all."""

    cards: list[cards.ProjectCard]
    campaign_ids: list[int]
    target: Money
    money: VillageMoney


@dataclass(frozen=True, slots=True)
class Wait:
    """One thing a payment of the village waits for, and until when."""

    project_id: int
    expense_id: int
    title: str
    amount: Money
    kind: RequirementKind
    due_on: date | None


@dataclass(frozen=True, slots=True)
class ReportCard:
    """A progress report with its first picture."""

    report: ProgressReport
    picture: ReportPicture | None


def village_head(session: Session, code: str, on: date) -> VillageHead:
    """One question for everything above the fold; raises `NotFound`."""
    stations = select(func.count(SocialWorkStation.id)).where(
        SocialWorkStation.region_code == code, SocialWorkStation.closed_on.is_(None)
    )
    teams = select(func.count(VolunteerTeam.id)).where(
        VolunteerTeam.region_code == code, VolunteerTeam.disbanded_on.is_(None)
    )
    pairings = select(func.count(Pairing.id)).where(
        Pairing.region_code == code, Pairing.state == PairingState.ACTIVE
    )
    first = covering(code, on).with_only_columns(PriorityArea.id).scalar_subquery()
    query = (
        select(
            Region,
            VillageFund,
            Campaign,
            PriorityArea,
            *(each.scalar_subquery() for each in (stations, teams, pairings)),
        )
        .outerjoin(VillageFund, VillageFund.region_code == Region.code)
        .outerjoin(Campaign, Campaign.fund_id == VillageFund.fund_id)
        .outerjoin(PriorityArea, PriorityArea.id == first)
        .where(Region.code == code)
        .options(joinedload(VillageFund.committee), joinedload(PriorityArea.region))
    )
    row = present(session.execute(query).one_or_none())
    return VillageHead(*row)


def village_projects(session: Session, head: VillageHead) -> VillageProjects:
    """The projects of a village as cards, and where all its funds stand: four questions."""
    code = head.place.code
    rows = cards.rows_where(session, Project.public_ones(), Project.region_code == code)
    own = head.fund.fund_id if head.fund is not None else None
    campaigns = [each.project.campaign_id for each in rows]
    targets = [each.project.target for each in rows]
    if head.campaign is not None:
        campaigns.append(head.campaign.id)
        targets.append(head.campaign.target)
    funds = [each.project.budget.fund_id for each in rows]
    ids = [fund_id for fund_id in (own, *funds) if fund_id is not None]
    positions = ledger.positions(session, ids) if ids else {}
    return VillageProjects(
        cards=[each.card(positions) for each in rows],
        campaign_ids=[each for each in campaigns if each is not None],
        target=sum(targets, ZERO),
        money=VillageMoney(
            positions.get(own) if own is not None else None,
            tuple(positions[fund_id] for fund_id in funds if fund_id is not None),
        ),
    )


def help_in_village(session: Session, code: str, found: VillageProjects) -> help.Help:
    """Money, goods, hours and posts of the village side by side: four questions."""
    return help.help_of(
        session,
        campaign_ids=found.campaign_ids,
        labour=help.labour_in(session, code),
        money_arrived=found.money.came.fen,
        target=found.target.fen or None,
    )


def open_needs_in(session: Session, code: str, limit: int = SHOWN) -> list[Need]:
    """The latest needs of a village that still want somebody."""
    query = select(Need).where(Need.region_code == code, Need.state == NeedState.OPEN)
    return list(session.scalars(query.order_by(Need.posted_at.desc(), Need.id.desc()).limit(limit)))


def organisations_in(session: Session, code: str, limit: int = SHOWN) -> list[Organisation]:
    """The verified organisations of a village, the longest known first; one more than `limit`."""
    query = select(Organisation).where(
        Organisation.region_code == code, Organisation.state == OrganisationState.VERIFIED
    )
    return list(session.scalars(query.order_by(Organisation.id).limit(limit + 1)))


def reports_in(session: Session, code: str, limit: int = SHOWN) -> list[ReportCard]:
    """The latest progress reports of a village's projects, each with its first picture."""
    first = (
        select(func.min(ReportPicture.position))
        .where(ReportPicture.report_id == ProgressReport.id, ReportPicture.consent_stated)
        .correlate(ProgressReport)
        .scalar_subquery()
    )
    shown = and_(
        ReportPicture.report_id == ProgressReport.id,
        ReportPicture.position == first,
        ReportPicture.consent_stated,
    )
    query = (
        select(ProgressReport, ReportPicture)
        .join(Project, Project.id == ProgressReport.project_id)
        .outerjoin(ReportPicture, shown)
        .where(Project.public_ones(), Project.region_code == code)
        .order_by(ProgressReport.published_at.desc(), ProgressReport.id.desc())
        .limit(limit)
    )
    return [ReportCard(report, picture) for report, picture in session.execute(query)]


def waits_in(session: Session, code: str, limit: int = 12) -> list[Wait]:
    """What payments of a village's projects wait for (VIL-02, VIL-03), the soonest due first."""
    subject = literal("expense:") + cast(Expense.id, String)
    query = (
        select(
            Project.id,
            Expense.id,
            Expense.title,
            Expense.amount,
            Requirement.kind,
            Requirement.due_on,
        )
        .select_from(Project)
        .join(BudgetLine, BudgetLine.budget_id == Project.budget_id)
        .join(Expense, Expense.budget_line_id == BudgetLine.id)
        .join(Requirement, Requirement.subject == subject)
        .where(
            Project.public_ones(),
            Project.region_code == code,
            Requirement.state == RequirementState.OPEN,
            # before a payment is agreed to, its particulars are between those who decide
            or_(
                Expense.state == ExpenseState.PAID,
                Requirement.kind == RequirementKind.PUBLIC_NOTICE,
            ),
            Expense.state != ExpenseState.RETURNED,
        )
        .order_by(Requirement.due_on.is_(None), Requirement.due_on, Requirement.id)
        .limit(limit)
    )
    return [Wait(*row) for row in session.execute(query)]


def village_fund(session: Session, village_fund_id: int) -> VillageFund:
    """One claim with its place and committee; raises `NotFound`."""
    query = select(VillageFund).where(VillageFund.id == village_fund_id)
    return present(session.scalars(query.options(*_WITH)).one_or_none())


def village_fund_of(session: Session, code: str) -> VillageFund | None:
    """The claim of a place, in whatever state."""
    query = select(VillageFund).where(VillageFund.region_code == code)
    return session.scalars(query.options(*_WITH)).one_or_none()


def village_funds(
    session: Session, state: VillageFundState | None = None, limit: int = 300
) -> list[VillageFund]:
    """Claims of villages, those that wait first, then by place."""
    query = select(VillageFund).options(*_WITH)
    if state is not None:
        query = query.where(VillageFund.state == state)
    waits = VillageFund.state != VillageFundState.ASKED
    return list(session.scalars(query.order_by(waits, VillageFund.region_code).limit(limit)))


def committees_of(
    session: Session, organisation_ids: Collection[int], code: str
) -> list[Organisation]:
    """Which of these organisations stand at a place, by id."""
    query = select(Organisation).where(
        Organisation.id.in_(list(organisation_ids)), Organisation.region_code == code
    )
    return list(session.scalars(query.order_by(Organisation.id)))


def campaigns_of_place(session: Session, code: str) -> list[Campaign]:
    """Open campaigns that anybody may promise to: of the place's projects, or of its fund."""
    projects = select(Project.campaign_id).where(
        Project.public_ones(), Project.region_code == code, Project.campaign_id.is_not(None)
    )
    funds = select(VillageFund.fund_id).where(
        VillageFund.region_code == code, VillageFund.fund_id.is_not(None)
    )
    query = (
        select(Campaign)
        .where(
            or_(Campaign.id.in_(projects), Campaign.fund_id.in_(funds)),
            Campaign.state == CampaignState.OPEN,
        )
        .order_by(Campaign.id)
    )
    return list(session.scalars(query))


_WITH = (joinedload(VillageFund.region), joinedload(VillageFund.committee))
