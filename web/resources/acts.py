"""What the small forms of pairs share: the quantity typed beside one, and a refusal in words."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, redirect
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from charity.errors import DomainError
from projects.listings.models import Need
from web.errors import status_of
from web.labels import sentence
from web.resources.fields import read_quantity
from web.resources.words import amount_said

#: Longer figures are no number of a row.
_MOST_DIGITS = 18


def as_number(text: str | None) -> int:
    """The number of a row out of a form; raises `ValueError` with a sentence for anything else."""
    if text and text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS:
        return int(text)
    raise ValueError(_("请选一项。"))


def typed_quantity(need: Need, form: Mapping[str, str]) -> int | None:
    """How much was typed, in the need's measure; None where nothing was.

    Raises `ValueError` with a sentence.
    """
    text = form.get("quantity", "").strip()
    return read_quantity(need.kind, text) if text else None


def refused(refusal: DomainError | ValueError, need: Need | None, here: str) -> ResponseReturnValue:
    """Say on the page one came from why not; who may not at all, or nothing there, flies on."""
    if isinstance(refusal, DomainError):
        if status_of(refusal) in (403, 404):
            raise refusal
        words = sentence(refusal.reason, _in_words(refusal, need))
    else:
        words = str(refusal)
    flash(words, "error")
    return redirect(here, 303)


def _in_words(refusal: DomainError, need: Need | None) -> dict[str, object]:
    """The parameters, with what is left in the measure of the need."""
    said = dict(refusal.params)
    left = said.get("left")
    if need is not None and isinstance(left, int):
        said["left"] = amount_said(need.kind, left, need.unit)
    return said
