"""The public page of rules: by which figures this site judges, and where each is written."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from charity import clock
from web.rules import pages

bp = Blueprint("rules", __name__)


@bp.get("/rules")
def index() -> ResponseReturnValue:
    """Every figure in force today, with its source."""
    today = clock.today()
    found = pages.figures(today)
    return render_template(
        "rules/index.html",
        today=today,
        of_law=[each for each in found if not each.is_own],
        own=[each for each in found if each.is_own],
    )
