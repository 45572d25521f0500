"""Persons: the human beings behind accounts."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from charity import texts
from charity.actor import Actor
from charity.registry import identity as identities
from charity.registry.models import Person


def add_person(
    session: Session, actor: Actor, *, name: str, identity: str | None, secret: bytes
) -> Person:
    """The person with this identity document, made where nobody has it yet.

    One document is one person, whatever name is given and however many accounts there are;
    separation of duties rests on that. Without a document each call makes another person. Open to
    anybody, as signing up is, and it tells nobody whether the person was known before. Raises
    `Invalid` on `name` or `identity`.
    """
    person = Person(name=texts.line(name, field="name", limit=80))
    if identity is None or not identity.strip():
        session.add(person)
        session.flush()
        return person
    person.identity_hash = identities.keyed_hash(identities.normalise(identity), secret)
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
