"""Looking for 套捐 and deciding on it: a flag is a question for people, never a verdict.

While it is open, nothing is paid for the giver or campaign it names. Upheld, it takes the matches
back, bans the givers and is published; an appeal is noted with it, and a decision can be undone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, insert, literal, select
from sqlalchemy.orm import Session

from charity import clock, outbox
from charity.actor import Actor, require
from charity.base import UtcDateTime
from charity.donations import policy
from charity.donations.models import (
    Donation,
    ExclusionCause,
    FlagState,
    Match,
    MatchFlag,
    MatchReturn,
    MatchState,
    PoolExclusion,
)
from charity.donations.reasons import MatchingReason
from charity.donations.services.pool_sums import pool_of
from charity.donations.services.watching import PaidOut, suspicions
from charity.errors import CommonReason, Denied, Invalid, InvalidState
from charity.money import Money
from charity.rows import insert_new, present

_GIVEN = (MatchState.RESERVED, MatchState.CONFIRMED)
_MOST = 1000


@dataclass(frozen=True, slots=True)
class _Verdict:
    """Who decided, and with what words."""

    by_user_id: int
    note: str


def raise_flags(
    session: Session, actor: Actor, *, pool_id: int, paid_out: Sequence[PaidOut] = ()
) -> int:
    """Look through a pool's matches for what looks wrong (MAT-04 to MAT-06); answers how many new.

    `paid_out` is what organisations and vendors paid to whom, as the caller's books show it. A
    question that was answered is not asked again. Raises `Denied`, `NotFound`.
    """
    require(policy.may_settle(actor))
    new = 0
    for kind, subject, facts in suspicions(session, pool_id, paid_out):
        made = insert_new(
            session,
            MatchFlag,
            pool_id=pool_id,
            kind=kind,
            subject=subject,
            facts=facts,
            raised_at=clock.now(),
            state=FlagState.OPEN,
            note="",
        )
        new += made is not None
    return new


def decide_flag(
    session: Session, actor: Actor, *, flag_id: int, uphold: bool, note: str
) -> MatchFlag:
    """Dismiss a flag, or uphold it with its consequences (MAT-07); `note` says why.

    Upheld: the matches it names go back to the pool, their givers are banned from it, and the flag
    stands on the pool's public page. An upheld flag may be dismissed later, after an appeal: the
    ban falls, the matches stay cancelled. Raises `Invalid` without a note, `InvalidState`,
    `Denied`, `NotFound`.
    """
    flag = present(session.get(MatchFlag, flag_id))
    pool_of(session, actor, flag.pool_id)
    session.refresh(flag)
    verdict = _verdict(actor, note)
    appealed = flag.state is FlagState.UPHELD and not uphold
    if flag.state is not FlagState.OPEN and not appealed:
        raise InvalidState(CommonReason.WRONG_STATE, state=flag.state)
    if uphold:
        _take_back(session, flag)
        _ban(session, flag, verdict)
    elif appealed:
        session.execute(delete(PoolExclusion).where(PoolExclusion.note == _source(flag)))
    flag.state = FlagState.UPHELD if uphold else FlagState.DISMISSED
    flag.decided_by_user_id, flag.decided_at = verdict.by_user_id, clock.now()
    flag.note = "\n".join(filter(None, [flag.note, verdict.note]))
    outbox.write(session, f"match_flag.{flag.state}", f"pool:{flag.pool_id}", flag_id=flag.id)
    session.flush()
    return flag


def note_appeal(session: Session, actor: Actor, *, flag_id: int, note: str) -> MatchFlag:
    """Write an appeal down beside an upheld flag, in the giver's words.

    Raises like `decide_flag`.
    """
    flag = present(session.get(MatchFlag, flag_id))
    pool_of(session, actor, flag.pool_id)
    session.refresh(flag)
    if flag.state is not FlagState.UPHELD:
        raise InvalidState(CommonReason.WRONG_STATE, state=flag.state)
    flag.note = "\n".join(filter(None, [flag.note, _verdict(actor, note).note]))
    session.flush()
    return flag


def _take_back(session: Session, flag: MatchFlag) -> None:
    """Ask the allotter to take back every match the flag names."""
    rows = select(
        Match.pool_id,
        Match.id,
        literal(flag.id, MatchFlag.id.type),
        literal(clock.now(), UtcDateTime()),
    ).where(*_concerned(flag), Match.state.in_(_GIVEN))
    names = ["pool_id", "match_id", "flag_id", "asked_at"]
    session.execute(insert(MatchReturn).from_select(names, rows))


def _ban(session: Session, flag: MatchFlag, verdict: _Verdict) -> None:
    """Match nothing more of the givers the flag names; of a whole campaign nobody is banned."""
    if flag.subject.startswith("campaign:") and not flag.facts.keys() & {"positions", "gift"}:
        return
    query = (
        select(Donation.giver_key)
        .join(Match, Match.donation_id == Donation.id)
        .where(*_concerned(flag), Donation.giver_key.is_not(None))
        .distinct()
    )
    session.add_all(
        PoolExclusion(
            pool_id=flag.pool_id,
            giver_key=key,
            cause=ExclusionCause.BANNED,
            note=_source(flag),
            added_by_user_id=verdict.by_user_id,
            added_at=clock.now(),
        )
        for key in session.scalars(query)
    )


def _concerned(flag: MatchFlag) -> list[ColumnElement[bool]]:
    """The matches a flag is about."""
    found = [Match.pool_id == flag.pool_id]
    what, _, name = flag.subject.partition(":")
    if what == "giver":
        return [*found, Match.giver_mark == name]
    found.append(Match.campaign_id == int(name.split(":")[0]))
    positions, gift = flag.facts.get("positions"), flag.facts.get("gift")
    if isinstance(positions, list):
        found.append(Match.position.in_(positions))
    elif isinstance(gift, int):
        found.append(Match.gift == Money(gift))
    return found


def _source(flag: MatchFlag) -> str:
    return f"flag:{flag.id}"


def _verdict(actor: Actor, note: str) -> _Verdict:
    if actor.user_id is None:
        raise Denied(CommonReason.SIGN_IN_FIRST)
    line = " ".join(note.split())
    if not line:
        raise Invalid(MatchingReason.SAY_WHY, field="note")
    if len(line) > _MOST:
        raise Invalid(CommonReason.TOO_LONG, field="note", most=_MOST)
    return _Verdict(actor.user_id, f"{clock.today().isoformat()} {line}")
