"""What stands in the workspace of an inspection: papers, notes, samples, findings, filters."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, and_, exists, func, inspect, or_, select
from sqlalchemy.orm import Session, selectinload

from charity.actor import ROLE_PERMISSIONS, Actor, Permission, Role
from charity.audits.models import (
    AuditFinding,
    AuditPlan,
    AuditPlanState,
    AuditSample,
    AuditSampleItem,
    ExtensionAsk,
    FindingPaper,
    FindingSeverity,
    FindingState,
    FlagRun,
    Inspection,
    InspectionMember,
    InspectionState,
    RedFlag,
    SavedFilter,
    TeamNote,
    VoucherList,
    WorkPaper,
)
from charity.audits.queries.samples import expenses_of, joined_expenses
from charity.base import Base
from charity.registry.models import Organisation
from charity.rows import present
from charity.spending.models import Expense, Voucher

Thing = TypeVar("Thing", bound=Base)

#: Inspections of one list.
MOST = 500
#: Where the filters of 我的检查 are kept.
AREA = "inspections"
#: Findings that count: neither drafts nor dropped ones weigh on anybody.
_STANDING = tuple(each for each in FindingState if each is not FindingState.DROPPED)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which inspections a list shows; what is empty does not narrow."""

    state: InspectionState | None = None
    #: A division's code; everything below it counts.
    place: str = ""
    is_overdue: bool = False
    severity: FindingSeverity | None = None


def inspections_for(
    session: Session, actor: Actor, wanted: Wanted, *, on: date
) -> Sequence[Inspection]:
    """Inspections of this actor's teams, and those an office or a platform's auditor may read.

    What is not published yet is nobody's. The nearest last day first, then the newest.
    """
    query = (
        select(Inspection)
        .join(AuditPlan, AuditPlan.id == Inspection.plan_id)
        .join(Organisation, Organisation.id == Inspection.organisation_id)
        .where(
            AuditPlan.state.in_((AuditPlanState.PUBLISHED, AuditPlanState.CLOSED)),
            _readable(actor),
            *_narrowed(wanted, on),
        )
        .options(
            selectinload(Inspection.plan),
            selectinload(Inspection.organisation),
            selectinload(Inspection.members),
        )
        .order_by(_first_due().nulls_last(), Inspection.id.desc())
        .limit(MOST)
    )
    return session.scalars(query).all()


def _readable(actor: Actor) -> ColumnElement[bool]:
    """Whose team the actor is on, whose region's office they are, or everything for an auditor."""
    if any(grant.role is Role.AUDITOR and grant.is_platform for grant in actor.grants):
        return Inspection.id.is_not(None)
    mine = exists().where(
        InspectionMember.inspection_id == Inspection.id,
        InspectionMember.user_id == actor.user_id,
        InspectionMember.left_at.is_(None),
    )
    offices = [
        AuditPlan.region_code.startswith(grant.region_code or "", autoescape=True)
        for grant in actor.grants
        if grant.organisation_id is None and Permission.AUDIT_PLAN in ROLE_PERMISSIONS[grant.role]
    ]
    return or_(mine, *offices)


def _narrowed(wanted: Wanted, on: date) -> list[ColumnElement[bool]]:
    rules: list[ColumnElement[bool]] = []
    if wanted.state is not None:
        rules.append(Inspection.state == wanted.state)
    if wanted.place:
        rules.append(Organisation.region_code.startswith(wanted.place, autoescape=True))
    if wanted.is_overdue:
        late = and_(AuditFinding.state == FindingState.ORDERED, AuditFinding.due_on < on)
        rules.append(exists().where(AuditFinding.inspection_id == Inspection.id, late))
    if wanted.severity is not None:
        grave = AuditFinding.severity == wanted.severity
        standing = AuditFinding.state.in_(_STANDING)
        rules.append(exists().where(AuditFinding.inspection_id == Inspection.id, grave, standing))
    return rules


