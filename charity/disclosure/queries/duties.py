"""What is owed to the public, and how late it is."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from charity.disclosure.models import DisclosureDuty
from charity.registry.models import MEMBERS_MODES, Campaign, Organisation
from charity.rows import present


@dataclass(frozen=True, slots=True)
class Owed:
    """A duty that waits, with the names a page shows."""

    duty: DisclosureDuty
    organisation: str
    #: The campaign it is about; empty for a duty of the organisation as such.
    campaign: str

    def days_left(self, today: date) -> int:
        """Days until it is due; 0 on the last day, negative when late."""
        return (self.duty.due_on - today).days


def days_late(duty: DisclosureDuty, today: date) -> int:
    """How many days it is (or was) late; 0 for what is in time or not owed any more."""
    if duty.dropped_at is not None or duty.fulfilled_at is not None:
        return 0
    return max((today - duty.due_on).days, 0)


def duty(session: Session, duty_id: int) -> DisclosureDuty:
    """A duty; raises `NotFound`."""
    return present(session.get(DisclosureDuty, duty_id))


def duties_of(
    session: Session,
    *,
    organisation_id: int | None = None,
    campaign_id: int | None = None,
    subject: str | None = None,
) -> list[DisclosureDuty]:
    """Every duty of an organisation, a campaign or a subject, fulfilled and dropped ones too."""
    query = select(DisclosureDuty)
    for column, wanted in (
        (DisclosureDuty.organisation_id, organisation_id),
        (DisclosureDuty.campaign_id, campaign_id),
        (DisclosureDuty.subject, subject),
    ):
        if wanted is not None:
            query = query.where(column == wanted)
    return list(session.scalars(query.order_by(DisclosureDuty.due_on, DisclosureDuty.id)))


def open_duties(
    session: Session,
    *,
    organisation_ids: Collection[int] | None = None,
    until: date | None = None,
    limit: int = 200,
) -> list[Owed]:
    """What waits, the most urgent first: of some organisations, due up to a day, or all."""
    query = _waiting()
    if organisation_ids is not None:
        query = query.where(DisclosureDuty.organisation_id.in_(organisation_ids))
    if until is not None:
        query = query.where(DisclosureDuty.due_on <= until)
    return _owed(session, query.limit(limit))


def late_duties(
    session: Session,
    today: date,
    *,
    organisation_id: int | None = None,
    campaign_id: int | None = None,
    limit: int = 50,
) -> list[Owed]:
    """What is late and everybody may know of, longest late first; not of members' campaigns."""
    query = _waiting().where(DisclosureDuty.due_on < today, _for_everybody())
    if organisation_id is not None:
        query = query.where(DisclosureDuty.organisation_id == organisation_id)
    if campaign_id is not None:
        query = query.where(DisclosureDuty.campaign_id == campaign_id)
    return _owed(session, query.limit(limit))


def _for_everybody() -> ColumnElement[bool]:
    return or_(Campaign.id.is_(None), Campaign.mode.not_in(MEMBERS_MODES))


def _waiting() -> Select[DisclosureDuty, str, str | None]:
    return (
        select(DisclosureDuty, Organisation.name, Campaign.title)
        .join(Organisation, Organisation.id == DisclosureDuty.organisation_id)
        .outerjoin(Campaign, Campaign.id == DisclosureDuty.campaign_id)
        .where(DisclosureDuty.fulfilled_at.is_(None), DisclosureDuty.dropped_at.is_(None))
        .order_by(DisclosureDuty.due_on, DisclosureDuty.id)
    )


def _owed(session: Session, query: Select[DisclosureDuty, str, str | None]) -> list[Owed]:
    return [Owed(each, name, title or "") for each, name, title in session.execute(query)]
