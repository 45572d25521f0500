"""The roles a person holds, in words: which role, where, since when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity.accounts import queries as accounts
from charity.accounts.models import Membership
from charity.registry import queries as registry
from web.labels import label


@dataclass(frozen=True)
class HeldRole:
    """One role as the account page shows it; `organisation_id` where there is a page to go to."""

    role: str
    where: str
    since: datetime
    organisation_id: int | None


def held_roles(session: Session, user_id: int) -> list[HeldRole]:
    """What a user may do and where, oldest grant first."""
    return [
        HeldRole(label(held.role), _where(session, held), held.granted_at, held.organisation_id)
        for held in accounts.memberships_of(session, user_id)
    ]


def _where(session: Session, held: Membership) -> str:
    if held.organisation_id is not None:
        return registry.organisation(session, held.organisation_id).name
    if held.region_code is not None:
        return "".join(place.name for place in registry.region_path(session, held.region_code))
    return str(_("全平台"))
