"""Offer goods or services, follow them from one's own page, take them in at the desk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import (
    Blueprint,
    Response,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from charity.actor import require
from charity.donations import policy, services
from charity.donations.models import InKindGift, InKindState, Pledge
from charity.donations.queries import in_kind as queries
from charity.donations.queries import pledges as pledge_queries
from charity.donations.services import CodeAnswer
from charity.errors import CommonReason, DomainError, NotFound
from charity.evidence import reencode
from charity.registry import queries as registry
from web.db import get_session, unit_of_work
from web.donations import pages as donation_pages
from web.errors import status_of
from web.forms import BaseForm, attach
from web.goods import pages
from web.goods.forms import (
    AmendForm,
    CodeForm,
    HandoverForm,
    OfferForm,
    PhotoForm,
    ReasonForm,
    ServiceForm,
)
from web.labels import sentence
from web.pledges.pages import why_no_promise
from web.ports import ports, settings
from web.private import PRIVATE
from web.security.sessions import current_actor

bp = Blueprint("goods", __name__)

#: A picture a stranger sent is only ever a picture: no page, no script, no frame.
PICTURE = {
    "Content-Type": "image/jpeg",
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    "Cache-Control": "private, no-store",
}


@bp.route("/projects/<int:project_id>/goods", methods=["GET", "POST"])
def new(project_id: int) -> ResponseReturnValue:
    """Offer several kinds of goods, or a service; one page, no account."""
    actor, session = current_actor(), get_session()
    project, campaign = donation_pages.open_project(session, actor, project_id)
    closed = why_no_promise(actor, campaign)
    pledge = _promise()
    form = ServiceForm() if request.args.get("kind") == "service" else OfferForm()
    form.propose(pledge)
    status = 200
    if form.is_submitted() and closed is None and not form.change_rows(request.form):
        status = 422
        if form.validate():
            try:
                token = _offer(form, campaign.id, pledge.id if pledge else None)
            except DomainError as refusal:
                form.refuse(refusal)
                status = status_of(refusal)
            else:
                flash(_("已经送到，谢谢你。请存好这一页的链接，答复会写在这里。"), "success")
                return redirect(url_for("goods.own", token=token), 303)
    html = render_template(
        "goods/new.html", form=form, project=project, closed=closed, pledge=pledge
    )
    return html, status


def _promise() -> Pledge | None:
    """The promise this offer is to keep, where the address names one; raises `NotFound`."""
    token = request.args.get("pledge")
    return pledge_queries.pledge_by_token(get_session(), token) if token else None


def _offer(form: OfferForm, campaign_id: int, pledge_id: int | None) -> str:
    with unit_of_work() as session:
        gift = services.offer(
            session,
            current_actor(),
            client_id=form.client_id.data or "",
            campaign_id=campaign_id,
            kind=form.kind,
            items=form.drafts(),
            giver=form.giver(),
            handover=form.handover.data or "",
            handover_on=form.handover_on.data,
            message=form.message.data or "",
            pledge_id=pledge_id,
            operator_mode=settings().operator_mode,
        )
        return gift.token


# ── the giver's page ─────────────────────────────────────────────────────────────────────────────


@bp.get("/goods/<token>")
def own(token: str) -> ResponseReturnValue:
    """The giver's page of an offer: the answer, the code, what arrived."""
    return _own_page(token)


def _own_page(token: str, status: int = 200, **forms: BaseForm) -> ResponseReturnValue:
    session = get_session()
    gift = queries.offer_by_token(session, token)
    context = pages.own_context(session, gift) | {
        "amend": AmendForm(formdata=None, obj=gift),
        "code": CodeForm(formdata=None),
        "photo": PhotoForm(formdata=None),
        **forms,
    }
    return render_template("goods/own.html", **context), status, PRIVATE


def _by_giver(token: str, act: Callable[..., Any], said: str, **words: Any) -> ResponseReturnValue:
    """Let the giver do one thing by a button."""
    try:
        with unit_of_work() as session:
            gift_id = queries.offer_by_token(session, token).id
            act(session, current_actor(), gift_id=gift_id, **words)
    except DomainError as refusal:
        if status_of(refusal) == 404:
            raise
        flash(sentence(refusal.reason, refusal.params), "error")
    else:
        flash(said, "success")
    return redirect(url_for("goods.own", token=token), 303)


