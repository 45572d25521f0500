"""双向评价: both sides say how it was, once, for everybody to read."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock, outbox
from charity.actor import Actor, require
from charity.errors import Conflict, Invalid, InvalidState
from charity.rows import insert_or, locked
from projects.listings import intake, policy
from projects.listings.models import Claim, ClaimState, Evaluation, EvaluationSide
from projects.listings.reasons import NeedsReason
from projects.listings.services.locking import lock_claim


def evaluate(
    session: Session,
    actor: Actor,
    *,
    claim_id: int,
    side: EvaluationSide,
    stars: int,
    words: str = "",
    token: str | None = None,
) -> Evaluation:
    """One side's stars (1 to 5) and words about a claim that both sides have confirmed.

    Raises `Denied` for who does not stand for that side, `Invalid` on `stars` or `words` (a number
    that belongs to somebody, PII-04), `InvalidState` before the end, `Conflict` the second time.
    """
    claim = lock_claim(session, claim_id)
    if side is EvaluationSide.UNIT:
        require(policy.may_speak_for_unit(actor, claim))
    else:
        require(policy.may_judge_unit(actor, claim, token=token))
    _require_over(claim)
    if not 1 <= stars <= 5:
        raise Invalid(NeedsReason.STARS_RANGE, field="stars")
    evaluation = Evaluation(
        claim_id=claim.id,
        side=side,
        stars=stars,
        words=intake.public_prose(words, field="words"),
        user_id=actor.user_id,
        made_at=clock.now(),
    )
    insert_or(session, evaluation, Conflict(NeedsReason.EVALUATED_ALREADY))
    outbox.write(session, "need.evaluated", f"claim:{claim.id}", side=side.value)
    return evaluation


def hide_evaluation(
    session: Session, actor: Actor, *, evaluation_id: int, reason: str
) -> Evaluation:
    """Hide words that name a person or insult; the stars stay, and so does the reason.

    By a dispatcher of the need's place. Raises `Denied`, `Invalid` on `reason`.
    """
    found = locked(session, select(Evaluation).where(Evaluation.id == evaluation_id))
    require(policy.may_dispatch(actor, found.claim.need))
    said = intake.public_prose(reason, field="reason", limit=500, required=True)
    if found.hidden_at is None:
        found.hidden_at, found.hidden_by_user_id = clock.now(), actor.user_id
    found.hidden_because = said
    session.flush()
    return found


def _require_over(claim: Claim) -> None:
    if claim.state is not ClaimState.CONFIRMED:
        raise InvalidState(NeedsReason.NOTHING_REPORTED)
