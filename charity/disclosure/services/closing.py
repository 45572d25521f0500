"""Preparing the end of a project: its figures to the fen, and what becomes of what is left.

CHA-165: what is left follows the plan or the agreement; where these are silent it goes to a project
of the same or a similar purpose and that is made public, or each giver is asked. Nothing ends while
something is promised (CHA-162), and money keeps its purpose unless filed again or agreed to by who
gave it (CHA-164). What a beneficiary gave back (CHA-168) is money in hand like any other.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock, outbox, texts
from charity.actor import Actor, require
from charity.approvals import services as approvals
from charity.approvals.models import RequirementKind
from charity.disclosure import ending_policy
from charity.disclosure.ending_reasons import EndingReason
from charity.disclosure.models import (
    ProjectClosing,
    ProjectClosingState,
    SurplusAnswer,
    SurplusChoice,
    SurplusDisposal,
)
from charity.disclosure.queries import closings as queries
from charity.disclosure.queries.obstacles import obstacles
from charity.disclosure.services.noticing import drop_notice
from charity.donations.models import Donation
from charity.errors import CommonReason, Conflict, Denied, Invalid, InvalidState
from charity.ledger import queries as books
from charity.ledger import services as ledger
from charity.ledger.models import Fund, FundClosing, Line, LineKind
from charity.ledger.services.purposes import gifts_unspent
from charity.money import Money
from charity.registry import services as registry
from charity.registry.models import Campaign, CampaignState
from charity.registry.queries import campaign_for_fund
from charity.rows import insert_or, locked

#: The rules that bind the end of a project.
EARMARKED, PURPOSE_KEPT, SURPLUS, RECLAIMED = "CHA-162", "CHA-164", "CHA-165", "CHA-168"
#: Campaigns are ended and books kept by the installation, once who may was asked here.
KEEPER = Actor.system("closing")
REASON_LENGTH = 2000

_OPEN_TO_CHANGE = frozenset({ProjectClosingState.PREPARED, ProjectClosingState.ASKING})


def prepare_closing(
    session: Session,
    actor: Actor,
    *,
    fund_id: int,
    ended_on: date,
    reason: str,
    disposal: SurplusDisposal | None = None,
    into_fund_id: int | None = None,
) -> ProjectClosing:
    """Count what is left of a fund and say what becomes of it; again, it is counted anew.

    The campaign takes no more gifts from now on. `disposal` may be left away where the plan knows
    it or nothing is left. Raises `Denied`, `InvalidState` (IN_THE_WAY, `number`), `Conflict` once
    others are asked to agree, `Invalid` on `ended_on`, `reason`, `disposal` or `into_fund_id`.
    """
    fund = books.fund(session, fund_id)
    charity_id = books.book(session, fund.book_id).organisation_id
    campaign = campaign_for_fund(session, fund_id)
    require(ending_policy.may_prepare(actor, charity_id, campaign.partner_id if campaign else None))
    if actor.user_id is None or actor.person_id is None:
        raise Denied(CommonReason.SIGN_IN_FIRST)
    if ended_on > clock.today():
        raise Invalid(EndingReason.ENDED_LATER, field="ended_on")
    said = texts.prose(reason, field="reason", limit=REASON_LENGTH, required=True)
    found = _running(session, fund_id)
    _end_campaign(session, campaign)
    refuse_obstacles(session, fund_id, campaign)
    gifts = gifts_left(session, fund_id, campaign)
    surplus = queries.figures(session, fund_id).surplus
    way = _way(session, campaign, surplus, disposal)
    into = _into(session, fund, campaign, way, surplus, gifts, into_fund_id)
    closing = found or ProjectClosing(
        fund_id=fund_id,
        campaign_id=campaign.id if campaign is not None else None,
        charity_id=charity_id,
        state=ProjectClosingState.PREPARED,
    )
    if closing.state is not ProjectClosingState.PREPARED:
        closing.move_to(ProjectClosingState.PREPARED)
    closing.surplus, closing.disposal, closing.into_fund_id = surplus, way, into
    closing.reason, closing.ended_on, closing.answers_until = said, ended_on, None
    closing.prepared_by_user_id, closing.preparer_person_id = actor.user_id, actor.person_id
    closing.prepared_at = clock.now()
    if found is None:
        insert_or(session, closing, Conflict(EndingReason.UNDER_WAY, field="fund_id"))
    if way is not SurplusDisposal.ASK:
        _answer_by_plan(session, closing, campaign, gifts)
    session.flush()
    tell(session, "closing.prepared", closing)
    return closing


def withdraw_closing(session: Session, actor: Actor, *, closing_id: int) -> ProjectClosing:
    """Let it be before it is agreed to; who was asked is asked no more. Withdrawn stays withdrawn.

    Raises `Denied`, `InvalidState` once it is agreed to.
    """
    closing = lock_closing(session, closing_id)
    require(ending_policy.may_prepare(actor, closing.charity_id, partner_of(session, closing)))
    if closing.state is ProjectClosingState.WITHDRAWN:
        return closing
    closing.move_to(ProjectClosingState.WITHDRAWN)
    approvals.void(session, actor, subject=closing.subject)
    drop_notice(session, closing.subject, closing.reason)
    approvals.drop_requirement(
        session, actor, subject=closing.subject, kind=RequirementKind.PUBLIC_NOTICE
    )
    session.flush()
    tell(session, "closing.withdrawn", closing)
    return closing


def gifts_left(session: Session, fund_id: int, campaign: Campaign | None) -> dict[int, Money]:
    """What is unspent of each gift of the campaign, by the gift's id; traced fen by fen.

    Gifts of which nothing is left, and money that others granted, are not among them.
    """
    if campaign is None:
        return {}
    query = select(Line.id).where(Line.fund_id == fund_id, Line.kind != LineKind.GOODS)
    lines = list(session.scalars(query.order_by(Line.id)))
    ledger.place(session, KEEPER, line_ids=lines)
    entries = gifts_unspent(session, lines)
    left: dict[int, Money] = {}
    for entry_id, gift in queries.gifts_by_entry(session, entries).items():
        if gift.campaign_id == campaign.id:
            amount = ledger.left_of_gift(session, KEEPER, gift_entry_id=entry_id)
            if amount.fen > 0:
                left[gift.id] = amount
    return dict(sorted(left.items()))


def refuse_obstacles(session: Session, fund_id: int, campaign: Campaign | None) -> None:
    """CHA-162: raise `InvalidState` (IN_THE_WAY, `number`) while something is promised."""
    in_the_way = obstacles(session, fund_id, campaign.id if campaign is not None else None)
    if in_the_way:
        number = sum(each.number for each in in_the_way)
        raise InvalidState(EndingReason.IN_THE_WAY, number=number)


def put_answers(
    session: Session,
    closing: ProjectClosing,
    gifts: Mapping[int, Money],
    choice: SurplusChoice | None = None,
) -> list[SurplusAnswer]:
    """One row per gift with what is left of it; what a giver answered earlier stays.

    Answers the rows that are new.
    """
    now = clock.now()
    kept = {answer.donation_id: answer for answer in closing.answers}
    for donation_id, answer in kept.items():
        if donation_id not in gifts:
            closing.answers.remove(answer)
        else:
            answer.amount = gifts[donation_id]
    new = [
        SurplusAnswer(
            donation_id=donation_id,
            amount=amount,
            choice=choice,
            answered_at=None if choice is None else now,
            asked_at=now,
        )
        for donation_id, amount in gifts.items()
        if donation_id not in kept
    ]
    closing.answers.extend(new)
    session.flush()
    return new


def lock_closing(session: Session, closing_id: int) -> ProjectClosing:
    """The closing, read afresh under its lock, with its answers; raises `NotFound`."""
    found = locked(session, select(ProjectClosing).where(ProjectClosing.id == closing_id))
    session.refresh(found, ["answers"])
    return found


def partner_of(session: Session, closing: ProjectClosing) -> int | None:
    """The organisation that did the work, where it is not the charity itself."""
    found = session.get(Campaign, closing.campaign_id) if closing.campaign_id else None
    return found.partner_id if found is not None else None


def tell(session: Session, event: str, closing: ProjectClosing) -> None:
    """The world hears of it."""
    outbox.write(session, event, closing.subject, fund_id=closing.fund_id)


def _running(session: Session, fund_id: int) -> ProjectClosing | None:
    """The closing of the fund that may still be changed; raises `Conflict` beyond that."""
    if session.get(FundClosing, fund_id) is not None:
        raise Conflict(EndingReason.UNDER_WAY, field="fund_id")
    found = queries.closing_of_fund(session, fund_id)
    if found is None:
        return None
    found = lock_closing(session, found.id)
    if found.state not in _OPEN_TO_CHANGE:
        raise Conflict(EndingReason.UNDER_WAY, field="fund_id")
    return found


def _end_campaign(session: Session, campaign: Campaign | None) -> None:
    """No gift comes while what is left is counted."""
    if campaign is not None and campaign.state is CampaignState.OPEN:
        registry.end_campaign(session, KEEPER, campaign_id=campaign.id)


def _way(
    session: Session, campaign: Campaign | None, surplus: Money, wanted: SurplusDisposal | None
) -> SurplusDisposal:
    """What becomes of the surplus: by the plan where it speaks, else as was chosen."""
    if not surplus:
        return SurplusDisposal.NONE
    allowed = queries.disposals(queries.plan_of(session, campaign))
    if campaign is None:
        # Nobody gave by a campaign, so there is nobody to ask.
        allowed = (SurplusDisposal.SIMILAR,)
    if wanted in (None, SurplusDisposal.NONE):
        if len(allowed) > 1:
            raise Invalid(EndingReason.NEEDS_DECISION, field="disposal", surplus=surplus)
        return allowed[0]
    if wanted not in allowed:
        raise Invalid(EndingReason.NOT_BY_PLAN, field="disposal")
    return SurplusDisposal(wanted or allowed[0])


def _into(
    session: Session,
    fund: Fund,
    campaign: Campaign | None,
    way: SurplusDisposal,
    surplus: Money,
    gifts: Mapping[int, Money],
    into_fund_id: int | None,
) -> int | None:
    """The fund into which money goes; none is needed where everything goes back to givers."""
    if way is SurplusDisposal.NONE:
        return None
    if into_fund_id is None:
        all_back = queries.wants_refunds(queries.plan_of(session, campaign))
        if all_back and Money.total(gifts.values()) == surplus:
            return None
        raise Invalid(EndingReason.NEEDS_FUND, field="into_fund_id")
    into = session.get(Fund, into_fund_id)
    wrong = (
        into is None
        or into.id == fund.id
        or into.book_id != fund.book_id
        or (fund.restricted and not into.restricted)
        or session.get(FundClosing, into_fund_id) is not None
    )
    if wrong:
        raise Invalid(EndingReason.WRONG_FUND, field="into_fund_id")
    return into_fund_id


def _answer_by_plan(
    session: Session,
    closing: ProjectClosing,
    campaign: Campaign | None,
    gifts: Mapping[int, Money],
) -> None:
    """Where the plan says that it goes back, every gift does; else nobody is asked."""
    back = closing.surplus and queries.wants_refunds(queries.plan_of(session, campaign))
    put_answers(session, closing, gifts if back else {}, SurplusChoice.REFUND)


def donation_of(session: Session, answer: SurplusAnswer) -> Donation:
    """The gift an answer is about."""
    return session.get_one(Donation, answer.donation_id)
