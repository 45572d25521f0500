"""A duty as the facts want it, before it is a row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import ParamSpec

from charity.disclosure.models import DisclosureKind

_Asked = ParamSpec("_Asked")

#: Rule, subject, kind and last day of the period: what makes two duties one.
Key = tuple[str, str, DisclosureKind, date]


@dataclass(frozen=True, slots=True)
class Wanted:
    """One thing owed by one organisation; `done` where other facts show that it was told."""

    rule_id: str
    kind: DisclosureKind
    subject: str
    organisation_id: int
    period_from: date
    period_until: date
    due_on: date
    campaign_id: int | None = None
    done: bool = False

    @property
    def key(self) -> Key:
        """What it is known by."""
        return (self.rule_id, self.subject, self.kind, self.period_until)


def once_in_force(
    ask: Callable[_Asked, Iterable[Wanted]], *args: _Asked.args, **kwargs: _Asked.kwargs
) -> Iterator[Wanted]:
    """What a rule answers for these facts; nothing where it has no figure on that day."""
    try:
        yield from ask(*args, **kwargs)
    except LookupError as error:
        # a missing key is a fault of ours, not a day before the rule
        if type(error) is not LookupError:
            raise
