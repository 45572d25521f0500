"""How far the end of a project is: its money to the fen, what stands in the way, who was asked."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Select, String, cast, literal, select
from sqlalchemy.orm import Session, selectinload

from charity.approvals.models import (
    ApprovalRequest,
    ApprovalState,
)
from charity.disclosure.models import (
    ProjectClosing,
    ProjectClosingState,
    SurplusAnswer,
    SurplusChoice,
    SurplusDisposal,
)
from charity.disclosure.queries.obstacles import goods_in_hand
from charity.donations.models import (
    Donation,
    Refund,
    RefundBatch,
)
from charity.ledger import queries as books
from charity.ledger.models import FundClosing
from charity.money import Money
from charity.registry.models import MEMBERS_MODES, Campaign, FundraisingPlan, PlanSheet, SurplusWay
from charity.rows import present

#: Closings that are neither done nor withdrawn.
RUNNING = frozenset(
    {
        ProjectClosingState.PREPARED,
        ProjectClosingState.ASKING,
        ProjectClosingState.SUBMITTED,
        ProjectClosingState.AGREED,
    }
)


@dataclass(frozen=True, slots=True)
class Figures:
    """A fund's money at its end: what came in, where it went, and what is left, to the fen."""

    raised: Money
    fees: Money
    spent: Money
    granted: Money
    refunded: Money
    held: Money
    #: All money in hand, promised or not; goods are not counted.
    surplus: Money

    @property
    def free(self) -> Money:
        """What is left and not promised."""
        return self.surplus - self.held


def closing(session: Session, closing_id: int) -> ProjectClosing:
    """One closing with its answers; raises `NotFound`."""
    query = select(ProjectClosing).where(ProjectClosing.id == closing_id)
    return present(session.scalar(query.options(selectinload(ProjectClosing.answers))))


def closing_of_fund(session: Session, fund_id: int) -> ProjectClosing | None:
    """The closing of a fund that is under way or done."""
    query = select(ProjectClosing).where(
        ProjectClosing.fund_id == fund_id, ProjectClosing.state != ProjectClosingState.WITHDRAWN
    )
    return session.scalars(query).first()


def closings_in(
    session: Session, organisation_ids: Collection[int] | None, *, limit: int = 100
) -> list[ProjectClosing]:
    """Closings of these charities' books, or of projects their partners do; the newest first."""
    query = select(ProjectClosing).order_by(ProjectClosing.id.desc()).limit(limit)
    return list(session.scalars(_of(query, organisation_ids)))


def closings_to_agree(
    session: Session, organisation_ids: Collection[int] | None, *, person_id: int | None
) -> list[ProjectClosing]:
    """Closings this person may still agree to, the oldest first."""
    query = (
        select(ProjectClosing, ApprovalRequest)
        .join(
            ApprovalRequest,
            ApprovalRequest.subject
            == literal("project_closing:").concat(cast(ProjectClosing.id, String)),
        )
        .where(
            ProjectClosing.state == ProjectClosingState.SUBMITTED,
            ApprovalRequest.state == ApprovalState.OPEN,
        )
        .order_by(ProjectClosing.id)
        .options(selectinload(ApprovalRequest.decisions))
    )
    if organisation_ids is not None:
        query = query.where(ProjectClosing.charity_id.in_(organisation_ids))
    found = []
    for each, request in session.execute(query):
        spoken = {decision.person_id for decision in request.decisions}
        if person_id not in spoken | {request.submitter_person_id}:
            found.append(each)
    return found


def closings_to_go_on(
    session: Session, organisation_ids: Collection[int] | None
) -> list[ProjectClosing]:
    """Closings that wait for those who prepare them: begun, or sent back."""
    query = select(ProjectClosing).where(
        ProjectClosing.state.in_((ProjectClosingState.PREPARED, ProjectClosingState.ASKING))
    )
    return list(session.scalars(_of(query, organisation_ids).order_by(ProjectClosing.id)))


def agreed_closings(session: Session) -> list[int]:
    """Closings agreed to that wait to be carried out."""
    query = select(ProjectClosing.id).where(ProjectClosing.state == ProjectClosingState.AGREED)
    return list(session.scalars(query.order_by(ProjectClosing.id)))


