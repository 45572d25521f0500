"""The front page and the search."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from charity import clock
from projects.listings import queries
from projects.listings.models import ProjectCategory
from web.db import get_session
from web.home.finding import Asked, find, kinds
from web.labels import choices
from web.listings.filters import place_options
from web.listings.posting import home_region
from web.listings.shapes import card_view

bp = Blueprint("home", __name__)

#: Projects that are nearly there, and payments, on the front page.
CARDS, PAYMENTS = 3, 6


@bp.get("/")
def index() -> ResponseReturnValue:
    """What this is, how far it is, what one can do, and where the money went lately."""
    session = get_session()
    return render_template(
        "home/index.html",
        totals=queries.totals(session, clock.today().year),
        cards=[card_view(card) for card in queries.nearly_there(session, CARDS)],
        payments=queries.recent_spending(session, PAYMENTS),
    )


@bp.get("/search")
def search() -> ResponseReturnValue:
    """Everything public, by words in either script, place, category and kind."""
    session, asked = get_session(), Asked.read(request.args)
    return render_template(
        "home/search.html",
        asked=asked,
        found=find(session, asked),
        places=place_options(session, asked.place, home_region()),
        categories=choices(ProjectCategory),
        kinds=kinds(),
    )
