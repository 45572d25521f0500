"""Samples of disclosure: a duty that waits, and an entry that was published."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor
from charity.disclosure import services
from charity.disclosure.models import DisclosureDuty, DisclosureKind
from charity.registry.models import Campaign

SYSTEM = Actor.system("tests")


def make_disclosure(session: Session, campaign_id: int) -> dict[str, int | str]:
    """Raise the duties of the day, and publish the bodies of the campaign's charity."""
    services.raise_duties(session, SYSTEM, on=clock.today())
    campaign = session.get_one(Campaign, campaign_id)
    duty = select(DisclosureDuty.id).where(
        DisclosureDuty.campaign_id == campaign_id,
        DisclosureDuty.kind == DisclosureKind.CAMPAIGN_RESULT,
    )
    entry = services.publish_entry(
        session,
        SYSTEM,
        kind=DisclosureKind.CHARTER,
        subject=f"organisation:{campaign.charity_id}",
        organisation_id=campaign.charity_id,
        campaign_id=None,
        title="章程与理事会",
        content={
            "figures": {"members": [{"name": "张三", "as": "council"}]},
            "words": "章程与理事会",
        },
    )
    return {
        "disclosure_duty": session.scalars(duty).one(),
        "disclosure_entry": entry.id,
    }
