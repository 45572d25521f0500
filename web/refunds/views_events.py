"""What gateways said and did not fit, payments that do not move, and two lists that differ."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Permission, require
from charity.donations import queries as donations
from charity.donations import refund_policy, services
from charity.donations.models import EventOutcome, GatewayEvent, Payment
from charity.donations.queries import events as queries
from charity.donations.reasons import DonationsReason, RefundsReason
from charity.errors import Denied, DomainError, NotFound, ReasonCode
from web.addresses import read_id
from web.db import get_session, unit_of_work
from web.filters import moment, yuan
from web.labels import label, sentence
from web.refunds.blueprint import bp, charities_of, perform, tabs
from web.refunds.forms import NoteForm, TakeForm
from web.security.sessions import current_actor

#: Messages on one page of the list.
PAGE = 50
_REASONS: dict[str, ReasonCode] = {
    reason.value: reason for kind in (DonationsReason, RefundsReason) for reason in kind
}


@bp.get("/desk/gateway-events")
def events() -> ResponseReturnValue:
    """Messages people must look at; with `all=1` those they have dealt with."""
    session, actor = get_session(), current_actor()
    charities = charities_of(actor)
    done = request.args.get("done") == "1"
    before = read_id(request.args.get("before"))
    found = queries.events_page(
        session,
        charity_ids=charities,
        outcomes=[EventOutcome.RESOLVED] if done else queries.FOR_PEOPLE,
        before=before,
        limit=PAGE,
    )
    now = clock.now()
    return render_template(
        "refunds/events.html",
        tabs=tabs(),
        events=[(event, why(event)) for event in found],
        done=done,
        older=found[-1].id if len(found) == PAGE else None,
        stuck=queries.stuck_of(session, charity_ids=charities, before=now - queries.LISTED_AFTER),
        alarmed_before=now - queries.ALARMED_AFTER,
        unanswered=queries.unanswered_refunds(session, charity_ids=charities),
        disputes=queries.open_disputes(session, charity_ids=charities),
    )


@bp.get("/desk/gateway-events/<int:event_id>")
def event(event_id: int) -> ResponseReturnValue:
    """One message: what we asked against what we were told."""
    return _page(event_id)


@bp.post("/desk/gateway-events/<int:event_id>/resolve")
def event_resolve(event_id: int) -> ResponseReturnValue:
    """Close it with a note of what was found."""
    actor, form = current_actor(), NoteForm()
    _require(event_id)
    if not form.validate():
        return _page(event_id, form)
    note = form.note.data or ""
    return perform(
        lambda session: services.resolve_event(session, actor, event_id=event_id, note=note),
        _("已记下，这条消息处理完了。"),
        "refunds.event",
        event_id=event_id,
    )


@bp.post("/desk/gateway-events/<int:event_id>/retry")
def event_retry(event_id: int) -> ResponseReturnValue:
    """Let it be tried again."""
    actor = current_actor()
    return perform(
        lambda session: services.retry_event(session, actor, event_id=event_id),
        _("一分钟内会再试一次。"),
        "refunds.event",
        event_id=event_id,
    )


@bp.post("/desk/gateway-events/<int:event_id>/take")
def event_take(event_id: int) -> ResponseReturnValue:
    """Take a second payment as a gift of its own, or to send it back."""
    actor, form = current_actor(), TakeForm()
    _require(event_id)
    if not form.validate():
        return _page(event_id, taking=form)
    payment_id = queries.event(get_session(), event_id).payment_id
    note, sends_back = form.about.data or "", request.form.get("then") == "refund"
    answer = perform(
        lambda session: services.take_as_gift(session, actor, event_id=event_id, note=note),
        _("已记作另一笔捐款。"),
        "refunds.event",
        event_id=event_id,
    )
    if sends_back and payment_id is not None:
        return redirect(url_for("refunds.new", payment_id=payment_id), 303)
    return answer


@bp.get("/desk/reconciliation")
def reconciliation() -> ResponseReturnValue:
    """Where a gateway's own list and ours differ."""
    return _reconciliation()


