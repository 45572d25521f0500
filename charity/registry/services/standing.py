"""An organisation's standing: charity status, certificate, and agreements with partners."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from charity import clock, texts
from charity.actor import Actor, require
from charity.errors import CommonReason, Conflict, Denied, Invalid
from charity.registry import policy, queries
from charity.registry.models import Organisation, PartnerAgreement
from charity.registry.reasons import RegistryReason
from charity.rows import insert_or


def record_qualification(
    session: Session,
    actor: Actor,
    *,
    organisation_id: int,
    is_charity: bool,
    certificate_number: str | None = None,
    certificate_from: date | None = None,
    certificate_until: date | None = None,
) -> Organisation:
    """Record that it is a charity (慈善组织) and, where it has one, its 公开募捐资格证书 (CHA-101).

    The days are days in China, both inclusive; without a last day the certificate does not end.
    What is left out is taken back. Raises `Denied` for its own members, `Invalid` for a
    certificate of no charity (NOT_A_CHARITY), half of one (CERTIFICATE_INCOMPLETE) or for
    reversed days.
    """
    organisation = queries.organisation(session, organisation_id)
    require(policy.may_judge(actor, organisation))
    number = texts.line(
        certificate_number or "", field="certificate_number", limit=80, required=False
    )
    if number and not is_charity:
        raise Invalid(RegistryReason.NOT_A_CHARITY, field="is_charity")
    if bool(number) != (certificate_from is not None):
        field = "certificate_from" if number else "certificate_number"
        raise Invalid(RegistryReason.CERTIFICATE_INCOMPLETE, field=field)
    if certificate_until is not None:
        if certificate_from is None:
            raise Invalid(RegistryReason.CERTIFICATE_INCOMPLETE, field="certificate_from")
        if certificate_until < certificate_from:
            raise Invalid(CommonReason.DATES_REVERSED, field="certificate_until")
    organisation.is_charity = is_charity
    organisation.certificate_number = number or None
    organisation.certificate_from = certificate_from
    organisation.certificate_until = certificate_until
    session.flush()
    return organisation


def sign_agreement(
    session: Session,
    actor: Actor,
    *,
    charity_id: int,
    partner_id: int,
    number: str,
    signed_on: date,
    ends_on: date | None,
    assessment_note: str,
) -> PartnerAgreement:
    """Record a signed agreement of 合作募捐 and the assessment of the partner (CHA-132).

    The actor is a person: who assessed is part of the record. Raises `Denied`, `Conflict` for a
    number of the charity used before, `Invalid` beside the field (prefixed as in the form of
    verification: `agreement_number`, `agreement_signed_on`, `assessment_note`).
    """
    partner = queries.organisation(session, partner_id)
    require(policy.may_verify(actor, partner, charity_id))
    if actor.user_id is None:
        raise Denied(CommonReason.SIGN_IN_FIRST)
    if partner_id == charity_id:
        raise Denied(RegistryReason.OWN_ORGANISATION)
    if signed_on > clock.today():
        raise Invalid(RegistryReason.IN_THE_FUTURE, field="agreement_signed_on")
    if ends_on is not None and ends_on < signed_on:
        raise Invalid(CommonReason.DATES_REVERSED, field="agreement_ends_on")
    agreement = PartnerAgreement(
        charity_id=queries.organisation(session, charity_id).id,
        partner_id=partner_id,
        number=texts.line(number, field="agreement_number", limit=80),
        signed_on=signed_on,
        ends_on=ends_on,
        assessment_note=texts.prose(assessment_note, field="assessment_note", required=True),
        assessed_by_user_id=actor.user_id,
    )
    refusal = Conflict(RegistryReason.AGREEMENT_TAKEN, field="agreement_number")
    insert_or(session, agreement, refusal)
    return agreement
