"""Give on one page, pay at the gateway, follow the gift; and take the gateways' messages."""

from __future__ import annotations

from functools import partial
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask import session as visit
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from charity import clock
from charity.disclosure.queries import closings
from charity.donations import queries
from charity.donations.gateway import BadSignature, NoticeKind, UnreadableNotice
from charity.donations.models import Payment
from charity.donations.sandbox_gateway import SandboxGateway
from charity.donations.services.receipts import RECEIPT_MODES
from charity.errors import DomainError
from charity.ledger import canonical, export
from charity.rows import present
from web.db import get_session
from web.donations import checkout, notices, pages
from web.donations.forms import DonationForm, SandboxForm, readable_amount
from web.errors import status_of
from web.filters import yuan
from web.pledges.pages import begin_with_promise
from web.pools.pages import bars_of
from web.ports import ports
from web.private import PRIVATE
from web.security import csrf
from web.security.sessions import current_actor

bp = Blueprint("donations", __name__)

#: In a visitor's session: for which project a gift was begun last, and by the form of which id.
_BEGUN = "begun_gift"


@bp.route("/projects/<int:project_id>/donate", methods=["GET", "POST"])
def donate(project_id: int) -> ResponseReturnValue:
    """The one form of giving."""
    project, campaign = pages.open_project(get_session(), current_actor(), project_id)
    closed = pages.why_not_now(current_actor(), campaign)
    asked = readable_amount(request.args.get("amount"))
    form = DonationForm.for_project(project.budget.deliverables, asked)
    pledge = request.args.get("pledge")
    promise = begin_with_promise(form, pledge, campaign.id) if pledge else None
    team = request.args.get("team")
    joined = pages.joined_team(get_session(), team, campaign) if team else None
    if not form.is_submitted():
        form.client_id.data = _begun_before(project_id) or form.client_id.data
    status = 200
    if form.is_submitted() and closed is None:
        status = 422
        if form.validate():
            try:
                attempt = checkout.begin(form, project, pledge, team)
                visit[_BEGUN] = [project_id, form.client_id.data]
                return checkout.send(attempt)
            except DomainError as refusal:
                form.refuse(refusal)
                status = status_of(refusal)
    grounds = pages.grounds(project, campaign)
    html = render_template(
        "donations/donate.html",
        form=form,
        project=project,
        closed=closed,
        promise=promise,
        team=joined,
        grounds=grounds,
        bars=[] if closed else bars_of(get_session(), campaign.id, clock.now()),
        has_receipt=campaign.mode in RECEIPT_MODES,
    )
    return html, status


@bp.get("/donations/<token>")
def trail(token: str) -> ResponseReturnValue:
    """The giver's own page: where the gift is now, to the fen."""
    session = get_session()
    donation = queries.donation_by_token(session, token)
    how = pages.standing(donation)
    if how is pages.Standing.ARRIVED and "back" in request.args:
        sum_ = yuan(donation.amount)
        flash(_("谢谢你，%(sum)s 已经到账。请存好这一页的链接。", sum=sum_), "success")
        visit.pop(_BEGUN, None)
        return redirect(url_for("donations.trail", token=token), 303)
    context = pages.trail_context(session, donation)
    headers = dict(PRIVATE)
    again = pages.look_again(context["attempt"], clock.now())
    if how is pages.Standing.PAYING and again:
        headers["Refresh"] = str(again)
    page = "waiting"
    if how is pages.Standing.ARRIVED:
        page = "arrived"
        # asked what becomes of what is left, once the project is over
        if not pages.goes_on(context["project"]):
            context["asked"] = closings.answers_of_donation(session, donation.id)
    if how is pages.Standing.PAYING and pages.is_transfer(context["attempt"]):
        page, context = "transfer", context | pages.transfer_context(session, donation)
        # a bank takes hours: no need to ask each minute
        headers.pop("Refresh", None)
    return render_template(f"donations/{page}.html", **context), headers


@bp.get("/donations/<token>/proof.json")
def proof(token: str) -> ResponseReturnValue:
    """The proof of a gift as a file, which `docs/check_book.py` checks without this site."""
    session = get_session()
    donation = queries.donation_by_token(session, token)
    proved = export.gift_proof(session, present(donation.entry_id))
    headers = PRIVATE | {
        "Content-Type": "application/json; charset=utf-8",
        "Content-Disposition": f'attachment; filename="gift-{donation.entry_id}.json"',
    }
    return canonical.encode(proved), headers


@bp.post("/donations/<token>/pay")
def pay(token: str) -> ResponseReturnValue:
    """Go on with a gift that is not paid yet."""
    return checkout.send(checkout.resume(token))


@bp.route("/sandbox/pay/<remote_id>", methods=["GET", "POST"])
def sandbox(remote_id: str) -> ResponseReturnValue:
    """The gateway of the demonstration: say how the payment ended."""
    gateway = _sandbox()
    payment = queries.payment_by_remote(get_session(), gateway.name, remote_id)
    form = SandboxForm()
    if form.validate_on_submit():
        kind = NoticeKind.SUCCEEDED if form.paid.data else NoticeKind.EXPIRED
        body = gateway.event_for(
            remote_id, kind, amount=payment.amount, currency=payment.currency, key=payment.key
        )
        back = _back(payment, paid=form.paid.data)
        notices.take(gateway, body, gateway.sign(body, clock.now()))
        return redirect(back, 303)
    token = payment.donation.trail_token if payment.finished_at else None
    return render_template(
        "donations/sandbox.html", form=form, payment=payment, token=token
    ), PRIVATE


@bp.post("/webhooks/<gateway>")
@csrf.exempt
def webhook(gateway: str) -> ResponseReturnValue:
    """A message of a gateway: 200 once it is stored, 400 where it is not theirs or not readable."""
    sender = ports().gateways.get(gateway)
    if sender is None:
        abort(404)
    request.max_content_length = notices.LONGEST
    header = notices.SIGNATURE_HEADERS.get(gateway, notices.OUR_HEADER)
    try:
        body = request.get_data(cache=False)
        event_id = notices.store(sender, body, request.headers.get(header, ""))
    except (BadSignature, UnreadableNotice) as refusal:
        notices.log.warning("refused gateway=%s reason=%s", gateway, refusal.reason)
        return f"{refusal.reason}\n", 400, {"Content-Type": "text/plain"}
    answer = Response("ok\n", content_type="text/plain")
    if notices.FOLLOWER.is_calm():
        app = current_app._get_current_object()  # type: ignore[attr-defined]  # of the proxy
        answer.call_on_close(partial(notices.FOLLOWER.follow, app, event_id, gateway))
    return answer


def _begun_before(project_id: int) -> str | None:
    """The id of the form this visitor has sent for a project, while its gift is not paid.

    A browser that goes back may ask for the form anew: sent again, it is the same gift.
    """
    begun_for, client_id = visit.get(_BEGUN) or (None, "")
    if begun_for == project_id and queries.is_begun(get_session(), client_id):
        return str(client_id)
    return None


def _sandbox() -> SandboxGateway:
    """The sandbox of this installation; 404 where it has none."""
    gateway = ports().gateways.get(SandboxGateway.name)
    if not isinstance(gateway, SandboxGateway):
        abort(404)
    return gateway


def _back(payment: Payment, *, paid: bool) -> str:
    """Where the order says the giver goes now, on this site."""
    order = payment.order or {}
    there = urlsplit(order["return_url" if paid else "cancel_url"])
    return f"{there.path}?{there.query}" if there.query else there.path
