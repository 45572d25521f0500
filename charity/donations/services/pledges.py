"""Promise (认捐), take a promise back, be released from it, close it.

Money, goods or hours for one campaign, or for so many units of one of its deliverables. A promise
in public is not taken back at will: it can be enforced, unless hardship is reported and published
(CHA-151).
"""

from __future__ import annotations

import secrets
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from charity import clock, letters, texts
from charity.actor import Actor, require
from charity.donations import policy
from charity.donations.models import STANDING_PLEDGES, Pledge, PledgeKind, PledgeState
from charity.donations.reasons import PledgesReason
from charity.donations.services.giving import LEAST, require_client_id
from charity.donations.services.promisers import (
    Promiser,
    require_same,
    require_taking,
    short,
)
from charity.errors import Invalid, InvalidState
from charity.money import Money
from charity.registry.queries import campaign
from charity.rows import locked

#: One promise of money is at least one yuan and at most ten million.
MOST_PROMISED = Money.yuan(10_000_000)
#: The most units, or minutes, of one promise.
MOST_UNITS = 1_000_000
#: A promise is kept within a year.
LONGEST_DAYS = 366
#: Days after its day before staff may close a promise nobody kept.
LAPSE_AFTER_DAYS = 90


def make_pledge(
    session: Session,
    actor: Actor,
    *,
    client_id: str,
    campaign_id: int,
    kind: PledgeKind,
    promised_by: date,
    giver: Promiser,
    amount: Money | None = None,
    quantity: int = 1,
    deliverable_id: int | None = None,
    unit_cost: Money | None = None,
    goods: str = "",
    unit: str = "",
    message: str = "",
    is_public: bool = False,
    operator_mode: str,
) -> Pledge:
    """Record a promise and owe its giver a letter with the link to its page.

    Of money: `amount`, or `quantity` units of a deliverable at `unit_cost` each; of goods:
    `quantity` times `unit` of `goods`; of hours: `quantity` minutes. The same `client_id` with the
    same promise answers the promise that is there, with another it is a `Conflict`.

    Raises `Invalid` beside the field (amount, quantity, goods, unit, promised_by, a text too long),
    `Denied` where this site takes no promises or the campaign takes nothing today, `NotFound`.
    """
    require(policy.may_promise(actor, operator_mode))
    promise = {
        "campaign_id": campaign_id,
        "kind": kind,
        "promised_by": promised_by,
        "deliverable_id": deliverable_id,
        "message": short("message", message),
        "is_public": is_public,
        **_measure(kind, amount, quantity, deliverable_id, unit_cost, goods, unit),
        **giver.columns(),
    }
    known = _known(session, require_client_id(client_id), promise)
    if known is not None:
        return known
    _require_day(promised_by, require_taking(session, actor, campaign_id).ends_on)
    pledge = Pledge(
        client_id=client_id,
        token=secrets.token_urlsafe(32),
        state=PledgeState.OPEN,
        created_at=clock.now(),
        giver_key=giver.key,
        person_id=actor.person_id,
        **promise,
    )
    return _insert(session, pledge, promise)


def _insert(session: Session, pledge: Pledge, promise: dict[str, object]) -> Pledge:
    """Store a promise and owe its letter; where another click was first, answer what it stored."""
    try:
        with session.begin_nested():
            session.add(pledge)
    except IntegrityError:
        known = _known(session, pledge.client_id, promise)
        if known is None:
            raise
        return known
    owe_letter(session, pledge, "made")
    return pledge


def owe_letter(session: Session, pledge: Pledge, kind: str, occasion: str = "") -> bool:
    """Owe the giver a letter `pledge.<kind>`; whether there is an address to send it to."""
    return letters.write(
        session,
        source=f"pledge:{pledge.id}:{kind}{':' if occasion else ''}{occasion}",
        kind=f"pledge.{kind}",
        address=pledge.contact,
        pledge_id=pledge.id,
        token=pledge.token,
        campaign_id=pledge.campaign_id,
        title=campaign(session, pledge.campaign_id).title,
        promise=pledge.kind.value,
        promised=pledge.promised,
        rest=pledge.rest,
        goods=pledge.goods,
        unit=pledge.unit,
        promised_by=pledge.promised_by.isoformat(),
    )


