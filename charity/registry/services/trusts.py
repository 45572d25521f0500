"""Charitable trusts in the register: entered, filed, told of, ended; and whom they may support."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock, texts
from charity.actor import Actor, require
from charity.errors import CommonReason, Conflict, Denied, Invalid, InvalidState
from charity.money import Money
from charity.registry import identity, policy, queries, trusting
from charity.registry.forces_reasons import ForcesReason
from charity.registry.models import (
    CharitableTrust,
    OrganisationState,
    TrustBeneficiary,
    TrustReport,
)
from charity.registry.services.checking import not_before, not_in_the_future, source_address
from charity.rows import insert_or, locked, unique_or


def record_trust(
    session: Session,
    actor: Actor,
    *,
    name: str,
    trustee_id: int,
    settlor_name: str,
    purpose: str,
    amount: Money,
    region_code: str,
    signed_on: date,
    secret: bytes,
    settlor_identity: str = "",
    supervisor_name: str = "",
) -> CharitableTrust:
    """Enter a trust as it was signed; `amount` is its property in fen.

    The trustee is a verified charity or trust company. Of the settlor's identity document only the
    hash keyed with `secret` is kept, to compare with beneficiaries (TRU-03). Raises `Invalid`
    beside the field, `Conflict` for a name that is taken.
    """
    place = queries.region(session, region_code)
    trustee = queries.organisation(session, trustee_id)
    require(policy.may_keep_register(actor, trustee.region_code))
    if actor.user_id is None:
        raise Denied(CommonReason.SIGN_IN_FIRST)
    fits = trusting.may_be_trustee(trustee.kind, is_charity=trustee.is_charity)
    if not fits or trustee.state is not OrganisationState.VERIFIED:
        raise Invalid(ForcesReason.TRUSTEE_KIND, field="trustee_id")
    if amount.fen <= 0:
        raise Invalid(CommonReason.NOT_POSITIVE, field="amount")
    not_in_the_future(signed_on, field="signed_on")
    trust = CharitableTrust(
        name=texts.line(name, field="name", limit=100),
        trustee_id=trustee_id,
        settlor_name=texts.line(settlor_name, field="settlor_name", limit=80),
        settlor_identity_hash=_hash(settlor_identity, secret, "settlor_identity"),
        supervisor_name=texts.line(
            supervisor_name, field="supervisor_name", limit=80, required=False
        ),
        purpose=texts.prose(purpose, field="purpose", required=True),
        amount=amount,
        region_code=place.code,
        signed_on=signed_on,
        recorded_by_user_id=actor.user_id,
        recorded_at=clock.now(),
    )
    insert_or(session, trust, Conflict(ForcesReason.NAME_TAKEN, field="name"))
    return trust


def _hash(text: str, secret: bytes, field: str) -> bytes | None:
    if not text.strip():
        return None
    try:
        return identity.keyed_hash(identity.normalise(text), secret)
    except Invalid as error:
        raise Invalid(error.reason, field=field) from error


def file_trust(
    session: Session, actor: Actor, *, trust_id: int, filed_on: date, number: str
) -> CharitableTrust:
    """Enter the day on which the civil-affairs office took the filing, and its number (TRU-01).

    A late filing is entered like any other; the page of the trust says that it was late. Raises
    `InvalidState` for a trust that is filed, `Conflict` for a number of another.
    """
    trust = _kept(session, actor, trust_id)
    if trust.filed_on is not None:
        raise InvalidState(ForcesReason.FILED_ALREADY)
    not_before(filed_on, trust.signed_on, field="filed_on")
    with unique_or(session, Conflict(ForcesReason.FILING_TAKEN, field="number")):
        trust.filed_on = filed_on
        trust.filing_number = texts.line(number, field="number", limit=80)
    return trust


def report_trust(
    session: Session,
    actor: Actor,
    *,
    trust_id: int,
    year: int,
    published_on: date,
    source_url: str = "",
) -> TrustReport:
    """Enter what the trust published about a year (TRU-02).

    Raises `Invalid` for a year before it was signed or that has not begun, `Conflict` for a year
    that is reported.
    """
    trust = _kept(session, actor, trust_id)
    not_before(published_on, trust.signed_on, field="published_on")
    if not trust.signed_on.year <= year <= published_on.year:
        raise Invalid(ForcesReason.BEFORE_ITS_BEGINNING, field="year", day=trust.signed_on)
    report = TrustReport(
        trust_id=trust_id,
        year=year,
        published_on=published_on,
        source_url=source_address(source_url, required=False),
    )
    insert_or(session, report, Conflict(ForcesReason.REPORT_TAKEN, field="year"))
    return report


def name_beneficiary(
    session: Session,
    actor: Actor,
    *,
    trust_id: int,
    name: str,
    identity_number: str,
    secret: bytes,
) -> TrustBeneficiary:
    """Say whom the trust supports: never the settlor, nor anybody related to the trustee (TRU-03).

    Compared by hash of the identity document; of the name only the first character is kept.
    Raises `Denied` (RELATED_BENEFICIARY), `Conflict` for somebody named before.
    """
    trust = _kept(session, actor, trust_id)
    full = texts.line(name, field="name", limit=40)
    hashed = _hash(identity_number, secret, "identity_number")
    if hashed is None:
        raise Invalid(CommonReason.REQUIRED, field="identity_number")
    today = clock.today()
    related = queries.related_hashes(session, trust.trustee_id, today)
    if trusting.is_related(hashed, trust.settlor_identity_hash, related):
        raise Denied(
            ForcesReason.RELATED_BENEFICIARY, field="identity_number", rule=trusting.RELATED
        )
    beneficiary = TrustBeneficiary(
        trust_id=trust_id,
        masked_name=full[0] + "*" * max(1, len(full) - 1),
        identity_hash=hashed,
        named_on=today,
    )
    insert_or(
        session, beneficiary, Conflict(ForcesReason.BENEFICIARY_TAKEN, field="identity_number")
    )
    return beneficiary


def end_trust(session: Session, actor: Actor, *, trust_id: int, ended_on: date) -> None:
    """The trust has ended; raises `InvalidState` for one that ended before."""
    trust = _kept(session, actor, trust_id)
    not_before(ended_on, trust.signed_on, field="ended_on")
    trust.ended_on = ended_on
    session.flush()


def _kept(session: Session, actor: Actor, trust_id: int) -> CharitableTrust:
    """The trust, locked, where the actor keeps its part of the register and it has not ended."""
    trust = locked(session, select(CharitableTrust).where(CharitableTrust.id == trust_id))
    require(policy.may_keep_register(actor, trust.trustee.region_code))
    if trust.ended_on is not None:
        raise InvalidState(ForcesReason.CLOSED)
    return trust
