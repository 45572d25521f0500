"""An inspection at work, with one of everything in its workspace, and one told to its organisation.

Written as rows: how an inspection comes to be is told by the tests of its services.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock
from charity.accounts.models import User
from charity.actor import Grant, Role
from charity.audits.models import (
    AuditFinding,
    AuditKind,
    AuditLevel,
    AuditPlan,
    AuditPlanState,
    AuditSample,
    AuditSampleItem,
    FindingPaper,
    FindingSeverity,
    FindingState,
    Inspection,
    InspectionMember,
    InspectionState,
    PaperSide,
    PlanInspector,
    RedFlag,
    SampleMethod,
    SavedFilter,
    TeamNote,
    WorkPaper,
)
from charity.evidence import PICTURE_TYPE
from charity.files import LocalFileStore
from charity.money import ZERO, Money
from charity.spending.models import Expense
from tests.factories import make_actor
from tests.fixtures.pictures import good_jpeg

NOTE = "法人那天支支吾吾，下次先看银行账"


def make_fieldwork(
    session: Session,
    folder: Path,
    *,
    organisation_id: int,
    expense_id: int,
    inspector_login: str,
) -> dict[str, int | str]:
    """Things by the names of the policy table's samples."""
    files = LocalFileStore(folder)
    digest = files.put(good_jpeg())
    inspector = session.scalars(select(User).where(User.login_name == inspector_login)).one()
    inspection = make_inspection(session, organisation_id, inspector)
    expense = session.get_one(Expense, expense_id)
    sample = make_sample(session, inspection, expense, inspector.id)
    draft = make_finding(session, inspection, inspector, 1, FindingState.DRAFT)
    told = make_finding(session, inspection, inspector, 2, FindingState.TOLD)
    paper = _paper(session, inspection, inspector.id, digest)
    evidence = [_evidence(session, each, inspector.id, digest) for each in (draft, told)]
    flag = RedFlag(
        organisation_id=organisation_id,
        rule="RF-02",
        key="walk",
        params={"reason": "flags.same_invoice", "voucher": "FP-1"},
        subjects=[f"expense:{expense_id}"],
        first_seen_at=clock.now(),
        last_seen_at=clock.now(),
    )
    kept = SavedFilter(
        user_id=inspector.id, area="inspections", name="逾期的", query="overdue=1",
        saved_at=clock.now(),
    )  # fmt: skip
    session.add_all([flag, kept])
    session.add(
        TeamNote(
            inspection_id=inspection.id, body=NOTE, written_by_user_id=inspector.id,
            written_at=clock.now(),
        )
    )  # fmt: skip
    session.flush()
    return {
        "inspection": inspection.id,
        "inspection_member": inspection.team[1].id,
        "audit_sample": sample.id,
        "sampled_voucher": expense.vouchers[0].id,
        "work_paper": paper.id,
        "audit_finding": draft.id,
        "finding_paper": evidence[0].id,
        "told_finding": told.id,
        "told_paper": evidence[1].id,
        "red_flag": flag.id,
        "saved_filter": kept.id,
    }


def make_inspection(session: Session, organisation_id: int, inspector: User) -> Inspection:
    """An inspection at work, of a plan whose list is published, by this inspector and another."""
    today = clock.today()
    plan = AuditPlan(
        title="社会组织非营利性专项抽查审计",
        kind=AuditKind.SPECIAL,
        level=AuditLevel.COUNTY,
        region_code="420704",
        period_from=today.replace(month=1, day=1),
        period_until=today.replace(month=12, day=31),
        starts_on=today,
        ends_on=today + timedelta(days=60),
        checklist_version="2026",
        coverage=100,
        team_size=2,
        budget=ZERO,
        response_days=10,
        rectification_days=30,
        made_at=clock.now(),
    )
    session.add(plan)
    session.flush()
    second = make_actor(session, Grant(Role.INSPECTOR, region_code="420704"))
    users = [inspector, session.get_one(User, second.user_id)]
    listed = [
        PlanInspector(
            plan_id=plan.id,
            code=f"{number:03}",
            user_id=user.id,
            person_id=user.person_id,
            name=user.display_name,
            added_at=clock.now(),
        )
        for number, user in enumerate(users, 1)
    ]
    session.add_all(listed)
    session.flush()
    plan.frame_hash, plan.framed_at = "0" * 64, clock.now()
    plan.state = AuditPlanState.PUBLISHED
    plan.published_at = clock.now()
    inspection = Inspection(
        plan_id=plan.id,
        organisation_id=organisation_id,
        rank=1,
        state=InspectionState.FIELDWORK,
        notice_number=f"W-{plan.id}",
        notice_delivered_on=today,
        fieldwork_from=today,
        told_at=clock.now(),
    )
    session.add(inspection)
    session.flush()
    session.add_all(
        InspectionMember(
            inspection_id=inspection.id,
            inspector_id=each.id,
            user_id=each.user_id,
            person_id=each.person_id,
            rank=rank,
            joined_at=clock.now(),
        )
        for rank, each in enumerate(listed, 1)
    )
    session.flush()
    session.refresh(inspection)
    return inspection


def make_sample(
    session: Session, inspection: Inspection, expense: Expense, user_id: int
) -> AuditSample:
    """A sample of one voucher that nobody looked at."""
    sample = AuditSample(
        inspection_id=inspection.id,
        number=1,
        method=SampleMethod.MUS,
        source="book",
        frame_hash="0" * 64,
        population=1,
        book_value=expense.amount,
        seed="三个骰子 4 2 6",
        parameters={
            "confidence_percent": 95, "tolerable_percent": 5, "materiality_fen": 50_000,
            "interval": "50000/1", "units": 1, "expected": 0,
        },
        size=1,
        drawn_by_user_id=user_id,
        drawn_at=clock.now(),
    )  # fmt: skip
    session.add(sample)
    session.flush()
    item = AuditSampleItem(
        sample_id=sample.id, number=1, subject=f"expense:{expense.id}", amount=expense.amount
    )
    session.add(item)
    session.flush()
    session.refresh(sample)
    return sample


def make_finding(
    session: Session, inspection: Inspection, user: User, number: int, state: FindingState
) -> AuditFinding:
    """A finding about cash, by this inspector."""
    finding = AuditFinding(
        inspection_id=inspection.id,
        number=number,
        item="AUD-10",
        rule_id="AUD-10",
        severity=FindingSeverity.SERIOUS,
        title="一笔材料款用现金付",
        body="1,200 元材料款用现金付给个体户，超过现金限额。",
        amount=Money.yuan(1200),
        state=state,
        found_by_user_id=user.id,
        found_by_person_id=user.person_id,
        found_at=clock.now(),
    )
    session.add(finding)
    session.flush()
    return finding


def _paper(session: Session, inspection: Inspection, user_id: int, digest: bytes) -> WorkPaper:
    paper = WorkPaper(
        inspection_id=inspection.id, number=1, item="AUD-10", title="现金付款凭证复印件",
        file_hash=digest, media_type=PICTURE_TYPE, filed_by_user_id=user_id, filed_at=clock.now(),
    )  # fmt: skip
    session.add(paper)
    session.flush()
    return paper


def _evidence(session: Session, finding: AuditFinding, user_id: int, digest: bytes) -> FindingPaper:
    paper = FindingPaper(
        finding_id=finding.id, side=PaperSide.TEAM, title="现金付款凭证", file_hash=digest,
        media_type=PICTURE_TYPE, filed_by_user_id=user_id, filed_at=clock.now(),
    )  # fmt: skip
    session.add(paper)
    session.flush()
    return paper
