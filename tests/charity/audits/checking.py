"""A civil-affairs office at work: its inspectors, whom it checks, and the steps of a plan."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor, Grant, Role
from charity.audits import checklist, draw, services
from charity.audits.models import (
    AuditFinding,
    AuditKind,
    AuditLevel,
    AuditPlan,
    ChecklistVerdict,
    FindingSeverity,
    Inspection,
)
from charity.audits.plan_drafts import PlanDraft
from charity.audits.queries import plans
from charity.money import Money
from charity.registry.models import Organisation
from tests.factories import make_actor, make_organisation

PLACE = "420704"
SECRET, NUMBER = "stone in the river", "05 11 17 23 28 31"
SYSTEM = Actor.system("test")


def draft(**changed: Any) -> PlanDraft:
    """A special audit of everybody in the county, over last year."""
    said: dict[str, Any] = {
        "title": "专项抽查审计",
        "kind": AuditKind.SPECIAL,
        "level": AuditLevel.COUNTY,
        "region_code": PLACE,
        "period_from": date(2025, 1, 1),
        "period_until": date(2025, 12, 31),
        "starts_on": date(2026, 3, 16),
        "ends_on": date(2026, 9, 30),
    }
    return PlanDraft(**said | changed)


@dataclass
class Checking:
    """An office with inspectors, organisations with owners, and short verbs."""

    session: Session
    office: Actor
    inspectors: list[Actor]
    organisations: list[Organisation]
    owners: dict[int, Actor] = field(default_factory=dict)

    @classmethod
    def begin(cls, session: Session, *, organisations: int = 3, inspectors: int = 4) -> Checking:
        """So many organisations of one county, and so many inspectors of its office."""
        found = [make_organisation(session, region_code=PLACE) for _ in range(organisations)]
        return cls(
            session,
            make_actor(session, Grant(Role.REGULATOR, region_code=PLACE)),
            [
                make_actor(session, Grant(Role.INSPECTOR, region_code=PLACE))
                for _ in range(inspectors)
            ],
            found,
            {
                each.id: make_actor(session, Grant(Role.OWNER, organisation_id=each.id))
                for each in found
            },
        )

    def do(self, verb: Any, *who: Actor, **said: Any) -> Any:
        """Let the office, or somebody else, do something."""
        return verb(self.session, *(who or (self.office,)), **said)

    def plan(self, **changed: Any) -> AuditPlan:
        """A plan that is being written, with every inspector on its list."""
        plan: AuditPlan = self.do(services.make_plan, draft=draft(**changed))
        for each in self.inspectors:
            self.do(services.add_inspector, plan_id=plan.id, user_id=each.user_id)
        return plan

    def framed(self, **changed: Any) -> AuditPlan:
        """Its frame is frozen."""
        plan: AuditPlan = self.do(services.freeze_frame, plan_id=self.plan(**changed).id)
        return plan

    def announce(self, plan: AuditPlan, *, secret: str = SECRET) -> None:
        """The number comes tomorrow, the secret is due a week later."""
        today = clock.today()
        self.do(
            services.announce_draw,
            plan_id=plan.id,
            commitment=draw.commitment_of(secret) if secret else "",
            number_name="双色球第 2026031 期红球",
            number_on=today + timedelta(days=1),
            secret_due_on=today + timedelta(days=8) if secret else None,
        )

    def open(self, plan: AuditPlan, *, secret: str = SECRET) -> AuditPlan:
        """Open it as if it were the number's day."""
        with clock.at(clock.now() + timedelta(days=1)):
            opened: AuditPlan = self.do(
                services.open_draw, plan_id=plan.id, secret=secret, public_number=NUMBER
            )
        return opened

    def drawn(self, **changed: Any) -> AuditPlan:
        """Drawn, and nobody else knows."""
        plan = self.framed(**changed)
        self.announce(plan)
        return self.open(plan)

    def published(self, **changed: Any) -> AuditPlan:
        """The list is before everybody."""
        plan: AuditPlan = self.do(services.publish_list, plan_id=self.drawn(**changed).id)
        return plan

    def inspection(self, plan: AuditPlan) -> Inspection:
        """The first that was drawn."""
        return plans.targets_of(self.session, plan.id)[0]

    def team(self, inspection: Inspection) -> list[Actor]:
        """Its team as actors."""
        by_user = {each.user_id: each for each in self.inspectors}
        return [by_user[member.user_id] for member in inspection.team]

    def at_work(self, **changed: Any) -> Inspection:
        """The notice is delivered and the fieldwork has begun."""
        inspection = self.inspection(self.published(**changed))
        first = self.team(inspection)[0]
        ids = {"inspection_id": inspection.id}
        self.do(services.deliver_notice, first, **ids, delivered_on=clock.today())
        self.do(services.start_fieldwork, first, **ids)
        return inspection

    def find(self, inspection: Inspection, item: str = "AUD-05") -> AuditFinding:
        """An issue of one item with its paper, by the first of the team; the rest is well."""
        first = self.team(inspection)[0]
        ids = {"inspection_id": inspection.id}
        for each in checklist.items():
            bad = each.item == item
            verdict = ChecklistVerdict.ISSUE if bad else ChecklistVerdict.OK
            self.do(
                services.answer_item, first, **ids, item=each.item, verdict=verdict,
                note="收款码是个人的" if bad else "",
            )  # fmt: skip
        self.do(services.file_paper, first, **ids, item=item, title="收款码照片", body="见照片")
        finding: AuditFinding = self.do(
            services.record_finding, first, **ids, item=item, rule_id=item, title="用个人账户收款",
            severity=FindingSeverity.SERIOUS, amount=Money.yuan(5_000),
        )  # fmt: skip
        return finding

    def ordered(self, **changed: Any) -> AuditFinding:
        """A finding that was told, answered for, concluded, and ordered to be put right."""
        inspection = self.at_work(**changed)
        finding = self.find(inspection)
        first, owner = self.team(inspection)[0], self.owners[inspection.organisation_id]
        ids = {"inspection_id": inspection.id}
        self.do(services.draft_findings, first, **ids)
        self.do(services.tell_organisation, first, **ids)
        self.do(services.respond, owner, **ids, response="马上改")
        self.do(services.finish, first, **ids, conclusion="账户要改")
        return self.do(  # type: ignore[no-any-return]
            services.order_rectification, finding_id=finding.id, order="改用对公账户"
        )
