"""The last step of signing in: this browser becomes that of the session, and goes on."""

from __future__ import annotations

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from charity import clock
from charity.accounts import queries
from web.db import get_session
from web.security.sessions import sign_in_browser


def enter(token: str, target: str) -> ResponseReturnValue:
    """Tie a session that counts now to a fresh cookie and go where the person was going."""
    holder = queries.holder_of_token(get_session(), token, clock.now())
    if holder is None:
        return redirect(url_for("accounts.sign_in"), 303)
    sign_in_browser(token, holder)
    if holder.actor.unproven:
        return redirect(url_for("accounts.factor", next=target or None), 303)
    return redirect(target or (url_for("desk.home") if holder.actor.grants else "/"), 303)
