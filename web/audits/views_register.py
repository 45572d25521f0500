"""The annual register, the rate of 整改, and quiet organisations."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from web.audits import register as pages
from web.audits.blueprint import bp
from web.db import get_session
from web.listings.filters import page_number
from web.security.sessions import current_actor


@bp.get("/audits/inspections-of-year")
def register() -> ResponseReturnValue:
    """Annual inspections with the pass rate and its trend."""
    context = pages.register_context(get_session(), current_actor(), request.args)
    return render_template("audits/register.html", **context)


@bp.get("/audits/closure")
def closure() -> ResponseReturnValue:
    """How many findings were put right, and each of them."""
    context = pages.closure_context(get_session(), current_actor(), request.args)
    return render_template("audits/closure.html", **context)


@bp.get("/audits/dormant")
def dormant() -> ResponseReturnValue:
    """Organisations to ask after, for who supervises their place."""
    number = page_number(request.args.get("page", ""))
    context = pages.dormant_context(get_session(), current_actor(), number)
    return render_template("audits/dormant.html", **context)