@bp.post("/goods/<token>/withdraw")
def withdraw(token: str) -> ResponseReturnValue:
    """Take the offer back."""
    return _by_giver(token, services.withdraw_offer, _("已撤回。"))


@bp.post("/goods/<token>/details")
def amend(token: str) -> ResponseReturnValue:
    """Name the parties, the place and the day."""
    form = AmendForm()
    if not form.validate():
        return _own_page(token, 422, amend=form)
    try:
        with unit_of_work() as session:
            services.amend_offer(
                session,
                current_actor(),
                gift_id=queries.offer_by_token(session, token).id,
                giver_name=form.giver_name.data or "",
                handover=form.handover.data or "",
                handover_on=form.handover_on.data,
            )
    except DomainError as refusal:
        if status_of(refusal) == 404:
            raise
        attach(form, refusal)
        return _own_page(token, status_of(refusal), amend=form)
    flash(_("已保存。"), "success")
    return redirect(url_for("goods.own", token=token), 303)


@bp.post("/goods/<token>/items/<int:item_id>/photo")
def photograph(token: str, item_id: int) -> ResponseReturnValue:
    """Add a picture of an item; it is drawn anew and nothing else of the file is kept."""
    form = PhotoForm()
    sent = form.pictures.data
    try:
        picture = reencode(sent.read() if sent else b"", only_pictures=True)
        digest = ports().files.put(picture.content)
        with unit_of_work() as session:
            _item_of(queries.offer_by_token(session, token), item_id)
            services.attach_photo(session, current_actor(), item_id=item_id, digest=digest)
    except DomainError as refusal:
        if status_of(refusal) == 404:
            raise
        flash(sentence(refusal.reason, refusal.params), "error")
    else:
        flash(_("照片已存好。"), "success")
    return redirect(url_for("goods.own", token=token), 303)


@bp.get("/goods/<token>/items/<int:item_id>/photo")
def photo(token: str, item_id: int) -> ResponseReturnValue:
    """The picture of an item, for its giver."""
    return _picture(queries.offer_by_token(get_session(), token), item_id)


def _item_of(gift: InKindGift, item_id: int) -> Any:
    for item in gift.items:
        if item.id == item_id:
            return item
    raise NotFound(CommonReason.NOT_FOUND)


def _picture(gift: InKindGift, item_id: int) -> ResponseReturnValue:
    digest = _item_of(gift, item_id).photo
    if digest is None:
        raise NotFound(CommonReason.NOT_FOUND)
    response: Response = make_response(ports().files.get(digest))
    response.headers.update(PICTURE)
    return response


@bp.post("/goods/<token>/confirm")
def confirm(token: str) -> ResponseReturnValue:
    """The giver enters the receiver's code."""
    form = CodeForm()
    if not form.validate():
        return _own_page(token, 422, code=form)
    with unit_of_work() as session:
        gift = queries.offer_by_token(session, token)
        answer = services.confirm_as_giver(
            session, current_actor(), gift_id=gift.id, code=form.code.data or ""
        )
    if answer is not CodeAnswer.CONFIRMED:
        form.code.errors = [_refusal(answer)]
        return _own_page(token, 422, code=form)
    flash(_("你这一边已经确认。"), "success")
    return redirect(url_for("goods.own", token=token), 303)


def _refusal(answer: CodeAnswer) -> str:
    """Why a code did not do."""
    if answer is CodeAnswer.LOCKED:
        return str(_("试错太多次了，请一小时以后再试。"))
    return str(_("交接码不对，请再看一遍对方页面上的六位数字。"))


@bp.get("/goods/<token>/agreement")
def agreement(token: str) -> ResponseReturnValue:
    """The written agreement to print; it refuses while a part of it is empty (CHA-142)."""
    session = get_session()
    gift = queries.offer_by_token(session, token)
    paper = queries.agreement(session, gift)
    context = pages.own_context(session, gift) | {"paper": paper, "missing": pages.missing(paper)}
    status = 409 if context["missing"] else 200
    return render_template("goods/agreement.html", **context), status, PRIVATE


# ── the desk ─────────────────────────────────────────────────────────────────────────────────────


@bp.get("/desk/goods")
def desk() -> ResponseReturnValue:
    """Offers that wait for an answer or a handover, and those that are over."""
    return render_template("goods/desk.html", **pages.desk_context(get_session(), current_actor()))


