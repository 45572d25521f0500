"""Carrying out what was agreed: refunds go, the rest moves, the fund ends, the public is told.

Counted once more before anything moves. May be called any number of times: refunds are made once,
the move has one source in the book, and a fund ends once. While refunds are on their way the
closing waits; the fund cannot end with money in it (the book refuses, and so does its table).
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor, require
from charity.approvals import services as approvals
from charity.disclosure import ending_policy
from charity.disclosure.ending_reasons import EndingReason
from charity.disclosure.models import (
    DisclosureDuty,
    DisclosureKind,
    ProjectClosing,
    ProjectClosingState,
    SurplusChoice,
    SurplusDisposal,
)
from charity.disclosure.queries import closings as queries
from charity.disclosure.queries.obstacles import obstacles
from charity.disclosure.services.closing import (
    KEEPER,
    gifts_left,
    lock_closing,
    partner_of,
    tell,
)
from charity.disclosure.services.closing_agreement import send_back
from charity.disclosure.services.publishing import publish_entry
from charity.donations.models import GONE, Donation, MatchReturn, Refund
from charity.donations.services.refund_surplus import UNDER_WAY, refund_surplus
from charity.errors import CommonReason, InvalidState
from charity.ledger import queries as books
from charity.ledger import services as ledger
from charity.ledger.models import FundClosing, Line, LineKind, PurposeBasis
from charity.ledger.services.purposes import gifts_unspent
from charity.money import ZERO, Money
from charity.registry.models import MEMBERS_MODES, Campaign


def finish_closing(
    session: Session,
    actor: Actor,
    *,
    closing_id: int,
    title: str,
    can_refund: Callable[[str], bool],
) -> ProjectClosing:
    """Do what was agreed; answers the closing, DONE once everything is where it belongs.

    AGREED means that refunds are still on their way: call again. PREPARED means that the money left
    is not what was agreed about; it must be counted and agreed to anew. `title` is the headline of
    what is published. Raises `Denied`, `InvalidState` (REQUIREMENT_OPEN while it is announced).
    """
    closing = lock_closing(session, closing_id)
    require(ending_policy.may_finish(actor, closing, partner_of(session, closing)))
    if closing.state is ProjectClosingState.DONE:
        return closing
    if closing.state is not ProjectClosingState.AGREED:
        raise InvalidState(CommonReason.WRONG_STATE)
    approvals.require_met(session, actor, subject=closing.subject)
    made = queries.refunds_of_closing(session, closing)
    if _changed(session, closing, made):
        send_back(session, KEEPER, closing, EndingReason.SURPLUS_CHANGED.value)
        return closing
    made = _give_back(session, closing, can_refund)
    if any(refund.state in UNDER_WAY for refund in made) or _in_the_way(session, closing):
        return closing
    moved = _move(session, closing)
    ledger.close_fund(session, KEEPER, fund_id=closing.fund_id)
    closing.move_to(ProjectClosingState.DONE)
    closing.done_at = clock.now()
    session.flush()
    _publish(session, closing, title, moved, made)
    tell(session, "closing.done", closing)
    return closing


def _in_the_way(session: Session, closing: ProjectClosing) -> bool:
    return bool(obstacles(session, closing.fund_id, closing.campaign_id))


def _changed(session: Session, closing: ProjectClosing, made: list[Refund]) -> bool:
    """Whether what is there is not what was agreed about, less what has gone back since.

    A fund into which it was to go may have ended meanwhile.
    """
    if closing.into_fund_id and session.get(FundClosing, closing.into_fund_id) is not None:
        return True
    gone = Money.total(refund.amount for refund in made if refund.state in GONE)
    gone += _matches_returned(session, made)
    if queries.figures(session, closing.fund_id).surplus + gone != closing.surplus:
        return True
    if made:
        return False
    if _in_the_way(session, closing):
        return True
    wanted = [each for each in closing.answers if each.choice is SurplusChoice.REFUND]
    if not wanted:
        return False
    left = gifts_left(session, closing.fund_id, session.get(Campaign, closing.campaign_id))
    return any(left.get(each.donation_id, ZERO) != each.amount for each in wanted)


def _matches_returned(session: Session, made: list[Refund]) -> Money:
    """What pools have again because gifts went back: it left the fund too."""
    query = select(func.sum(MatchReturn.amount)).where(
        MatchReturn.refund_id.in_([refund.id for refund in made]),
        MatchReturn.entry_id.is_not(None),
    )
    total = session.scalar(query)
    return total if isinstance(total, Money) else Money(int(total or 0))


def _give_back(
    session: Session, closing: ProjectClosing, can_refund: Callable[[str], bool]
) -> list[Refund]:
    """The refunds of all who want their money back, made once each."""
    gifts = {
        answer.donation_id: answer.amount
        for answer in closing.answers
        if answer.choice is SurplusChoice.REFUND
    }
    if not gifts or closing.campaign_id is None:
        return []
    return refund_surplus(
        session,
        KEEPER,
        campaign_id=closing.campaign_id,
        agreed_as=closing.subject,
        gifts=gifts,
        asked_by_user_id=closing.prepared_by_user_id,
        reason=closing.reason,
        can_refund=can_refund,
    )


def _move(session: Session, closing: ProjectClosing) -> Money:
    """Everything still there serves the other fund; answers how much that was."""
    left = queries.figures(session, closing.fund_id).surplus
    if not left or closing.into_fund_id is None:
        return ZERO
    basis, consents = _basis(session, closing)
    ledger.change_purpose(
        session,
        KEEPER,
        fund_id=closing.fund_id,
        into_fund_id=closing.into_fund_id,
        basis=basis,
        decided_on=clock.today(),
        source=f"{closing.subject}:moved",
        consents=consents,
    )
    return left


def _basis(session: Session, closing: ProjectClosing) -> tuple[PurposeBasis, dict[int, str]]:
    """What allows the move: the consent of every giver, the plan, or a similar purpose."""
    campaign = session.get(Campaign, closing.campaign_id) if closing.campaign_id else None
    by_plan = queries.plan_of(session, campaign) is not None
    otherwise = PurposeBasis.SURPLUS_BY_PLAN if by_plan else PurposeBasis.SURPLUS_SIMILAR
    if closing.disposal is not SurplusDisposal.ASK:
        return otherwise, {}
    answers = {
        answer.donation_id: f"surplus_answer:{answer.id}"
        for answer in closing.answers
        if answer.choice is SurplusChoice.MOVE
    }
    query = select(Donation.entry_id, Donation.id).where(Donation.id.in_(answers))
    consents = {entry: answers[gift] for entry, gift in session.execute(query) if entry}
    lines = session.scalars(
        select(Line.id).where(Line.fund_id == closing.fund_id, Line.kind != LineKind.GOODS)
    )
    if gifts_unspent(session, list(lines)) <= set(consents):
        return PurposeBasis.CONSENT, consents
    return otherwise, {}


def _publish(
    session: Session, closing: ProjectClosing, title: str, moved: Money, made: list[Refund]
) -> None:
    """Tell the public what became of the money (CHA-165, DIS-209); that ends the duty to."""
    figures = queries.figures(session, closing.fund_id)
    names = books.fund_names(session, [closing.fund_id, closing.into_fund_id or 0])
    back = [refund for refund in made if refund.state in GONE]
    choices = [answer.choice for answer in closing.answers]
    campaign = session.get(Campaign, closing.campaign_id) if closing.campaign_id else None
    duty = _duty(session, closing)
    told: dict[str, object] = {
        "fund": names.get(closing.fund_id, ""),
        "ended_on": closing.ended_on.isoformat(),
        "raised_fen": figures.raised.fen,
        "spent_fen": figures.spent.fen,
        "surplus_fen": closing.surplus.fen,
        "disposal": closing.disposal.value,
        "moved_fen": moved.fen,
        "into_fund": names.get(closing.into_fund_id or 0, ""),
        "given_back_fen": Money.total(refund.amount for refund in back).fen,
        "gifts_given_back": len(back),
        "gifts_asked": len(choices) if closing.disposal is SurplusDisposal.ASK else 0,
        "gifts_without_answer": choices.count(None),
    }
    entry = publish_entry(
        session,
        KEEPER,
        kind=DisclosureKind.SURPLUS,
        subject=duty.subject if duty is not None else closing.subject,
        organisation_id=closing.charity_id,
        campaign_id=closing.campaign_id,
        title=title,
        content={"figures": told, "words": closing.reason},
        duty_id=duty.id if duty is not None else None,
        is_public=campaign is None or campaign.mode not in MEMBERS_MODES,
    )
    closing.entry_id = entry.id
    session.flush()


def _duty(session: Session, closing: ProjectClosing) -> DisclosureDuty | None:
    """The open duty to tell of this surplus, if one was made."""
    about = DisclosureDuty.subject == closing.subject
    if closing.campaign_id is not None:
        about |= DisclosureDuty.campaign_id == closing.campaign_id
    query = select(DisclosureDuty).where(
        DisclosureDuty.kind == DisclosureKind.SURPLUS,
        DisclosureDuty.organisation_id == closing.charity_id,
        DisclosureDuty.fulfilled_at.is_(None),
        DisclosureDuty.dropped_at.is_(None),
        about,
    )
    return session.scalars(query.order_by(DisclosureDuty.id)).first()
