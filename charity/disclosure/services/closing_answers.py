"""Asking each giver whose money is left: move it to a like project, or have it back (CHA-165).

Who does not answer by the day agrees to the move, and the letter and the page say so. An answer may
be changed until then. Answering is the giver's consent to another purpose (CHA-164).
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock, letters
from charity.actor import Actor, require
from charity.disclosure import ending_policy, periods
from charity.disclosure.ending_reasons import EndingReason
from charity.disclosure.models import (
    ProjectClosing,
    ProjectClosingState,
    SurplusAnswer,
    SurplusChoice,
    SurplusDisposal,
)
from charity.disclosure.services.closing import (
    donation_of,
    gifts_left,
    lock_closing,
    partner_of,
    put_answers,
    refuse_obstacles,
    tell,
)
from charity.donations.models import Donation
from charity.errors import CommonReason, Invalid, InvalidState
from charity.registry.models import Campaign
from charity.rows import present


def ask_givers(
    session: Session, actor: Actor, *, closing_id: int, answers_until: date | None = None
) -> ProjectClosing:
    """Ask the giver of every gift of which something is left, by letter and on the gift's page.

    `answers_until` is the last day to answer, at least as many days off as the rule wants; by
    default just these. Asked already, who is new is asked. Raises `Denied`, `Invalid` on
    `answers_until`, `InvalidState` where nobody is to be asked.
    """
    closing = lock_closing(session, closing_id)
    require(ending_policy.may_prepare(actor, closing.charity_id, partner_of(session, closing)))
    if closing.disposal is not SurplusDisposal.ASK:
        raise InvalidState(EndingReason.NOBODY_TO_ASK)
    if closing.state is not ProjectClosingState.ASKING:
        closing.move_to(ProjectClosingState.ASKING)
    campaign = session.get(Campaign, closing.campaign_id)
    refuse_obstacles(session, closing.fund_id, campaign)
    least = periods.answers_until(clock.today())
    until = answers_until or closing.answers_until or least
    if until < least and until != closing.answers_until:
        raise Invalid(EndingReason.ANSWER_DAYS, field="answers_until", until=least)
    closing.answers_until = until
    gifts = gifts_left(session, closing.fund_id, campaign)
    if not gifts:
        raise InvalidState(EndingReason.NOBODY_TO_ASK)
    put_answers(session, closing, gifts)
    for answer in closing.answers:
        _write(session, closing, answer)
    session.flush()
    tell(session, "closing.asked", closing)
    return closing


def answer_surplus(
    session: Session, actor: Actor, *, token: str, closing_id: int, choice: SurplusChoice
) -> SurplusAnswer:
    """What the holder of a gift's secret wants done with what is left of it.

    May be changed until the last day. Raises `NotFound` where nothing was asked about the gift,
    `InvalidState` once the days are over.
    """
    gift = session.scalars(select(Donation).where(Donation.trail_token == token)).one_or_none()
    gift = present(gift)
    closing = lock_closing(session, closing_id)
    answer = present(next((each for each in closing.answers if each.donation_id == gift.id), None))
    over = closing.answers_until is None or clock.today() > closing.answers_until
    if closing.state is not ProjectClosingState.ASKING or over:
        raise InvalidState(EndingReason.ANSWERS_OVER)
    if answer.choice is not choice:
        answer.choice = choice
        answer.answered_at = clock.now()
        session.flush()
    return answer


def refuse_while_asking(closing: ProjectClosing) -> None:
    """Raise `InvalidState` (STILL_ASKING, `until`) while somebody may still answer."""
    if closing.disposal is not SurplusDisposal.ASK:
        return
    if closing.state is not ProjectClosingState.ASKING or closing.answers_until is None:
        raise InvalidState(CommonReason.WRONG_STATE)
    waiting = any(answer.choice is None for answer in closing.answers)
    if waiting and clock.today() <= closing.answers_until:
        raise InvalidState(EndingReason.STILL_ASKING, until=closing.answers_until)


def _write(session: Session, closing: ProjectClosing, answer: SurplusAnswer) -> None:
    gift = donation_of(session, answer)
    until = closing.answers_until
    letters.write(
        session,
        source=f"donation:{gift.id}:closing:{closing.id}",
        kind="closing.ask",
        address=gift.contact,
        token=gift.trail_token,
        closing_id=closing.id,
        amount=answer.amount.fen,
        until=until.isoformat() if until is not None else "",
    )
