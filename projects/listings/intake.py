"""What somebody says of a need or an offer, cleaned and judged before it is stored."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, Required, TypedDict

from charity import clock, texts
from charity.errors import CommonReason, Invalid
from charity.registry.models import Region, RegionLevel
from charity.registry.naming import named_person, personal_number
from charity.registry.reasons import RegistryReason
from projects.listings.models.needs import (
    BeneficiaryGroup,
    ListingCategory,
    ResourceKind,
    Urgency,
)
from projects.listings.reasons import ListingsReason, NeedsReason

TITLE = 100
PROSE = 2000
#: The most of anything, in the measure of its kind.
MOST = 10**12
#: Kinds counted in a unit of their own.
COUNTED = frozenset({ResourceKind.GOODS, ResourceKind.EQUIPMENT, ResourceKind.LENDING})
#: Kinds that come as a gift through a campaign's fund.
GIFTS = frozenset({ResourceKind.MONEY, ResourceKind.GOODS})
#: Kinds with a calendar, lent to one after another; one may stand for another.
LENT = frozenset({ResourceKind.SPACE, ResourceKind.EQUIPMENT, ResourceKind.LENDING})
#: Kinds a volunteer who comes alone may give.
TIME = frozenset({ResourceKind.HOURS, ResourceKind.SKILLS})

#: With what the `client_id` of a record begins that no form made: who could send it with a form
#: would keep a gift from being counted.
GIFT_RECORD, SIMULATED_RECORD = "pledge_fulfilment:", "simulated:"

_CLIENT_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z:._-]{7,35}", re.ASCII)


class NeedFields(TypedDict, total=False):
    """What a need says of itself: the fields of its form, and of a list from a file."""

    title: Required[str]
    kind: Required[ResourceKind]
    category: Required[ListingCategory]
    beneficiary_group: Required[BeneficiaryGroup]
    region_code: Required[str]
    #: Fen of money, minutes of hours, else units; None: nobody knows.
    quantity: Required[int | None]
    unit: str
    item: str
    starts_on: Required[date]
    ends_on: date | None
    urgency: Urgency
    conditions: str
    people: int | None
    description: str
    contact_name: Required[str]
    contact_phone: Required[str]
    address: str
    is_post: bool
    least_part: int


def need_columns(
    said: NeedFields, *, names_a_person: bool, imported: bool, contact_required: bool
) -> tuple[dict[str, Any], bool]:
    """The columns of a need, cleaned, and whether it is a plea for one person (AID-01, AID-02).

    Raises `Invalid` beside the first field that cannot stand.
    """
    kind, ends_on, is_post = said["kind"], said.get("ends_on"), said.get("is_post", False)
    require_period(said["starts_on"], ends_on, may_be_over=imported)
    quantity, unit = quantity_of(kind, said["quantity"], said.get("unit", ""))
    title = public_line(said["title"], field="title")
    description = public_prose(said.get("description", ""), field="description")
    people = said.get("people")
    if is_post and kind is not ResourceKind.HOURS:
        raise Invalid(NeedsReason.POST_OF_HOURS, field="kind")
    if people is not None and not 1 <= people <= MOST:
        raise Invalid(NeedsReason.QUANTITY_RANGE, field="people", most=MOST)
    plea = is_plea(kind, title, description, names_a_person=names_a_person)
    if not plea:
        require_no_name(title)
    return {
        "title": title,
        "description": description,
        "kind": kind,
        "category": said["category"],
        "beneficiary_group": said["beneficiary_group"],
        "people": people,
        "region_code": said["region_code"],
        "item": public_line(said.get("item", ""), field="item", required=False),
        "quantity": quantity,
        "unit": unit,
        "least_part": max(1, said.get("least_part", 1)),
        "starts_on": said["starts_on"],
        "ends_on": ends_on,
        "urgency": said.get("urgency", Urgency.NORMAL),
        "conditions": public_prose(said.get("conditions", ""), field="conditions"),
        "is_post": is_post,
        "contact_name": _contact(said["contact_name"], "contact_name", contact_required),
        "contact_phone": _contact(said["contact_phone"], "contact_phone", contact_required),
        "address": texts.line(said.get("address", ""), field="address", required=False),
    }, plea


def _contact(text: str, field: str, required: bool) -> str:
    return texts.line(text, field=field, limit=40, required=required)


def client_id(text: str) -> str:
    """The id a form carries, so that one form is one thing; raises `Invalid` for other texts."""
    if not _CLIENT_ID.fullmatch(text) or text.startswith((GIFT_RECORD, SIMULATED_RECORD)):
        raise Invalid(CommonReason.REQUIRED, field="client_id")
    return text


def public_line(text: str, *, field: str, limit: int = TITLE, required: bool = True) -> str:
    """A line everybody will read: without anybody's number (PII-04); raises `Invalid`."""
    return _without_numbers(texts.line(text, field=field, limit=limit, required=required), field)


def public_prose(text: str, *, field: str, limit: int = PROSE, required: bool = False) -> str:
    """A text everybody will read: without anybody's number (PII-04); raises `Invalid`."""
    return _without_numbers(texts.prose(text, field=field, limit=limit, required=required), field)


def _without_numbers(text: str, field: str) -> str:
    if personal_number(text):
        raise Invalid(RegistryReason.PERSONAL_NUMBER, field=field, rule="PII-04")
    return text


def is_plea(kind: ResourceKind, *said: str, names_a_person: bool) -> bool:
    """Whether this asks for one named person's sake: no charity raises for that (AID-01, AID-02).

    Who says so is believed; of money and goods a name that shows in the words is enough.
    """
    return names_a_person or (kind in GIFTS and any(named_person(text) for text in said))


def require_no_name(title: str) -> None:
    """A title is public: a person's name belongs to the contact; raises `Invalid` on `title`."""
    name = named_person(title)
    if name is not None:
        raise Invalid(NeedsReason.NAME_IN_TITLE, field="title", name=name)


def quantity_of(kind: ResourceKind, quantity: int | None, unit: str) -> tuple[int | None, str]:
    """Quantity and unit as they are stored; money and hours have no unit of their own.

    Raises `Invalid` on `quantity` or `unit`.
    """
    if quantity is not None and not 1 <= quantity <= MOST:
        raise Invalid(NeedsReason.QUANTITY_RANGE, field="quantity", most=MOST)
    said = texts.line(unit, field="unit", limit=20, required=False)
    if kind in {ResourceKind.MONEY, ResourceKind.HOURS}:
        return quantity, ""
    if kind in COUNTED and not said and quantity is not None:
        raise Invalid(NeedsReason.UNIT_NEEDED, field="unit")
    return quantity, said


def require_period(starts_on: date, ends_on: date | None, *, may_be_over: bool = False) -> None:
    """The window is the right way round and not over; raises `Invalid` on `ends_on`."""
    if ends_on is None:
        return
    if ends_on < starts_on:
        raise Invalid(CommonReason.DATES_REVERSED, field="ends_on")
    if ends_on < clock.today() and not may_be_over:
        raise Invalid(NeedsReason.PERIOD_OVER, field="ends_on")


def require_place(place: Region | None, field: str, *, imported: bool = False) -> Region:
    """A place from the county down; lists from elsewhere may know no more than the city."""
    if place is None:
        raise Invalid(ListingsReason.REGION_UNKNOWN, field=field)
    if place.level < (RegionLevel.CITY if imported else RegionLevel.COUNTY):
        raise Invalid(ListingsReason.REGION_TOO_WIDE, field=field)
    return place
