"""Two persons agree to the end of a project, to exactly these figures and answers (CHA-165)."""

from __future__ import annotations

import hashlib
import json

from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor, require
from charity.approvals import services as approvals
from charity.approvals.models import ApprovalState, RequirementKind
from charity.disclosure import ending_policy, periods
from charity.disclosure.ending_reasons import EndingReason
from charity.disclosure.models import (
    PROJECT_CLOSING_TRANSITIONS,
    ProjectClosing,
    ProjectClosingState,
    PublicNoticeKind,
    SurplusDisposal,
)
from charity.disclosure.queries import closings as queries
from charity.disclosure.services.closing import (
    SURPLUS,
    lock_closing,
    partner_of,
    refuse_obstacles,
    tell,
)
from charity.disclosure.services.closing_answers import refuse_while_asking
from charity.disclosure.services.noticing import drop_notice, put_up
from charity.errors import CommonReason, Denied, Invalid, InvalidState
from charity.registry.models import Campaign
from charity.registry.queries import organisation
from charity.rules import parameter

#: How many persons agree besides who prepared it.
QUORUM = "CHA-165.agree"


def submit_closing(
    session: Session,
    actor: Actor,
    *,
    closing_id: int,
    notice_title: str = "",
    notice_body: str = "",
) -> ProjectClosing:
    """Ask others to agree; a move without asking givers is announced at once for its days.

    Where nothing is left there is nothing to agree to. Raises `Denied`, `InvalidState`
    (SURPLUS_CHANGED: count anew; STILL_ASKING; IN_THE_WAY), `Invalid` on `notice_title` or
    `notice_body`.
    """
    closing = lock_closing(session, closing_id)
    require(ending_policy.may_prepare(actor, closing.charity_id, partner_of(session, closing)))
    if actor.person_id is None:
        raise Denied(CommonReason.SIGN_IN_FIRST)
    refuse_while_asking(closing)
    if ProjectClosingState.SUBMITTED not in PROJECT_CLOSING_TRANSITIONS[closing.state]:
        raise InvalidState(CommonReason.WRONG_STATE)
    refuse_obstacles(session, closing.fund_id, session.get(Campaign, closing.campaign_id))
    surplus = queries.figures(session, closing.fund_id).surplus
    if surplus != closing.surplus:
        raise InvalidState(EndingReason.SURPLUS_CHANGED, surplus=surplus)
    closing.move_to(ProjectClosingState.SUBMITTED)
    if closing.disposal is SurplusDisposal.NONE:
        closing.move_to(ProjectClosingState.AGREED)
        session.flush()
        tell(session, "closing.agreed", closing)
        return closing
    if queries.is_moved_openly(session, closing):
        _announce(session, actor, closing, notice_title, notice_body)
    approvals.open_request(
        session,
        actor,
        subject=closing.subject,
        content=content_of(closing),
        quorum=parameter(QUORUM, clock.today()).number,
        submitter_person_id=actor.person_id,
    )
    session.flush()
    tell(session, "closing.submitted", closing)
    return closing


def agree_closing(
    session: Session, actor: Actor, *, closing_id: int, agreed: bool, reason: str = ""
) -> ProjectClosing:
    """Agree to exactly what was submitted, or send it back with a reason.

    Raises `Denied` (SAME_PERSON for who submitted it and for a second voice), `InvalidState`,
    `Invalid` on `reason` for a refusal without one.
    """
    closing = lock_closing(session, closing_id)
    require(ending_policy.may_agree(actor, closing))
    if closing.state is not ProjectClosingState.SUBMITTED:
        raise InvalidState(CommonReason.WRONG_STATE)
    state = approvals.decide(
        session,
        actor,
        subject=closing.subject,
        agreed=agreed,
        reason=reason,
        content=content_of(closing),
    )
    if state is ApprovalState.GRANTED:
        closing.move_to(ProjectClosingState.AGREED)
        tell(session, "closing.agreed", closing)
    elif state is ApprovalState.REFUSED:
        send_back(session, actor, closing, reason)
    session.flush()
    return closing


def send_back(session: Session, actor: Actor, closing: ProjectClosing, because: str) -> None:
    """To be counted anew: what was agreed and announced about it counts no longer."""
    closing.move_to(ProjectClosingState.PREPARED)
    approvals.void(session, actor, subject=closing.subject)
    drop_notice(session, closing.subject, because or closing.reason)
    approvals.ask_again(
        session,
        actor,
        subject=closing.subject,
        kinds=frozenset({RequirementKind.PUBLIC_NOTICE}),
    )
    session.flush()
    tell(session, "closing.sent_back", closing)


def content_of(closing: ProjectClosing) -> dict[str, str | int]:
    """Everything people agree to, the answers of every giver among it."""
    back, on = queries.sums(closing)
    answers = [
        [answer.donation_id, answer.amount.fen, answer.choice.value if answer.choice else ""]
        for answer in sorted(closing.answers, key=lambda answer: answer.donation_id)
    ]
    return {
        "fund": closing.fund_id,
        "surplus": closing.surplus.fen,
        "disposal": closing.disposal.value,
        "into_fund": closing.into_fund_id or 0,
        "moved": on.fen,
        "given_back": back.fen,
        "ended_on": closing.ended_on.isoformat(),
        "reason": closing.reason,
        "answers": hashlib.sha256(json.dumps(answers).encode()).hexdigest(),
    }


def _announce(
    session: Session, actor: Actor, closing: ProjectClosing, title: str, body: str
) -> None:
    """公示 of the move (CHA-165); nothing moves before its days are over."""
    if not title.strip():
        raise Invalid(EndingReason.NEEDS_NOTICE, field="notice_title")
    put_up(
        session,
        actor,
        kind=PublicNoticeKind.SURPLUS,
        subject=closing.subject,
        organisation_id=closing.charity_id,
        region_code=organisation(session, closing.charity_id).region_code,
        title=title,
        body=body,
        rule_id=periods.SEVEN_DAYS,
    )
    approvals.require_that(
        session,
        actor,
        subject=closing.subject,
        kind=RequirementKind.PUBLIC_NOTICE,
        rule_id=SURPLUS,
        before=True,
    )
