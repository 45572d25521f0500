"""The page of one refund: what was asked, who agreed, and the next act for whom it is."""

from __future__ import annotations

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity import clock
from charity.accounts import queries as accounts
from charity.actor import Actor, Verdict, require
from charity.approvals.models import ApprovalRequest
from charity.approvals.policy import may_decide
from charity.approvals.queries import request_for
from charity.donations import refund_policy
from charity.donations.models import Donation, Refund, RefundPath, RefundState
from charity.donations.queries import refunds as queries
from charity.donations.queries.events import ALARMED_AFTER
from charity.donations.reasons import RefundsReason
from charity.donations.services.refund_requests import charity_of
from charity.errors import CommonReason
from charity.registry import queries as registry
from charity.registry.models import Campaign
from web.filters import moment
from web.labels import label, sentence
from web.refunds.blueprint import tabs
from web.refunds.forms import DecisionForm, NoteForm, TransferForm

#: What a reason stored beside a row reads like; reasons of the book among them.
REASONS = {reason.value: reason for reason in [*RefundsReason]}


def campaign_of(session: Session, gift: Donation) -> Campaign:
    """The campaign a gift was for."""
    return registry.campaign(session, gift.campaign_id)


def refund_page(
    session: Session,
    actor: Actor,
    refund_id: int,
    *,
    refusing: DecisionForm | None = None,
    paying: TransferForm | None = None,
    looking: NoteForm | None = None,
) -> ResponseReturnValue:
    """One refund with its acts; a form that was filled wrongly is shown with what is wrong."""
    refund = queries.refund(session, refund_id)
    charity_id = charity_of(session, refund.payment)
    require(refund_policy.may_see(actor, charity_id))
    subject = refund.batch.subject if refund.batch is not None else refund.key
    request = request_for(session, subject)
    asks = bool(refund_policy.may_request(actor, charity_id))
    asked_by_me = request is not None and request.submitter_person_id == actor.person_id
    open_ = refund.state is RefundState.REQUESTED
    mine = may_decide(actor, request) if open_ and request is not None else Verdict.no()
    agrees = bool(refund_policy.may_agree(actor, charity_id))
    filled = refusing or paying or looking
    page = render_template(
        "refunds/detail.html",
        tabs=tabs(),
        refund=refund,
        gift=refund.donation,
        campaign=campaign_of(session, refund.donation),
        facts=_facts(session, refund),
        life=_life(refund),
        log=_log(session, refund, request),
        failure=said(refund.failure),
        quorum=request.quorum if request is not None else None,
        may_agree=agrees and bool(mine),
        why_not=_why_not(agrees and open_, mine),
        may_cancel=asks and refund.state in (RefundState.REQUESTED, RefundState.APPROVED),
        to_pay=_to_pay(refund) and asks,
        may_pay=_to_pay(refund) and asks and not asked_by_me,
        may_look=_may_look(refund) and asks and not asked_by_me,
        came_back=refund.path is RefundPath.TRANSFER,
        entry_url=_entry_url(refund),
        refusing=refusing or DecisionForm(formdata=None),
        paying=paying or TransferForm(formdata=None, paid_on=clock.today()),
        looking=looking or NoteForm(formdata=None),
    )
    return page, 422 if filled is not None and filled.errors else 200


def said(reason: str) -> str:
    """The sentence of a reason that was kept as its code; the code itself where it has none."""
    known = REASONS.get(reason)
    if known is not None:
        return sentence(known)
    return _("账上的钱不够，没有退出。") if reason.startswith("ledger.") else reason


def _to_pay(refund: Refund) -> bool:
    return refund.state is RefundState.APPROVED and refund.path is RefundPath.TRANSFER


def _may_look(refund: Refund) -> bool:
    """Whether a person has to say how it ended."""
    if refund.path is RefundPath.TRANSFER:
        return refund.state is RefundState.SUCCEEDED
    unanswered = refund.state is RefundState.SENT and refund.remote_id is None
    return unanswered and clock.now() - (refund.sent_at or clock.now()) >= ALARMED_AFTER


def _why_not(concerned: bool, verdict: Verdict) -> str:
    if concerned and verdict.reason is CommonReason.SAME_PERSON:
        return sentence(verdict.reason)
    return ""


def _facts(session: Session, refund: Refund) -> list[tuple[str, object]]:
    gift = refund.donation
    return [
        (_("捐款"), _("第 %(number)s 笔，%(name)s", number=gift.id, name=gift.giver_name or "—")),
        (_("捐款金额"), gift.amount),
        (_("这笔付款还能退"), queries.left_of(session, refund.payment)),
        (_("原因"), f"{label(refund.cause)} · {label(refund.kind)}"),
        (_("怎么退"), label(refund.path)),
        (_("收款人"), refund.payee or None),
        (_("说明"), refund.reason or None),
        (_("平台或银行编号"), refund.remote_id),
    ]


def _life(refund: Refund) -> list[tuple[str, str, str | None]]:
    """The steps of a refund with the one it stands at."""
    steps = [
        (RefundState.REQUESTED, refund.created_at),
        (RefundState.APPROVED, None),
        (RefundState.SENT, refund.sent_at),
        (RefundState.SUCCEEDED, refund.finished_at),
    ]
    names = [state for state, _at in steps]
    if refund.state not in names:
        reached = [(label(state), "done", moment(at)) for state, at in steps[:3] if at is not None]
        return [*reached, (label(refund.state), "bad", moment(refund.finished_at))]
    at = names.index(refund.state)
    done = refund.state is RefundState.SUCCEEDED
    return [
        (
            label(state),
            "done" if number < at or done else "now" if number == at else "todo",
            moment(when) if when is not None and number <= at else None,
        )
        for number, (state, when) in enumerate(steps)
    ]


def _log(
    session: Session, refund: Refund, request: ApprovalRequest | None
) -> list[tuple[str, str]]:
    """Who asked and who agreed, the newest first."""
    users = {refund.requested_by_user_id} | {
        decision.user_id for decision in (request.decisions if request else [])
    }
    names = accounts.display_names(session, {user for user in users if user is not None})
    asker = names.get(refund.requested_by_user_id or 0)
    told = [
        (
            moment(refund.created_at),
            _("%(name)s申请退款", name=asker) if asker else _("支付平台已经退了这笔钱"),
        )
    ]
    for decision in request.decisions if request is not None else []:
        name = names.get(decision.user_id, "")
        words = (
            _("%(name)s同意", name=name)
            if decision.agreed
            else _("%(name)s不同意：%(reason)s", name=name, reason=decision.reason)
        )
        told.append((moment(decision.decided_at), words))
    return told[::-1]


def _entry_url(refund: Refund) -> str | None:
    if refund.entry_id is None:
        return None
    return url_for("ledger.entry", entry_id=refund.entry_id)
