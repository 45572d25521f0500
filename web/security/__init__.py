"""The security floor of the site: who asks, who may, and what every answer carries."""

from __future__ import annotations

from flask import Flask
from flask_wtf import CSRFProtect

from web.config import Settings
from web.security import confirming, gate, headers, sessions

csrf = CSRFProtect()


def init_app(app: Flask, settings: Settings) -> None:
    """Set headers, cookies, sessions, gate, CSRF and codes; the order is the order of checks."""
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="__Host-wushe" if settings.is_secure else "wushe",
        SESSION_COOKIE_SECURE=settings.is_secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=sessions.LONGEST,
        # A token lives as long as the session: a form left open over lunch still works.
        WTF_CSRF_TIME_LIMIT=None,
        # A donor's private page sends no Referer at all; token and SameSite are the guard.
        WTF_CSRF_SSL_STRICT=False,
        MAX_CONTENT_LENGTH=40 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=1024 * 1024,
        MAX_FORM_PARTS=500,
    )
    headers.init_app(app, settings)
    sessions.init_app(app)
    gate.init_app(app)
    csrf.init_app(app)
    confirming.init_app(app)
