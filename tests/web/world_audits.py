"""Plans of spot checks in every state, with one inspection that was finished and told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor, Grant, Role
from charity.audits import draw, queries, services
from charity.audits.models import (
    AuditFinding,
    AuditFirm,
    AuditKind,
    AuditLevel,
    AuditPlan,
    FindingSeverity,
    FindingState,
    FirmKind,
    Inspection,
    InspectionState,
)
from charity.audits.plan_drafts import PlanDraft
from charity.evidence import PICTURE_TYPE
from charity.files import FileStore
from charity.money import Money
from charity.registry import uscc
from tests.factories import make_actor
from tests.fixtures.pictures import good_jpeg

SECRET, NUMBER = "a stone in the river", "05 11 17 23 28 31"
COUNTY = "420704"


def plan_draft(**changed: Any) -> PlanDraft:
    """A special audit of everybody registered in the county, over last year."""
    today = clock.today()
    said: dict[str, Any] = {
        "title": "社会组织非营利性专项抽查审计",
        "kind": AuditKind.SPECIAL,
        "level": AuditLevel.COUNTY,
        "region_code": COUNTY,
        "period_from": date(today.year - 1, 1, 1),
        "period_until": date(today.year - 1, 12, 31),
        "starts_on": today,
        "ends_on": today + timedelta(days=90),
        "scope": "会计制度\n对公账户\n票据",
        "coverage": 100,
    }
    return PlanDraft(**said | changed)


@contextmanager
def days_ago(days: int) -> Iterator[None]:
    """Something was done so many days ago."""
    with clock.at(clock.now() - timedelta(days=days)):
        yield


class Office:
    """A civil-affairs office with three inspectors, and the steps of its plans."""

    def __init__(self, session: Session, files: FileStore | None = None) -> None:
        self.session, self.files = session, files
        self.actor: Actor = make_actor(session, Grant(Role.REGULATOR, region_code=COUNTY))
        self.inspectors = [
            make_actor(session, Grant(Role.INSPECTOR, region_code=COUNTY)) for _ in range(3)
        ]

    def draft(self, **changed: Any) -> AuditPlan:
        """A plan with its inspectors; those of a `firm` where one is asked for."""
        commissioned = changed.pop("firm", False)
        plan = services.make_plan(self.session, self.actor, draft=plan_draft(**changed))
        firm = self._commission(plan) if commissioned else None
        for each in self.inspectors:
            assert each.user_id is not None
            services.add_inspector(
                self.session, self.actor, plan_id=plan.id, user_id=each.user_id,
                firm_id=firm.id if firm else None,
            )  # fmt: skip
        return plan

    def _commission(self, plan: AuditPlan) -> AuditFirm:
        """A firm with its letter."""
        assert self.files is not None
        return services.add_firm(
            self.session, self.actor, plan_id=plan.id, name="武昌会计师事务所",
            uscc=uscc.with_check_digit("91420704MJ0000318"), kind=FirmKind.ACCOUNTANTS,
            paper_hash=self.files.put(good_jpeg()), paper_media_type=PICTURE_TYPE,
        )  # fmt: skip

    def framed(self, **changed: Any) -> AuditPlan:
        """Its frame is frozen."""
        plan = self.draft(**changed)
        return services.freeze_frame(self.session, self.actor, plan_id=plan.id)

    def announced(self, **changed: Any) -> AuditPlan:
        """Announced ten days ago: the number came five days ago, the secret is due in five."""
        with days_ago(10):
            plan, today = self.framed(**changed), clock.today()
            services.announce_draw(
                self.session, self.actor, plan_id=plan.id,
                commitment=draw.commitment_of(SECRET), number_name="双色球第 2026031 期红球",
                number_on=today + timedelta(days=5), secret_due_on=today + timedelta(days=15),
            )  # fmt: skip
        return plan

    def drawn(self, **changed: Any) -> AuditPlan:
        """The secret is opened; nobody else knows whom it drew."""
        plan = self.announced(**changed)
        return services.open_draw(
            self.session, self.actor, plan_id=plan.id, secret=SECRET, public_number=NUMBER
        )

    def published(self, **changed: Any) -> AuditPlan:
        """The list is before everybody."""
        plan = self.drawn(**changed)
        return services.publish_list(self.session, self.actor, plan_id=plan.id)


def make_audits(
    session: Session, files: FileStore, *, organisation_id: int, staff: Actor
) -> dict[str, int | str]:
    """Things by the names of the policy table's samples."""
    office = Office(session, files)
    plan = office.published(firm=True)
    drawn = {each.organisation_id: each for each in queries.targets_of(session, plan.id)}
    told = make_told(session, office, drawn.pop(organisation_id))
    services.ask_extension(
        session, staff, finding_id=told.id, until=clock.today() + timedelta(days=20),
        reason="银行回单还没有拿到。",
    )  # fmt: skip
    waiting = next(iter(drawn.values()))
    finish(waiting, [])
    draft = office.draft()
    result = services.publish_result(session, office.actor, inspection_id=told.inspection_id)
    objection = services.appeal(
        session, staff, inspection_id=told.inspection_id, body="账外收入已经补记，请复核。"
    )
    return {
        "audit_plan": plan.id,
        "audit_firm": plan.firms[0].id,
        "plan_inspector": draft.inspectors[0].id,
        "draft_audit_plan": draft.id,
        "framed_audit_plan": office.framed().id,
        "announced_audit_plan": office.announced().id,
        "drawn_audit_plan": office.drawn().id,
        "finished_inspection": waiting.id,
        "ordered_finding": told.id,
        "audit_result": result.id,
        "audit_appeal": objection.id,
    }


def make_told(session: Session, office: Office, inspection: Inspection) -> AuditFinding:
    """A finished inspection with one order, that is a day late."""
    inspector, today = office.inspectors[0], clock.today()
    assert inspector.user_id is not None
    assert inspector.person_id is not None
    finding = AuditFinding(
        inspection_id=inspection.id, number=1, item="AUD-05", rule_id="AUD-05",
        severity=FindingSeverity.SERIOUS, title="用个人账户收款", body="活动收费进了个人账户。",
        amount=Money.yuan(3_600), state=FindingState.ORDERED, found_by_user_id=inspector.user_id,
        found_by_person_id=inspector.person_id, found_at=clock.now(), order="把钱转回单位账户。",
        ordered_on=today - timedelta(days=40), due_on=today - timedelta(days=1),
    )  # fmt: skip
    session.add(finding)
    finish(inspection, [finding])
    session.flush()
    return finding


def finish(inspection: Inspection, findings: list[AuditFinding]) -> None:
    """The team has said its last word, forty days after the notice."""
    inspection.notice_number = f"N-{inspection.id}"
    inspection.notice_delivered_on = clock.today() - timedelta(days=60)
    inspection.conclusion = "账目总体清楚。"
    inspection.finished_at = clock.now()
    inspection.state = InspectionState.RECTIFYING if findings else InspectionState.VERIFIED
