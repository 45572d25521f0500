"""What somebody says of themselves with a promise or an offer, cleaned and ready for the row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from charity import clock, texts
from charity.actor import Actor, Verdict, require
from charity.base import Base
from charity.donations.models import GiverKind
from charity.donations.reasons import DonationsReason
from charity.donations.services.giving import LENGTHS
from charity.errors import Conflict
from charity.registry import policy as registry_policy
from charity.registry import queries as registry
from charity.registry.eligibility import blocking, giving_eligibility
from charity.registry.models import Campaign


@dataclass(frozen=True, slots=True)
class Promiser:
    """A giver by own words; `key` tells one giver from another (`giver_keys`)."""

    kind: GiverKind = GiverKind.INDIVIDUAL
    name: str = ""
    name_is_public: bool = False
    #: Whether the organisation that does the work may read name and contact.
    is_shown_to_organisation: bool = False
    contact: str = ""
    key: str | None = None

    def columns(self) -> dict[str, object]:
        """The columns of the giver, lines cleaned; raises `Invalid` beside `giver_name`/`contact`.

        The key is left out: it is no part of what the form says, so a form sent again is the same.
        """
        return {
            "giver_kind": self.kind,
            "giver_name": short("giver_name", self.name),
            "name_is_public": self.name_is_public,
            "is_shown_to_organisation": self.is_shown_to_organisation,
            "contact": short("contact", self.contact),
        }


def short(field: str, text: str) -> str:
    """A line of a form, which may be empty; raises `Invalid` (TOO_LONG) on its field."""
    return texts.line(text, field=field, limit=LENGTHS.get(field, texts.LINE), required=False)


def require_same(found: Base, said: Mapping[str, object]) -> None:
    """Raise `Conflict` where what is stored under this id says something else."""
    if any(getattr(found, name) != value for name, value in said.items()):
        raise Conflict(DonationsReason.SAME_ID_OTHER_GIFT)


def require_taking(session: Session, actor: Actor, campaign_id: int) -> Campaign:
    """The campaign a promise or an offer is for.

    Raises `Denied` with the first reason why it takes nothing today, `NotFound` where there is none
    or its mode hides it from this actor.
    """
    found = registry.campaign(session, campaign_id)
    is_member = registry.is_member(session, actor, found)
    require(registry_policy.may_give_to(actor, found, is_member=is_member))
    findings = blocking(giving_eligibility(found, clock.today()))
    if findings:
        require(Verdict.no(findings[0].reason, **findings[0].params))
    return found
