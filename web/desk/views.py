"""The desk: one list of what waits for me, the oldest on top of each kind."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from web.db import get_session
from web.desk.inbox import places_of, waiting_for
from web.desk.rows import draft_rows, inbox_rows
from web.desk.shortcuts import shortcuts
from web.security.sessions import current_actor

bp = Blueprint("desk", __name__)


@bp.get("/desk")
def home() -> ResponseReturnValue:
    """Everything that waits for the signed-in person, and what they have begun."""
    session, actor = get_session(), current_actor()
    waiting = waiting_for(session, actor)
    return render_template(
        "desk/home.html",
        rows=inbox_rows(waiting, places_of(session, waiting.to_accept)),
        drafts=draft_rows(waiting.drafts),
        shortcuts=shortcuts(actor),
    )
