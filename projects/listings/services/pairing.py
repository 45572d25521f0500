"""Pairing (结对帮扶): a unit helps a village or one masked person, with five things to do.

Of a person only "张*" is kept, and a keyed hash of the identity, by which a relative of the unit
is found (CHA-143). Money is promised to a campaign of the place: it goes its lawful way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock, outbox, texts
from charity.actor import Actor, require
from charity.donations import services as donations
from charity.donations.models import GiverKind, PledgeKind
from charity.donations.services.pledges import LONGEST_DAYS, MOST_PROMISED
from charity.donations.services.promisers import Promiser
from charity.errors import CommonReason, Conflict, Denied, Invalid, InvalidState
from charity.money import ZERO, Money
from charity.registry import identity as identities
from charity.registry import queries as registry
from charity.registry.models import Organisation, Person
from charity.rows import locked, present
from projects.listings import intake
from projects.listings.models import Pairing, PairingState, PairingTask, PairingVisit
from projects.listings.policy import homeland as policy
from projects.listings.queries.homeland import campaigns_of_place
from projects.listings.reasons import HomelandReason, NeedsReason
from projects.listings.services.telling import tell_of_pairing

#: 5件实事清单: a pairing sets out to do exactly five things.
TASKS = 5
#: The most people on one visit.
MOST_VISITORS = 1000


@dataclass(frozen=True, slots=True)
class TaskDraft:
    """One of the five things, and the day by which it is done."""

    title: str
    due_on: date


@dataclass(frozen=True, slots=True)
class Helped:
    """The person a pairing is with, as typed; nothing of it is kept but a sign and a hash."""

    name: str = ""
    identity: str = ""
    #: Somebody looked: the related party of the same name is another person.
    not_the_same: bool = False


def begin_pairing(
    session: Session,
    actor: Actor,
    *,
    client_id: str,
    organisation_id: int,
    region_code: str,
    starts_on: date,
    ends_on: date,
    tasks: Sequence[TaskDraft],
    secret: bytes,
    operator_mode: str,
    helped: Helped | None = None,
    committed: Money = ZERO,
    campaign_id: int | None = None,
) -> Pairing:
    """Pair a unit with a place, or with the person `helped` who lives there.

    `committed` is promised to the campaign (a pledge under `client_id`), which raises money for
    that place; days are those of China. Raises `Denied` (not the unit's people, not verified, a
    related person: CHA-143), `Invalid` beside the field, `Conflict` where this unit and this place
    or person are paired already, `NotFound`.
    """
    unit = locked(session, select(Organisation).where(Organisation.id == organisation_id))
    require(policy.may_pair(actor, unit))
    place = registry.region(session, region_code)
    if unit.kind in policy.VILLAGE_KINDS and unit.region_code == place.code:
        raise Invalid(HomelandReason.OWN_VILLAGE, field="region_code")
    if ends_on < starts_on:
        raise Invalid(CommonReason.DATES_REVERSED, field="ends_on")
    mask, hashed = _masked(session, actor, unit, helped, secret)
    _require_nameless(helped, [draft.title for draft in tasks])
    _require_new(session, unit.id, place.code, hashed)
    pairing = Pairing(
        organisation_id=unit.id,
        region_code=place.code,
        person_mask=mask,
        person_hash=hashed,
        committed=committed,
        campaign_id=_campaign(session, place.code, committed, campaign_id),
        starts_on=starts_on,
        ends_on=ends_on,
        tasks=_tasks(tasks, starts_on, ends_on),
        created_by_user_id=_user(actor),
        created_at=clock.now(),
    )
    if committed:
        pairing.pledge_id = _promise(session, actor, client_id, unit, pairing, operator_mode)
    session.add(pairing)
    session.flush()
    outbox.write(session, "pairing.begun", f"pairing:{pairing.id}")
    tell_of_pairing(session, pairing, "begun")
    return pairing


def finish_task(
    session: Session, actor: Actor, *, task_id: int, done_on: date, note: str
) -> PairingTask:
    """One of the five things is done; raises `Denied`, `Invalid`, `InvalidState` where it was."""
    task = present(session.get(PairingTask, task_id))
    pairing = _kept(session, actor, task.pairing_id)
    session.refresh(task)
    if task.done_on is not None:
        raise InvalidState(HomelandReason.TASK_DONE)
    _require_day(pairing, done_on, "done_on")
    task.note = intake.public_prose(note, field="note", limit=500)
    task.done_on = done_on
    session.flush()
    return task


def record_visit(
    session: Session,
    actor: Actor,
    *,
    pairing_id: int,
    visited_on: date,
    words: str,
    visitors: int = 1,
) -> PairingVisit:
    """Write down a visit: the day, how many came, and what was done; nobody helped is named."""
    pairing = _kept(session, actor, pairing_id)
    _require_day(pairing, visited_on, "visited_on")
    if not 1 <= visitors <= MOST_VISITORS:
        raise Invalid(HomelandReason.VISITORS_RANGE, field="visitors", most=MOST_VISITORS)
    visit = PairingVisit(
        pairing_id=pairing.id,
        visited_on=visited_on,
        words=intake.public_prose(words, field="words", limit=1000, required=True),
        visitors=visitors,
        recorded_by_user_id=_user(actor),
        recorded_at=clock.now(),
    )
    session.add(visit)
    session.flush()
    return visit


def end_pairing(session: Session, actor: Actor, *, pairing_id: int, result: str) -> Pairing:
    """End it with its result, for everybody to read; what is not done stays to be seen."""
    pairing = _kept(session, actor, pairing_id)
    pairing.result = intake.public_prose(result, field="result", limit=2000, required=True)
    pairing.move_to(PairingState.ENDED)
    pairing.ended_at = clock.now()
    session.flush()
    outbox.write(session, "pairing.ended", f"pairing:{pairing.id}")
    tell_of_pairing(session, pairing, "ended")
    return pairing


def _kept(session: Session, actor: Actor, pairing_id: int) -> Pairing:
    """A pairing that runs, locked, for the unit's people."""
    pairing = locked(session, select(Pairing).where(Pairing.id == pairing_id))
    require(policy.may_keep_pairing(actor, pairing))
    if pairing.state is not PairingState.ACTIVE:
        raise InvalidState(CommonReason.WRONG_STATE, state=pairing.state)
    return pairing


