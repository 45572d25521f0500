"""Related parties: the roster of an organisation, and whom a payee or beneficiary touches."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from charity.registry.models import Person, RelatedParty, Relation
from charity.rows import present

#: Relations whose bearers take no part in deciding about a deal of their side (CHA-167).
DECIDING_RELATIONS = frozenset(
    {
        Relation.FOUNDER,
        Relation.MAJOR_DONOR,
        Relation.LEGAL_REPRESENTATIVE,
        Relation.COUNCIL,
        Relation.MANAGER,
        Relation.RELATIVE,
        Relation.VENDOR,
    }
)


@dataclass(frozen=True, slots=True)
class Touch:
    """A related party that somebody is or belongs to, and by which marks that was seen.

    Marks are `identity`, `phone`, `address`, `account` and `name`.
    """

    party: RelatedParty
    matched_on: tuple[str, ...]


def related_party(session: Session, party_id: int) -> RelatedParty:
    """One of them; raises `NotFound`."""
    return present(session.get(RelatedParty, party_id))


def related_parties(session: Session, organisation_id: int) -> list[RelatedParty]:
    """An organisation's related parties, those that ended too, by relation and name."""
    query = select(RelatedParty).where(RelatedParty.organisation_id == organisation_id)
    return list(session.scalars(query.order_by(RelatedParty.relation, RelatedParty.id)))


def touched(
    session: Session,
    *,
    organisation_ids: Collection[int],
    on: date,
    name: str = "",
    identity_hash: bytes | None = None,
    phone_hash: bytes | None = None,
    address_hash: bytes | None = None,
    account_hash: bytes | None = None,
) -> list[Touch]:
    """The parties related to one of the organisations on that day that share a mark (AUD-02).

    Many people have one name: a name counts only where the identity of one of the two is unknown.
    """
    marks = {
        "identity": (RelatedParty.identity_hash, identity_hash),
        "phone": (RelatedParty.phone_hash, phone_hash),
        "address": (RelatedParty.address_hash, address_hash),
        "account": (RelatedParty.account_hash, account_hash),
    }
    same = [column == value for column, value in marks.values() if value is not None]
    if name:
        same.append(RelatedParty.name == name)
    if not same or not organisation_ids:
        return []
    query = (
        select(RelatedParty)
        .where(
            RelatedParty.organisation_id.in_(organisation_ids),
            RelatedParty.since <= on,
            or_(RelatedParty.until.is_(None), RelatedParty.until >= on),
            or_(*same),
        )
        .order_by(RelatedParty.id)
    )
    given = {mark: value for mark, (_, value) in marks.items()}
    found = []
    for party in session.scalars(query):
        matched = _matched(party, given, name)
        if matched:
            found.append(Touch(party, matched))
    return found


def is_related_person(
    session: Session, person_id: int, *, organisation_ids: Collection[int], on: date
) -> bool:
    """Whether this person is a founder, main donor or manager there, or belongs to one."""
    return bool(related_to(session, person_id, organisation_ids=organisation_ids, on=on))


def related_to(
    session: Session, person_id: int, *, organisation_ids: Collection[int], on: date
) -> frozenset[int]:
    """Of these organisations, those this person is a founder or manager of, or belongs to one."""
    person = session.get(Person, person_id)
    if person is None or not organisation_ids:
        return frozenset()
    same = [RelatedParty.person_id == person_id]
    if person.identity_hash is not None:
        same.append(RelatedParty.identity_hash == person.identity_hash)
    query = select(RelatedParty.organisation_id).where(
        RelatedParty.organisation_id.in_(organisation_ids),
        RelatedParty.relation.in_(DECIDING_RELATIONS),
        RelatedParty.since <= on,
        or_(RelatedParty.until.is_(None), RelatedParty.until >= on),
        or_(*same),
    )
    return frozenset(session.scalars(query))


def _matched(party: RelatedParty, given: dict[str, bytes | None], name: str) -> tuple[str, ...]:
    matched = [
        mark
        for mark, value in given.items()
        if value is not None and getattr(party, f"{mark}_hash") == value
    ]
    unknown = party.identity_hash is None or given["identity"] is None
    if name and party.name == name and unknown:
        matched.append("name")
    return tuple(matched)
