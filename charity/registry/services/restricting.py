"""Stopping acts of an organisation or a campaign for a cause, and letting them go on again.

Lists, overdue duties and findings write restrictions. Whether somebody may is judged by the context
that owns the cause; a cause stops an act once, and what was lifted is not put back by it.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock, outbox
from charity.actor import Actor
from charity.registry.models import RestrictedAct, Restriction, RestrictionLift
from charity.rows import insert_new


def restrict(
    session: Session,
    actor: Actor,
    *,
    organisation_id: int | None = None,
    campaign_id: int | None = None,
    act: RestrictedAct,
    rule_id: str,
    source: str,
) -> Restriction:
    """Stop `act` for one organisation or one campaign, because of `source` (`list_entry:4`).

    Asked again for the same source and act it answers the row that is there. Raises `ValueError`
    unless exactly one of the two is named.
    """
    if (organisation_id is None) == (campaign_id is None):
        raise ValueError("a restriction concerns one organisation or one campaign")
    made = insert_new(
        session,
        Restriction,
        organisation_id=organisation_id,
        campaign_id=campaign_id,
        act=act,
        rule_id=rule_id,
        source=source,
        since=clock.now(),
    )
    if made is None:
        same = select(Restriction).where(Restriction.source == source, Restriction.act == act)
        return session.scalars(same).one()
    outbox.write(session, "restriction.written", _subject(made), act=act.value, rule=rule_id)
    return made


def lift_restrictions(session: Session, actor: Actor, *, source: str, note: str = "") -> int:
    """The cause is gone: everything it stopped may go on; answers how many acts that were."""
    standing = select(Restriction).where(Restriction.source == source, ~Restriction.lift.has())
    lifted = 0
    for restriction in session.scalars(standing).all():
        made = insert_new(
            session,
            RestrictionLift,
            restriction_id=restriction.id,
            lifted_at=clock.now(),
            lifted_by_user_id=actor.user_id,
            note=note,
        )
        if made is not None:
            session.expire(restriction, ["lift"])
            outbox.write(
                session, "restriction.lifted", _subject(restriction), act=restriction.act.value
            )
            lifted += 1
    return lifted


def _subject(restriction: Restriction) -> str:
    if restriction.campaign_id is not None:
        return f"campaign:{restriction.campaign_id}"
    return f"organisation:{restriction.organisation_id}"
