"""The blueprint these pages share, and how an act of them ends."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from charity.errors import Denied, DomainError, NotFound
from web.db import unit_of_work
from web.errors import status_of
from web.forms import BaseForm, attach
from web.labels import sentence

bp = Blueprint("fieldwork", __name__)

#: Draws the page again with a form that was refused; answers the page and its status.
Again = Callable[[int], ResponseReturnValue]


def perform(work: Callable[[Session], object], said: str, back: str) -> ResponseReturnValue:
    """Do one act, say what came of it, and go back to its page; a refusal is said there too.

    Who may not act at all, or sees nothing, gets the page for that.
    """
    try:
        with unit_of_work() as session:
            work(session)
    except (Denied, NotFound):
        raise
    except DomainError as refusal:
        flash(sentence(refusal.reason, refusal.params), "error")
    else:
        flash(said, "success")
    return redirect(back, 303)


def submit(
    form: BaseForm,
    work: Callable[[Session], object],
    said: str | Callable[[], str],
    back: str,
    again: Again,
) -> ResponseReturnValue:
    """Do one act with a form; what is wrong stands beside its field, with what was typed.

    `said` may wait for what the act came to.
    """
    if not form.validate():
        return again(422)
    try:
        with unit_of_work() as session:
            work(session)
    except (Denied, NotFound):
        raise
    except DomainError as refusal:
        attach(form, refusal)
        return again(status_of(refusal))
    flash(said() if callable(said) else said, "success")
    return redirect(back, 303)
