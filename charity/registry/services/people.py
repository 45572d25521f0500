"""Persons: the human beings behind accounts."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from charity import clock, texts
from charity.actor import Actor
from charity.errors import Invalid
from charity.registry import identity as identities
from charity.registry.findings import Finding, figure
from charity.registry.models import Person
from charity.registry.months import add_years
from charity.registry.reasons import RegistryReason


def add_person(
    session: Session, actor: Actor, *, name: str, identity: str | None, secret: bytes
) -> Person:
    """The person with this identity document, made where nobody has it yet.

    One document is one person, whatever name is given and however many accounts there are;
    separation of duties rests on that. Without a document each call makes another person. Open to
    anybody, as signing up is, and it tells nobody whether the person was known before. Raises
    `Invalid` on `name` or `identity`, UNDER_FOURTEEN for a child: its data need a guardian's
    consent, which no form here takes (PII-02).
    """
    person = Person(name=texts.line(name, field="name", limit=80))
    if identity is None or not identity.strip():
        session.add(person)
        session.flush()
        return person
    number = identities.normalise(identity)
    if (born_on := identities.birthday(number)) is not None:
        _refuse_children(born_on, clock.today())
    person.identity_hash = identities.keyed_hash(number, secret)
    same = select(Person).where(Person.identity_hash == person.identity_hash)
    known = session.scalar(same)
    if known is not None:
        return known
    try:
        with session.begin_nested():
            session.add(person)
            session.flush()
    except IntegrityError:
        # someone wrote the same person between our look and our row
        return session.scalars(same).one()
    return person


def _refuse_children(born_on: date, on: date) -> None:
    """A child until the end of its 14th birthday, on the safe side (PII-02)."""
    years = figure("PII-02", on)
    if not isinstance(years, Finding) and on <= add_years(born_on, years.number):
        raise Invalid(RegistryReason.UNDER_FOURTEEN, field="identity")
