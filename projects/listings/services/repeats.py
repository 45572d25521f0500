"""One form makes one thing: sent again it answers the thing that is there, to who made it."""

from __future__ import annotations

from typing import TypeVar

from charity.base import Base
from charity.errors import Conflict
from projects.listings.reasons import NeedsReason

_Row = TypeVar("_Row", bound=Base)


def made_before(found: _Row | None, **same: object) -> _Row | None:
    """The row under the form's `client_id`, if these columns say that it is the same form.

    Raises `Conflict` (SAME_ID_OTHER_THING) for another's form, so that nobody who guesses an id is
    shown what stands under it.
    """
    if found is None:
        return None
    if any(getattr(found, name) != value for name, value in same.items()):
        raise Conflict(NeedsReason.SAME_ID_OTHER_THING, field="client_id")
    return found
