"""The second factor: set it up, give its code, and take a lost one off another's account."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from charity.accounts import factor as codes
from charity.accounts import queries, services
from charity.accounts.models import SecondFactor
from charity.errors import DomainError
from web import qr
from web.accounts.blueprint import bp
from web.accounts.entering import enter
from web.accounts.forms import CodeForm, FirstCodeForm, ResetForm
from web.db import get_session, unit_of_work
from web.forms import attach
from web.frame import operator
from web.labels import sentence
from web.security.redirects import safe_next
from web.security.sealing import sealer
from web.security.sessions import (
    address_hash,
    current_actor,
    current_token,
    pending_token,
)


@bp.route("/code", methods=["GET", "POST"])
def code() -> ResponseReturnValue:
    """The second step of signing in; the try is kept whether or not it succeeds."""
    token, form = pending_token(), CodeForm()
    if token is None:
        return redirect(url_for("accounts.sign_in"), 303)
    if form.validate_on_submit():
        with unit_of_work() as work:
            result = services.give_code(
                work,
                current_actor(),
                token=token,
                code=form.code.data,
                sealer=sealer(),
                address_hash=address_hash(),
            )
        if result:
            return enter(token, safe_next(request.args.get("next"), ""))
        if result.reason is not None:
            form.form_errors.append(sentence(result.reason, {"until": result.until}))
    status = 422 if form.errors else 200
    return render_template("accounts/code.html", form=form), status


@bp.route("/second-factor", methods=["GET", "POST"])
def factor() -> ResponseReturnValue:
    """Set up the device that makes codes; the first right code confirms it."""
    form, token = FirstCodeForm(), current_token() or ""
    if form.validate_on_submit():
        try:
            with unit_of_work() as work:
                papers = services.confirm_factor(
                    work, current_actor(), token=token, code=form.code.data, sealer=sealer()
                )
        except DomainError as error:
            attach(form, error)
        else:
            return _papers(papers)
    return _factor_page(form), 422 if form.errors else 200


@bp.post("/second-factor/begin")
def factor_begin() -> ResponseReturnValue:
    """Make a secret for a new device; an old one counts no longer."""
    with unit_of_work() as work:
        services.begin_factor(work, current_actor(), sealer=sealer())
    return redirect(url_for("accounts.factor", next=_next() or None), 303)


@bp.post("/second-factor/codes")
def recovery_codes() -> ResponseReturnValue:
    """Ten new codes on paper; the old ones are void."""
    with unit_of_work() as work:
        papers = services.renew_recovery_codes(work, current_actor(), sealer=sealer())
    return _papers(papers)


@bp.route("/second-factor/reset", methods=["GET", "POST"])
def reset_factor() -> ResponseReturnValue:
    """Take a lost device off another person's account."""
    form = ResetForm()
    if form.validate_on_submit():
        try:
            with unit_of_work() as work:
                user = services.reset_factor(work, current_actor(), login_name=form.login_name.data)
                name = user.display_name
        except DomainError as error:
            attach(form, error)
        else:
            flash(_("%(name)s 的两步验证已清除，下次登录要重新设置。", name=name), "success")
            return redirect(url_for("accounts.home"), 303)
    return render_template("accounts/reset_factor.html", form=form), 422 if form.errors else 200


def _factor_page(form: FirstCodeForm) -> str:
    """What the device is now: none yet, being set up, or in use."""
    work, user_id = get_session(), current_actor().user_id or 0
    held = queries.second_factor(work, user_id)
    user = queries.user(work, user_id)
    shown = _shown(held, user.login_name)
    return render_template(
        "accounts/second_factor.html",
        form=form,
        device=held,
        reset_by=_reset_by(held),
        secret=shown[0],
        picture=shown[1],
        left=queries.recovery_codes_left(work, user_id),
        needed=bool(current_actor().unproven),
        next=_next(),
    )


def _shown(held: SecondFactor | None, login_name: str) -> tuple[str, object]:
    """The secret in groups of four and its picture, while the device is being set up."""
    if held is None or not held.sealed_secret or held.confirmed_at is not None:
        return "", ""
    try:
        secret = sealer().open(held.sealed_secret).decode("ascii")
    except ValueError:
        return "", ""
    card = operator()
    address = codes.address(
        secret, login_name=login_name, issuer=card.name if card is not None else "Wushe"
    )
    groups = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    return groups, qr.svg(address, _("用手机上的验证器扫这个码"))


def _reset_by(held: SecondFactor | None) -> str:
    """Who took the last device off; empty for the installation itself."""
    if held is None or held.reset_by_user_id is None:
        return ""
    return queries.user(get_session(), held.reset_by_user_id).display_name


def _papers(papers: list[str]) -> ResponseReturnValue:
    """The codes on paper, this once."""
    target = _next() or (url_for("desk.home") if current_actor().organisation_ids else "/")
    return render_template("accounts/recovery_codes.html", codes=papers, target=target)


def _next() -> str:
    return safe_next(request.args.get("next"), "")
