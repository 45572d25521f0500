"""Say that a requirement of an expense is met, or that it cannot be (VIL-02, VIL-03, PAY-02)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from charity.actor import Actor, require
from charity.approvals import services as approvals
from charity.approvals.models import Requirement, RequirementKind
from charity.errors import CommonReason, Invalid, InvalidState, NotFound
from charity.evidence import Evidence
from charity.files import FileStore
from charity.spending import meeting, policy, queries
from charity.spending.models import ExpenseState
from charity.spending.paying_reasons import PayingReason
from charity.spending.reasons import SpendingReason
from charity.spending.services.drawing import drawn
from charity.spending.services.expenses import MAX_PICTURES
from charity.spending.services.locking import lock_expense, person_of

#: What may still be said about an expense that is not paid, and what only about a paid one.
_AFTER = frozenset({RequirementKind.EVIDENCE, RequirementKind.ADVANCE_SETTLED})


def meet_requirement(
    session: Session,
    actor: Actor,
    *,
    expense_id: int,
    kind: RequirementKind,
    note: str,
    papers: Sequence[bytes | Evidence] = (),
    files: FileStore,
) -> Requirement:
    """It is there: the minutes, the county's word, the evidence, the vouchers of an advance.

    Raises `NotFound` where it is not asked, `Denied` for whom it is not, `InvalidState` where it
    is met already or the vouchers do not reach the advance, `Invalid` on `papers` without any or
    with more than `MAX_PICTURES`.
    """
    case = _locked(session, actor, expense_id, kind)
    if kind is RequirementKind.ADVANCE_SETTLED:
        missing = queries.settlement(session, case.expense.expense).missing
        if missing:
            raise InvalidState(PayingReason.ADVANCE_UNSETTLED, missing=missing)
    if not papers and kind in meeting.WITH_PAPER:
        raise Invalid(PayingReason.PAPER_REQUIRED, field="papers")
    if len(papers) > MAX_PICTURES:
        raise Invalid(SpendingReason.PICTURE_COUNT, field="papers", limit=MAX_PICTURES)
    kept = [drawn(paper, field="papers") for paper in papers]
    return approvals.meet_requirement(
        session,
        actor,
        subject=case.expense.expense.subject,
        kind=kind,
        note=note,
        papers=[approvals.KeptPaper(files.put(one.content), one.media_type) for one in kept],
    )


def refuse_requirement(
    session: Session, actor: Actor, *, expense_id: int, kind: RequirementKind, note: str
) -> Requirement:
    """It cannot be met; `note` says why, and the expense stays stopped until it is changed."""
    case = _locked(session, actor, expense_id, kind)
    if kind not in meeting.REFUSABLE:
        raise InvalidState(CommonReason.WRONG_STATE)
    return approvals.refuse_requirement(
        session, actor, subject=case.expense.expense.subject, kind=kind, note=note
    )


def _locked(
    session: Session, actor: Actor, expense_id: int, kind: RequirementKind
) -> meeting.MeetingCase:
    expense = lock_expense(session, actor, expense_id=expense_id)
    found = queries.case_of_expense(session, expense)
    require(policy.may_see_expense(actor, found))
    case = queries.meeting_case(session, found, kind)
    if case is None:
        raise NotFound(CommonReason.NOT_FOUND)
    verdict = meeting.may_meet(actor, case)
    if verdict.reason is CommonReason.WRONG_STATE:
        raise InvalidState(CommonReason.WRONG_STATE)
    require(verdict)
    person_of(session, actor)
    if (kind in _AFTER) is not (expense.state is ExpenseState.PAID):
        raise InvalidState(CommonReason.WRONG_STATE)
    return case
