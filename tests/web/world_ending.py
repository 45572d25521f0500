"""The part of the tests' world about notices and the end of a project."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor
from charity.disclosure import services
from charity.disclosure.models import (
    ProjectClosing,
    ProjectClosingState,
    PublicNoticeKind,
    SurplusAnswer,
    SurplusDisposal,
)
from charity.donations.models import Donation
from charity.ledger import services as ledger
from charity.ledger.models import FundKind
from charity.money import Money
from projects.listings.models import Project


def make_ending(
    session: Session,
    project: Project,
    donation: Donation,
    editor: Actor,
    charity_id: int,
    book: int,
) -> dict[str, int | str]:
    """A standing notice with an objection, and a closing whose givers are being asked."""
    notice = services.publish_notice(
        session,
        editor,
        kind=PublicNoticeKind.BENEFICIARIES,
        subject="",
        organisation_id=project.organisation_id,
        region_code=project.budget.region_code or "42",
        title="第二批装扶手的二十户",
        body="名单：王**、李**等二十户。",
    )
    objection = services.object_to(
        session,
        Actor.guest(),
        notice_id=notice.id,
        name="邻居老周",
        contact="13900005678",
        body="三组王家不是独居。",
    )
    other = ledger.open_fund(
        session, Actor.system("world"), book_id=book, name="冬季送煤", kind=FundKind.PROJECT
    )
    assert project.campaign is not None
    closing = ProjectClosing(
        fund_id=project.campaign.fund_id,
        campaign_id=project.campaign_id,
        charity_id=charity_id,
        state=ProjectClosingState.ASKING,
        surplus=Money.yuan(300),
        disposal=SurplusDisposal.ASK,
        into_fund_id=other.id,
        reason="二十户都已装好",
        ended_on=clock.today(),
        answers_until=clock.today() + timedelta(days=14),
        prepared_by_user_id=editor.user_id,
        preparer_person_id=editor.person_id,
        prepared_at=clock.now(),
    )
    closing.answers.append(
        SurplusAnswer(donation_id=donation.id, amount=Money.yuan(300), asked_at=clock.now())
    )
    session.add(closing)
    session.flush()
    return {"notice": notice.id, "objection": objection.id, "closing": closing.id}
