"""Certificates of public fundraising and of tax deduction, and who looked at which paper."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock, texts
from charity.actor import Actor, require
from charity.errors import CommonReason, Denied, Invalid, InvalidState
from charity.files import FileStore
from charity.registry import policy
from charity.registry.findings import Finding, block, figure
from charity.registry.models import (
    CertificateBasis,
    Organisation,
    Verification,
    VerifiedThing,
)
from charity.registry.months import add_years
from charity.registry.reasons import RegistryReason
from charity.rows import locked


class Redrawn(Protocol):
    """A paper made harmless: drawn anew, with nothing hidden in it."""

    @property
    def content(self) -> bytes:
        """The bytes that are kept."""

    @property
    def media_type(self) -> str:
        """What they are."""


def record_certificate(
    session: Session,
    actor: Actor,
    *,
    organisation_id: int,
    number: str,
    basis: CertificateBasis,
    valid_from: date,
    valid_until: date | None,
    charity_since: date | None,
) -> Organisation:
    """Keep a certificate of public fundraising (公开募捐资格证书) and how it was come by (CHA-102).

    One that was applied for needs the years as a charity (CHA-101) and, after a revocation, the
    years of waiting (CHA-104). Days are days in China, both inclusive; without a last one it does
    not end. Raises `Denied` for its own members, `Invalid` beside the field.
    """
    organisation = locked(session, select(Organisation).where(Organisation.id == organisation_id))
    require(policy.may_record_standing(actor, organisation))
    if valid_until is not None and valid_until < valid_from:
        raise Invalid(CommonReason.DATES_REVERSED, field="valid_until")
    if basis is CertificateBasis.APPLIED and charity_since is None:
        raise Invalid(RegistryReason.CHARITY_SINCE_UNKNOWN, field="charity_since")
    if basis is CertificateBasis.APPLIED and charity_since is not None:
        findings = application_findings(
            charity_since, organisation.certificate_revoked_on, valid_from
        )
        for finding in findings:
            raise Invalid(finding.reason, field="valid_from", **finding.params)
    organisation.is_charity = True
    organisation.charity_since = charity_since
    organisation.certificate_number = texts.line(number, field="number", limit=80)
    organisation.certificate_basis = basis
    organisation.certificate_from = valid_from
    organisation.certificate_until = valid_until
    session.flush()
    return organisation


def application_findings(
    charity_since: date, revoked_on: date | None, applied_on: date
) -> list[Finding]:
    """Whether a charity could apply for the certificate on a day (CHA-101, CHA-104)."""
    findings = []
    for rule_id, since, reason in (
        ("CHA-101", charity_since, RegistryReason.CERTIFICATE_TOO_EARLY),
        ("CHA-104", revoked_on, RegistryReason.CERTIFICATE_BARRED),
    ):
        if since is None:
            continue
        years = figure(rule_id, applied_on)
        if isinstance(years, Finding):
            findings.append(years)
        elif applied_on < (earliest := add_years(since, years.number)):
            findings.append(block(rule_id, reason, years, years=years.number, earliest=earliest))
    return findings


def revoke_certificate(
    session: Session, actor: Actor, *, organisation_id: int, revoked_on: date
) -> Organisation:
    """Keep that its certificate was taken away; no gift is taken and no project published for it.

    Raises `Denied`, `InvalidState` without a certificate, `Invalid` on `revoked_on`.
    """
    organisation = locked(session, select(Organisation).where(Organisation.id == organisation_id))
    require(policy.may_record_standing(actor, organisation))
    if organisation.certificate_from is None or organisation.is_revoked_on(clock.today()):
        raise InvalidState(RegistryReason.NO_CERTIFICATE_TO_REVOKE)
    if revoked_on > clock.today():
        raise Invalid(RegistryReason.IN_THE_FUTURE, field="revoked_on")
    if revoked_on < organisation.certificate_from:
        raise Invalid(CommonReason.DATES_REVERSED, field="revoked_on")
    organisation.certificate_revoked_on = revoked_on
    session.flush()
    return organisation


def record_deductible(
    session: Session,
    actor: Actor,
    *,
    organisation_id: int,
    first: date | None,
    last: date | None,
) -> Organisation:
    """Keep from when to when gifts to it are tax deductible (CHA-152): shown, never computed."""
    organisation = locked(session, select(Organisation).where(Organisation.id == organisation_id))
    require(policy.may_record_standing(actor, organisation))
    if last is not None and (first is None or last < first):
        raise Invalid(CommonReason.DATES_REVERSED, field="deductible_until")
    organisation.deductible_from, organisation.deductible_until = first, last
    session.flush()
    return organisation


def record_verification(
    session: Session,
    actor: Actor,
    *,
    organisation_id: int,
    thing: VerifiedThing,
    note: str,
    paper: bytes | None = None,
    files: FileStore | None = None,
    redraw: Callable[[bytes], Redrawn] | None = None,
) -> Verification:
    """Keep who looked at which paper, when, and the paper itself, drawn anew (CHA-120).

    Raises `Denied` for its own members and for the installation, `Invalid` on `note`, and what
    `redraw` raises for a paper that cannot be kept.
    """
    organisation = locked(session, select(Organisation).where(Organisation.id == organisation_id))
    require(policy.may_record_standing(actor, organisation))
    if actor.user_id is None:
        raise Denied(CommonReason.SIGN_IN_FIRST)
    kept: tuple[bytes | None, str] = (None, "")
    if paper and files is not None and redraw is not None:
        drawn = redraw(paper)
        kept = files.put(drawn.content), drawn.media_type
    verification = Verification(
        organisation_id=organisation_id,
        thing=thing,
        note=texts.prose(note, field="note", limit=2000, required=True),
        file_hash=kept[0],
        media_type=kept[1],
        verified_by_user_id=actor.user_id,
        verified_at=clock.now(),
    )
    session.add(verification)
    session.flush()
    return verification
