"""What can go wrong, said in codes.

Domain code never speaks to people: it raises one of a few families with a `ReasonCode` and the
parameters of the sentence. `web/labels/` holds the words, `web/errors.py` the status codes.
"""

from __future__ import annotations

import enum


class ReasonCode(enum.StrEnum):
    """Base of every context's reasons (its `reasons.py`); a value is `context.reason`."""


class DomainError(Exception):
    """A refusal with its reason; `field` names the input it belongs to, where there is one."""

    def __init__(
        self, reason: ReasonCode, /, *, field: str | None = None, **params: object
    ) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.field = field
        self.params = params


class NotFound(DomainError):
    """It does not exist, or this actor may not know that it does (answered 404)."""


class Denied(DomainError):
    """The actor may not do this (answered 403)."""


class Conflict(DomainError):
    """It collides with something that is already there (answered 409)."""


class InvalidState(DomainError):
    """The thing is not in a state that allows this (answered 409)."""


class Invalid(DomainError):
    """A value cannot be accepted (answered 422, beside its field)."""


class Insufficient(DomainError):
    """There is not enough money in hand (answered 422, beside its field)."""


class CommonReason(ReasonCode):
    """Reasons that belong to no single context."""

    NOT_FOUND = "common.not_found"
    NOT_PERMITTED = "common.not_permitted"
    SIGN_IN_FIRST = "common.sign_in_first"
    WRONG_STATE = "common.wrong_state"
    REQUIRED = "common.required"
    TOO_LONG = "common.too_long"
    NOT_POSITIVE = "common.not_positive"
    SAME_PERSON = "common.same_person"
    DATES_REVERSED = "common.dates_reversed"
