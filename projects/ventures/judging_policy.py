"""Who may judge what, and who may see whose sheet (VEN-04, VEN-11).

A judge holds no role: the row of the invitation says who judges which competition. Persons count,
not accounts, and who belongs to an applicant never scores it.
"""

from __future__ import annotations

from collections.abc import Collection

from charity.actor import Actor, Verdict
from charity.errors import CommonReason
from projects.ventures.judging_reasons import JudgingReason
from projects.ventures.models import (
    Assignment,
    AssignmentState,
    Competition,
    Judge,
    JudgeState,
)
from projects.ventures.policy import may_manage


def may_run_judging(actor: Actor, competition: Competition) -> Verdict:
    """Invite, assign, watch the progress and rank: the organiser's people and the installation."""
    return may_manage(actor, competition)


def may_answer(actor: Actor, judge: Judge) -> Verdict:
    """Answer an invitation: who was invited."""
    if not actor.is_signed_in:
        return Verdict.no(CommonReason.SIGN_IN_FIRST)
    return Verdict.yes() if actor.person_id == judge.person_id else Verdict.absent()


def may_declare(actor: Actor, judge: Judge) -> Verdict:
    """Declare a conflict of a judge: the judge, and the organiser who heard of it."""
    answered = may_answer(actor, judge)
    return answered if answered else may_run_judging(actor, judge.competition)


def may_score(
    actor: Actor,
    sheet: Assignment,
    *,
    in_conflict: bool = False,
    member_of: Collection[int] = (),
) -> Verdict:
    """Fill in and lock a sheet: its judge, while nothing binds judge and applicant.

    `member_of`: where the person belongs through other accounts.
    """
    seen = may_answer(actor, sheet.judge)
    if not seen:
        return seen
    if sheet.judge.state is not JudgeState.ACCEPTED:
        return Verdict.no(JudgingReason.NOT_A_JUDGE)
    applicant = sheet.application.organisation
    if {applicant.id, applicant.host_id} & (actor.organisation_ids | set(member_of)):
        return Verdict.no(JudgingReason.OWN_ENTRY)
    if in_conflict:
        return Verdict.no(JudgingReason.IN_CONFLICT)
    if sheet.state is AssignmentState.RECUSED:
        return Verdict.no(JudgingReason.RECUSED)
    return Verdict.yes()


def may_see_sheet(
    actor: Actor, sheet: Assignment, *, is_round_over: bool, has_own: bool
) -> Verdict:
    """See the points of a sheet: its judge; the others only when no sheet of the round is open.

    The others are the organiser and, of entries they judged themselves (`has_own`), the judges.
    """
    if may_answer(actor, sheet.judge):
        return Verdict.yes()
    runs = bool(may_run_judging(actor, sheet.judge.competition))
    if not runs and not has_own:
        return Verdict.absent()
    return Verdict.yes() if is_round_over else Verdict.no(JudgingReason.SHEETS_OPEN)
