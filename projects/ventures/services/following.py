"""What follows an agreement: reports, evaluations, the settlement; or the end and the recovery.

"Last part only after a passed evaluation, else stop, terminate, recover" (VEN-08). Money that goes
back is the award's own unspent fen, home to the line of the pool it was granted from.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock, outbox, texts
from charity.accounts import services as accounts
from charity.actor import Actor, Permission, require
from charity.approvals import services as approvals
from charity.errors import CommonReason, Conflict, Insufficient, Invalid, InvalidState
from charity.ledger import services as ledger
from charity.ledger.positions import fund_position
from charity.money import ZERO, Money
from charity.rows import insert_or, locked, present
from projects.ventures import policy, queries
from projects.ventures.models import (
    Award,
    AwardEvaluation,
    AwardRecovery,
    AwardState,
    EvaluationKind,
    TrancheState,
)
from projects.ventures.reasons import AwardReason
from projects.ventures.services.awarding import cancel_stages
from projects.ventures.services.locking import (
    lock_award,
    person_of,
    refuse_related,
    require_decision,
)

REPORT, NOTE = 20_000, 2000
#: By what name the book knows money that goes back, once a stage and step.
RECOVERED = "award_recovery:{id}:{so_far}:{tranche}"
_WORKING = frozenset({AwardState.SIGNED, AwardState.RUNNING})
_OWING = frozenset({AwardState.RUNNING, AwardState.TERMINATED})
#: Who settled stands in the award; the end of its fund is the installation's act.
_BOOK = Actor.system("award")


def report_milestone(
    session: Session, actor: Actor, *, award_id: int, kind: EvaluationKind, report: str
) -> AwardEvaluation:
    """Report on the work so far, by the winner's people; one report waits at a time.

    Raises `Invalid` on `report`, `Conflict` (REPORT_WAITS) where one waits or was accepted.
    """
    found = lock_award(session, award_id)
    require(policy.may_sign(actor, found))
    if found.state is not AwardState.RUNNING:
        raise InvalidState(CommonReason.WRONG_STATE, state=found.state)
    user_id, _ = person_of(actor)
    row = AwardEvaluation(
        award_id=found.id,
        kind=kind,
        report=texts.prose(report, field="report", limit=REPORT, required=True),
        reported_at=clock.now(),
        reported_by_user_id=user_id,
    )
    insert_or(session, row, Conflict(AwardReason.REPORT_WAITS, field="report"))
    session.refresh(found, ["evaluations"])
    outbox.write(session, "award.reported", found.subject, kind=kind.value)
    return row


def accept_evaluation(
    session: Session,
    actor: Actor,
    *,
    award_id: int,
    kind: EvaluationKind,
    accepted: bool,
    note: str,
) -> AwardEvaluation:
    """Accept the report that waits, or not, with what was found; by an unconcerned organiser.

    Raises `Denied` (CHA-167), `Invalid` on `note`, `InvalidState` (REPORT_MISSING).
    """
    found = lock_award(session, award_id)
    require_decision(session, actor, found.application)
    waiting = [each for each in found.evaluations if each.kind is kind and each.accepted is None]
    if not waiting or found.state is not AwardState.RUNNING:
        raise InvalidState(AwardReason.REPORT_MISSING)
    row = waiting[0]
    row.note = texts.prose(note, field="note", limit=NOTE, required=True)
    row.accepted, row.decided_at, row.decided_by_user_id = accepted, clock.now(), actor.user_id
    session.flush()
    outbox.write(session, "award.evaluated", found.subject, kind=kind.value, accepted=accepted)
    return row


def ask_back(
    session: Session, actor: Actor, *, award_id: int, amount: Money, reason: str
) -> AwardRecovery:
    """Ask money of an award back into the pool: what is left at the end, or what was misused.

    Raises `Denied`, `Invalid` on `reason` and on `amount` (MORE_THAN_PAID, `most`), `InvalidState`
    before the first stage and once it is settled: then its fund is closed.
    """
    found = lock_award(session, award_id)
    require_decision(session, actor, found.application)
    if found.state not in _OWING:
        raise InvalidState(CommonReason.WRONG_STATE, state=found.state)
    return _ask(session, actor, found, amount, reason)


def recover(
    session: Session, actor: Actor, *, recovery_id: int, amount: Money, occurred_on: date
) -> AwardRecovery:
    """Give money of the award's fund back to the pool, by a treasurer; the newest stage first.

    Only unspent and unheld fen go; what was spent must come back to the fund before. Raises
    `Denied`, `Invalid` on `amount` or `occurred_on`, `Insufficient` (`available`).
    """
    row = queries.recovery(session, recovery_id)
    found = lock_award(session, row.award_id)
    row = locked(session, select(AwardRecovery).where(AwardRecovery.id == recovery_id))
    charity_id = queries.charity_of(session, found.competition)
    require(policy.may_fund(actor, charity_id))
    refuse_related(session, actor, {found.application.organisation_id})
    accounts.keep_role(
        session, actor, permission=Permission.EXPENSE_PAY, organisation_id=present(charity_id)
    )
    if occurred_on > clock.today():
        raise Invalid(AwardReason.IN_FUTURE, field="occurred_on")
    if not 0 < amount.fen <= row.missing.fen:
        raise Invalid(AwardReason.MORE_THAN_MISSING, field="amount", most=row.missing)
    _give_back(session, actor, found, row, amount, occurred_on)
    row.recovered += amount
    if not row.missing:
        row.finished_at = clock.now()
    session.flush()
    outbox.write(session, "award.recovered", found.subject, recovery_id=row.id)
    return row


def terminate(session: Session, actor: Actor, *, award_id: int, reason: str) -> Award:
    """End an award before its time: nothing more is paid, what is unspent is asked back.

    Its organisation may not apply for the years of VEN-03. Raises `Denied`, `Invalid` on
    `reason`, `InvalidState` unless it is signed or running.
    """
    found = lock_award(session, award_id)
    require_decision(session, actor, found.application)
    if found.state not in _WORKING:
        raise InvalidState(CommonReason.WRONG_STATE, state=found.state)
    found.closed_because = texts.prose(reason, field="reason", limit=NOTE, required=True)
    for tranche in found.tranches:
        if tranche.state is TrancheState.RELEASABLE:
            approvals.void(session, actor, subject=tranche.subject)
    cancel_stages(session, found)
    found.move_to(AwardState.TERMINATED)
    found.closed_at = clock.now()
    session.flush()
    left = fund_position(session, present(found.fund_id)).in_hand
    if left:
        _ask(session, actor, found, left, found.closed_because)
    outbox.write(session, "award.terminated", found.subject)
    return found


def settle(session: Session, actor: Actor, *, award_id: int, note: str) -> Award:
    """Settle an award: evaluated, paid, spent or given back to the fen (结项); its fund ends.

    What is left goes back to the pool before, and nothing comes into the fund any more. Raises
    `Invalid` on `note`, `InvalidState` (MILESTONE_MISSING, STAGES_LEFT, EXPENSES_OPEN with
    `number`, MONEY_LEFT with `sum`, RECOVERY_OPEN with `sum`).
    """
    found = lock_award(session, award_id)
    require_decision(session, actor, found.application)
    found.closed_because = texts.prose(note, field="note", limit=NOTE, required=True)
    _require_done(session, found)
    ledger.close_fund(session, _BOOK, fund_id=present(found.fund_id))
    found.move_to(AwardState.SETTLED)
    found.closed_at = clock.now()
    session.flush()
    outbox.write(session, "award.settled", found.subject)
    return found


def _require_done(session: Session, found: Award) -> None:
    if found.state is not AwardState.RUNNING:
        raise InvalidState(CommonReason.WRONG_STATE, state=found.state)
    if not any(each.kind is EvaluationKind.FINAL and each.accepted for each in found.evaluations):
        raise InvalidState(AwardReason.MILESTONE_MISSING)
    if any(each.state is not TrancheState.PAID for each in found.tranches):
        raise InvalidState(AwardReason.STAGES_LEFT)
    if number := queries.open_expenses(session, present(found.budget_id)):
        raise InvalidState(AwardReason.EXPENSES_OPEN, number=number)
    if missing := Money.total(each.missing for each in found.recoveries):
        raise InvalidState(AwardReason.RECOVERY_OPEN, sum=missing)
    if left := fund_position(session, present(found.fund_id)).in_hand:
        raise InvalidState(AwardReason.MONEY_LEFT, sum=left)


def _ask(session: Session, actor: Actor, found: Award, amount: Money, reason: str) -> AwardRecovery:
    asked = Money.total(each.amount for each in found.recoveries)
    most = found.paid - asked
    if not 0 < amount.fen <= most.fen:
        raise Invalid(AwardReason.MORE_THAN_PAID, field="amount", most=most)
    user_id, _ = person_of(actor)
    row = AwardRecovery(
        award_id=found.id,
        amount=amount,
        recovered=ZERO,
        reason=texts.prose(reason, field="reason", limit=NOTE, required=True),
        demanded_at=clock.now(),
        demanded_by_user_id=user_id,
    )
    session.add(row)
    session.flush()
    session.refresh(found, ["recoveries"])
    outbox.write(session, "award.asked_back", found.subject, recovery_id=row.id)
    return row


def _give_back(
    session: Session,
    actor: Actor,
    found: Award,
    row: AwardRecovery,
    amount: Money,
    occurred_on: date,
) -> None:
    """Return grants of the stages, the newest first, until the sum is home."""
    missing = amount
    so_far = row.recovered.fen
    for tranche in reversed(found.tranches):
        if tranche.entry_id is None or not missing:
            continue
        source = RECOVERED.format(id=row.id, so_far=so_far, tranche=tranche.id)
        missing -= _returned(
            session,
            actor,
            missing,
            entry_id=tranche.entry_id,
            source=source,
            occurred_on=occurred_on,
        )
    if missing:
        raise Insufficient(AwardReason.MORE_THAN_MISSING, field="amount", most=amount - missing)


def _returned(
    session: Session,
    actor: Actor,
    wanted: Money,
    *,
    entry_id: int,
    source: str,
    occurred_on: date,
) -> Money:
    """Give back up to so much of one stage; answers how much of it was still there."""
    try:
        return _return(session, actor, wanted, entry_id, source, occurred_on)
    except Insufficient as short:
        left = _available(short)
    return _return(session, actor, left, entry_id, source, occurred_on) if left else ZERO


def _return(
    session: Session, actor: Actor, amount: Money, entry_id: int, source: str, occurred_on: date
) -> Money:
    ledger.return_grant(
        session, actor, entry_id=entry_id, amount=amount, source=source, occurred_on=occurred_on
    )
    return amount


def _available(short: Insufficient) -> Money:
    left = short.params.get("available")
    return left if isinstance(left, Money) else ZERO
