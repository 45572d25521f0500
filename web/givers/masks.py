"""How a giver is shown to an organisation: plainly where they agreed, masked where they did not."""

from __future__ import annotations

from dataclasses import dataclass

from charity.donations.models import GiverKind
from charity.donations.models.people import GivenBy
from web.filters import mask_name


@dataclass(frozen=True)
class ShownGiver:
    """Name and contact as this organisation may read them."""

    name: str
    contact: str
    is_masked: bool


def shown_giver(given: GivenBy) -> ShownGiver:
    """A giver as the organisation may read them.

    Names of enterprises and units, and those the giver lets stand in public, are not masked.
    """
    if given.is_shown_to_organisation:
        return ShownGiver(given.giver_name, given.contact, is_masked=False)
    if given.giver_kind is GiverKind.INDIVIDUAL and not given.name_is_public:
        return ShownGiver(mask_name(given.giver_name), mask_contact(given.contact), is_masked=True)
    return ShownGiver(given.giver_name, mask_contact(given.contact), is_masked=True)


def mask_contact(contact: str) -> str:
    """A telephone number as 138****5678, an address as a***@x.cn; anything else is hidden whole."""
    text = contact.strip()
    if not text:
        return ""
    head, at, host = text.rpartition("@")
    if at and head:
        return f"{head[0]}***@{host}"
    digits = "".join(each for each in text if each.isdecimal())
    if len(digits) >= 9:
        return f"{digits[:3]}****{digits[-4:]}"
    return "****"
