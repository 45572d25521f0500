"""What would become of the rows of a list of needs or resources: judged by reading alone.

The services refuse the same; this asks the same questions first, so that a dry run tells every row.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity.actor import Actor, require
from charity.errors import CommonReason, Invalid
from charity.registry import queries as registry
from charity.registry import uscc
from charity.registry.models import Organisation, Region
from charity.registry.reading import Flaw
from charity.rows import present
from projects.listings import intake, policy
from projects.listings.models import Need, Resource
from projects.listings.reading import ListedNeed, ListedResource, ListingRow, ListKind
from projects.listings.reading.reasons import ImportReason
from projects.listings.reasons import NeedsReason

#: Keys looked up in one question.
_PORTION = 500
#: Under which column of a list a field of the services stands.
_COLUMNS = {
    "region_code": "place",
    "serves_code": "serves",
    "beneficiary_group": "group",
    "organisation_id": "organisation",
}


class ListingOutcome(enum.StrEnum):
    """What becomes, or became, of a row."""

    NEW = "new"
    #: A plea for one person: kept, told where help is, never public (AID-01, AID-02).
    REFERRED = "referred"
    THERE = "there"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Bringing:
    """In whose name a list comes, and how its rows are known again."""

    kind: ListKind
    #: The organisation that posts; None for a community's own list of orders.
    organisation_id: int | None = None
    #: Where the rows came from, `wuhan2020:hospital_needs`, if their numbers are unique there.
    origin: str = ""
    #: Needs become public at once where the bringer dispatches; gifts come to this campaign.
    confirms: bool = False
    campaign_id: int | None = None

    def source(self, row: ListingRow) -> str:
        """By what a row is known again when the list, or its next edition, comes once more."""
        if self.origin:
            return f"{self.origin}:{row.reference or row.digest}"
        whose = f"o{self.organisation_id}" if self.organisation_id else "list"
        key = f"{row.reference}:{row.identity}" if row.reference else row.digest
        return f"{whose}:{key}"


@dataclass(frozen=True, slots=True)
class JudgedListing:
    """A row with what becomes of it."""

    row: ListingRow
    source: str
    outcome: ListingOutcome
    flaws: tuple[Flaw, ...]
    #: Of a resource, whose it is.
    organisation_id: int | None = None


def judge_listings(
    session: Session, actor: Actor, rows: Sequence[ListingRow], bringing: Bringing
) -> list[JudgedListing]:
    """Judge the rows of a list; raises `Denied` where the actor may not bring it."""
    _require_bringer(session, actor, bringing)
    sources = {bringing.source(row) for row in rows}
    there = _known(session, bringing.kind, sources)
    places = _places(session, rows)
    found = [_judged(actor, row, bringing, bringing.source(row) in there, places) for row in rows]
    return _with_organisations(session, actor, found, bringing)


def _require_bringer(session: Session, actor: Actor, bringing: Bringing) -> None:
    if bringing.organisation_id is not None:
        posting = present(session.get(Organisation, bringing.organisation_id))
        require(policy.may_post_listing(actor, posting))


def _known(session: Session, kind: ListKind, sources: set[str]) -> set[str]:
    column = Need.source if kind is ListKind.NEEDS else Resource.source
    wanted, found = sorted(sources), set[str]()
    for start in range(0, len(wanted), _PORTION):
        part = wanted[start : start + _PORTION]
        found.update(session.scalars(select(column).where(column.in_(part))))
    return found


def _places(session: Session, rows: Sequence[ListingRow]) -> Mapping[str, Region]:
    codes = {row.said.region_code for row in rows if row.said}
    codes |= {row.said.serves_code for row in rows if isinstance(row.said, ListedResource)}
    found = session.scalars(select(Region).where(Region.code.in_(codes)))
    return {place.code: place for place in found}


def _judged(
    actor: Actor,
    row: ListingRow,
    bringing: Bringing,
    is_there: bool,
    places: Mapping[str, Region],
) -> JudgedListing:
    source = bringing.source(row)
    if row.said is None:
        return JudgedListing(row, source, ListingOutcome.REFUSED, row.flaws)
    if is_there:
        told = Flaw(row.number, "title", ImportReason.THERE_ALREADY, {}, refuses=False)
        return JudgedListing(row, source, ListingOutcome.THERE, (told,))
    flaws = list(row.flaws)
    for check in _checks(actor, row.said, bringing, places):
        try:
            check()
        except Invalid as refusal:
            flaws.append(flaw_of(row, refusal))
    outcome = ListingOutcome.NEW
    if any(flaw.refuses for flaw in flaws):
        outcome = ListingOutcome.REFUSED
    elif isinstance(row.said, ListedNeed) and _is_plea(row.said):
        outcome = ListingOutcome.REFERRED
        flaws.append(Flaw(row.number, "title", NeedsReason.REFERRED, {}, refuses=False))
    return JudgedListing(row, source, outcome, tuple(flaws))


def flaw_of(row: ListingRow, refusal: Invalid) -> Flaw:
    """What a service refuses, beside the column of the list."""
    column = refusal.field or "title"
    return Flaw(row.number, _COLUMNS.get(column, column), refusal.reason, refusal.params)


def _is_plea(said: ListedNeed) -> bool:
    return intake.is_plea(said.kind, said.title, said.description, names_a_person=False)


def _checks(
    actor: Actor,
    said: ListedNeed | ListedResource,
    bringing: Bringing,
    places: Mapping[str, Region],
) -> list[Callable[[], object]]:
    """What the services will ask of it."""
    checks: list[Callable[[], object]] = [
        lambda: intake.public_line(said.title, field="title"),
        lambda: intake.public_line(said.item, field="item", required=False),
        lambda: intake.public_prose(said.description, field="description"),
        lambda: intake.public_prose(said.conditions, field="conditions"),
        lambda: intake.quantity_of(said.kind, said.quantity, said.unit),
        lambda: intake.require_place(places.get(said.region_code), "region_code", imported=True),
        lambda: intake.require_period(said.starts_on, said.ends_on, may_be_over=True),
    ]
    if isinstance(said, ListedNeed):
        checks.append(lambda: _need_alone(actor, said, bringing))
    return checks


def _need_alone(actor: Actor, said: ListedNeed, bringing: Bringing) -> None:
    """A resident's order wants somebody to call, and comes from who dispatches there."""
    if not _is_plea(said):
        intake.require_no_name(said.title)
    if bringing.organisation_id is None:
        if not policy.dispatches(actor, said.region_code):
            raise Invalid(ImportReason.NOT_YOUR_PLACE, field="region_code")
        for field in ("contact_name", "contact_phone"):
            if not getattr(said, field):
                raise Invalid(CommonReason.REQUIRED, field=field)


