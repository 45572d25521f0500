"""What waits of promises and goods: offers to answer, time to confirm, givers who ask."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from charity.donations.models import Pledge, PledgeHours
from charity.donations.queries import in_kind, pledges
from charity.donations.queries.in_kind import Offer


@dataclass
class PromisesWaiting:
    """The things by what is to be done, the oldest first."""

    offers: list[Offer] = field(default_factory=list)
    hours: list[PledgeHours] = field(default_factory=list)
    releases: list[Pledge] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many wait."""
        return len(self.offers) + len(self.hours) + len(self.releases)


def promises_waiting(session: Session, organisation_ids: Collection[int] | None) -> PromisesWaiting:
    """What waits for the staff of these organisations (None: of all)."""
    return PromisesWaiting(
        in_kind.offers_to_answer(session, organisation_ids),
        pledges.hours_to_confirm(session, organisation_ids),
        pledges.release_requests(session, organisation_ids),
    )
