"""Who stands in the frame of a plan on a day, how big, how risky, and who may not inspect whom."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from charity.accounts.models import Membership, User
from charity.actor import Role
from charity.audits import draw
from charity.audits.models import (
    AuditLevel,
    AuditPlan,
    FrameRow,
    FrameStratum,
    OrganisationRisk,
    OrganisationSize,
    Recusal,
    RecusalRelation,
)
from charity.audits.plan_drafts import FrameFilter
from charity.ledger.models import Book
from charity.ledger.statements.period import Period
from charity.ledger.statements.turnover import turnovers
from charity.registry.eligibility import registrar_of
from charity.registry.models import (
    AnnualInspection,
    InspectionResult,
    ListEntry,
    Organisation,
    OrganisationKind,
    OrganisationState,
    Person,
    Rating,
    RelatedParty,
)
from charity.rules import parameter
from charity.spending.models import Budget, BudgetLine, Expense

#: Who is registered with a civil-affairs office; filed groups are not in a frame (INS-04).
REGISTERED = (
    OrganisationKind.ASSOCIATION,
    OrganisationKind.SOCIAL_SERVICE_ORG,
    OrganisationKind.FOUNDATION,
)
#: How 民政部 stands as a registrar.
MINISTRY = "10"
_SIZES = (OrganisationSize.SMALL, OrganisationSize.MEDIUM, OrganisationSize.LARGE)
_BAD = frozenset({InspectionResult.FAIL, InspectionResult.NOT_SUBMITTED})
_GOOD_RATING = 3


@dataclass(frozen=True, slots=True)
class Framed:
    """One organisation as it would stand in the frame."""

    organisation: Organisation
    size: OrganisationSize
    risk: OrganisationRisk
    stratum: str

    @property
    def uscc(self) -> str:
        """Its credit code; nobody without one is in a frame."""
        return self.organisation.uscc or ""


def framed(session: Session, plan: AuditPlan, on: date) -> list[Framed]:
    """Everybody in the frame of a plan as it is on a day in China, by credit code (INS-01, INS-02).

    Size and risk are looked up only where the plan asks for them: the one reads every book, the
    other is published with the frame.
    """
    wanted = FrameFilter.read(plan.frame_filter)
    found = _registered(session, plan, wanted)
    strata = [FrameStratum(each) for each in plan.strata]
    ids = [each.id for each in found]
    sizes: dict[int, OrganisationSize] = {}
    if wanted.sizes or FrameStratum.SIZE in strata:
        sizes = sizes_of(session, ids, Period(plan.period_from, plan.period_until), on)
    risks: dict[int, OrganisationRisk] = {}
    if wanted.risks or FrameStratum.RISK in strata:
        risks = risks_of(session, ids, on)
    rows = []
    for each in found:
        size = sizes.get(each.id, OrganisationSize.UNKNOWN)
        risk = risks.get(each.id, OrganisationRisk.NORMAL)
        if wanted.sizes and size not in wanted.sizes:
            continue
        if wanted.risks and risk not in wanted.risks:
            continue
        words = {
            FrameStratum.KIND: each.kind.value,
            FrameStratum.SIZE: size.value,
            FrameStratum.RISK: risk.value,
        }
        rows.append(Framed(each, size, risk, "/".join(words[word] for word in strata)))
    return rows


def sizes_of(
    session: Session, ids: Collection[int], period: Period, on: date
) -> dict[int, OrganisationSize]:
    """By the income of a period in their books (INS-02); without a book nothing is known."""
    steps = parameter("INS-02", on)
    books = select(Book).where(Book.organisation_id.in_(ids))
    found = {}
    for book in session.scalars(books):
        moved = turnovers(session, book.id, period)
        income = sum(-each.change.fen for code, each in moved.items() if code.startswith("4"))
        found[book.organisation_id] = _SIZES[steps.step(max(income, 0))]
    return found


def risks_of(session: Session, ids: Collection[int], on: date) -> dict[int, OrganisationRisk]:
    """High: listed, or its last annual inspection failed or missed; low: passed and rated 3A."""
    wanted = set(ids)
    listed = select(ListEntry.organisation_id).where(
        ListEntry.listed_on <= on,
        or_(ListEntry.removed_on.is_(None), ListEntry.removed_on > on),
    )
    rated = select(Rating.organisation_id).where(
        Rating.rated_on <= on, Rating.expires_on > on, Rating.grade >= _GOOD_RATING
    )
    last = (
        select(AnnualInspection.organisation_id, func.max(AnnualInspection.year).label("year"))
        .where(AnnualInspection.decided_on <= on)
        .group_by(AnnualInspection.organisation_id)
        .subquery()
    )
    results = session.execute(
        select(AnnualInspection.organisation_id, AnnualInspection.result).join(
            last,
            (last.c.organisation_id == AnnualInspection.organisation_id)
            & (last.c.year == AnnualInspection.year),
        )
    )
    good = set(session.scalars(rated))
    found: dict[int, OrganisationRisk] = {}
    for organisation_id, result in results:
        if result in _BAD:
            found[organisation_id] = OrganisationRisk.HIGH
        elif result is InspectionResult.PASS and organisation_id in good:
            found[organisation_id] = OrganisationRisk.LOW
    found |= dict.fromkeys(session.scalars(listed), OrganisationRisk.HIGH)
    return {each: risk for each, risk in found.items() if each in wanted}


def ties(
    session: Session, plan: AuditPlan, ids: Collection[int]
) -> dict[tuple[int, int], RecusalRelation]:
    """Who of a plan's inspectors is tied to which of these organisations, by both ids (INS-06, 11).

    A tie that has ended is one: who ever belonged to an organisation does not judge it.
    """
    wanted = set(ids)
    found: dict[tuple[int, int], RecusalRelation] = {}
    for inspector in plan.inspectors:
        for organisation_id in tied_to(session, inspector.person_id) & wanted:
            found[organisation_id, inspector.id] = RecusalRelation.MEMBER
        for organisation_id in related_to(session, inspector.person_id) & wanted:
            found[organisation_id, inspector.id] = RecusalRelation.RELATED
        if inspector.firm is not None:
            firm = inspector.firm
            for organisation_id in served_by(session, firm.name, firm.uscc) & wanted:
                found.setdefault((organisation_id, inspector.id), RecusalRelation.BOOKKEEPER)
    return found


def related_to(session: Session, person_id: int) -> frozenset[int]:
    """The organisations on whose roster of related parties a person stands or stood."""
    person = session.get_one(Person, person_id)
    same = [RelatedParty.person_id == person_id]
    if person.identity_hash is not None:
        same.append(RelatedParty.identity_hash == person.identity_hash)
    return frozenset(session.scalars(select(RelatedParty.organisation_id).where(or_(*same))))


def tied_to(session: Session, person_id: int) -> frozenset[int]:
    """The organisations in which a person holds or held a role, by any account, auditing aside."""
    query = (
        select(Membership.organisation_id)
        .join(User, User.id == Membership.user_id)
        .where(
            User.person_id == person_id,
            Membership.organisation_id.is_not(None),
            Membership.role != Role.AUDITOR,
        )
    )
    return frozenset(each for each in session.scalars(query) if each is not None)


def served_by(session: Session, name: str, uscc: str) -> frozenset[int]:
    """The organisations that paid a firm, or on whose roster it stands (INS-11)."""
    paid = (
        select(Budget.organisation_id)
        .join(BudgetLine, BudgetLine.budget_id == Budget.id)
        .join(Expense, Expense.budget_line_id == BudgetLine.id)
        .outerjoin(Organisation, Organisation.id == Expense.payee_organisation_id)
        .where(or_(Expense.payee_name == name, Organisation.uscc == uscc))
    )
    rostered = select(RelatedParty.organisation_id).where(RelatedParty.name == name)
    return frozenset(session.scalars(paid)) | frozenset(session.scalars(rostered))


def frozen(session: Session, plan: AuditPlan) -> draw.Frame:
    """The frame of a plan as its rows were frozen; its text has the published hash."""
    rows = session.scalars(
        select(FrameRow).where(FrameRow.plan_id == plan.id).order_by(FrameRow.position)
    ).all()
    recused = session.scalars(
        select(Recusal).where(Recusal.plan_id == plan.id, Recusal.is_late.is_(False))
    ).all()
    return frame_of(plan, rows, recused)


def frame_of(plan: AuditPlan, rows: Sequence[FrameRow], recused: Iterable[Recusal]) -> draw.Frame:
    """The frame that these rows make, with how many of each label are drawn."""
    targets = tuple(
        draw.Target(
            row.uscc, draw.label_of(row.stratum), row.kind.value, row.size.value, row.risk.value,
            row.name,
        )
        for row in rows
    )  # fmt: skip
    sizes: dict[str, int] = {}
    for target in targets:
        sizes[target.label] = sizes.get(target.label, 0) + 1
    total = draw.wanted(len(targets), plan.coverage)
    codes = {inspector.id: inspector.code for inspector in plan.inspectors}
    usccs = {row.organisation_id: row.uscc for row in rows}
    return draw.Frame(
        counts=draw.allocate(sizes, total),
        team=plan.team_size,
        targets=targets,
        inspectors=tuple(draw.Candidate(each.code, each.name) for each in plan.inspectors),
        recusals=tuple(
            draw.Barred(usccs[each.organisation_id], codes[each.inspector_id], each.relation.value)
            for each in recused
            if each.organisation_id in usccs
        ),
    )


def _registered(session: Session, plan: AuditPlan, wanted: FrameFilter) -> list[Organisation]:
    """Verified organisations that the plan's office registers, by credit code.

    Where nothing says who registered them it is the office of the county they are in.
    """
    query = select(Organisation).where(
        Organisation.state == OrganisationState.VERIFIED,
        Organisation.uscc.is_not(None),
        Organisation.kind.in_(wanted.kinds or REGISTERED),
    )
    if wanted.charities:
        query = query.where(Organisation.is_charity.is_(True))
    office = MINISTRY if plan.level is AuditLevel.MINISTRY else plan.region_code
    return [
        each
        for each in session.scalars(query.order_by(Organisation.uscc))
        if (registrar_of(each) or each.region_code[:6]) == office
    ]