def _with_organisations(
    session: Session, actor: Actor, judged: list[JudgedListing], bringing: Bringing
) -> list[JudgedListing]:
    """Whose each resource is: the row's own unit, else the organisation that brings the list."""
    if bringing.kind is ListKind.NEEDS:
        return judged
    known: dict[str, int | ImportReason] = {}
    result = []
    for each in judged:
        said = each.row.said
        if isinstance(said, ListedResource) and each.outcome is ListingOutcome.NEW:
            name = said.organisation
            if name not in known:
                known[name] = _organisation(session, actor, name, bringing)
            found = known[name]
            if isinstance(found, int):
                each = replace(each, organisation_id=found)
            else:
                flaw = Flaw(each.row.number, "organisation", found, {"text": name})
                flaws = (*each.flaws, flaw)
                each = replace(each, outcome=ListingOutcome.REFUSED, flaws=flaws)
        result.append(each)
    return result


def _organisation(
    session: Session, actor: Actor, name: str, bringing: Bringing
) -> int | ImportReason:
    if not name:
        return bringing.organisation_id or ImportReason.ORGANISATION_UNKNOWN
    found = registry.organisation_by_uscc(session, uscc.normalise(name))
    found = found or registry.organisation_by_name(session, name)
    if found is None:
        return ImportReason.ORGANISATION_UNKNOWN
    if not policy.may_post_listing(actor, found):
        return ImportReason.NOT_YOUR_UNIT
    return found.id
