"""Persons, and the organisations that are the five parties."""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charity.base import Base, Id, LongText
from charity.errors import CommonReason, InvalidState
from charity.registry.models.places import Region


class Person(Base):
    """A human being behind one or more accounts; the identity itself is kept only as a hash."""

    __tablename__ = "person"

    id: Mapped[Id]
    name: Mapped[str]
    #: Keyed hash of the identity document; two accounts with one hash are one person.
    identity_hash: Mapped[bytes | None] = mapped_column(unique=True)


class OrganisationKind(enum.StrEnum):
    """Legal types (HANDBOOK 2.1)."""

    ASSOCIATION = "association"
    SOCIAL_SERVICE_ORG = "social_service_org"
    FOUNDATION = "foundation"
    COMMUNITY_GROUP = "community_group"
    GRASSROOTS_COMMITTEE = "grassroots_committee"
    VILLAGE_COLLECTIVE = "village_collective"
    ENTERPRISE = "enterprise"
    GOVERNMENT = "government"
    #: 党组织: leads and helps; like a government unit it receives no gift.
    PARTY_UNIT = "party_unit"


class CertificateBasis(enum.StrEnum):
    """How a charity came by its certificate of public fundraising (CHA-102)."""

    APPLIED = "applied"
    STATUTORY = "statutory"


class OrganisationState(enum.StrEnum):
    """A registered organisation waits for the operator's staff before it may post."""

    PENDING = "pending"
    RETURNED = "returned"
    VERIFIED = "verified"


ORGANISATION_TRANSITIONS: dict[OrganisationState, frozenset[OrganisationState]] = {
    OrganisationState.PENDING: frozenset({OrganisationState.VERIFIED, OrganisationState.RETURNED}),
    OrganisationState.RETURNED: frozenset({OrganisationState.PENDING}),
    OrganisationState.VERIFIED: frozenset(),
}


def _listed(name: str, *columns: str, condition: str) -> Index:
    """What a page of a long list is found by: the rows of one half of it, in their order."""
    where = text(condition)
    return Index(name, *columns, sqlite_where=where, postgresql_where=where)


class Organisation(Base):
    """One of the five parties, with its credit code and what the operator's staff verified."""

    __tablename__ = "organisation"
    __table_args__ = (
        CheckConstraint("(kind = 'community_group') = (uscc IS NULL)", name="credit_code"),
        CheckConstraint("uscc IS NULL OR length(uscc) = 18", name="credit_code_length"),
        CheckConstraint(
            "(certificate_number IS NULL) = (certificate_from IS NULL)", name="certificate"
        ),
        CheckConstraint("certificate_number IS NULL OR is_charity", name="certificate_of_charity"),
        CheckConstraint(
            "certificate_until IS NULL"
            " OR (certificate_from IS NOT NULL AND certificate_from <= certificate_until)",
            name="certificate_period",
        ),
        CheckConstraint("state <> 'verified' OR verified_at IS NOT NULL", name="verified"),
        CheckConstraint("host_id IS NULL OR kind = 'community_group'", name="host_of_group"),
        CheckConstraint(
            "deductible_until IS NULL"
            " OR (deductible_from IS NOT NULL AND deductible_from <= deductible_until)",
            name="deductible_period",
        ),
        _listed(
            "ix_organisation_registered", "id", "kind", "region_code",
            condition="state = 'verified' AND uscc IS NOT NULL",
        ),
        _listed(
            "ix_organisation_filed", "id", "kind", "region_code",
            condition="state = 'verified' AND uscc IS NULL",
        ),
        _listed("ix_organisation_waiting", "registered_at", "id", condition="state = 'pending'"),
    )  # fmt: skip

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[OrganisationKind]
    #: 统一社会信用代码; filed community groups have none (HANDBOOK 2.1).
    uscc: Mapped[str | None] = mapped_column(String(18), unique=True)
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"), index=True)
    introduction: Mapped[LongText] = mapped_column(default="")
    contact_name: Mapped[str] = mapped_column(default="")
    contact_phone: Mapped[str] = mapped_column(default="")
    is_charity: Mapped[bool] = mapped_column(default=False)
    #: 公开募捐资格证书 number and the day it takes effect (CHA-101).
    certificate_number: Mapped[str | None]
    certificate_from: Mapped[date | None]
    certificate_until: Mapped[date | None]
    state: Mapped[OrganisationState] = mapped_column(default=OrganisationState.PENDING)
    registered_at: Mapped[datetime]
    verified_at: Mapped[datetime | None]
    verified_by_user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id"), index=True
    )
    #: The organisation that carries a filed group: it receives what the group may not (ORG-01).
    host_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    #: 备案 number of a filed group, given by its street or town.
    filing_number: Mapped[str | None]
    #: The day it was registered or filed with its registrar.
    established_on: Mapped[date | None]
    #: The place whose civil-affairs office registered it; may differ from where it works.
    registrar_code: Mapped[str | None] = mapped_column(String(12))
    is_social_work_agency: Mapped[bool] = mapped_column(default=False)
    #: The day it was registered or recognised as a charity (CHA-101).
    charity_since: Mapped[date | None]
    certificate_basis: Mapped[CertificateBasis | None]
    #: The day its certificate was taken away; it may apply again five years later (CHA-104).
    certificate_revoked_on: Mapped[date | None]
    #: 公益性捐赠税前扣除资格, first and last day (CHA-152).
    deductible_from: Mapped[date | None]
    deductible_until: Mapped[date | None]
    #: What the verifier looked at, or why the registration was returned.
    verification_note: Mapped[LongText] = mapped_column(default="")

    region: Mapped[Region] = relationship()
    host: Mapped[Organisation | None] = relationship(remote_side="Organisation.id")

    def move_to(self, state: OrganisationState) -> None:
        """Take the next state; raises `InvalidState` where the table above has no such step."""
        if state not in ORGANISATION_TRANSITIONS[self.state]:
            raise InvalidState(CommonReason.WRONG_STATE, state=self.state, wanted=state)
        self.state = state

    def may_raise_on(self, day: date) -> bool:
        """Whether it is a charity whose certificate is in force on that day in China (CHA-101)."""
        if not self.is_charity or self.certificate_from is None or day < self.certificate_from:
            return False
        if self.is_revoked_on(day):
            return False
        return self.certificate_until is None or day <= self.certificate_until

    def is_revoked_on(self, day: date) -> bool:
        """Whether the certificate it had was taken away by that day (CHA-104).

        One it was given later, after the years of waiting, is another.
        """
        revoked = self.certificate_revoked_on
        if revoked is None or day < revoked:
            return False
        return self.certificate_from is None or self.certificate_from <= revoked

    def is_deductible_on(self, day: date) -> bool:
        """Whether it holds 公益性捐赠税前扣除资格 on that day in China (CHA-152): shown, no tax."""
        if self.deductible_from is None or day < self.deductible_from:
            return False
        return self.deductible_until is None or day <= self.deductible_until