def lock_pledge(session: Session, pledge_id: int) -> Pledge:
    """The promise, locked until the unit ends and read afresh; raises `NotFound`."""
    pledge = locked(session, select(Pledge).where(Pledge.id == pledge_id))
    session.refresh(pledge, ["fulfilments", "hours"])
    return pledge


def withdraw_pledge(session: Session, actor: Actor, *, pledge_id: int, note: str = "") -> Pledge:
    """Take a promise back, by its giver, before anything of it was kept; twice is once.

    Raises `InvalidState` where a part was kept, or for a promise in public: of that one is only
    released (CHA-151).
    """
    pledge = lock_pledge(session, pledge_id)
    if pledge.state is PledgeState.WITHDRAWN:
        return pledge
    if pledge.state is not PledgeState.OPEN or pledge.kept:
        raise InvalidState(PledgesReason.SOMETHING_KEPT)
    if pledge.is_public:
        raise InvalidState(PledgesReason.PUBLIC_PROMISE)
    return _close(session, pledge, PledgeState.WITHDRAWN, note)


def ask_release(session: Session, actor: Actor, *, pledge_id: int, plea: str) -> Pledge:
    """The giver fell on hard times and asks to be released; reminders stop meanwhile.

    Raises `Invalid` without words on `plea`, `InvalidState` for a promise that does not stand.
    """
    said = texts.prose(plea, field="plea", limit=1000, required=True)
    pledge = _standing(session, pledge_id)
    pledge.release_asked_at = pledge.release_asked_at or clock.now()
    pledge.release_plea = said
    session.flush()
    return pledge


def release_pledge(
    session: Session,
    actor: Actor,
    *,
    pledge_id: int,
    reported_on: date,
    reported_to: str,
    public_note: str,
) -> Pledge:
    """Release the giver for hardship: nothing more is claimed of the rest (CHA-151).

    The law wants it reported and published: `reported_on` and `reported_to` say when and to whom,
    `public_note` is what everybody reads on the project's page, without a name. Raises `Invalid`
    for a missing text or a day to come, `InvalidState`, `Denied`.
    """
    to = texts.line(reported_to, field="reported_to")
    note = texts.prose(public_note, field="public_note", limit=500, required=True)
    pledge = _managed(session, actor, pledge_id)
    if reported_on > clock.today():
        raise Invalid(PledgesReason.DAY_AHEAD, field="reported_on")
    _require_standing(pledge)
    pledge.reported_on, pledge.reported_to, pledge.public_note = reported_on, to, note
    return _close(session, pledge, PledgeState.HARDSHIP_RELEASED, "")


def decline_release(session: Session, actor: Actor, *, pledge_id: int, note: str) -> Pledge:
    """Answer a giver who asked that the promise stands; `note` is shown on the giver's page."""
    answer = texts.prose(note, field="note", limit=500, required=True)
    pledge = _managed(session, actor, pledge_id)
    _require_standing(pledge)
    if pledge.release_asked_at is None:
        raise InvalidState(PledgesReason.NOT_STANDING)
    pledge.release_asked_at, pledge.closing_note = None, answer
    session.flush()
    return pledge


def lapse_pledge(session: Session, actor: Actor, *, pledge_id: int, note: str = "") -> Pledge:
    """Close a promise whose day is more than `LAPSE_AFTER_DAYS` days past.

    Raises `InvalidState` before that (parameter `day`, the first on which it may be), `Denied`.
    """
    pledge = _managed(session, actor, pledge_id)
    _require_standing(pledge)
    first = pledge.promised_by + timedelta(days=LAPSE_AFTER_DAYS + 1)
    if clock.today() < first:
        raise InvalidState(PledgesReason.NOT_LONG_PAST, day=first)
    return _close(session, pledge, PledgeState.LAPSED, note)


