"""Begin a gift, and walk away from one."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from charity import clock
from charity.actor import Actor, require
from charity.donations import policy
from charity.donations.gateway import PaymentGateway
from charity.donations.models import Donation, DonationState, GiverKind
from charity.donations.queries import together
from charity.donations.reasons import DonationsReason
from charity.donations.services.locking import hold, lock_gift
from charity.donations.services.paying import new_payment, require_open_campaign
from charity.errors import CommonReason, Conflict, Invalid
from charity.money import Money
from charity.registry import policy as registry
from charity.registry import queries as registry_queries
from charity.rows import insert_new, present

#: One gift is at least one yuan and at most a million; more goes by bank transfer and a talk.
LEAST, MOST = Money.yuan(1), Money.yuan(1_000_000)

#: How long the texts of a gift may be, in characters.
LENGTHS = {"giver_name": 60, "contact": 120, "message": 200}

_CLIENT_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)


def begin_donation(
    session: Session,
    actor: Actor,
    *,
    client_id: str,
    campaign_id: int,
    amount: Money,
    gateway: PaymentGateway,
    giver_kind: GiverKind,
    giver_name: str = "",
    name_is_public: bool = False,
    contact: str = "",
    message: str = "",
    is_shown_to_organisation: bool = False,
    giver_key: str | None = None,
    pledge_id: int | None = None,
    team_id: int | None = None,
    operator_mode: str,
    token: str | None = None,
    order: Mapping[str, str] | None = None,
) -> Donation:
    """Record the intent to give, with its first payment through `gateway` (state CREATED).

    `client_id` is a UUID the form carries: the same id with the same gift answers the gift that is
    there, with another gift it is a `Conflict`, so double click, back and reload give once. `token`
    is the secret of the giver's page, made here unless given. `giver_key` tells this giver from
    others (`giver_keys`), `pledge_id` and `team_id` name the promise it keeps and the team. `order`
    is what the gateway is to be asked for, frozen with the first payment as by `freeze_order`.

    Raises `Invalid` (client_id, amount out of range, a text too long), `Denied` where the operator
    takes no money or the campaign takes none today, `NotFound` without the campaign.
    """
    require(policy.may_give(actor, operator_mode))
    gift = {
        "campaign_id": campaign_id,
        "amount": in_range(amount),
        "giver_kind": giver_kind,
        "giver_name": _one_line("giver_name", giver_name),
        "name_is_public": name_is_public,
        "contact": _one_line("contact", contact),
        "message": _one_line("message", message),
        "is_shown_to_organisation": is_shown_to_organisation,
        "pledge_id": pledge_id,
        "team_id": team_id,
    }
    known = _known(session, require_client_id(client_id), gift)
    if known is not None:
        return known
    _require_taking(session, actor, campaign_id, team_id, gateway)
    begun = {"giver_key": giver_key, "person_id": actor.person_id, "client_id": client_id}
    donation = _insert(session, token or secrets.token_urlsafe(32), begun | gift)
    if donation is None:
        # The other click was first; what it stored is the gift, or this one is another.
        return present(_known(session, client_id, gift))
    new_payment(session, donation, gateway, order)
    return donation


def require_client_id(client_id: str) -> str:
    """The id a form carries, so that one form is one thing; raises `Invalid` for any other text."""
    if not _CLIENT_ID.fullmatch(client_id):
        raise Invalid(DonationsReason.CLIENT_ID, field="client_id")
    return client_id


def cancel_donation(session: Session, actor: Actor, *, donation_id: int) -> Donation:
    """Walk away from a gift that has not arrived; cancelled twice is cancelled once.

    Money that still arrives afterwards is taken in as the gift it is. Raises `NotFound`, and
    `InvalidState` for a gift that has arrived.
    """
    donation = lock_gift(session, donation_id)
    if donation.state is not DonationState.CANCELLED:
        donation.move_to(DonationState.CANCELLED)
        session.flush()
    return donation


def _require_taking(
    session: Session,
    actor: Actor,
    campaign_id: int,
    team_id: int | None,
    gateway: PaymentGateway,
) -> None:
    """Raise where team or campaign take nothing now, or nothing from this giver by this door."""
    if team_id is not None:
        together.require_open_team(session, team_id, campaign_id)
    campaign = require_open_campaign(session, campaign_id, gateway)
    is_member = registry_queries.is_member(session, actor, campaign)
    require(registry.may_give_to(actor, campaign, is_member=is_member))


def _insert(session: Session, token: str, gift: dict[str, object]) -> Donation | None:
    """The new row, held by this unit; None where the form's id is taken."""
    donation = insert_new(
        session,
        Donation,
        trail_token=token,
        state=DonationState.PENDING,
        created_at=clock.now(),
        **gift,
    )
    if donation is not None:
        set_committed_value(donation, "payments", [])
        # Nobody else can see it before the unit ends.
        hold(session, donation)
    return donation


def _known(session: Session, client_id: str, gift: dict[str, object]) -> Donation | None:
    """The gift already begun with this id; `Conflict` where it says something else."""
    found = session.scalar(_BY_CLIENT_ID, {"client_id": client_id})
    if found is not None and any(getattr(found, name) != value for name, value in gift.items()):
        raise Conflict(DonationsReason.SAME_ID_OTHER_GIFT)
    return found


_BY_CLIENT_ID = select(Donation).where(Donation.client_id == bindparam("client_id"))


def in_range(amount: Money) -> Money:
    """The sum, if one gift may be so much; raises `Invalid` (AMOUNT_RANGE) on `amount`."""
    if not LEAST <= amount <= MOST:
        raise Invalid(DonationsReason.AMOUNT_RANGE, field="amount", least=LEAST, most=MOST)
    return amount


def _one_line(field: str, text: str) -> str:
    """The text without control characters and doubled spaces, which no list should show."""
    printable = "".join(each if each.isprintable() else " " for each in text)
    line = " ".join(printable.split())
    if len(line) > LENGTHS[field]:
        raise Invalid(CommonReason.TOO_LONG, field=field, most=LENGTHS[field])
    return line
