"""Plans before everybody: the list, one plan, its frame, and its draw to be repeated."""

from __future__ import annotations

import json

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from charity.actor import require
from charity.audits import policy, queries
from charity.audits.models import AuditPlan, AuditPlanState
from charity.errors import CommonReason, NotFound
from web.audits import plans, views_office, views_register, views_results
from web.audits.blueprint import bp
from web.db import get_session
from web.listings.filters import page_number
from web.security.sessions import current_actor

__all__ = ["bp"]

#: The views of other parts; importing them registers their routes.
PARTS = (views_office, views_register, views_results)


@bp.get("/audits")
def index() -> ResponseReturnValue:
    """Every plan that may be known."""
    number = page_number(request.args.get("page", ""))
    context = plans.index_context(get_session(), current_actor(), number)
    return render_template("audits/index.html", **context)


@bp.get("/audits/plans/<int:plan_id>")
def plan(plan_id: int) -> ResponseReturnValue:
    """One plan; whom it drew only once its list is published."""
    session, actor = get_session(), current_actor()
    found = _seen(plan_id)
    number = page_number(request.args.get("page", ""))
    return render_template("audits/plan.html", **plans.plan_context(session, actor, found, number))


@bp.get("/audits/plans/<int:plan_id>/frame")
def frame(plan_id: int) -> ResponseReturnValue:
    """The frozen frame, or for the office what it would be today."""
    found = _seen(plan_id)
    require(policy.may_see_list(current_actor(), found))
    number = page_number(request.args.get("page", ""))
    return render_template("audits/frame.html", **plans.frame_context(get_session(), found, number))


@bp.get("/audits/plans/<int:plan_id>/draw")
def draw(plan_id: int) -> ResponseReturnValue:
    """Everything one needs to repeat the draw."""
    found = _drawn(plan_id)
    return render_template("audits/draw.html", **plans.draw_context(get_session(), found))


@bp.get("/audits/plans/<int:plan_id>/draw.json")
def draw_file(plan_id: int) -> ResponseReturnValue:
    """The file that `wushe audits replay` reads."""
    found = _drawn(plan_id)
    text = json.dumps(
        queries.draw_file(get_session(), found.id),
        ensure_ascii=False,
        indent=1,
        sort_keys=True,
    )
    response = Response(text + "\n", mimetype="application/json")
    response.headers["Content-Disposition"] = 'attachment; filename="draw.json"'
    return response


def _seen(plan_id: int) -> AuditPlan:
    """The plan, or 404 for whom it does not exist yet."""
    found = queries.plan(get_session(), plan_id)
    require(policy.may_see_plan(current_actor(), found))
    return found


def _drawn(plan_id: int) -> AuditPlan:
    """A plan whose draw this reader may see."""
    found = _seen(plan_id)
    require(policy.may_see_list(current_actor(), found))
    if found.state in (AuditPlanState.DRAFT, AuditPlanState.FRAMED):
        raise NotFound(CommonReason.NOT_FOUND)
    return found
