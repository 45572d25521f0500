"""Following a search from its page, the page of one's searches, and ending it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from charity import clock
from charity.errors import Denied, DomainError, NotFound
from projects.listings import queries, services
from web.db import get_session, unit_of_work
from web.home.asked import Asked
from web.labels import sentence
from web.searches import work
from web.searches.words import said
from web.security.sessions import current_actor

bp = Blueprint("searches", __name__)


@bp.get("/account/searches")
def index() -> ResponseReturnValue:
    """The searches one follows, with how much was newly found for each."""
    found = queries.followed_searches(get_session(), current_actor())
    rows = [(each, said(Asked.kept(each.asked))) for each in found]
    return render_template("searches/index.html", rows=rows)


@bp.post("/account/searches")
def follow() -> ResponseReturnValue:
    """Follow a question (`asked`, as the search page wrote it), and where letters go."""
    asked = Asked.kept(request.form.get("asked", "")[: services.ASKED_MAXIMUM])
    if asked.is_empty:
        return redirect(url_for("searches.index"), 303)
    try:
        with unit_of_work() as session:
            services.follow_search(
                session,
                current_actor(),
                asked=asked.written,
                known=[document for document, _title in work.finds(asked, clock.today())],
                address=request.form.get("address", ""),
            )
    except (Denied, NotFound):
        raise
    except DomainError as refusal:
        flash(sentence(refusal.reason, refusal.params), "error")
        return redirect(asked.url(), 303)
    flash(_("已关注。有新的会告诉你，在这一页也看得到。"), "success")
    return redirect(url_for("searches.index"), 303)


@bp.post("/account/searches/<int:search_id>/look")
def look(search_id: int) -> ResponseReturnValue:
    """Look at what it finds, the newest first; nothing is new any more then."""
    with unit_of_work() as session:
        found = services.see_finds(session, current_actor(), search_id=search_id)
        asked = Asked.kept(found.asked)
    return redirect(asked.url(sort="newest"), 303)


@bp.post("/account/searches/<int:search_id>/end")
def end(search_id: int) -> ResponseReturnValue:
    """Follow it no longer."""
    with unit_of_work() as session:
        services.unfollow_search(session, current_actor(), search_id=search_id)
    flash(_("不再关注，留下的邮箱也删掉了。"), "success")
    return redirect(url_for("searches.index"), 303)
