"""A charity with a book, a fund and campaigns, for what they owe to the public."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor, Grant, Role
from charity.disclosure import services
from charity.disclosure.models import DisclosureDuty, DisclosureKind
from charity.disclosure.queries import duties_of
from charity.disclosure.services.owing import Raised
from charity.ledger import services as ledger
from charity.ledger.models import Book, Fund, FundKind
from charity.money import Money
from charity.registry.models import Campaign, FundraisingMode, FundraisingPlan, Organisation
from tests.factories import make_actor, make_operator

SYSTEM = Actor.system("test")


@dataclass
class Owing:
    """What the tests of duties start from."""

    session: Session
    charity: Organisation
    book: Book
    publisher: Actor
    _numbers: count[int] = field(default_factory=lambda: count(1))

    @classmethod
    def begin(cls, session: Session) -> Owing:
        """A charity without campaigns."""
        charity = make_operator(session)
        book = ledger.open_book(session, SYSTEM, organisation_id=charity.id, name="总账")
        publisher = make_actor(session, Grant(Role.EDITOR, organisation_id=charity.id))
        return cls(session, charity, book, publisher)

    def fund(self) -> Fund:
        """A fund for a project."""
        name = f"项目{next(self._numbers)}"
        return ledger.open_fund(
            self.session, SYSTEM, book_id=self.book.id, name=name, kind=FundKind.PROJECT
        )

    def campaign(self, starts_on: date, ends_on: date, **more: Any) -> Campaign:
        """A campaign; `emergency` and `filed_on` are its plan's."""
        number = next(self._numbers)
        plan = FundraisingPlan(
            charity_id=self.charity.id,
            number=f"PLAN-{number}",
            purpose="适老化改造",
            filed_on=more.pop("filed_on", date(2025, 1, 1)),
            starts_on=starts_on,
            ends_on=ends_on,
            emergency=more.pop("emergency", ""),
        )
        self.session.add(plan)
        self.session.flush()
        values: dict[str, Any] = {
            "title": f"募捐{number}",
            "charity_id": self.charity.id,
            "plan_id": plan.id,
            "mode": FundraisingMode.PUBLIC_ONLINE,
            "target": Money.yuan(10_000),
            "starts_on": starts_on,
            "ends_on": ends_on,
        } | more
        values.setdefault("fund_id", self.fund().id)
        campaign = Campaign(**values)
        self.session.add(campaign)
        self.session.flush()
        return campaign

    def run(self, day: date) -> Raised:
        """The daily work of a day."""
        with clock.at(clock.start_of(day)):
            return services.raise_duties(self.session, SYSTEM, on=day)

    def of(self, campaign: Campaign, kind: DisclosureKind) -> list[DisclosureDuty]:
        """What a campaign owes (or owed) of one kind, by day."""
        found = duties_of(self.session, campaign_id=campaign.id)
        return [duty for duty in found if duty.kind is kind]

    def publish(self, duty: DisclosureDuty, **more: Any) -> Any:
        """Fulfil a duty with a small content."""
        values: dict[str, Any] = {
            "kind": duty.kind,
            "subject": duty.subject,
            "organisation_id": duty.organisation_id,
            "campaign_id": duty.campaign_id,
            "title": "公开",
            "content": {"raised": 100},
            "duty_id": duty.id,
        } | more
        return services.publish_entry(self.session, self.publisher, **values)
