"""The board for everybody, an objection by anybody, and the desk that answers."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from charity import clock
from charity.actor import require
from charity.disclosure import ending_policy, services
from charity.disclosure.models import Notice, NoticeState, PublicNoticeKind
from charity.disclosure.queries import notices as queries
from charity.errors import CommonReason, DomainError, NotFound
from charity.registry import queries as registry
from web import qr
from web.db import get_session, unit_of_work
from web.errors import status_of
from web.forms import attach
from web.listings.filters import page_number, place_options
from web.listings.posting import home_region
from web.notices import pages
from web.notices.forms import AnswerForm, NoticeForm, ObjectionForm, WithdrawForm
from web.ports import settings
from web.registry.filters import known_place
from web.security.sessions import current_actor

bp = Blueprint("notices", __name__)


@bp.get("/notices")
def index() -> ResponseReturnValue:
    """The board: what stands first, by place."""
    session = get_session()
    place = known_place(session, request.args.get("place", "")) or ""
    page = queries.notices_page(
        session, page_number(request.args.get("page", "")), region_code=place
    )
    return render_template(
        "notices/index.html",
        page=page,
        rows=pages.rows(session, page.items),
        place=place,
        places=place_options(session, place, home_region()),
        page_url=lambda number: url_for("notices.index", place=place or None, page=number),
    )


@bp.get("/notices/<int:notice_id>")
def detail(notice_id: int) -> ResponseReturnValue:
    """One notice with its objections and answers; may be printed, with its code to scan."""
    return _detail(notice_id, ObjectionForm())


@bp.post("/notices/<int:notice_id>/objections")
def object_to(notice_id: int) -> ResponseReturnValue:
    """Say that it is not so."""
    form, actor = ObjectionForm(), current_actor()
    queries.notice(get_session(), notice_id)
    if not form.validate():
        return _detail(notice_id, form), 422
    try:
        with unit_of_work() as session:
            services.object_to(
                session,
                actor,
                notice_id=notice_id,
                name=form.person.data or "",
                contact=form.contact.data or "",
                body=form.body.data or "",
            )
    except DomainError as refusal:
        attach(form, refusal)
        return _detail(notice_id, form), status_of(refusal)
    flash(_("异议已收到，答复以前公示不会结束。答复会写在这一页上。"), "success")
    return redirect(url_for("notices.detail", notice_id=notice_id, _anchor="objections"), 303)


@bp.get("/desk/notices")
def desk() -> ResponseReturnValue:
    """The notices one looks after."""
    session, actor = get_session(), current_actor()
    found = queries.notices_in(session, pages.reach_of(actor))
    return render_template("notices/desk.html", rows=pages.rows(session, found))


@bp.route("/desk/notices/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Put up a notice, prefilled where it is about an expense or a closing."""
    session, actor = get_session(), current_actor()
    about = pages.prefill(session, request.values.get("subject", ""))
    form = _form(about)
    if form.is_submitted() and form.validate():
        try:
            with unit_of_work() as work:
                notice_id = services.publish_notice(
                    work,
                    actor,
                    kind=PublicNoticeKind(form.kind.data),
                    subject=form.subject.data or "",
                    organisation_id=form.organisation.data,
                    region_code=form.region_code.data or "",
                    title=form.title.data or "",
                    body=form.body.data or "",
                    rule_id=form.rule_id.data,
                ).id
        except DomainError as refusal:
            attach(form, refusal)
        else:
            flash(_("已公示。"), "success")
            return redirect(url_for("notices.manage", notice_id=notice_id), 303)
    page = render_template("notices/form.html", form=form, about=about)
    return page, 422 if form.errors else 200


@bp.get("/desk/notices/<int:notice_id>")
def manage(notice_id: int) -> ResponseReturnValue:
    """One notice with who objects and how to reach them, for those who answer."""
    return _manage(notice_id)


