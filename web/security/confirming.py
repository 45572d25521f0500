"""Before money moves, a code of the second factor is asked for again (APR-02, A7).

A form that comes in with too old a code is not lost: a page asks for the code, carries everything
that was typed, and sends it on to where it was going. Who has no second factor is not asked; roles
that move money do not count without one.
"""

from __future__ import annotations

from datetime import timedelta

from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from charity import clock
from charity.accounts import services
from charity.accounts.services import CodeResult
from charity.rules import parameter
from web.db import unit_of_work
from web.labels import sentence
from web.security.routes import ROUTES
from web.security.sealing import sealer
from web.security.sessions import address_hash, current_actor, current_token

#: The field in which a form carries the code.
FIELD = "second_code"
#: What the page sets anew and does not carry.
_OWN = frozenset({FIELD, "csrf_token"})

_ACTS = frozenset((row.endpoint, row.method) for row in ROUTES if row.confirmed)


def init_app(app: Flask) -> None:
    """Stand behind the gate and the check of tokens: only a form of our own is carried on."""
    app.before_request(_ask)


def is_fresh() -> bool:
    """Whether this browser gave a code within the last minutes."""
    minutes = parameter("APR-02", clock.today()).number
    at = current_user.confirmed_at
    return at is not None and clock.now() < at + timedelta(minutes=minutes)


def _ask() -> ResponseReturnValue | None:
    if (request.endpoint, request.method) not in _ACTS or not current_user.is_authenticated:
        return None
    if not current_user.has_factor or is_fresh():
        return None
    code = request.form.get(FIELD, "")
    if not code:
        return _page(None), 200
    with unit_of_work() as work:
        result = services.give_code(
            work,
            current_actor(),
            token=current_token() or "",
            code=code,
            sealer=sealer(),
            address_hash=address_hash(),
        )
    if not result:
        return _page(result), 422
    current_user.confirmed_at = clock.now()
    return None


def _page(result: CodeResult | None) -> str:
    """Ask for the code; what was typed goes along, chosen files have to be chosen again."""
    reason = result.reason if result is not None else None
    typed = [
        (name, value)
        for name, values in request.form.lists()
        if name not in _OWN
        for value in values
    ]
    return render_template(
        "accounts/confirm.html",
        field=FIELD,
        action=request.full_path.rstrip("?"),
        typed=typed,
        files=sorted({name for name, file in request.files.items() if file.filename}),
        error=sentence(reason, {"until": result.until}) if result and reason else "",
    )