def answers_of_donation(session: Session, donation_id: int) -> list[SurplusAnswer]:
    """What a giver was asked about one gift, with the closings; the newest first."""
    query = (
        select(SurplusAnswer)
        .join(SurplusAnswer.closing)
        .where(
            SurplusAnswer.donation_id == donation_id,
            ProjectClosing.state != ProjectClosingState.WITHDRAWN,
        )
        .order_by(SurplusAnswer.id.desc())
        .options(selectinload(SurplusAnswer.closing))
    )
    return list(session.scalars(query))


def figures(session: Session, fund_id: int) -> Figures:
    """Where the fund's money went and what is left, exact to the fen."""
    position = books.fund_position(session, fund_id)
    goods = goods_in_hand(session, fund_id)
    return Figures(
        raised=position.raised,
        fees=position.fees,
        spent=position.spent,
        granted=position.granted,
        refunded=position.refunded,
        held=position.held,
        surplus=position.in_hand - goods,
    )


def plan_of(session: Session, campaign: Campaign | None) -> PlanSheet | None:
    """What the campaign's filed plan says of money that is left, where it says anything."""
    if campaign is None:
        return None
    query = (
        select(PlanSheet)
        .join(FundraisingPlan, FundraisingPlan.sheet_id == PlanSheet.id)
        .where(FundraisingPlan.id == campaign.plan_id, PlanSheet.surplus_way.is_not(None))
    )
    return session.scalar(query)


def disposals(plan: PlanSheet | None) -> tuple[SurplusDisposal, ...]:
    """What may become of a surplus: as the plan says; where it is silent there is a choice."""
    if plan is None:
        return (SurplusDisposal.SIMILAR, SurplusDisposal.ASK)
    if plan.surplus_way is SurplusWay.ASK_GIVERS:
        return (SurplusDisposal.ASK,)
    return (SurplusDisposal.BY_PLAN,)


def wants_refunds(plan: PlanSheet | None) -> bool:
    """Whether the plan says that what is left goes back to givers."""
    return plan is not None and plan.surplus_way is SurplusWay.REFUND


def is_moved_openly(session: Session, found: ProjectClosing) -> bool:
    """Whether the money goes to another project without asking, and is announced before."""
    if found.into_fund_id is None or found.disposal is SurplusDisposal.ASK or found.answers:
        return False
    campaign = session.get(Campaign, found.campaign_id) if found.campaign_id else None
    # what only its members may know is not for the board (DIS-212)
    return campaign is None or campaign.mode not in MEMBERS_MODES


def sums(found: ProjectClosing) -> tuple[Money, Money]:
    """What goes back to givers who want it, and what goes on, of the closing's surplus."""
    back = Money.total(
        answer.amount for answer in found.answers if answer.choice is SurplusChoice.REFUND
    )
    return back, found.surplus - back


def refunds_of_closing(session: Session, found: ProjectClosing) -> list[Refund]:
    """The refunds made for a closing, in order."""
    query = (
        select(Refund)
        .join(RefundBatch, RefundBatch.id == Refund.batch_id)
        .where(RefundBatch.agreed_as == found.subject)
        .order_by(Refund.id)
        .options(selectinload(Refund.donation))
    )
    return list(session.scalars(query))


def gifts_by_entry(session: Session, entry_ids: Collection[int]) -> dict[int, Donation]:
    """The gifts that these entries brought in."""
    query = select(Donation).where(Donation.entry_id.in_(entry_ids)).order_by(Donation.id)
    return {gift.entry_id: gift for gift in session.scalars(query) if gift.entry_id is not None}


def open_funds(session: Session, *, book_id: int, besides: int) -> list[tuple[int, str]]:
    """Id and name of the restricted funds of a book into which money may go."""
    ended = set(session.scalars(select(FundClosing.fund_id)))
    return [
        (fund.id, fund.name)
        for fund in books.funds(session, book_id)
        if fund.id != besides and fund.id not in ended and fund.restricted
    ]


def _of(
    query: Select[ProjectClosing], organisation_ids: Collection[int] | None
) -> Select[ProjectClosing]:
    """Limited to the books of these organisations and the campaigns they are partners of."""
    if organisation_ids is None:
        return query
    partners = select(Campaign.id).where(Campaign.partner_id.in_(organisation_ids))
    return query.where(
        ProjectClosing.charity_id.in_(organisation_ids) | ProjectClosing.campaign_id.in_(partners)
    )
