"""Who represents an organisation (法定代表人), one after the other; a change asks for an audit."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock, outbox, texts
from charity.actor import Actor, require
from charity.errors import CommonReason, Conflict, Denied, Invalid
from charity.registry import policy, queries
from charity.registry.models import LegalRepresentative, Organisation
from charity.registry.reasons import RegistryReason
from charity.rows import insert_or, locked


def name_representative(
    session: Session, actor: Actor, *, organisation_id: int, name: str, since: date
) -> LegalRepresentative:
    """Record who represents an organisation from a day in China on; who did before ends the day
    before.

    A second name makes the audit of the leaving one due (ORG-19): `disclosure.raise_duties` reads
    it from here. Raises `Denied` for anyone but its owners and who keeps the register, `Conflict`
    where the name stands already, and `Invalid` on `since` for a day to come or not after the one
    before.
    """
    organisation = queries.organisation(session, organisation_id)
    require(policy.may_name_representative(actor, organisation))
    if actor.user_id is None:
        raise Denied(CommonReason.SIGN_IN_FIRST)
    said = texts.line(name, field="name", limit=80)
    if since > clock.today():
        raise Invalid(RegistryReason.IN_THE_FUTURE, field="since")
    # one change at a time: the row of the organisation is where they queue
    locked(session, select(Organisation).where(Organisation.id == organisation_id))
    before = queries.representative(session, organisation_id)
    if before is not None:
        if before.name == said:
            raise Conflict(RegistryReason.REPRESENTATIVE_STANDS, field="name", name=said)
        if since <= before.since:
            raise Invalid(RegistryReason.REPRESENTATIVE_EARLIER, field="since", day=before.since)
        before.until = since - timedelta(days=1)
    row = LegalRepresentative(
        organisation_id=organisation_id,
        name=said,
        since=since,
        recorded_by_user_id=actor.user_id,
        recorded_at=clock.now(),
    )
    insert_or(session, row, Conflict(RegistryReason.REPRESENTATIVE_STANDS, field="name", name=said))
    outbox.write(session, "organisation.representative_named", f"organisation:{organisation_id}")
    return row
