"""Write down who is related to an organisation, and until when (CHA-144, AUD-02, AUD-03)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock, outbox, texts
from charity.actor import Actor, require
from charity.errors import CommonReason, Denied, Invalid, InvalidState, NotFound
from charity.registry import identity as identities
from charity.registry import policy, queries
from charity.registry.identity import ContactKind
from charity.registry.models import Office, Person, RelatedParty, Relation
from charity.registry.reasons import RegistryReason
from charity.registry.related_reasons import RelatedReason


def record_related(
    session: Session,
    actor: Actor,
    *,
    organisation_id: int,
    name: str,
    relation: Relation,
    since: date,
    secret: bytes,
    identity: str = "",
    phone: str = "",
    address: str = "",
    account: str = "",
    relative_of_id: int | None = None,
    office: Office = Office.NONE,
    employer: str = "",
    is_paid: bool = False,
    is_full_time: bool = False,
    is_mainland: bool = True,
) -> RelatedParty:
    """Enter a person or firm; of identity, telephone, address and account only hashes are kept.

    `since` is a day in China, not in the future; `secret` keys the hashes. Raises `Denied` for
    anyone but the organisation's own people and verifiers, `Invalid` beside the field.
    """
    organisation = queries.organisation(session, organisation_id)
    require(policy.may_record_related(actor, organisation))
    if actor.user_id is None:
        raise Denied(CommonReason.SIGN_IN_FIRST)
    if since > clock.today():
        raise Invalid(RegistryReason.IN_THE_FUTURE, field="since")
    party = RelatedParty(
        organisation_id=organisation_id,
        name=texts.line(name, field="name", limit=200),
        relation=relation,
        relative_of_id=_relative_of(session, organisation_id, relation, relative_of_id),
        identity_hash=identities.keyed_hash(identities.normalise(identity), secret)
        if identity.strip()
        else None,
        phone_hash=identities.keyed_contact(ContactKind.PHONE, phone, secret),
        address_hash=identities.keyed_contact(ContactKind.ADDRESS, address, secret),
        account_hash=identities.keyed_contact(ContactKind.ACCOUNT, account, secret),
        office=office,
        employer=texts.line(employer, field="employer", limit=200, required=False),
        is_paid=is_paid,
        is_full_time=is_full_time,
        is_mainland=is_mainland,
        since=since,
        recorded_by_user_id=actor.user_id,
        recorded_at=clock.now(),
    )
    if party.identity_hash is not None:
        same = select(Person.id).where(Person.identity_hash == party.identity_hash)
        party.person_id = session.scalar(same)
    session.add(party)
    session.flush()
    outbox.write(session, "related.recorded", f"organisation:{organisation_id}", party_id=party.id)
    return party


def end_related(session: Session, actor: Actor, *, party_id: int, until: date) -> RelatedParty:
    """Say until when somebody was related; the row stays for what was paid in that time.

    Raises `Denied`, `NotFound`, `Invalid` on `until` before the beginning or in the future,
    `InvalidState` where it ended before.
    """
    party = queries.related_party(session, party_id)
    organisation = queries.organisation(session, party.organisation_id)
    require(policy.may_record_related(actor, organisation))
    if party.until is not None:
        raise InvalidState(RelatedReason.ALREADY_ENDED)
    if until > clock.today():
        raise Invalid(RegistryReason.IN_THE_FUTURE, field="until")
    if until < party.since:
        raise Invalid(CommonReason.DATES_REVERSED, field="until")
    party.until = until
    session.flush()
    outbox.write(
        session, "related.ended", f"organisation:{party.organisation_id}", party_id=party.id
    )
    return party


def _relative_of(
    session: Session, organisation_id: int, relation: Relation, relative_of_id: int | None
) -> int | None:
    """The party somebody is a relative of, of the same organisation."""
    if relation is not Relation.RELATIVE:
        return None
    if relative_of_id is None:
        raise Invalid(RelatedReason.RELATIVE_OF_WHOM, field="relative_of_id")
    if queries.related_party(session, relative_of_id).organisation_id != organisation_id:
        raise NotFound(CommonReason.NOT_FOUND, field="relative_of_id")
    return relative_of_id
