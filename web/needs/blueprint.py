"""The blueprint of these pages, and how an act of them ends."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from charity.errors import Denied, DomainError, NotFound
from web.db import unit_of_work
from web.labels import sentence

bp = Blueprint("needs", __name__)


def perform(work: Callable[[Session], object], said: str, back: str) -> ResponseReturnValue:
    """Do one act, say what came of it, and go back to its page; a refusal is said there too.

    Who may not act at all, or sees nothing, gets the page for that.
    """
    try:
        with unit_of_work() as session:
            work(session)
    except (Denied, NotFound):
        raise
    except DomainError as error:
        flash(sentence(error.reason, error.params), "error")
    else:
        flash(said, "success")
    return redirect(back, 303)
