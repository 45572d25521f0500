"""Signing in and out, registering, and what my account may do."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from charity.accounts import queries, services
from charity.accounts.services import SignInResult
from charity.actor import Permission
from charity.errors import DomainError
from projects.listings import queries as listings
from web.accounts import factor_views
from web.accounts.blueprint import bp
from web.accounts.entering import enter
from web.accounts.forms import PasswordForm, RegisterForm, SignInForm
from web.accounts.roles import held_roles
from web.db import get_session, unit_of_work
from web.forms import attach
from web.labels import sentence
from web.ports import settings
from web.security.redirects import safe_next
from web.security.sessions import (
    address_hash,
    current_actor,
    current_token,
    sign_out_browser,
    wait_for_code,
)

__all__ = ["bp", "factor_views"]


@bp.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    """Sign in; the attempt is kept whether or not it succeeds."""
    form = SignInForm()
    if form.validate_on_submit():
        with unit_of_work() as work:
            result = services.sign_in(
                work,
                current_actor(),
                login_name=form.login_name.data,
                password=form.password.data,
                address_hash=address_hash(),
            )
        if result:
            return _enter(result)
        form.form_errors.append(_why_not(result))
    status = 422 if form.errors else 200
    return render_template("accounts/sign_in.html", form=form), status


@bp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End this browser's session in the database and in the cookie."""
    token = current_token()
    if token is not None:
        with unit_of_work() as work:
            services.sign_out(work, current_actor(), token=token)
    sign_out_browser()
    flash(_("你已退出。"), "success")
    return redirect("/", 303)


@bp.route("/register", methods=["GET", "POST"])
def register() -> ResponseReturnValue:
    """Open an account for oneself; roles are granted later by others."""
    form = RegisterForm()
    if form.validate_on_submit():
        try:
            with unit_of_work() as work:
                services.register_user(
                    work,
                    current_actor(),
                    login_name=form.login_name.data,
                    display_name=form.display_name.data,
                    password=form.password.data,
                    identity=form.identity.data or None,
                    secret=settings().secret,
                )
        except DomainError as error:
            attach(form, error)
        else:
            flash(_("账户已经开好，请登录。"), "success")
            return redirect(url_for("accounts.sign_in", next=request.args.get("next")), 303)
    status = 422 if form.errors else 200
    return render_template("accounts/register.html", form=form), status


@bp.get("/")
def home() -> ResponseReturnValue:
    """Who I am here: my roles, and where they reach."""
    work, actor = get_session(), current_actor()
    user = queries.user(work, actor.user_id or 0)
    return render_template(
        "accounts/home.html",
        user=user,
        device=queries.second_factor(work, user.id),
        needs_device=bool(actor.unproven) or any(map(queries.needs_factor, actor.grants)),
        may_reset=actor.holds_anywhere(Permission.ACCOUNTS_MANAGE),
        roles=held_roles(work, user.id),
        campaigns=listings.projects_for(work, actor),
    )


@bp.route("/password", methods=["GET", "POST"])
def password() -> ResponseReturnValue:
    """Change the password; every session of mine ends, this one too."""
    form = PasswordForm()
    if form.validate_on_submit():
        try:
            with unit_of_work() as work:
                services.change_password(
                    work,
                    current_actor(),
                    current_password=form.current_password.data,
                    new_password=form.new_password.data,
                )
        except DomainError as error:
            attach(form, error)
        else:
            sign_out_browser()
            flash(_("密码已经改好，请用新密码登录。"), "success")
            return redirect(url_for("accounts.sign_in"), 303)
    login_name = queries.user(get_session(), current_actor().user_id or 0).login_name
    status = 422 if form.errors else 200
    return render_template("accounts/password.html", form=form, login_name=login_name), status


@bp.post("/sessions/revoke")
def revoke_sessions() -> ResponseReturnValue:
    """Sign out everywhere, this browser too."""
    actor = current_actor()
    with unit_of_work() as work:
        services.revoke_all_sessions(work, actor, user_id=actor.user_id or 0)
    sign_out_browser()
    flash(_("所有设备上的登录都已退出。"), "success")
    return redirect(url_for("accounts.sign_in"), 303)


def _enter(result: SignInResult) -> ResponseReturnValue:
    """Tie the new session to a fresh cookie and go where the person was going."""
    target = safe_next(request.args.get("next"), "")
    token = result.token or ""
    if result.needs_code:
        wait_for_code(token)
        return redirect(url_for("accounts.code", next=target or None), 303)
    return enter(token, target)


def _why_not(result: SignInResult) -> str:
    return sentence(result.reason, {"until": result.until}) if result.reason else ""