def _require_day(pairing: Pairing, day: date, field: str) -> None:
    """A day of the pairing that is not ahead of us."""
    today = clock.today()
    if not pairing.starts_on <= day <= today:
        reason = HomelandReason.DAY_OUTSIDE
        raise Invalid(reason, field=field, first=pairing.starts_on, last=today)


def _tasks(drafts: Sequence[TaskDraft], first: date, last: date) -> list[PairingTask]:
    if len(drafts) != TASKS:
        raise Invalid(HomelandReason.FIVE_TASKS, field="tasks", wanted=TASKS)
    for draft in drafts:
        if not first <= draft.due_on <= last:
            raise Invalid(HomelandReason.DAY_OUTSIDE, field="tasks", first=first, last=last)
    return [
        PairingTask(
            position=number,
            title=intake.public_line(draft.title, field="tasks", limit=80),
            due_on=draft.due_on,
        )
        for number, draft in enumerate(drafts, 1)
    ]


def _masked(
    session: Session, actor: Actor, unit: Organisation, helped: Helped | None, secret: bytes
) -> tuple[str, bytes | None]:
    """The sign and the hash of a person who is no relative of the unit (CHA-143)."""
    if helped is None or not (helped.name.strip() or helped.identity.strip()):
        return "", None
    name = texts.line(helped.name, field="name", limit=40, required=False)
    if not name or not helped.identity.strip():
        raise Invalid(HomelandReason.NAME_AND_IDENTITY, field="identity" if name else "name")
    hashed = identities.keyed_hash(identities.normalise(helped.identity), secret)
    touches = registry.touched(
        session, organisation_ids=[unit.id], on=clock.today(), name=name, identity_hash=hashed
    )
    own = select(Person.id).where(Person.id == actor.person_id, Person.identity_hash == hashed)
    if any("identity" in each.matched_on for each in touches) or session.scalar(own) is not None:
        raise Denied(HomelandReason.RELATED_PERSON, field="identity", rule="CHA-143")
    if touches and not helped.not_the_same:
        raise Invalid(HomelandReason.SAME_NAME, field="not_the_same", rule="CHA-143")
    return f"{name[0]}*", hashed


def _require_nameless(helped: Helped | None, titles: Sequence[str]) -> None:
    """The things to do are public: the name of who is helped is not among their words."""
    name = "".join(helped.name.split()) if helped is not None else ""
    if len(name) > 1 and any(name in "".join(title.split()) for title in titles):
        raise Invalid(NeedsReason.NAME_IN_TITLE, field="tasks", name=name)


def _require_new(session: Session, unit_id: int, code: str, hashed: bytes | None) -> None:
    same = select(Pairing.id).where(
        Pairing.organisation_id == unit_id,
        Pairing.state == PairingState.ACTIVE,
        Pairing.region_code == code if hashed is None else Pairing.person_hash == hashed,
        Pairing.person_hash.is_(None) if hashed is None else Pairing.person_hash.is_not(None),
    )
    if session.scalar(same.limit(1)) is not None:
        raise Conflict(HomelandReason.ALREADY_PAIRED)


def _campaign(session: Session, code: str, committed: Money, campaign_id: int | None) -> int | None:
    """The campaign the money goes to: one of a project of the place, or of the village's fund."""
    if not ZERO <= committed <= MOST_PROMISED:
        raise Invalid(HomelandReason.COMMITTED_RANGE, field="committed", most=MOST_PROMISED)
    if campaign_id is None:
        if committed:
            raise Invalid(HomelandReason.CAMPAIGN_WANTED, field="campaign_id")
        return None
    if campaign_id not in {found.id for found in campaigns_of_place(session, code)}:
        raise Invalid(HomelandReason.CAMPAIGN_ELSEWHERE, field="campaign_id")
    return campaign_id


def _promise(
    session: Session,
    actor: Actor,
    client_id: str,
    unit: Organisation,
    pairing: Pairing,
    operator_mode: str,
) -> int:
    """The unit's pledge of the committed money; the campaign's own rules decide."""
    campaign = registry.campaign(session, pairing.campaign_id or 0)
    last = min(pairing.ends_on, campaign.ends_on, clock.today() + timedelta(days=LONGEST_DAYS))
    pledge = donations.make_pledge(
        session,
        actor,
        client_id=client_id,
        campaign_id=campaign.id,
        kind=PledgeKind.MONEY,
        promised_by=max(last, clock.today()),
        giver=Promiser(kind=GiverKind.UNIT, name=unit.name, name_is_public=True),
        amount=pairing.committed,
        is_public=True,
        operator_mode=operator_mode,
    )
    return pledge.id


def _user(actor: Actor) -> int:
    if actor.user_id is None:
        raise Denied(CommonReason.SIGN_IN_FIRST)
    return actor.user_id
