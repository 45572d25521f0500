"""The gate: before any view runs, the policy table is asked.

An endpoint the table does not list answers nobody. Guests on a page for the signed in are sent to
sign in and come back; those without any fitting role are refused. Who holds a role that needs a
second factor is led to set one up before anything else.
"""

from __future__ import annotations

from collections import defaultdict

from flask import Flask, abort, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from charity.actor import Permission
from charity.errors import CommonReason, Denied
from web.security.access import Answer, Audience
from web.security.routes import ROUTES
from web.security.sessions import current_actor


def _widest() -> dict[tuple[str, str], Audience]:
    """Per endpoint and method the widest of its rows; samples may differ, the gate is one."""
    rows: dict[tuple[str, str], list[Audience]] = defaultdict(list)
    for row in ROUTES:
        rows[row.endpoint, row.method].append(row.audience)
    widest = {}
    for key, audiences in rows.items():
        permissions: frozenset[Permission] = frozenset().union(*(a.permissions for a in audiences))
        widest[key] = Audience(
            signed_in=all(a.signed_in for a in audiences),
            permissions=permissions if all(a.permissions for a in audiences) else frozenset(),
        )
    return widest


_AUDIENCES = _widest()

#: What somebody may open whose second factor is not set up yet.
BEFORE_FACTOR = frozenset(
    {
        "accounts.factor",
        "accounts.factor_begin",
        "accounts.home",
        "accounts.password",
        "accounts.revoke_sessions",
        "accounts.sign_out",
    }
)


def init_app(app: Flask) -> None:
    """Put the gate before every view."""
    app.before_request(_ask)


def _ask() -> ResponseReturnValue | None:
    if request.endpoint is None:
        return None
    method = "GET" if request.method in ("HEAD", "OPTIONS") else request.method
    audience = _AUDIENCES.get((request.endpoint, method))
    if audience is None:
        # An unlisted route fails closed; the test of the table names it.
        abort(404)
    if not audience.signed_in:
        return None
    actor = current_actor()
    if actor.unproven and request.endpoint not in BEFORE_FACTOR:
        back = request.full_path.rstrip("?") if method == "GET" else None
        return redirect(url_for("accounts.factor", next=back), 303)
    match audience.admits(actor):
        case Answer.COME_IN:
            return None
        case Answer.SIGN_IN:
            g.sent_to_sign_in = True
            back = request.full_path.rstrip("?") if method == "GET" else None
            return redirect(url_for("accounts.sign_in", next=back))
        case _:
            raise Denied(CommonReason.NOT_PERMITTED)
