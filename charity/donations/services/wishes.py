"""What a giver may change later about a gift: two separate switches, and the name beside them.

Whether the name stands in public (公开署名) and whether the organisation that does the work may
read name and contact (对机构可见) are two questions; either may be answered alone (CHA-153), and
each is taken back as easily as it was given (PII-01).
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from charity.actor import Actor
from charity.donations import queries
from charity.donations.models import Donation
from charity.donations.reasons import ReceiptsReason
from charity.donations.services.giving import LENGTHS
from charity.donations.services.locking import lock_gift
from charity.errors import CommonReason, Invalid, InvalidState


def change_wishes(
    session: Session,
    actor: Actor,
    *,
    token: str,
    name_is_public: bool,
    is_shown_to_organisation: bool,
    giver_name: str | None = None,
) -> Donation:
    """Set both switches of the gift whose private page `token` opens; None leaves the name.

    Raises `NotFound`; `Invalid` (giver_name) for a public name that is not there or too long;
    `InvalidState` once the giver was forgotten.
    """
    donation = lock_gift(session, queries.donation_by_token(session, token).id)
    if donation.forgotten_at is not None:
        raise InvalidState(ReceiptsReason.FORGOTTEN)
    name = donation.giver_name if giver_name is None else _one_line(giver_name)
    if name_is_public and not name:
        raise Invalid(ReceiptsReason.NAME_NEEDED, field="giver_name")
    donation.giver_name = name
    donation.name_is_public = name_is_public
    donation.is_shown_to_organisation = is_shown_to_organisation
    session.flush()
    return donation


def _one_line(text: str) -> str:
    line = " ".join("".join(each if each.isprintable() else " " for each in text).split())
    if len(line) > LENGTHS["giver_name"]:
        raise Invalid(CommonReason.TOO_LONG, field="giver_name", most=LENGTHS["giver_name"])
    return line
