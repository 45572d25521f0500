"""Keeping what authorities said of an organisation: inspections, ratings, and the two lists.

Each is a fact with its source; a list stops acts at once and lets them go on when it ends.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock, outbox, texts
from charity.actor import Actor, require
from charity.errors import CommonReason, Conflict, Denied, Invalid, InvalidState
from charity.registry import policy, queries
from charity.registry.findings import Finding, figure
from charity.registry.models import (
    AnnualInspection,
    CreditList,
    InspectionResult,
    ListEntry,
    Organisation,
    Rating,
    RestrictedAct,
)
from charity.registry.months import add_years
from charity.registry.rating_rules import rating_findings
from charity.registry.reasons import RegistryReason
from charity.registry.services.restricting import lift_restrictions, restrict
from charity.rows import insert_or, locked

#: What each list stops, and the rule that says so.
STOPPED: dict[CreditList, tuple[str, tuple[RestrictedAct, ...]]] = {
    CreditList.ABNORMAL: ("ORG-16", (RestrictedAct.RECEIVE_GRANT,)),
    CreditList.SERIOUS: (
        "ORG-17",
        (
            RestrictedAct.POST,
            RestrictedAct.COLLECT,
            RestrictedAct.RECEIVE_GRANT,
            RestrictedAct.PAY,
        ),
    ),
}


def record_inspection(
    session: Session,
    actor: Actor,
    *,
    organisation_id: int,
    year: int,
    result: InspectionResult,
    decided_on: date,
    source_url: str = "",
) -> AnnualInspection:
    """Keep what the registrar said of one year (ORG-12).

    Raises `Denied`, `Invalid` beside the field, `Conflict` (YEAR_TAKEN) where the year is kept.
    """
    _recordable(session, actor, organisation_id)
    _not_future(decided_on, "decided_on")
    if not 1990 <= year <= decided_on.year:
        raise Invalid(RegistryReason.IN_THE_FUTURE, field="year")
    inspection = AnnualInspection(
        organisation_id=organisation_id,
        year=year,
        result=result,
        decided_on=decided_on,
        source_url=_address(source_url),
        recorded_by_user_id=_person(actor),
    )
    insert_or(session, inspection, Conflict(RegistryReason.YEAR_TAKEN, field="year"))
    return inspection


def record_rating(
    session: Session,
    actor: Actor,
    *,
    organisation_id: int,
    grade: int,
    rated_on: date,
    authority: str,
    source_url: str = "",
) -> Rating:
    """Keep a rating of 1A to 5A; it ends five years later (ORG-13).

    Refused is what could not have been applied for: too early, too soon after the last one, after
    a failed or missed inspection, on a list. Raises `Denied`, `Invalid` beside the field and
    `Conflict`.
    """
    organisation = _recordable(session, actor, organisation_id)
    _not_future(rated_on, "rated_on")
    if not 1 <= grade <= 5:
        raise Invalid(RegistryReason.GRADE_RANGE, field="grade")
    for finding in rating_findings(
        organisation,
        rated_on=rated_on,
        ratings=queries.ratings(session, organisation_id),
        inspections=queries.inspections(session, organisation_id),
        listed=queries.is_listed(session, organisation_id, rated_on),
    ):
        raise Invalid(finding.reason, field="rated_on", **finding.params)
    years = figure("ORG-13", rated_on)
    if isinstance(years, Finding):
        raise Invalid(years.reason, field="rated_on", **years.params)
    rating = Rating(
        organisation_id=organisation_id,
        grade=grade,
        rated_on=rated_on,
        expires_on=add_years(rated_on, years.number),
        authority=texts.line(authority, field="authority"),
        source_url=_address(source_url),
        recorded_by_user_id=_person(actor),
    )
    insert_or(session, rating, Conflict(RegistryReason.RATING_TAKEN, field="rated_on"))
    return rating


def enter_list(
    session: Session,
    actor: Actor,
    *,
    organisation_id: int,
    which: CreditList,
    listed_on: date,
    reason: str,
    source_url: str = "",
) -> ListEntry:
    """Keep that an authority put it on a list; what the list stops is stopped from now on.

    On the abnormal list it receives no new grant (ORG-16), on the serious one nothing new, and its
    payments rest (ORG-17). Raises `Denied`, `Invalid` beside the field, `Conflict` (ENTRY_TAKEN).
    """
    _recordable(session, actor, organisation_id)
    _not_future(listed_on, "listed_on")
    entry = ListEntry(
        organisation_id=organisation_id,
        list=which,
        listed_on=listed_on,
        recorded_on=clock.today(),
        reason=texts.prose(reason, field="reason", limit=1000, required=True),
        source_url=_address(source_url),
        recorded_by_user_id=_person(actor),
    )
    insert_or(session, entry, Conflict(RegistryReason.ENTRY_TAKEN, field="listed_on"))
    rule_id, acts = STOPPED[which]
    for act in acts:
        restrict(
            session,
            actor,
            organisation_id=organisation_id,
            act=act,
            rule_id=rule_id,
            source=f"list_entry:{entry.id}",
        )
    outbox.write(
        session, "organisation.listed", f"organisation:{organisation_id}", list=which.value
    )
    return entry


def leave_list(
    session: Session, actor: Actor, *, entry_id: int, removed_on: date, note: str = ""
) -> ListEntry:
    """Keep that it was taken off; what this entry stopped goes on.

    Raises `Denied`, `InvalidState` (NOT_LISTED) where it is off already, `Invalid` on `removed_on`.
    """
    entry = locked(session, select(ListEntry).where(ListEntry.id == entry_id))
    _recordable(session, actor, entry.organisation_id)
    if entry.removed_on is not None:
        raise InvalidState(RegistryReason.NOT_LISTED)
    _not_future(removed_on, "removed_on")
    if removed_on < entry.listed_on:
        raise Invalid(CommonReason.DATES_REVERSED, field="removed_on")
    entry.removed_on = removed_on
    session.flush()
    lift_restrictions(
        session,
        actor,
        source=f"list_entry:{entry.id}",
        note=texts.line(note, field="note", required=False),
    )
    return entry


def _recordable(session: Session, actor: Actor, organisation_id: int) -> Organisation:
    organisation = queries.organisation(session, organisation_id)
    require(policy.may_record_standing(actor, organisation))
    return organisation


def _person(actor: Actor) -> int:
    """The account of who recorded it; the installation itself saw no paper."""
    if actor.user_id is None:
        raise Denied(CommonReason.SIGN_IN_FIRST)
    return actor.user_id


def _not_future(day: date, field: str) -> None:
    if day > clock.today():
        raise Invalid(RegistryReason.IN_THE_FUTURE, field=field)


def _address(text: str) -> str:
    """Where a stranger reads the same: an address of the web, or nothing."""
    address = texts.line(text, field="source_url", limit=500, required=False)
    if address and not address.startswith(("https://", "http://")):
        raise Invalid(RegistryReason.SOURCE_ADDRESS, field="source_url")
    return address
