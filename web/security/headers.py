"""What every answer carries: the content policy, its companions, and a number to ask about.

Also the one log line per request, and the refusal of plain http in production.
"""

from __future__ import annotations

import logging
import secrets
import time

from flask import Flask, Response, g, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.middleware.proxy_fix import ProxyFix

from web.config import Settings

CONTENT_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        # a form that ends in a redirect to Stripe's checkout is checked against this too
        "form-action 'self' https://checkout.stripe.com",
        "frame-ancestors 'none'",
    )
)

HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    # a donor's private link never leaves in a Referer
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

#: Bytes of a body that is no upload.
LARGEST_TEXT = 1024 * 1024

STRICT_TRANSPORT = "max-age=31536000; includeSubDomains"

log = logging.getLogger("wushe.request")


def init_app(app: Flask, settings: Settings) -> None:
    """Number requests, set the headers, refuse plain http where it has no place."""
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=count, x_proto=count, x_host=count
        )

    def begin() -> ResponseReturnValue | None:
        g.request_id = secrets.token_hex(8)
        g.begun = time.perf_counter()
        if request.mimetype != "multipart/form-data":
            # only pictures are large; Werkzeug would read any other body whole
            request.max_content_length = LARGEST_TEXT
        plain = settings.is_production and not request.is_secure
        if plain and request.endpoint != "system.healthz":
            return Response("https only\n", status=403, mimetype="text/plain")
        return None

    def finish(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if settings.is_secure:
            response.headers["Strict-Transport-Security"] = STRICT_TRANSPORT
        response.headers["X-Request-ID"] = g.get("request_id", "")
        if request.endpoint != "static" and "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = _caching()
        _write_line(response)
        return response

    app.before_request(begin)
    app.after_request(finish)


def _caching() -> str:
    """Pages of the signed in are kept nowhere; others are asked for again."""
    user = g.get("_login_user")
    return "no-store" if user is not None and current_user.is_authenticated else "no-cache"


def _write_line(response: Response) -> None:
    """One line per request: the endpoint and never the path, which may hold a donor's secret."""
    actor = g.get("actor")
    log.info(
        "request id=%s endpoint=%s method=%s status=%s ms=%.1f user=%s",
        g.get("request_id", "-"),
        request.endpoint or "-",
        request.method,
        response.status_code,
        (time.perf_counter() - g.get("begun", time.perf_counter())) * 1000,
        actor.user_id if actor is not None and actor.user_id else "-",
    )