def _first_due() -> ColumnElement[date | None]:
    """The last day of the first order that is not answered yet."""
    return (
        select(func.min(AuditFinding.due_on))
        .where(
            AuditFinding.inspection_id == Inspection.id,
            AuditFinding.state == FindingState.ORDERED,
        )
        .scalar_subquery()
    )


def inspections_about(session: Session, organisation_ids: Collection[int]) -> Sequence[Inspection]:
    """Inspections of these organisations whose notice has reached them, the newest first."""
    query = (
        select(Inspection)
        .where(
            Inspection.organisation_id.in_(organisation_ids),
            Inspection.state != InspectionState.DRAWN,
        )
        .options(selectinload(Inspection.plan), selectinload(Inspection.organisation))
        .order_by(Inspection.id.desc())
        .limit(MOST)
    )
    return session.scalars(query).all()


def findings_by_inspection(
    session: Session, inspection_ids: Collection[int]
) -> dict[int, list[AuditFinding]]:
    """The findings of several inspections that were not dropped, in one question."""
    found: dict[int, list[AuditFinding]] = {each: [] for each in inspection_ids}
    query = (
        select(AuditFinding)
        .where(AuditFinding.inspection_id.in_(inspection_ids), AuditFinding.state.in_(_STANDING))
        .order_by(AuditFinding.number)
    )
    for finding in session.scalars(query):
        found[finding.inspection_id].append(finding)
    return found


def finding_in(session: Session, inspection_id: int, finding_id: int) -> AuditFinding:
    """A finding of an inspection with its papers; raises `NotFound` where it is of another."""
    query = (
        select(AuditFinding)
        .where(AuditFinding.id == finding_id, AuditFinding.inspection_id == inspection_id)
        .options(
            selectinload(AuditFinding.papers),
            selectinload(AuditFinding.extensions),
            selectinload(AuditFinding.checks),
        )
    )
    return present(session.scalars(query).one_or_none())


def finding_paper(session: Session, inspection_id: int, paper_id: int) -> FindingPaper:
    """A paper beside a finding of an inspection; raises `NotFound`."""
    query = (
        select(FindingPaper)
        .join(AuditFinding, AuditFinding.id == FindingPaper.finding_id)
        .where(FindingPaper.id == paper_id, AuditFinding.inspection_id == inspection_id)
    )
    return present(session.scalars(query).one_or_none())


def open_ask(session: Session, finding: AuditFinding) -> ExtensionAsk | None:
    """The request for more time that nobody answered: the newest, neither granted nor refused."""
    if finding.state is not FindingState.ORDERED:
        return None
    query = select(ExtensionAsk).where(ExtensionAsk.finding_id == finding.id)
    asked = session.scalars(query.order_by(ExtensionAsk.id.desc()).limit(1)).first()
    last = finding.extensions[-1].granted_at if finding.extensions else None
    if asked is None or (last is not None and last >= asked.asked_at):
        return None
    return None if refusal_of(session, asked) else asked


def refusal_of(session: Session, asked: ExtensionAsk) -> WorkPaper | None:
    """The paper by which the office refused a request; None where it did not."""
    query = select(WorkPaper).where(
        WorkPaper.inspection_id == asked.finding.inspection_id, WorkPaper.about == asked.subject
    )
    return session.scalars(query.limit(1)).first()


def refused_asks(session: Session, finding: AuditFinding) -> list[tuple[ExtensionAsk, WorkPaper]]:
    """The requests of a finding that were refused, with the reason of each, the newest first."""
    query = select(ExtensionAsk).where(ExtensionAsk.finding_id == finding.id)
    asks = session.scalars(query.order_by(ExtensionAsk.id.desc())).all()
    found = ((each, refusal_of(session, each)) for each in asks)
    return [(each, paper) for each, paper in found if paper is not None]


def papers_of(session: Session, inspection_id: int) -> Sequence[WorkPaper]:
    """The work papers of an inspection in the order of filing."""
    return _all(session, select(WorkPaper).where(WorkPaper.inspection_id == inspection_id))


def work_paper(session: Session, inspection_id: int, paper_id: int) -> WorkPaper:
    """A work paper of an inspection; raises `NotFound`."""
    query = select(WorkPaper).where(
        WorkPaper.id == paper_id, WorkPaper.inspection_id == inspection_id
    )
    return present(session.scalars(query).one_or_none())


