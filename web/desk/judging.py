"""What judging and awards make wait: invitations, sheets, agreements, reports, stages to pay.

Parts of the desk's one question (see `law`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import Select, String, and_, cast, exists, func, literal, or_, select
from sqlalchemy.orm import aliased

from charity.actor import Actor, Permission
from charity.approvals.models import ApprovalDecision, ApprovalRequest, ApprovalState
from charity.disclosure.models import Notice, NoticeState
from charity.ledger.models import Book, Fund
from projects.ventures.models import (
    Application,
    Assignment,
    AssignmentState,
    Award,
    AwardEvaluation,
    AwardRecovery,
    AwardState,
    AwardTranche,
    Competition,
    CompetitionState,
    EvaluationKind,
    Judge,
    JudgeState,
    TrancheNeed,
    TrancheState,
)
from web.desk.parts import Held, LawTask, row

_SCORING = (CompetitionState.REVIEW, CompetitionState.DEFENCE)
_WORKING = (AwardState.SIGNED, AwardState.RUNNING)


def _judge(actor: Actor) -> Iterator[Select[Any]]:
    """Invitations to answer, and sheets to hand in, one row for each competition."""
    if actor.person_id is None:
        return
    yield (
        row("judge_invited", Judge.state, Judge.id, Competition.title, "", None, None)
        .select_from(Judge)
        .join(Competition, Competition.id == Judge.competition_id)
        .where(Judge.person_id == actor.person_id, Judge.state == JudgeState.INVITED)
    )
    left = cast(func.count(Assignment.id), String)
    yield (
        row(
            "judge_sheets", Judge.state, Judge.id, Competition.title, left, None,
            Competition.review_until,
        )
        .select_from(Judge)
        .join(Competition, Competition.id == Judge.competition_id)
        .join(Assignment, Assignment.judge_id == Judge.id)
        .where(
            Judge.person_id == actor.person_id,
            Judge.state == JudgeState.ACCEPTED,
            Assignment.state == AssignmentState.OPEN,
            Competition.state.in_(_SCORING),
        )
        .group_by(Judge.id, Judge.state, Competition.title, Competition.review_until)
    )  # fmt: skip


def _organiser(actor: Actor) -> Iterator[Select[Any]]:
    """Reports without a word, and stages whose milestone is there and that nobody asked for."""
    ours = Held.of(actor, Permission.VENTURE_MANAGE)
    if not ours:
        return
    waiting = and_(AwardEvaluation.award_id == Award.id, AwardEvaluation.accepted.is_(None))
    yield (
        _of_award("award_report")
        .join(AwardEvaluation, waiting)
        .where(Award.state == AwardState.RUNNING, ours.reaches(Competition.organiser_id))
    )
    yield (
        _of_award("award_release", AwardTranche.amount)
        .join(AwardTranche, AwardTranche.award_id == Award.id)
        .where(
            Award.state.in_(_WORKING),
            AwardTranche.state == TrancheState.WITHHELD,
            _milestone_met(),
            ~_earlier_unpaid(),
            ours.reaches(Competition.organiser_id),
        )
    )


def _milestone_met() -> Any:
    """The agreement, or an accepted evaluation of the kind a stage waits for."""
    kinds = {
        TrancheNeed.MIDTERM: EvaluationKind.MIDTERM,
        TrancheNeed.FINAL: EvaluationKind.FINAL,
    }
    accepted = [
        and_(
            AwardTranche.needs == need,
            exists().where(
                AwardEvaluation.award_id == Award.id,
                AwardEvaluation.kind == kind,
                AwardEvaluation.accepted.is_(True),
            ),
        )
        for need, kind in kinds.items()
    ]
    return or_(AwardTranche.needs == TrancheNeed.AGREEMENT, *accepted)


def _earlier_unpaid() -> Any:
    before = aliased(AwardTranche)
    return exists().where(
        before.award_id == Award.id,
        before.number < AwardTranche.number,
        before.state != TrancheState.PAID,
    )


def _winner(actor: Actor) -> Iterator[Select[Any]]:
    """Agreements that may be signed: the notice is over."""
    ours = Held.of(actor, Permission.VENTURE_APPLY)
    if ours:
        yield (
            _of_award("award_sign", Award.amount)
            .join(Notice, Notice.id == Award.notice_id)
            .where(
                Award.state == AwardState.NOTICE,
                Notice.state == NoticeState.ENDED,
                ours.reaches(Application.organisation_id),
            )
        )


def _approver(actor: Actor) -> Iterator[Select[Any]]:
    """Stages that wait for my yes or no."""
    ours = Held.of(actor, Permission.EXPENSE_APPROVE)
    if not ours or actor.person_id is None:
        return
    mine = exists().where(
        ApprovalDecision.request_id == ApprovalRequest.id,
        ApprovalDecision.person_id == actor.person_id,
    )
    yield _asked("award_agree", ApprovalState.OPEN).where(
        ~mine,
        ApprovalRequest.submitter_person_id != actor.person_id,
        ours.reaches(Book.organisation_id),
    )


def _treasurer(actor: Actor) -> Iterator[Select[Any]]:
    """Stages that are agreed to, and sums that are asked back."""
    ours = Held.of(actor, Permission.EXPENSE_PAY)
    if not ours:
        return
    yield _asked("award_pay", ApprovalState.GRANTED).where(ours.reaches(Book.organisation_id))
    yield (
        _in_books(_of_award("award_back", AwardRecovery.amount - AwardRecovery.recovered))
        .join(AwardRecovery, AwardRecovery.award_id == Award.id)
        .where(AwardRecovery.finished_at.is_(None), ours.reaches(Book.organisation_id))
    )


def _asked(part: str, state: ApprovalState) -> Select[Any]:
    """Stages that were asked for, whose request stands so."""
    subject = literal("award_tranche:").concat(cast(AwardTranche.id, String))
    return (
        _in_books(_of_award(part, AwardTranche.amount))
        .join(AwardTranche, AwardTranche.award_id == Award.id)
        .join(ApprovalRequest, ApprovalRequest.subject == subject)
        .where(
            AwardTranche.state == TrancheState.RELEASABLE,
            ApprovalRequest.state == state,
            ApprovalRequest.id == _latest(subject),
        )
    )


def _latest(subject: Any) -> Any:
    other = aliased(ApprovalRequest)
    return select(func.max(other.id)).where(other.subject == subject).scalar_subquery()


def _of_award(part: str, amount: Any = None) -> Select[Any]:
    return (
        row(part, Award.state, Award.id, Application.title, Competition.title, amount, None)
        .select_from(Award)
        .join(Application, Application.id == Award.application_id)
        .join(Competition, Competition.id == Award.competition_id)
    )


def _in_books(query: Select[Any]) -> Select[Any]:
    return query.join(Fund, Fund.id == Competition.fund_id).join(Book, Book.id == Fund.book_id)


JUDGING_PARTS = (_judge, _organiser, _winner, _approver, _treasurer)

_Shape = tuple[str, str, str, str]


def _award(task: LawTask) -> str:
    return url_for("awards.detail", award_id=task.id)


def _invited(task: LawTask) -> _Shape:
    title = str(_("请你当评委：%(title)s", title=task.title))
    return _("评审"), "seal", title, url_for("judging.index")


def _sheets(task: LawTask) -> _Shape:
    title = str(_("%(title)s：还剩 %(n)s 份没交", title=task.title, n=task.meta))
    return _("评审"), "gold", title, url_for("judging.index")


def _report(task: LawTask) -> _Shape:
    return _("评估"), "gold", str(_("评估报告：%(title)s", title=task.title)), _award(task)


def _release(task: LawTask) -> _Shape:
    return _("拨付"), "jade", str(_("提请付款：%(title)s", title=task.title)), _award(task)


def _sign(task: LawTask) -> _Shape:
    return _("签协议"), "seal", str(_("签协议：%(title)s", title=task.title)), _award(task)


def _agree(task: LawTask) -> _Shape:
    return _("拨付"), "gold", str(_("审批拨付：%(title)s", title=task.title)), _award(task)


def _pay(task: LawTask) -> _Shape:
    return _("拨付"), "jade", str(_("付款：%(title)s", title=task.title)), _award(task)


def _back(task: LawTask) -> _Shape:
    return _("追回"), "seal", str(_("等退回：%(title)s", title=task.title)), _award(task)


JUDGING_SHAPES: dict[str, Callable[[LawTask], _Shape]] = {
    "judge_invited": _invited,
    "judge_sheets": _sheets,
    "award_report": _report,
    "award_release": _release,
    "award_sign": _sign,
    "award_agree": _agree,
    "award_pay": _pay,
    "award_back": _back,
}
