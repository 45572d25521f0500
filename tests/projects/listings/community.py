"""The world of needs: a community with a dispatcher, two units, a team, a volunteer, a campaign."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor, Grant, Role
from charity.registry.models import Campaign, Organisation, VolunteerTeam
from projects.listings import services
from projects.listings.models import (
    BeneficiaryGroup,
    Claim,
    ClaimState,
    ListingCategory,
    Need,
    NeedState,
    Resource,
    ResourceKind,
    ServiceRecord,
)
from tests.charity.donations.giving import open_giving
from tests.factories import make_actor, make_organisation, make_region
from tests.fakes import FakeGateway

VILLAGE, STREET, COUNTY = "420704001202", "420704001", "420704"
MODE = "qualified_charity"
GUEST = Actor.guest()
SYSTEM = Actor.system("test")


@dataclass
class Community:
    """People and organisations around the needs of one village; verbs in few words."""

    session: Session
    dispatcher: Actor
    above: Actor
    stranger: Actor
    unit: Organisation
    worker: Actor
    other: Organisation
    other_worker: Actor
    team: VolunteerTeam
    volunteer: Actor
    campaign: Campaign

    def order(self, actor: Actor = GUEST, **changed: Any) -> Need:
        """A resident's order: ten visits to fix lamps."""
        said: dict[str, Any] = {
            "client_id": str(uuid.uuid4()),
            "title": "十户老人家里的灯要修",
            "kind": ResourceKind.SKILLS,
            "category": ListingCategory.REPAIR,
            "beneficiary_group": BeneficiaryGroup.ELDERLY,
            "region_code": VILLAGE,
            "quantity": 10,
            "unit": "户",
            "starts_on": clock.today(),
            "contact_name": "王小明",
            "contact_phone": "13800138000",
        }
        return services.order_need(self.session, actor, **{**said, **changed})

    def open(self, **changed: Any) -> Need:
        """A need the community has confirmed."""
        need = self.order(**changed)
        gift = need.kind in {ResourceKind.MONEY, ResourceKind.GOODS}
        campaign_id = self.campaign.id if gift else None
        return services.confirm_need(
            self.session, self.dispatcher, need_id=need.id, campaign_id=campaign_id
        )

    def offer(self, **changed: Any) -> Resource:
        """Six visits of the unit's electricians."""
        said: dict[str, Any] = {
            "client_id": str(uuid.uuid4()),
            "title": "电工上门",
            "kind": ResourceKind.SKILLS,
            "category": ListingCategory.REPAIR,
            "organisation_id": self.unit.id,
            "region_code": STREET,
            "serves_code": COUNTY,
            "quantity": 6,
            "unit": "户",
            "starts_on": date(2026, 3, 1),
        }
        return services.post_resource(self.session, self.worker, **{**said, **changed})

    def claim(self, need: Need, quantity: int | None = None, **changed: Any) -> Claim:
        """The unit's proposal."""
        said: dict[str, Any] = {"organisation_id": self.unit.id, **changed}
        actor = said.pop("actor", self.worker)
        return services.claim_need(
            self.session,
            actor,
            client_id=str(uuid.uuid4()),
            need_id=need.id,
            quantity=quantity,
            **said,
        )

    def accept(self, claim: Claim, actor: Actor | None = None) -> Claim:
        """The other side's yes."""
        return services.accept_claim(
            self.session, actor or self.dispatcher, claim_id=claim.id, operator_mode=MODE
        )

    def report(self, claim: Claim, quantity: int = 1, **changed: Any) -> ServiceRecord:
        """What the unit did today."""
        said: dict[str, Any] = {
            "client_id": str(uuid.uuid4()),
            "delivered_on": clock.today(),
            "quantity": quantity,
        }
        actor = changed.pop("actor", self.worker)
        return services.report_service(
            self.session, actor, claim_id=claim.id, **{**said, **changed}
        )

    def served(self, need: Need, quantity: int) -> Claim:
        """A claim the unit says is done."""
        claim = self.accept(self.claim(need, quantity))
        self.report(claim, quantity)
        return services.finish_claim(self.session, self.worker, claim_id=claim.id)

    def need_in(self, state: NeedState) -> Need:
        """A need in a state, as rows would have it."""
        need = self.order(quantity=10)
        need.state = state
        self.session.flush()
        return need

    def claim_in(self, state: ClaimState) -> Claim:
        """A unit's claim in a state, with one record that waits once it was accepted."""
        claim = self.claim(self.open(), 2)
        if state is not ClaimState.PROPOSED:
            self.accept(claim)
            self.report(claim)
            claim.state = state
        self.session.flush()
        return claim


def make_community(session: Session) -> Community:
    """A community with everybody a need meets."""
    for code in (VILLAGE, "420704001203", "420705001201"):
        make_region(session, code)
    unit, other = make_organisation(session), make_organisation(session)
    team = VolunteerTeam(
        name="洪港志愿服务队",
        region_code=VILLAGE,
        organisation_id=unit.id,
        leader_name="周明",
        formed_on=date(2025, 5, 1),
    )
    session.add(team)
    session.flush()
    return Community(
        session=session,
        dispatcher=make_actor(session, Grant(Role.DISPATCHER, region_code=STREET)),
        above=make_actor(session, Grant(Role.DISPATCHER, region_code=COUNTY)),
        stranger=make_actor(session, Grant(Role.DISPATCHER, region_code="420705")),
        unit=unit,
        worker=make_actor(session, Grant(Role.EDITOR, organisation_id=unit.id)),
        other=other,
        other_worker=make_actor(session, Grant(Role.OWNER, organisation_id=other.id)),
        team=team,
        volunteer=make_actor(session),
        campaign=open_giving(session, FakeGateway()).campaign,
    )