def notes_of(session: Session, inspection_id: int) -> Sequence[TeamNote]:
    """What the team noted for itself, the newest first."""
    query = select(TeamNote).where(TeamNote.inspection_id == inspection_id)
    return session.scalars(query.order_by(TeamNote.id.desc())).all()


def has_expenses(session: Session, organisation_id: int) -> bool:
    """Whether a book here shows expenses of an organisation: then it hands in no list."""
    found = joined_expenses(Expense.id).where(expenses_of(organisation_id)).limit(1)
    return session.execute(found).first() is not None


def lists_of(session: Session, inspection_id: int) -> Sequence[VoucherList]:
    """The lists of vouchers that were handed in, the first first."""
    query = select(VoucherList).where(VoucherList.inspection_id == inspection_id)
    return session.scalars(query.order_by(VoucherList.id)).all()


def samples_of(session: Session, inspection_id: int) -> Sequence[AuditSample]:
    """The samples of an inspection with their items."""
    query = (
        select(AuditSample)
        .where(AuditSample.inspection_id == inspection_id)
        .options(selectinload(AuditSample.items))
        .order_by(AuditSample.number)
    )
    return session.scalars(query).all()


def sample_in(session: Session, inspection_id: int, sample_id: int) -> AuditSample:
    """A sample of an inspection with its items; raises `NotFound` where it is of another."""
    query = (
        select(AuditSample)
        .where(AuditSample.id == sample_id, AuditSample.inspection_id == inspection_id)
        .options(selectinload(AuditSample.items))
    )
    return present(session.scalars(query).one_or_none())


def item_in(sample: AuditSample, number: int) -> AuditSampleItem:
    """An item of a sample by its number; raises `NotFound`."""
    return present(next((each for each in sample.items if each.number == number), None))


def flags_about(session: Session, organisation_id: int) -> Sequence[RedFlag]:
    """The red flags of an organisation: those open first, then by rule."""
    query = select(RedFlag).where(RedFlag.organisation_id == organisation_id)
    is_answered = RedFlag.answered_at.is_not(None)
    return session.scalars(query.order_by(is_answered, RedFlag.rule, RedFlag.id).limit(MOST)).all()


def flag_about(session: Session, organisation_id: int, flag_id: int) -> RedFlag:
    """A red flag of an organisation; raises `NotFound` where it is of another."""
    query = select(RedFlag).where(RedFlag.id == flag_id, RedFlag.organisation_id == organisation_id)
    return present(session.scalars(query).one_or_none())


def was_looked_at(session: Session, organisation_id: int) -> bool:
    """Whether red flags were looked for in the book of an organisation."""
    return bool(session.scalar(select(exists().where(FlagRun.organisation_id == organisation_id))))


def filters_of(session: Session, user_id: int | None) -> Sequence[SavedFilter]:
    """The filters of 我的检查 somebody keeps, by name."""
    query = select(SavedFilter).where(SavedFilter.user_id == user_id, SavedFilter.area == AREA)
    return session.scalars(query.order_by(SavedFilter.name)).all()


def by_ids(session: Session, kind: type[Thing], ids: Collection[int]) -> Sequence[Thing]:
    """The rows of a table with these ids, in one question; those gone are left out."""
    if not ids:
        return []
    return session.scalars(select(kind).where(inspect(kind).primary_key[0].in_(ids))).all()


def vouchers_of(session: Session, expense_ids: Collection[int]) -> Sequence[Voucher]:
    """The evidence of some expenses, expense by expense in the order it was handed in."""
    query = select(Voucher).where(Voucher.expense_id.in_(expense_ids))
    with_expense = query.options(selectinload(Voucher.expense))
    return session.scalars(with_expense.order_by(Voucher.expense_id, Voucher.id)).all()


def _all(session: Session, query: Select[WorkPaper]) -> Sequence[WorkPaper]:
    return session.scalars(query.order_by(WorkPaper.number)).all()
