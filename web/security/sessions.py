"""Signed-in browsers: the cookie carries a secret, the database says whether it still counts.

The session row is made and revoked by `charity.accounts`; here it is tied to the browser. Idle time
is a signed stamp in the cookie, renewed at most once a minute, so that reading a page writes
nothing to the database (RELIABILITY S3).
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta

from flask import Flask, g, request, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from charity import clock
from charity.accounts import queries as accounts
from charity.accounts.queries import Holder
from charity.actor import Actor
from web.db import get_session
from web.ports import settings

#: A browser that did nothing for so long is signed out: with a role, and without one.
IDLE_WITH_ROLE = timedelta(minutes=30)
IDLE_WITHOUT_ROLE = timedelta(days=14)
#: The longest a cookie of someone without a role may live; the session row has its own end.
LONGEST = timedelta(days=30)
#: How often the stamp in the cookie is renewed, in seconds.
RENEWAL_SECONDS = 60

_SEEN = "seen"
#: The secret of a session that waits for its code; until then this browser is a visitor's.
_PENDING = "pending"


class SignedIn(UserMixin):
    """The signed-in person as Flask-Login and the templates see them."""

    def __init__(self, token: str, holder: Holder) -> None:
        self.token = token
        self.actor = holder.actor
        #: Whether a second factor is set up, and when a code of it was last given here.
        self.has_factor = holder.has_factor
        self.confirmed_at: datetime | None = holder.confirmed_at

    @property
    def display_name(self) -> str:
        """The name shown in the corner of the page."""
        return self.actor.name

    def get_id(self) -> str:
        """What the cookie holds: the secret of the session row."""
        return self.token


def init_app(app: Flask) -> None:
    """Tie Flask-Login to the session rows, and nothing more: no remember cookie, no protection."""
    manager = LoginManager(app)
    manager.session_protection = None
    manager.user_loader(_load)
    app.before_request(_renew)


def current_actor() -> Actor:
    """Who asks, built once per request."""
    if "actor" not in g:
        g.actor = current_user.actor if current_user.is_authenticated else Actor.guest()
    actor: Actor = g.actor
    return actor


def sign_in_browser(token: str, holder: Holder) -> None:
    """Start a fresh cookie that carries the new session's secret; nothing of the old one stays."""
    session.clear()
    session.permanent = not _has_role(holder.actor)
    session[_SEEN] = _seconds()
    login_user(SignedIn(token, holder))
    g.actor = holder.actor


def wait_for_code(token: str) -> None:
    """Start a fresh cookie for a session whose password was right and whose code is missing."""
    session.clear()
    session.permanent = False
    session[_PENDING] = token


def pending_token() -> str | None:
    """The session that waits for its code in this browser."""
    token = session.get(_PENDING)
    return token if isinstance(token, str) else None


def sign_out_browser() -> None:
    """Empty the cookie; the session row is revoked by the caller."""
    logout_user()
    session.clear()
    g.actor = Actor.guest()


def current_token() -> str | None:
    """The secret of this browser's session, None for a guest."""
    return current_user.token if current_user.is_authenticated else None


def address_hash() -> bytes:
    """Keyed hash of the visitor's address, to count tries without keeping addresses."""
    address = request.remote_addr or ""
    return hmac.new(settings().secret, address.encode(), hashlib.sha256).digest()


def _load(token: str) -> SignedIn | None:
    holder = accounts.holder_of_token(get_session(), token, clock.now())
    if holder is None:
        return None
    limit = IDLE_WITH_ROLE if _has_role(holder.actor) else IDLE_WITHOUT_ROLE
    seen = session.get(_SEEN)
    if not isinstance(seen, int) or _seconds() - seen > limit.total_seconds():
        return None
    return SignedIn(token, holder)


def _has_role(actor: Actor) -> bool:
    return bool(actor.grants or actor.unproven)


def _renew() -> None:
    """Move the stamp on, at most once a minute, while the session counts."""
    if request.endpoint == "static" or "_user_id" not in session:
        return
    if current_user.is_authenticated:
        if _seconds() - session[_SEEN] >= RENEWAL_SECONDS:
            session[_SEEN] = _seconds()
    else:
        session.clear()


def _seconds() -> int:
    return int(clock.now().timestamp())
