"""The handover: each side enters the other's code, and only then have goods been received.

Whoever knows the giver's code met the giver, whoever knows the receiver's met the receiver. What
arrived may be less or more than was offered; goods with a stated value go into the book at the
share of it that arrived, the others are counted off the book, services always (ACC-06).
"""

from __future__ import annotations

import enum
import hmac
from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor, Verdict, require
from charity.donations import fitness, policy
from charity.donations.models import InKindGift, InKindItem, InKindKind, InKindState, PledgeKind
from charity.donations.reasons import InKindReason
from charity.donations.services.in_kind import lock_offer, new_codes
from charity.donations.services.keeping import record_part
from charity.donations.services.pledges import lock_pledge
from charity.errors import CommonReason, Invalid, InvalidState
from charity.ledger import services as ledger
from charity.ledger.models import ValuationBasis
from charity.money import Money
from charity.registry.queries import campaign, fund_of_campaign

#: Wrong codes in a row after which nobody may try for `LOCKED_FOR`.
TRIES = 5
LOCKED_FOR = timedelta(hours=1)

_UNDER_WAY = frozenset({InKindState.ACCEPTED, InKindState.HALF_CONFIRMED})

#: Both sides gave their word to this installation, which alone posts what follows.
_BOOKKEEPER = Actor.system("handover")


class CodeAnswer(enum.StrEnum):
    """What became of a code that was entered."""

    CONFIRMED = "confirmed"
    WRONG = "wrong"
    LOCKED = "locked"


def confirm_as_receiver(
    session: Session, actor: Actor, *, gift_id: int, code: str, arrived: Mapping[int, int]
) -> CodeAnswer:
    """The receiver's word: the giver's code, and how much of each item (by id) arrived.

    A wrong code is an answer and no error, so that the try is counted: commit it. Raises `Invalid`
    beside an item (one that is not fit today must be 0, one at least must have arrived),
    `InvalidState` outside a handover, `Denied` for others and for the giver themselves.
    """
    gift = lock_offer(session, gift_id)
    require(policy.may_manage_giving(actor, campaign(session, gift.campaign_id)))
    if actor.person_id is not None and actor.person_id == gift.person_id:
        require(Verdict.no(CommonReason.SAME_PERSON))
    if gift.state is InKindState.RECEIVED:
        return CodeAnswer.CONFIRMED
    counted = _counted(gift, arrived)
    answer = _check(session, gift, code, gift.giver_code)
    if answer is CodeAnswer.CONFIRMED:
        for item in gift.items:
            item.arrived = counted[item.id]
        gift.receiver_confirmed_at = clock.now()
        gift.received_by_user_id = actor.user_id
        _advance(session, gift)
    return answer


def confirm_as_giver(session: Session, actor: Actor, *, gift_id: int, code: str) -> CodeAnswer:
    """The giver's word: the receiver's code. A wrong code is an answer and no error: commit it.

    Raises `InvalidState` outside a handover.
    """
    gift = lock_offer(session, gift_id)
    if gift.state is InKindState.RECEIVED:
        return CodeAnswer.CONFIRMED
    answer = _check(session, gift, code, gift.receiver_code)
    if answer is CodeAnswer.CONFIRMED:
        gift.giver_confirmed_at = gift.giver_confirmed_at or clock.now()
        _advance(session, gift)
    return answer


def restart_handover(session: Session, actor: Actor, *, gift_id: int) -> InKindGift:
    """Take back a half-confirmed handover: what was said is void and both codes are new.

    Raises `InvalidState` where nothing is half confirmed, `Denied`.
    """
    gift = lock_offer(session, gift_id)
    require(policy.may_manage_giving(actor, campaign(session, gift.campaign_id)))
    if gift.state is not InKindState.HALF_CONFIRMED:
        raise InvalidState(InKindReason.NOT_CONFIRMED_YET)
    gift.move_to(InKindState.ACCEPTED)
    gift.giver_confirmed_at = gift.receiver_confirmed_at = gift.locked_until = None
    gift.received_by_user_id, gift.wrong_codes = None, 0
    gift.giver_code, gift.receiver_code = new_codes()
    for item in gift.items:
        item.arrived = None
    session.flush()
    return gift


