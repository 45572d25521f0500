"""The words for people: a sentence for every reason code, a label for every state, role and kind.

Below `web/` there are only codes; here each has its Chinese sentence, and the catalogue its English
one. A reason without a sentence fails tests/web/test_labels.py.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from datetime import date, datetime

from charity.clock import CHINA
from charity.errors import ReasonCode
from charity.money import Money
from web.labels.enums import LABELS
from web.labels.reasons import SENTENCES


class _Said(dict[str, object]):
    """Parameters as they stand in a sentence; one that was not given leaves a blank."""

    def __missing__(self, key: str) -> str:
        return "…"


def sentence(reason: ReasonCode, params: Mapping[str, object] | None = None) -> str:
    """The sentence of a reason in the language of the page, with its parameters put in."""
    return kept_sentence(reason.value, params)


def kept_sentence(reason: str, params: Mapping[str, object] | None = None) -> str:
    """The sentence of a reason that was kept as its value."""
    template = SENTENCES.get(reason)
    if template is None:
        return reason
    return str(template) % _Said({key: _said(value) for key, value in (params or {}).items()})


def label(value: enum.Enum | None) -> str:
    """The label of a state, role or kind; empty for None."""
    if value is None:
        return ""
    found = LABELS.get(f"{type(value).__name__}.{value.name}")
    return str(found) if found is not None else str(value.value)


def choices(kinds: type[enum.Enum]) -> list[tuple[str, str]]:
    """Value and label of every member, for a list to choose from."""
    return [(str(member.value), label(member)) for member in kinds]


def _said(value: object) -> object:
    if isinstance(value, Money):
        return f"¥{value}"
    if isinstance(value, datetime):
        return value.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, enum.Enum):
        return label(value)
    return value