@bp.post("/desk/notices/<int:notice_id>/withdraw")
def withdraw(notice_id: int) -> ResponseReturnValue:
    """Take it down with a reason."""
    form, actor = WithdrawForm(), current_actor()
    _mine(queries.notice(get_session(), notice_id))
    if not form.validate():
        return _manage(notice_id, withdrawing=form), 422
    try:
        with unit_of_work() as session:
            services.withdraw_notice(
                session, actor, notice_id=notice_id, reason=form.reason.data or ""
            )
    except DomainError as refusal:
        attach(form, refusal)
        return _manage(notice_id, withdrawing=form), status_of(refusal)
    flash(_("公示已撤下，理由写在公示页上。"), "success")
    return redirect(url_for("notices.manage", notice_id=notice_id), 303)


@bp.post("/desk/notices/<int:notice_id>/objections/<int:objection_id>")
def answer(notice_id: int, objection_id: int) -> ResponseReturnValue:
    """Answer an objection for everybody to read."""
    form = AnswerForm.fresh(prefix=f"o{objection_id}-")
    actor = current_actor()
    found = queries.notice(get_session(), notice_id)
    _mine(found)
    if objection_id not in {objection.id for objection in found.objections}:
        raise NotFound(CommonReason.NOT_FOUND)
    if not form.validate():
        return _manage(notice_id, answering=(objection_id, form)), 422
    try:
        with unit_of_work() as session:
            services.answer_objection(
                session,
                actor,
                objection_id=objection_id,
                answer=form.answer.data or "",
                upheld=form.verdict.data == "yes",
            )
    except DomainError as refusal:
        attach(form, refusal)
        return _manage(notice_id, answering=(objection_id, form)), status_of(refusal)
    flash(_("答复已写在公示页上。"), "success")
    return redirect(url_for("notices.manage", notice_id=notice_id), 303)


def _detail(notice_id: int, form: ObjectionForm) -> str:
    session = get_session()
    notice = queries.notice(session, notice_id)
    [row] = pages.rows(session, [notice])
    address = settings().base_url + url_for("notices.detail", notice_id=notice_id)
    standing = notice.state is NoticeState.STANDING
    may_manage = bool(
        ending_policy.may_announce(current_actor(), notice.organisation_id, notice.region_code)
    )
    return render_template(
        "notices/detail.html",
        row=row,
        notice=notice,
        form=form,
        address=address,
        code=qr.svg(address, _("这条公示的二维码")),
        period=pages.period_said(notice),
        about=pages.subject_url(notice) if may_manage else None,
        may_object=standing and clock.today() <= notice.ends_on,
        may_manage=may_manage,
    )


def _form(about: pages.Prefill | None) -> NoticeForm:
    session, actor = get_session(), current_actor()
    data = {} if about is None else {
        "subject": about.subject, "organisation": about.organisation_id, "kind": about.kind.value,
        "region_code": about.region_code, "title": about.title, "body": about.body,
        "rule_id": about.rule_id,
    }  # fmt: skip
    besides = about.organisation_id if about is not None else None
    form = NoticeForm.among(pages.announcers(session, actor, besides), **data)
    form.region_code.within = home_region()
    return form


def _mine(notice: Notice) -> None:
    require(ending_policy.may_announce(current_actor(), notice.organisation_id, notice.region_code))


def _manage(
    notice_id: int,
    *,
    withdrawing: WithdrawForm | None = None,
    answering: tuple[int, AnswerForm] | None = None,
) -> str:
    session, actor = get_session(), current_actor()
    notice = queries.notice(session, notice_id)
    _mine(notice)
    [row] = pages.rows(session, [notice])
    forms = {
        objection.id: AnswerForm.fresh(prefix=f"o{objection.id}-", formdata=None)
        for objection in notice.objections
        if objection.answered_at is None and ending_policy.may_answer(actor, notice, objection)
    }
    if answering is not None:
        forms[answering[0]] = answering[1]
    return render_template(
        "notices/manage.html",
        row=row,
        notice=notice,
        forms=forms,
        withdrawing=withdrawing or WithdrawForm(formdata=None),
        registrar=registry.organisation(session, notice.organisation_id),
        own=actor.person_id == notice.publisher_person_id,
    )