def value_of_arrived(item: InKindItem) -> Money | None:
    """What of an item's value arrived, rounded down and at least a fen; None off the book.

    One yuan stays one yuan: a nominal value is not divided (ACC-05).
    """
    if item.value is None or not item.arrived:
        return None
    if item.valuation_basis is ValuationBasis.NOMINAL:
        return item.value
    return Money(max(item.value.fen * item.arrived // item.quantity, 1))


def _counted(gift: InKindGift, arrived: Mapping[int, int]) -> dict[int, int]:
    """What arrived of every item; raises `Invalid` beside the first that cannot be."""
    counted = {item.id: arrived.get(item.id, 0) for item in gift.items}
    for number, item in enumerate(gift.items):
        many, field = counted[item.id], fitness.field_of(number, "arrived")
        if not 0 <= many <= fitness.MOST_UNITS:
            raise Invalid(InKindReason.QUANTITY_RANGE, field=field, most=fitness.MOST_UNITS)
        spoiled = fitness.unfit(number, item.category, item.expires_on, clock.today())
        if many and spoiled is not None:
            raise Invalid(InKindReason.UNFIT, field=field, number=item.number, day=item.expires_on)
    if not any(counted.values()):
        raise Invalid(InKindReason.NOTHING_ARRIVED)
    return counted


def _check(session: Session, gift: InKindGift, code: str, wanted: str) -> CodeAnswer:
    """Compare a code; after too many wrong ones nobody may try for an hour."""
    if gift.state not in _UNDER_WAY:
        raise InvalidState(InKindReason.NOT_CONFIRMED_YET)
    now = clock.now()
    if gift.locked_until is not None and now < gift.locked_until:
        return CodeAnswer.LOCKED
    if hmac.compare_digest(code.strip().encode(), wanted.encode()):
        gift.wrong_codes, gift.locked_until = 0, None
        return CodeAnswer.CONFIRMED
    gift.wrong_codes += 1
    if gift.wrong_codes >= TRIES:
        gift.wrong_codes, gift.locked_until = 0, now + LOCKED_FOR
    session.flush()
    return CodeAnswer.LOCKED if gift.locked_until and now < gift.locked_until else CodeAnswer.WRONG


def _advance(session: Session, gift: InKindGift) -> None:
    """One step on: half confirmed by the first word, received by the second."""
    if gift.state is InKindState.ACCEPTED:
        gift.move_to(InKindState.HALF_CONFIRMED)
    if gift.giver_confirmed_at is not None and gift.receiver_confirmed_at is not None:
        gift.move_to(InKindState.RECEIVED)
        gift.finished_at = clock.now()
        session.flush()
        _book(session, gift)
        _keep_promise(session, gift)
    session.flush()


def _book(session: Session, gift: InKindGift) -> None:
    """Goods with a stated value come into the fund of their campaign, each lot on its own line."""
    if gift.kind is not InKindKind.GOODS:
        return
    fund_id = fund_of_campaign(session, gift.campaign_id)
    for item in gift.items:
        value = value_of_arrived(item)
        if value is None or item.valuation_basis is None:
            continue
        entry = ledger.receive_goods(
            session,
            _BOOKKEEPER,
            fund_id=fund_id,
            name=item.name,
            quantity=item.arrived or 0,
            unit=item.unit,
            value=value,
            basis=item.valuation_basis,
            evidence=item.evidence,
            # Opaque to the book, like the giver of money.
            giver=ledger.Giver(key=f"in_kind:{gift.id}", kind=gift.giver_kind.value),
            source=f"in_kind_item:{item.id}",
            occurred_on=clock.today(),
            expires_on=item.expires_on,
        )
        item.entry_id = entry.id


def _keep_promise(session: Session, gift: InKindGift) -> None:
    """What arrived keeps the promise it was offered for, where it is counted in the same unit."""
    if gift.pledge_id is None:
        return
    pledge = lock_pledge(session, gift.pledge_id)
    for item in gift.items:
        same = pledge.kind is PledgeKind.HOURS or item.unit == pledge.unit
        if item.arrived and same:
            record_part(session, pledge, source=f"in_kind_item:{item.id}", quantity=item.arrived)
