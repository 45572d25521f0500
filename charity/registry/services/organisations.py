"""Registering an organisation, and what the operator's staff make of it."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock, outbox, texts
from charity.actor import Actor, require
from charity.errors import Conflict, Invalid, NotFound
from charity.registry import policy, queries
from charity.registry import uscc as codes
from charity.registry.models import (
    Organisation,
    OrganisationKind,
    OrganisationState,
    Verification,
    VerifiedThing,
)
from charity.registry.reasons import RegistryReason
from charity.registry.services.standing import sign_agreement
from charity.rows import insert_or, locked, unique_or

_PHONE = re.compile(r"\+?[0-9][0-9 ()-]{4,24}", re.ASCII)


def register_organisation(
    session: Session,
    actor: Actor,
    *,
    name: str,
    kind: OrganisationKind,
    uscc: str | None,
    region_code: str,
    introduction: str,
    contact_name: str,
    contact_phone: str,
) -> Organisation:
    """Bring an organisation; it waits (PENDING) for the operator's staff.

    A filed community group has no credit code, everybody else needs a valid one (ORG-02). Raises
    `Invalid` beside the field, `Conflict` where the name (NAME_TAKEN) or the code (USCC_TAKEN)
    is registered, `Denied` for visitors.
    """
    require(policy.may_register(actor))
    values = _particulars(
        session,
        name=name,
        kind=kind,
        uscc=uscc,
        region_code=region_code,
        introduction=introduction,
        contact_name=contact_name,
        contact_phone=contact_phone,
    )
    _refuse_taken(session, values, None)
    organisation = Organisation(
        **values, state=OrganisationState.PENDING, registered_at=clock.now()
    )
    insert_or(session, organisation, Conflict(RegistryReason.NAME_TAKEN, field="name"))
    return organisation


def resubmit_organisation(
    session: Session,
    actor: Actor,
    *,
    organisation_id: int,
    name: str,
    kind: OrganisationKind,
    uscc: str | None,
    region_code: str,
    introduction: str,
    contact_name: str,
    contact_phone: str,
) -> Organisation:
    """Send a returned registration again with its corrected particulars (RETURNED to PENDING).

    Raises as `register_organisation`, and `InvalidState` in any other state.
    """
    organisation = _locked(session, organisation_id)
    require(policy.may_edit(actor, organisation))
    values = _particulars(
        session,
        name=name,
        kind=kind,
        uscc=uscc,
        region_code=region_code,
        introduction=introduction,
        contact_name=contact_name,
        contact_phone=contact_phone,
    )
    _refuse_taken(session, values, organisation_id)
    with unique_or(session, Conflict(RegistryReason.NAME_TAKEN, field="name")):
        organisation.move_to(OrganisationState.PENDING)
        for column, value in values.items():
            setattr(organisation, column, value)
    return organisation


def verify_organisation(
    session: Session,
    actor: Actor,
    *,
    organisation_id: int,
    note: str,
    charity_id: int,
    agreement_number: str | None = None,
    agreement_signed_on: date | None = None,
    assessment_note: str | None = None,
) -> None:
    """The operator's staff saw the papers (PENDING to VERIFIED, CHA-120).

    `charity_id` is the operator. With an agreement number the partner agreement between the two is
    recorded as well (CHA-132), signed that day in China and with the assessment; a partner without
    one may be verified, but raises no money. Raises `Denied` for members of the organisation,
    `InvalidState` unless PENDING, `Invalid` beside the field.
    """
    organisation = _locked(session, organisation_id)
    require(policy.may_verify(actor, organisation, charity_id))
    seen = texts.prose(note, field="note", required=True)
    number = (agreement_number or "").strip()
    if number and agreement_signed_on is None:
        raise Invalid(RegistryReason.AGREEMENT_INCOMPLETE, field="agreement_signed_on")
    organisation.move_to(OrganisationState.VERIFIED)
    organisation.verified_at = clock.now()
    organisation.verified_by_user_id = actor.user_id
    organisation.verification_note = seen
    session.flush()
    if actor.user_id is not None:
        session.add(
            Verification(
                organisation_id=organisation_id,
                thing=VerifiedThing.REGISTRATION,
                note=seen,
                verified_by_user_id=actor.user_id,
                verified_at=clock.now(),
            )
        )
    if number and agreement_signed_on is not None:
        sign_agreement(
            session,
            actor,
            charity_id=charity_id,
            partner_id=organisation_id,
            number=number,
            signed_on=agreement_signed_on,
            ends_on=None,
            assessment_note=assessment_note or "",
        )
    outbox.write(session, "organisation.verified", f"organisation:{organisation_id}")


def return_organisation(
    session: Session,
    actor: Actor,
    *,
    organisation_id: int,
    note: str,
    charity_id: int | None = None,
) -> None:
    """Send a registration back with what is missing (PENDING to RETURNED).

    Raises `Denied`, `InvalidState` unless PENDING, `Invalid` on `note` where nothing is said.
    """
    organisation = _locked(session, organisation_id)
    require(policy.may_judge(actor, organisation))
    missing = texts.prose(note, field="note", required=True)
    organisation.move_to(OrganisationState.RETURNED)
    organisation.verification_note = missing
    session.flush()


def _locked(session: Session, organisation_id: int) -> Organisation:
    """The row as it is now, held until the end of the unit of work."""
    return locked(session, select(Organisation).where(Organisation.id == organisation_id))


def _particulars(
    session: Session,
    *,
    name: str,
    kind: OrganisationKind,
    uscc: str | None,
    region_code: str,
    introduction: str,
    contact_name: str,
    contact_phone: str,
) -> dict[str, Any]:
    """What was typed, checked field by field, as columns."""
    return {
        "name": texts.line(name, field="name", limit=100),
        "kind": kind,
        "uscc": _credit_code(kind, uscc),
        "region_code": _place(session, region_code),
        "introduction": texts.prose(introduction, field="introduction"),
        "contact_name": texts.line(contact_name, field="contact_name", limit=80),
        "contact_phone": _phone(contact_phone),
    }


def _credit_code(kind: OrganisationKind, text: str | None) -> str | None:
    code = codes.normalise(text or "")
    if kind is OrganisationKind.COMMUNITY_GROUP:
        if code:
            raise Invalid(RegistryReason.USCC_NEEDLESS, field="uscc")
        return None
    if (reason := codes.problem(code)) is not None:
        raise Invalid(reason, field="uscc", length=len(code), rule="ORG-02")
    return code


def _place(session: Session, code: str) -> str:
    try:
        return queries.region(session, code).code
    except NotFound as error:
        raise Invalid(RegistryReason.REGION_UNKNOWN, field="region_code", code=code) from error


def _phone(text: str) -> str:
    phone = texts.line(text, field="contact_phone", limit=30)
    if not _PHONE.fullmatch(phone):
        raise Invalid(RegistryReason.PHONE_FORM, field="contact_phone")
    return phone


def _refuse_taken(session: Session, values: dict[str, Any], own_id: int | None) -> None:
    """Say which field collides before the database says only that one does."""
    for column, field, reason in (
        (Organisation.uscc, "uscc", RegistryReason.USCC_TAKEN),
        (Organisation.name, "name", RegistryReason.NAME_TAKEN),
    ):
        if values[field] is None:
            continue
        with session.no_autoflush:
            found = session.scalar(select(Organisation.id).where(column == values[field]))
        if found is not None and found != own_id:
            raise Conflict(reason, field=field)