def switch_reminders(session: Session, actor: Actor, *, pledge_id: int, on: bool) -> Pledge:
    """Want letters about this promise, or no more of them; the giver's own switch."""
    pledge = lock_pledge(session, pledge_id)
    pledge.reminders_off = not on
    session.flush()
    return pledge


def _managed(session: Session, actor: Actor, pledge_id: int) -> Pledge:
    """The promise, locked, for staff of its campaign; raises `Denied`, `NotFound`."""
    pledge = lock_pledge(session, pledge_id)
    require(policy.may_manage_giving(actor, campaign(session, pledge.campaign_id)))
    return pledge


def _standing(session: Session, pledge_id: int) -> Pledge:
    pledge = lock_pledge(session, pledge_id)
    _require_standing(pledge)
    return pledge


def _require_standing(pledge: Pledge) -> None:
    if pledge.state not in STANDING_PLEDGES:
        raise InvalidState(PledgesReason.NOT_STANDING)


def _close(session: Session, pledge: Pledge, state: PledgeState, note: str) -> Pledge:
    pledge.closing_note = texts.prose(note, field="note", limit=500) or pledge.closing_note
    pledge.move_to(state)
    pledge.closed_at = clock.now()
    session.flush()
    return pledge


def _known(session: Session, client_id: str, promise: dict[str, object]) -> Pledge | None:
    """The promise already made with this id; `Conflict` where it says something else."""
    found = session.scalar(select(Pledge).where(Pledge.client_id == client_id))
    if found is not None:
        require_same(found, promise)
    return found


def _measure(
    kind: PledgeKind,
    amount: Money | None,
    quantity: int,
    deliverable_id: int | None,
    unit_cost: Money | None,
    goods: str,
    unit: str,
) -> dict[str, object]:
    """How much of what is promised, as its columns; raises `Invalid` beside the field."""
    if not 1 <= quantity <= MOST_UNITS:
        raise Invalid(PledgesReason.QUANTITY_RANGE, field="quantity", most=MOST_UNITS)
    if kind is PledgeKind.MONEY:
        sum_ = _sum(amount, quantity, deliverable_id, unit_cost)
        return {"amount": sum_, "quantity": quantity, "goods": "", "unit": ""}
    if kind is PledgeKind.HOURS:
        return {"amount": None, "quantity": quantity, "goods": "", "unit": ""}
    return {
        "amount": None,
        "quantity": quantity,
        "goods": texts.line(goods, field="goods", limit=100),
        "unit": texts.line(unit, field="unit", limit=20),
    }


def _sum(
    amount: Money | None, quantity: int, deliverable_id: int | None, unit_cost: Money | None
) -> Money:
    """The sum promised: as it was named, or so many units of a deliverable."""
    field = "amount"
    if amount is None:
        field = "quantity"
        if deliverable_id is None or unit_cost is None or not unit_cost:
            raise Invalid(PledgesReason.NOT_COUNTABLE, field="deliverable_id")
        amount = unit_cost * quantity
    if not LEAST <= amount <= MOST_PROMISED:
        raise Invalid(PledgesReason.AMOUNT_RANGE, field=field, least=LEAST, most=MOST_PROMISED)
    return amount


def _require_day(promised_by: date, ends_on: date) -> None:
    """The day lies ahead, within a year, and while the campaign may still take what is promised."""
    today = clock.today()
    if promised_by < today:
        raise Invalid(PledgesReason.DAY_PAST, field="promised_by")
    last = min(ends_on, today + timedelta(days=LONGEST_DAYS))
    if promised_by > last:
        raise Invalid(PledgesReason.DAY_TOO_LATE, field="promised_by", day=last)
