"""Deliveries that a simulation makes, for demonstrations and for real lists of long ago.

They count like others and are marked for ever: every page that counts them says how many they are.
No person can make one, and none touches the books: no gift, no pledge is kept by it.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor, Verdict, require
from charity.errors import CommonReason, InvalidState
from charity.rows import insert_new
from projects.listings.intake import SIMULATED_RECORD
from projects.listings.models import HOLDING_CLAIMS, ServiceRecord
from projects.listings.services.counting import touch
from projects.listings.services.locking import lock_claim


def simulate_delivery(
    session: Session,
    actor: Actor,
    *,
    claim_id: int,
    quantity: int,
    people: int = 0,
    times: int = 0,
) -> ServiceRecord | None:
    """Let a part of an accepted claim have come, now, both sides having said so; once a claim.

    The quantity is in the need's measure. Answers None where it was simulated before. Raises
    `Denied` for anybody but the system, `InvalidState` for a claim that holds nothing.
    """
    require(Verdict.yes() if actor.is_system else Verdict.no())
    claim = lock_claim(session, claim_id)
    if claim.state not in HOLDING_CLAIMS:
        raise InvalidState(CommonReason.WRONG_STATE, state=claim.state)
    now = clock.now()
    record = insert_new(
        session,
        ServiceRecord,
        client_id=f"{SIMULATED_RECORD}{claim.id}",
        claim_id=claim.id,
        delivered_on=clock.day_of(now),
        quantity=quantity,
        people=people,
        times=times,
        reported_at=now,
        unit_confirmed_at=now,
        need_confirmed_at=now,
        is_simulated=True,
    )
    if record is not None:
        claim.need.delivered += quantity
        claim.need.first_delivered_at = claim.need.first_delivered_at or now
        touch(session, claim.need)
    return record
