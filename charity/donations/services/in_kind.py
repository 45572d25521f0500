"""Offer goods or services, accept or decline them, take an offer back.

Goods are taken only where they are usable and safe; food and medicine need a last day of use
(CHA-141). The handover itself is in `handover`.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from charity import clock, letters, texts
from charity.actor import Actor, require
from charity.donations import fitness, policy
from charity.donations.fitness import ItemDraft
from charity.donations.models import (
    InKindGift,
    InKindItem,
    InKindKind,
    InKindState,
    Pledge,
    PledgeKind,
)
from charity.donations.reasons import InKindReason, PledgesReason
from charity.donations.services.giving import require_client_id
from charity.donations.services.promisers import (
    Promiser,
    require_same,
    require_taking,
    short,
)
from charity.errors import Conflict, Invalid, InvalidState
from charity.registry.queries import campaign
from charity.rows import locked, present

#: What of an item the giver says; sent again, the same form must say the same.
_SAID = (
    "name", "category", "quantity", "unit", "condition", "expires_on", "value",
    "valuation_basis", "evidence",
)  # fmt: skip

#: An offer the giver may still change or take back.
_OPEN = frozenset({InKindState.OFFERED, InKindState.ACCEPTED})

#: Which promise an offer may keep.
PLEDGED_AS = {InKindKind.GOODS: PledgeKind.GOODS, InKindKind.SERVICE: PledgeKind.HOURS}


def offer(
    session: Session,
    actor: Actor,
    *,
    client_id: str,
    campaign_id: int,
    kind: InKindKind,
    items: Sequence[ItemDraft],
    giver: Promiser,
    handover: str = "",
    handover_on: date | None = None,
    message: str = "",
    pledge_id: int | None = None,
    operator_mode: str,
) -> InKindGift:
    """Record an offer with its items, and owe its giver a letter with the link to its page.

    The same `client_id` with the same offer answers the offer that is there, with another it is a
    `Conflict`. `pledge_id` names the promise it keeps. Raises `Invalid` for the first thing that
    `fitness.problems` finds, without a contact, or for a day past; `Denied` where this site takes
    no offers or the campaign takes nothing today; `NotFound`.
    """
    require(policy.may_promise(actor, operator_mode))
    drafts = [_cleaned(number, item, kind) for number, item in enumerate(items)]
    for problem in fitness.problems(kind, drafts, clock.today()):
        raise problem
    said = {
        "campaign_id": campaign_id,
        "kind": kind,
        "handover": short("handover", handover),
        "handover_on": handover_on,
        "message": short("message", message),
        "pledge_id": pledge_id,
        **giver.columns(),
    }
    if not said["contact"]:
        raise Invalid(InKindReason.NO_CONTACT, field="contact")
    known = _known(session, require_client_id(client_id), said, drafts)
    if known is not None:
        return known
    require_taking(session, actor, campaign_id)
    _require_day(handover_on)
    _require_pledge(session, pledge_id, campaign_id, kind)
    giver_code, receiver_code = new_codes()
    gift = InKindGift(
        client_id=client_id,
        token=secrets.token_urlsafe(32),
        state=InKindState.OFFERED,
        giver_code=giver_code,
        receiver_code=receiver_code,
        created_at=clock.now(),
        giver_key=giver.key,
        person_id=actor.person_id,
        items=[_item(number, draft) for number, draft in enumerate(drafts, start=1)],
        **said,
    )
    return _insert(session, gift, said, drafts)


def _insert(
    session: Session, gift: InKindGift, said: dict[str, object], drafts: Sequence[ItemDraft]
) -> InKindGift:
    """Store an offer and owe its letter; where another click was first, answer what it stored."""
    try:
        with session.begin_nested():
            session.add(gift)
    except IntegrityError:
        known = _known(session, gift.client_id, said, drafts)
        if known is None:
            raise
        return known
    _owe_letter(session, gift, "offered")
    return gift


def accept_offer(session: Session, actor: Actor, *, gift_id: int) -> InKindGift:
    """Say that the goods are wanted; they must be fit on the day they are to come.

    Raises `Invalid` beside the item that is not, `InvalidState`, `Denied`.
    """
    gift = _managed(session, actor, gift_id)
    if gift.state is InKindState.ACCEPTED:
        return gift
    day = max(gift.handover_on or clock.today(), clock.today())
    for problem in unfit_items(gift, day):
        raise problem
    gift.move_to(InKindState.ACCEPTED)
    gift.accepted_by_user_id = actor.user_id
    session.flush()
    _owe_letter(session, gift, "accepted")
    return gift


def decline_offer(session: Session, actor: Actor, *, gift_id: int, reason: str) -> InKindGift:
    """Say no, with the reason the giver reads; raises `Invalid` without one, `InvalidState`."""
    said = texts.prose(reason, field="reason", limit=500, required=True)
    gift = _managed(session, actor, gift_id)
    _finish(session, gift, InKindState.DECLINED, said)
    _owe_letter(session, gift, "declined")
    return gift


def withdraw_offer(session: Session, actor: Actor, *, gift_id: int, note: str = "") -> InKindGift:
    """Take an offer back, by its giver, before it is handed over; twice is once."""
    gift = lock_offer(session, gift_id)
    if gift.state is not InKindState.WITHDRAWN:
        _finish(session, gift, InKindState.WITHDRAWN, texts.prose(note, field="note", limit=500))
    return gift


def amend_offer(
    session: Session,
    actor: Actor,
    *,
    gift_id: int,
    giver_name: str,
    handover: str,
    handover_on: date | None,
) -> InKindGift:
    """The giver names the parties, the place and the day, as a written agreement needs (CHA-142).

    Raises `InvalidState` once it is handed over or closed, `Invalid` for a day past.
    """
    gift = lock_offer(session, gift_id)
    if gift.state not in _OPEN:
        raise InvalidState(InKindReason.NOT_CONFIRMED_YET)
    if handover_on != gift.handover_on:
        _require_day(handover_on)
    gift.giver_name = short("giver_name", giver_name)
    gift.handover = short("handover", handover)
    gift.handover_on = handover_on
    session.flush()
    return gift


def attach_photo(session: Session, actor: Actor, *, item_id: int, digest: bytes) -> InKindItem:
    """Keep the hash of an item's picture, by its giver; raises `InvalidState` once it is over."""
    item = present(session.get(InKindItem, item_id))
    if lock_offer(session, item.in_kind_gift_id).state not in _OPEN:
        raise InvalidState(InKindReason.NOT_CONFIRMED_YET)
    item.photo = digest
    session.flush()
    return item