@bp.post("/desk/reconciliation/<int:drift_id>")
def close_drift(drift_id: int) -> ResponseReturnValue:
    """Close a difference with a note of what was found."""
    actor, form = current_actor(), NoteForm()
    require(refund_policy.may_handle(actor, None))
    if not form.validate():
        return _reconciliation(drift_id, form)
    try:
        with unit_of_work() as session:
            services.close_drift(session, actor, drift_id=drift_id, note=form.note.data or "")
    except (Denied, NotFound):
        raise
    except DomainError as error:
        form.note.errors = [sentence(error.reason, error.params)]
        return _reconciliation(drift_id, form)
    return redirect(url_for("refunds.reconciliation"), 303)


def why(found: GatewayEvent) -> str:
    """Why a message stands here, as a sentence."""
    if found.outcome is EventOutcome.SET_ASIDE or found.outcome_note not in _REASONS:
        known = _REASONS.get(found.last_error or "")
        return sentence(known) if known is not None else label(found.outcome)
    return sentence(_REASONS[found.outcome_note])


def _reconciliation(
    drift_id: int | None = None, form: NoteForm | None = None
) -> ResponseReturnValue:
    session, actor = get_session(), current_actor()
    charities = charities_of(actor)
    page = render_template(
        "refunds/reconciliation.html",
        tabs=tabs(),
        drifts=queries.drifts(session, charity_ids=charities),
        closed=queries.drifts(session, charity_ids=charities, closed=True, limit=50),
        may_close=actor.holds_anywhere(Permission.REFUND_REQUEST),
        forms={drift_id: form},
        blank=lambda: NoteForm(formdata=None),
    )
    return page, 422 if form is not None else 200


def _require(event_id: int) -> None:
    session = get_session()
    found = queries.event(session, event_id)
    require(refund_policy.may_handle(current_actor(), queries.charity_of_event(session, found)))


def _page(
    event_id: int, form: NoteForm | None = None, taking: TakeForm | None = None
) -> ResponseReturnValue:
    session, actor = get_session(), current_actor()
    found = queries.event(session, event_id)
    charity_id = queries.charity_of_event(session, found)
    if charity_id is not None:
        require(refund_policy.may_see(actor, charity_id))
    payment = donations.payment(session, found.payment_id) if found.payment_id else None
    second = found.outcome_note == DonationsReason.SECOND_PAYMENT.value
    page = render_template(
        "refunds/event.html",
        tabs=tabs(),
        event=found,
        why=why(found),
        payment=payment,
        rows=_compared(session, found, payment),
        may_act=bool(refund_policy.may_handle(actor, charity_id)),
        may_take=second and found.outcome is EventOutcome.QUARANTINED,
        open=found.outcome in queries.FOR_PEOPLE,
        may_retry=found.outcome is EventOutcome.SET_ASIDE,
        form=form or NoteForm(formdata=None),
        taking=taking or TakeForm(formdata=None),
    )
    return page, 422 if form is not None or taking is not None else 200


def _compared(
    session: Session, found: GatewayEvent, payment: Payment | None
) -> list[tuple[str, str, str, bool]]:
    """What is compared: label, what we asked, what we were told, and whether they differ."""

    def mode(live: bool) -> str:
        return str(_("真实付款") if live else _("测试付款"))

    told = [
        (_("金额"), yuan(found.amount) if found.amount is not None else "—"),
        (_("币种"), found.currency or "—"),
        (_("方式"), mode(found.livemode)),
        (_("收到时间"), moment(found.received_at)),
        (_("平台编号"), found.remote_id or found.intent_id or "—"),
    ]
    if payment is None:
        return [(name, "—", said, False) for name, said in told]
    asked = [
        yuan(payment.amount),
        payment.currency,
        mode(payment.livemode),
        moment(payment.created_at),
        payment.remote_id or payment.key,
    ]
    about_checkout = found.subject_id is None
    return [
        (name, ours, said, about_checkout and number < 3 and ours != said)
        for number, ((name, said), ours) in enumerate(zip(told, asked, strict=True))
    ]
