"""Stages of an award: released against an accepted milestone, agreed to, paid (VEN-08).

Three different people: an organiser releases, approvers of the charity agree as for any payment of
that size, a treasurer pays. Paying gives the hold free and grants the very fen from the pool to the
award's fund, so a funder's trail goes on to the vouchers.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from charity import clock, outbox
from charity.accounts import services as accounts
from charity.actor import Actor, Permission, require
from charity.approvals import services as approvals
from charity.approvals.freezing import frozen_hash
from charity.approvals.models import ApprovalRequest, ApprovalState
from charity.errors import CommonReason, Invalid, InvalidState
from charity.ledger import services as ledger
from charity.registry import queries as registry
from charity.registry.eligibility_organisations import restriction_findings
from charity.registry.findings import refuse
from charity.registry.models import DecidedAct
from charity.rows import present
from projects.ventures import policy, queries
from projects.ventures.models import (
    Award,
    AwardState,
    AwardTranche,
    EvaluationKind,
    TrancheNeed,
    TrancheState,
)
from projects.ventures.reasons import AwardReason
from projects.ventures.services.locking import (
    lock_tranche,
    member_of,
    person_of,
    refuse_related,
    require_decision,
)

#: By what name the book knows a paid stage, at most once.
PAID = "award_tranche:{id}:paid"
_BOOK = Actor.system("award")
_PAYABLE = frozenset({AwardState.SIGNED, AwardState.RUNNING})
_MILESTONES = {
    TrancheNeed.MIDTERM: EvaluationKind.MIDTERM,
    TrancheNeed.FINAL: EvaluationKind.FINAL,
}


def release_tranche(session: Session, actor: Actor, *, tranche_id: int) -> AwardTranche:
    """Ask the charity to pay a stage whose milestone is accepted; those before it are paid.

    Raises `Denied` (CHA-167, or a list that stops payments), `InvalidState` (MILESTONE_MISSING,
    EARLIER_STAGE with `number`).
    """
    found = lock_tranche(session, tranche_id)
    award = found.award
    require_decision(session, actor, award.application)
    _require_payable(award)
    _require_turn(found)
    stopped = registry.restrictions(session, organisation_id=award.application.organisation_id)
    refuse(restriction_findings(stopped, DecidedAct.PAYING))
    user_id, person_id = person_of(actor)
    found.move_to(TrancheState.RELEASABLE)
    found.released_at, found.released_by_user_id = clock.now(), user_id
    session.flush()
    approvals.open_request(
        session,
        actor,
        subject=found.subject,
        content=content_of(found),
        submitter_person_id=person_id,
        amount=found.amount,
    )
    outbox.write(session, "award.stage_released", found.subject, award_id=award.id)
    return found


def agree_tranche(
    session: Session, actor: Actor, *, tranche_id: int, agreed: bool, reason: str = ""
) -> AwardTranche:
    """Agree to pay a stage, or refuse with a reason, by approvers of the charity.

    A refusal withholds it again. Raises `Denied` for its own people and those related to it
    (CHA-167), for who asked and for a second voice; `Invalid` on `reason`.
    """
    found = lock_tranche(session, tranche_id)
    award = found.award
    charity_id = queries.charity_of(session, award.competition)
    require(
        policy.may_agree_tranche(
            actor,
            found,
            queries.request_of(session, found),
            charity_id=charity_id,
            member_of=member_of(session, actor),
        )
    )
    refuse_related(session, actor, {award.application.organisation_id})
    state = approvals.decide(
        session,
        actor,
        subject=found.subject,
        agreed=agreed,
        reason=reason,
        content=content_of(found),
        permission=Permission.EXPENSE_APPROVE,
        organisation_id=charity_id,
    )
    if state is ApprovalState.REFUSED:
        found.move_to(TrancheState.WITHHELD)
    session.flush()
    outbox.write(session, "award.stage_decided", found.subject, state=state.value)
    return found


def pay_tranche(session: Session, actor: Actor, *, tranche_id: int, paid_on: date) -> AwardTranche:
    """Pay an agreed stage from the pool into the award's fund, by a treasurer of the charity.

    `paid_on` is a day in China, not in the future and not before it was agreed to. The first one
    sets the award running. Raises `Denied`, `InvalidState` (NOT_AGREED), `Invalid` on `paid_on`.
    """
    found = lock_tranche(session, tranche_id)
    award = found.award
    _require_payable(award)
    request = queries.request_of(session, found)
    charity_id = queries.charity_of(session, award.competition)
    require(
        policy.may_pay_tranche(
            actor, found, request, charity_id=charity_id, member_of=member_of(session, actor)
        )
    )
    refuse_related(session, actor, {award.application.organisation_id})
    accounts.keep_role(
        session, actor, permission=Permission.EXPENSE_PAY, organisation_id=present(charity_id)
    )
    if found.state is not TrancheState.RELEASABLE:
        raise InvalidState(CommonReason.WRONG_STATE, state=found.state)
    _require_agreed(found, request, paid_on)
    ledger.release_hold(session, _BOOK, source=found.subject)
    entry = ledger.grant(
        session,
        actor,
        fund_id=present(award.competition.fund_id),
        into_fund_id=present(award.fund_id),
        amount=found.amount,
        source=PAID.format(id=found.id),
        occurred_on=paid_on,
    )
    found.entry_id, found.paid_on, found.paid_by_user_id = entry.id, paid_on, actor.user_id
    found.move_to(TrancheState.PAID)
    if award.state is AwardState.SIGNED:
        award.move_to(AwardState.RUNNING)
    session.flush()
    outbox.write(session, "award.paid", found.subject, award_id=award.id, entry_id=entry.id)
    return found


def content_of(found: AwardTranche) -> dict[str, str | int]:
    """What people agree to: which stage of which agreement, how much, from and into which fund."""
    award = found.award
    return {
        "award": award.id,
        "agreement": award.agreement_sha256,
        "number": found.number,
        "amount": found.amount.fen,
        "pool": present(award.competition.fund_id),
        "fund": present(award.fund_id),
    }


def _require_payable(award: Award) -> None:
    if award.state not in _PAYABLE:
        raise InvalidState(CommonReason.WRONG_STATE, state=award.state)


def _require_turn(found: AwardTranche) -> None:
    """The stages before it are paid, and what it waits for is there."""
    award = found.award
    for earlier in award.tranches:
        if earlier.number < found.number and earlier.state is not TrancheState.PAID:
            raise InvalidState(AwardReason.EARLIER_STAGE, number=earlier.number)
    kind = _MILESTONES.get(found.needs)
    met = kind is None or any(each.kind is kind and each.accepted for each in award.evaluations)
    if not met:
        raise InvalidState(AwardReason.MILESTONE_MISSING, needs=found.needs)


def _require_agreed(found: AwardTranche, request: ApprovalRequest | None, paid_on: date) -> None:
    """Exactly this was agreed to, and the money leaves no earlier."""
    if request is None or not queries.is_agreed(request) or request.closed_at is None:
        raise InvalidState(AwardReason.NOT_AGREED)
    if frozen_hash(found.subject, content_of(found)) != request.content_hash:
        raise InvalidState(AwardReason.NOT_AGREED)
    if paid_on > clock.today():
        raise Invalid(AwardReason.IN_FUTURE, field="paid_on")
    agreed_on = clock.day_of(request.closed_at)
    if paid_on < agreed_on:
        raise Invalid(AwardReason.PAID_BEFORE_AGREED, field="paid_on", day=agreed_on)
