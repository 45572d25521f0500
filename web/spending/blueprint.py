"""The blueprint the pages of spending share, and what each of its forms does."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from web.forms import BaseForm

bp = Blueprint("spending", __name__)


def look_at(session: Session, form: BaseForm) -> bool:
    """Validate with the database let go: drawing papers takes seconds, others write meanwhile."""
    session.rollback()
    return bool(form.validate())


def to_expense(expense_id: int) -> ResponseReturnValue:
    """Back to the page of an expense."""
    return redirect(url_for("spending.expense", expense_id=expense_id), 303)
