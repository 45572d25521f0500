"""Charitable trusts: lists, one with its reports and beneficiaries, and who is related to it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from charity.paging import Page, page_of
from charity.registry.models import (
    CharitableTrust,
    RelatedParty,
    TrustBeneficiary,
    TrustReport,
)
from charity.rows import present


def trust(session: Session, trust_id: int) -> CharitableTrust:
    """One trust with its trustee; raises `NotFound`."""
    return present(
        session.get(CharitableTrust, trust_id, options=(joinedload(CharitableTrust.trustee),))
    )


def trusts_page(session: Session, page: int = 1) -> Page[CharitableTrust]:
    """All trusts, the newest first."""
    query = (
        select(CharitableTrust)
        .options(joinedload(CharitableTrust.trustee))
        .order_by(CharitableTrust.signed_on.desc(), CharitableTrust.id.desc())
    )
    return page_of(session, query, page)


def trusts_of(session: Session, trustee_id: int) -> list[CharitableTrust]:
    """The trusts an organisation is trustee of, the newest first."""
    query = select(CharitableTrust).where(CharitableTrust.trustee_id == trustee_id)
    return list(session.scalars(query.order_by(CharitableTrust.signed_on.desc())))


def trusts_in_force(session: Session) -> list[CharitableTrust]:
    """The trusts that have not ended, for those who watch their days (TRU-01, TRU-02)."""
    query = select(CharitableTrust).where(CharitableTrust.ended_on.is_(None))
    return list(session.scalars(query.order_by(CharitableTrust.id)))


def trust_reports(session: Session, trust_ids: Collection[int]) -> dict[int, list[TrustReport]]:
    """What each trust published, the latest year first."""
    found: dict[int, list[TrustReport]] = {trust_id: [] for trust_id in trust_ids}
    query = select(TrustReport).where(TrustReport.trust_id.in_(trust_ids))
    for report in session.scalars(query.order_by(TrustReport.year.desc())):
        found[report.trust_id].append(report)
    return found


def trust_beneficiaries(session: Session, trust_id: int) -> list[TrustBeneficiary]:
    """Those a trust supports, by masked name, in the order in which they were named."""
    query = select(TrustBeneficiary).where(TrustBeneficiary.trust_id == trust_id)
    return list(session.scalars(query.order_by(TrustBeneficiary.named_on, TrustBeneficiary.id)))


def related_hashes(session: Session, organisation_id: int, on: date) -> set[bytes]:
    """Identity hashes of an organisation's related parties, staff included, on a day (TRU-03)."""
    query = select(RelatedParty.identity_hash).where(
        RelatedParty.organisation_id == organisation_id,
        RelatedParty.since <= on,
        or_(RelatedParty.until.is_(None), RelatedParty.until >= on),
        RelatedParty.identity_hash.is_not(None),
    )
    return {hashed for hashed in session.scalars(query) if hashed is not None}
