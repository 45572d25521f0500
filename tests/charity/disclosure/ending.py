"""The world of these tests: a campaign with gifts, its charity's people, and a second fund."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor, Grant, Role
from charity.disclosure import services
from charity.disclosure.models import Notice, ProjectClosing, PublicNoticeKind, SurplusDisposal
from charity.donations.models import Donation
from charity.donations.queries import refunds
from charity.ledger import services as ledger
from charity.ledger.models import Fund, FundKind
from charity.money import Money
from charity.registry.models import PlanSheet, SurplusWay
from tests.charity.donations.giving import SYSTEM, open_giving
from tests.charity.donations.giving_back import GivingBack, giving_back
from tests.factories import make_actor
from tests.fakes import FakeGateway

YUAN = Money.yuan
GUEST = Actor.guest()


@dataclass
class Ending:
    """Verbs in few words around the end of one project."""

    back: GivingBack
    editor: Actor
    approvers: tuple[Actor, Actor]
    other: Fund

    @property
    def session(self) -> Session:
        """The session everything happens in."""
        return self.back.session

    @property
    def charity_id(self) -> int:
        """The charity whose book holds the money."""
        return self.back.giving.campaign.charity_id

    def gift(self, yuan: str, contact: str = "") -> Donation:
        """A gift whose money is there."""
        donation = self.back.paid(YUAN(yuan)).donation
        donation.contact = contact
        return donation

    def plan(self, way: SurplusWay | None) -> None:
        """What the filed plan says of money that is left."""
        sheet = PlanSheet(surplus_way=way, surplus_rule="结余用于同类项目")
        self.session.add(sheet)
        self.session.flush()
        self.back.giving.campaign.plan.sheet_id = sheet.id
        self.session.flush()

    def prepare(
        self,
        disposal: SurplusDisposal | None = None,
        into: bool = True,
        ended_on: date | None = None,
    ) -> ProjectClosing:
        """Count what is left and say what becomes of it."""
        return services.prepare_closing(
            self.session,
            self.editor,
            fund_id=self.back.fund_id,
            ended_on=ended_on or clock.today(),
            reason="二十户都已装好并验收",
            disposal=disposal,
            into_fund_id=self.other.id if into else None,
        )

    def submit(self, closing: ProjectClosing) -> ProjectClosing:
        """Ask for agreement, announced where it must be."""
        return services.submit_closing(
            self.session,
            self.editor,
            closing_id=closing.id,
            notice_title="结余去向公示",
            notice_body="结余转入同类项目",
        )

    def agree(self, closing: ProjectClosing) -> ProjectClosing:
        """Both approvers agree."""
        for approver in self.approvers:
            services.agree_closing(self.session, approver, closing_id=closing.id, agreed=True)
        return closing

    def announce(self, notice: str = "评审结果公示", rule_id: str = "VEN-07") -> Notice:
        """A notice of its own."""
        return services.publish_notice(
            self.session,
            self.editor,
            kind=PublicNoticeKind.AWARD,
            subject="",
            organisation_id=self.charity_id,
            region_code="42",
            title=notice,
            body="拟资助三个项目",
            rule_id=rule_id,
        )

    def end_notices(self, days: int = 8) -> list[Notice]:
        """So many days later the daily job comes round."""
        with clock.at(clock.now() + timedelta(days=days)):
            return services.end_due_notices(self.session, SYSTEM)

    def finish(self, closing: ProjectClosing) -> ProjectClosing:
        """The worker carries out what was agreed."""
        return services.finish_closing(
            self.session,
            SYSTEM,
            closing_id=closing.id,
            title="剩余财产处理",
            can_refund=lambda _name: True,
        )

    def send_refunds(self) -> None:
        """The worker sends what goes back."""
        for refund in refunds.to_send(self.session):
            self.back.send(refund)


def open_ending(session: Session) -> Ending:
    """A charity with its people, an open campaign without gifts, and another project's fund."""
    back = giving_back(open_giving(session, FakeGateway()))
    charity_id = back.giving.campaign.charity_id

    def staff(role: Role) -> Actor:
        return make_actor(session, Grant(role, organisation_id=charity_id))

    other = ledger.open_fund(
        session, SYSTEM, book_id=back.book_id, name="另一个同类项目", kind=FundKind.PROJECT
    )
    return Ending(back, staff(Role.OWNER), (staff(Role.APPROVER), staff(Role.APPROVER)), other)
