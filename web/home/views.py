"""The front page and the search."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from charity import clock
from projects.listings import queries
from web.db import get_session
from web.home import words
from web.home.asked import Asked
from web.home.finding import find
from web.home.places import places
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
    """Everything public, by words in either script, and by what narrows them."""
    session, asked = get_session(), Asked.read(request.args)
    found = find(session, asked)
    counts = found.facets if found.is_whole else None
    return render_template(
        "home/search.html",
        asked=asked,
        found=found,
        places=places(session, asked.place, home_region(), found.facets.get("place", {})),
        kinds=words.kinds(asked, counts["kind"]) if counts else [],
        categories=words.categories(asked, counts["category"] if counts else None),
        states=words.states(asked, counts["status"] if counts else None),
        sorts=words.sorts(),
    )