def _managed(gift_id: int) -> InKindGift:
    """An offer to a campaign this actor manages; to everybody else there is none."""
    session = get_session()
    gift = queries.offer(session, gift_id)
    campaign = registry.campaign(session, gift.campaign_id)
    require(policy.may_manage_giving(current_actor(), campaign))
    return gift


@bp.get("/desk/goods/<int:gift_id>")
def manage(gift_id: int) -> ResponseReturnValue:
    """One offer, to be accepted or declined."""
    return _manage_page(gift_id)


def _manage_page(
    gift_id: int, status: int = 200, refusal: str = "", form: ReasonForm | None = None
) -> ResponseReturnValue:
    gift = _managed(gift_id)
    context = pages.staff_context(get_session(), current_actor(), gift)
    form = form or ReasonForm(formdata=None)
    return render_template("goods/manage.html", form=form, refusal=refusal, **context), status


@bp.post("/desk/goods/<int:gift_id>/accept")
def accept(gift_id: int) -> ResponseReturnValue:
    """Say that the goods are wanted."""
    _managed(gift_id)
    try:
        with unit_of_work() as session:
            services.accept_offer(session, current_actor(), gift_id=gift_id)
    except DomainError as refusal:
        said = sentence(refusal.reason, refusal.params)
        number = refusal.params.get("number")
        named = _("第 %(n)s 样：%(said)s", n=number, said=said) if number else said
        return _manage_page(gift_id, status_of(refusal), str(named))
    flash(_("已接受，捐赠人会看到。交接时双方各报交接码。"), "success")
    return redirect(url_for("goods.manage", gift_id=gift_id), 303)


@bp.post("/desk/goods/<int:gift_id>/decline")
def decline(gift_id: int) -> ResponseReturnValue:
    """Say no, with the reason the giver reads."""
    _managed(gift_id)
    form = ReasonForm()
    if not form.validate():
        return _manage_page(gift_id, 422, form=form)
    try:
        with unit_of_work() as session:
            services.decline_offer(
                session, current_actor(), gift_id=gift_id, reason=form.reason.data
            )
    except DomainError as refusal:
        attach(form, refusal)
        return _manage_page(gift_id, status_of(refusal), form=form)
    flash(_("已回复捐赠人。"), "success")
    return redirect(url_for("goods.manage", gift_id=gift_id), 303)


@bp.route("/desk/goods/<int:gift_id>/handover", methods=["GET", "POST"])
def handover(gift_id: int) -> ResponseReturnValue:
    """Count what came, and enter the giver's code."""
    form = HandoverForm.for_gift(_managed(gift_id))
    status = 200
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                answer = _confirm(gift_id, form)
            except DomainError as refusal:
                form.refuse(refusal)
                status = status_of(refusal)
            else:
                if answer is CodeAnswer.CONFIRMED:
                    return redirect(url_for("goods.manage", gift_id=gift_id), 303)
                form.code.errors = [_refusal(answer)]
    gift = _managed(gift_id)
    form.gift = gift
    context = pages.staff_context(get_session(), current_actor(), gift)
    return render_template("goods/handover.html", form=form, **context), status


def _confirm(gift_id: int, form: HandoverForm) -> CodeAnswer:
    """The receiver's word; a wrong code is committed, so that the try counts."""
    with unit_of_work() as session:
        answer = services.confirm_as_receiver(
            session,
            current_actor(),
            gift_id=gift_id,
            code=form.code.data or "",
            arrived=form.arrived(),
        )
        done = queries.offer(session, gift_id).state is InKindState.RECEIVED
    if answer is CodeAnswer.CONFIRMED:
        said = _("交接完成，双方都已确认。") if done else _("你这一边已经确认，等捐赠人确认。")
        flash(said, "success")
    return answer


@bp.post("/desk/goods/<int:gift_id>/restart")
def restart(gift_id: int) -> ResponseReturnValue:
    """Begin a half-confirmed handover anew, with new codes."""
    _managed(gift_id)
    with unit_of_work() as session:
        services.restart_handover(session, current_actor(), gift_id=gift_id)
    flash(_("已作废刚才的确认，换了新的交接码，请重新清点。"), "success")
    return redirect(url_for("goods.handover", gift_id=gift_id), 303)


@bp.get("/desk/goods/<int:gift_id>/items/<int:item_id>/photo")
def desk_photo(gift_id: int, item_id: int) -> ResponseReturnValue:
    """The picture of an item, for the staff."""
    return _picture(_managed(gift_id), item_id)