def lock_offer(session: Session, gift_id: int) -> InKindGift:
    """The offer, locked until the unit ends and read afresh; raises `NotFound`."""
    gift = locked(session, select(InKindGift).where(InKindGift.id == gift_id))
    session.refresh(gift, ["items"])
    return gift


def unfit_items(gift: InKindGift, day: date) -> list[Invalid]:
    """The items that may not be taken on this day, each as the refusal that says so."""
    refusals = (
        fitness.unfit(number, item.category, item.expires_on, day)
        for number, item in enumerate(gift.items)
    )
    return [refusal for refusal in refusals if refusal is not None]


def new_codes() -> tuple[str, str]:
    """Two codes of six digits that differ: the giver's and the receiver's."""
    first = f"{secrets.randbelow(10**6):06d}"
    second = first
    while second == first:
        second = f"{secrets.randbelow(10**6):06d}"
    return first, second


def _managed(session: Session, actor: Actor, gift_id: int) -> InKindGift:
    gift = lock_offer(session, gift_id)
    require(policy.may_manage_giving(actor, campaign(session, gift.campaign_id)))
    return gift


def _finish(session: Session, gift: InKindGift, state: InKindState, note: str) -> None:
    gift.move_to(state)
    gift.finished_at, gift.closing_note = clock.now(), note
    session.flush()


def _cleaned(number: int, item: ItemDraft, kind: InKindKind) -> ItemDraft:
    """The draft as it is kept; a service has no condition, no date, no value of the book."""

    def line(name: str, text: str, limit: int) -> str:
        field = fitness.field_of(number, name)
        return texts.line(text, field=field, limit=limit, required=False)

    name = line("name", item.name, fitness.NAME_LENGTH)
    if kind is InKindKind.SERVICE:
        return ItemDraft(name=name, quantity=item.quantity)
    return replace(
        item,
        name=name,
        unit=line("unit", item.unit, fitness.UNIT_LENGTH),
        evidence=line("evidence", item.evidence, fitness.EVIDENCE_LENGTH),
    )


def _item(number: int, draft: ItemDraft) -> InKindItem:
    return InKindItem(
        number=number,
        name=draft.name,
        category=draft.category,
        quantity=draft.quantity,
        unit=draft.unit,
        condition=draft.condition,
        expires_on=draft.expires_on,
        value=draft.worth,
        valuation_basis=draft.basis,
        evidence=draft.evidence,
    )


def _known(
    session: Session, client_id: str, said: dict[str, object], drafts: Sequence[ItemDraft]
) -> InKindGift | None:
    """The offer already made with this id; `Conflict` where it says something else."""
    found = session.scalar(select(InKindGift).where(InKindGift.client_id == client_id))
    if found is None:
        return None
    require_same(found, said)
    again = [_item(number, draft) for number, draft in enumerate(drafts, start=1)]
    if len(again) != len(found.items):
        raise Conflict(InKindReason.NOTHING_OFFERED)
    for here, there in zip(found.items, again, strict=True):
        require_same(here, {name: getattr(there, name) for name in _SAID})
    return found


def _require_day(handover_on: date | None) -> None:
    if handover_on is not None and handover_on < clock.today():
        raise Invalid(InKindReason.DAY_PAST, field="handover_on")


def _require_pledge(
    session: Session, pledge_id: int | None, campaign_id: int, kind: InKindKind
) -> None:
    """The promise an offer is to keep is of this campaign and of this kind."""
    if pledge_id is None:
        return
    pledge = present(session.get(Pledge, pledge_id))
    if pledge.campaign_id != campaign_id or pledge.kind is not PLEDGED_AS[kind]:
        raise Invalid(PledgesReason.ANOTHER_CAMPAIGN)


def _owe_letter(session: Session, gift: InKindGift, kind: str) -> None:
    letters.write(
        session,
        source=f"in_kind:{gift.id}:{kind}",
        kind=f"in_kind.{kind}",
        address=gift.contact,
        gift_id=gift.id,
        token=gift.token,
        title=campaign(session, gift.campaign_id).title,
        note=gift.closing_note,
    )
