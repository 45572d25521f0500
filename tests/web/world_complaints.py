"""Samples of plans and complaints for the walk of the whole site."""

from __future__ import annotations

from sqlalchemy.orm import Session

from charity import clock
from charity.accounts.models import ConsentPurpose
from charity.accounts.services import give_consent
from charity.actor import Actor, Grant, Role
from charity.disclosure import services as disclosure
from charity.registry import queries as registry
from charity.registry import services as registry_services
from charity.registry.models import PlanField
from tests.factories import make_actor


def make_complaints(session: Session, campaign_id: int) -> dict[str, int | str]:
    """The plan of a campaign, and a complaint about a place."""
    about = "region:420704"
    complaint = disclosure.make_complaint(
        session, Actor.guest(), token="w" * 43, subject=about, organisation_id=None,
        words="村里开会说每户最少捐二百",
    )  # fmt: skip
    consent = give_consent(
        session, Actor.system("samples"), subject="person:1", purpose=ConsentPurpose.PROCESSING
    )
    plan_id = registry.campaign(session, campaign_id).plan_id
    registry_services.change_plan(
        session, make_actor(session, Grant(Role.REVIEWER)), plan_id=plan_id,
        fields=[PlanField.COST], changed_on=clock.today(), reasons="传单少印了一半",
    )  # fmt: skip
    return {
        "consent": consent.id,
        "plan": plan_id,
        "complaint": complaint.id,
        "complaint_token": complaint.token,
        "complaint_about": about,
    }
