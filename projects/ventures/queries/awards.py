"""Awards: one with its stages, those of a competition or a winner, and what waits for whom."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from charity.approvals import queries as approvals
from charity.approvals.models import ApprovalRequest, ApprovalState
from charity.ledger.models import Book, Fund
from charity.rows import present
from charity.spending.models import BudgetLine, Expense, ExpenseState
from projects.ventures.models import (
    Application,
    Award,
    AwardEvaluation,
    AwardRecovery,
    AwardState,
    AwardTranche,
    Competition,
    TrancheState,
)

_Row = TypeVar("_Row")


def award(session: Session, award_id: int) -> Award:
    """One award with its stages, reports and recoveries; raises `NotFound`."""
    return present(session.scalar(_whole().where(Award.id == award_id)))


def award_of_application(session: Session, application_id: int) -> Award | None:
    """The award an application has now; None without one, or where it was given up."""
    query = _whole().where(
        Award.application_id == application_id, Award.state != AwardState.DROPPED
    )
    return session.scalar(query)


def award_of_fund(session: Session, fund_id: int) -> Award | None:
    """The award whose money a fund holds: what a funder's trail calls it."""
    return session.scalar(_whole().where(Award.fund_id == fund_id))


def awards_of_funds(session: Session, fund_ids: Collection[int]) -> Mapping[int, Award]:
    """The awards behind funds, by fund; funds of something else are left out."""
    found = session.scalars(_whole().where(Award.fund_id.in_(fund_ids)))
    return {each.fund_id: each for each in found if each.fund_id is not None}


def awards_of_competition(session: Session, competition_id: int) -> list[Award]:
    """The awards of a competition by place, given-up ones last."""
    query = _whole().where(Award.competition_id == competition_id)
    dropped = Award.state == AwardState.DROPPED
    return list(session.scalars(query.order_by(dropped, Award.place, Award.id)))


def awards_of_organisation(session: Session, organisation_id: int) -> list[Award]:
    """What an organisation was awarded and signed for, the latest first."""
    query = _whole().where(
        Application.organisation_id == organisation_id, Award.signed_at.is_not(None)
    )
    return list(session.scalars(query.order_by(Award.id.desc())))


def showcase(session: Session, *, region_code: str = "", limit: int = 30) -> list[Award]:
    """Awards that were settled, the latest first: what competitions brought about."""
    query = _whole().where(Award.state == AwardState.SETTLED)
    if region_code:
        query = query.where(Application.region_code.startswith(region_code, autoescape=True))
    return list(session.scalars(query.order_by(Award.closed_at.desc(), Award.id).limit(limit)))


def tranche(session: Session, tranche_id: int) -> AwardTranche:
    """One stage with its award; raises `NotFound`."""
    query = select(AwardTranche).where(AwardTranche.id == tranche_id)
    return present(session.scalar(query.options(joinedload(AwardTranche.award))))


def request_of(session: Session, found: AwardTranche) -> ApprovalRequest | None:
    """What was asked and decided about paying a stage; None before."""
    return approvals.request_for(session, found.subject)


def released(
    session: Session, charity_ids: Collection[int] | None = None
) -> list[tuple[AwardTranche, ApprovalRequest | None]]:
    """Stages that wait for agreement or for payment, the oldest first, with what was asked.

    `charity_ids` keeps to pools in these books; None: all.
    """
    query = (
        select(AwardTranche)
        .join(Award, Award.id == AwardTranche.award_id)
        .join(Competition, Competition.id == Award.competition_id)
        .where(AwardTranche.state == TrancheState.RELEASABLE)
        .order_by(AwardTranche.released_at, AwardTranche.id)
        .options(joinedload(AwardTranche.award).joinedload(Award.application))
    )
    if charity_ids is not None:
        query = _in_books(query, charity_ids)
    return [(each, request_of(session, each)) for each in session.scalars(query)]


def is_agreed(request: ApprovalRequest | None) -> bool:
    """Whether enough persons agreed."""
    return request is not None and request.state is ApprovalState.GRANTED


def recovery(session: Session, recovery_id: int) -> AwardRecovery:
    """One sum that is asked back; raises `NotFound`."""
    return present(session.get(AwardRecovery, recovery_id))


def waiting_reports(session: Session, organiser_ids: Collection[int]) -> list[AwardEvaluation]:
    """Reports that wait for an organiser's word, the oldest first, with their awards."""
    query = (
        select(AwardEvaluation)
        .join(AwardEvaluation.award)
        .join(Competition, Competition.id == Award.competition_id)
        .where(AwardEvaluation.accepted.is_(None), Competition.organiser_id.in_(organiser_ids))
        .order_by(AwardEvaluation.id)
        .options(joinedload(AwardEvaluation.award).joinedload(Award.application))
    )
    return list(session.scalars(query))


def open_recoveries(
    session: Session, charity_ids: Collection[int] | None = None
) -> list[AwardRecovery]:
    """Sums that are asked back and not whole yet, the oldest first, with their awards.

    `charity_ids` keeps to pools in these books; None: all.
    """
    query = (
        select(AwardRecovery)
        .join(AwardRecovery.award)
        .join(Competition, Competition.id == Award.competition_id)
        .where(AwardRecovery.finished_at.is_(None))
        .order_by(AwardRecovery.id)
        .options(joinedload(AwardRecovery.award).joinedload(Award.application))
    )
    if charity_ids is not None:
        query = _in_books(query, charity_ids)
    return list(session.scalars(query))


def awards_to_sign(session: Session, organisation_ids: Collection[int]) -> list[Award]:
    """Announced awards of these organisations that wait for their signature."""
    query = _whole().where(
        Application.organisation_id.in_(organisation_ids), Award.state == AwardState.NOTICE
    )
    return list(session.scalars(query.order_by(Award.id)))


def open_expenses(session: Session, budget_id: int) -> int:
    """How many expenses of a budget are asked or agreed and not paid."""
    query = (
        select(func.count(Expense.id))
        .join(BudgetLine, BudgetLine.id == Expense.budget_line_id)
        .where(
            BudgetLine.budget_id == budget_id,
            Expense.state.in_((ExpenseState.SUBMITTED, ExpenseState.APPROVED)),
        )
    )
    return session.scalar(query) or 0


def _in_books(query: Select[_Row], charity_ids: Collection[int]) -> Select[_Row]:
    """The query, kept to competitions whose pool stands in a book of these charities."""
    return (
        query.join(Fund, Fund.id == Competition.fund_id)
        .join(Book, Book.id == Fund.book_id)
        .where(Book.organisation_id.in_(charity_ids))
    )


def _whole() -> Select[Award]:
    return (
        select(Award)
        .join(Application, Application.id == Award.application_id)
        .options(
            joinedload(Award.application).joinedload(Application.organisation),
            joinedload(Award.competition),
            joinedload(Award.notice),
            selectinload(Award.tranches),
            selectinload(Award.evaluations),
            selectinload(Award.recoveries),
        )
    )
