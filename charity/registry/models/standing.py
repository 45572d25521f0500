"""What authorities said of an organisation, what follows for it here, and decisions made of both.

Everything here is history: a later row answers an earlier one, nothing is written over.
"""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charity.base import Base, Id, LongText


class InspectionResult(enum.StrEnum):
    """年检结论 (ORG-12); many places take a report without a grade."""

    PASS = "pass"  # noqa: S105 - a grade, no secret
    BASIC_PASS = "basic_pass"  # noqa: S105 - a grade, no secret
    FAIL = "fail"
    NOT_SUBMITTED = "not_submitted"
    REPORT_ONLY = "report_only"


class AnnualInspection(Base):
    """What the registrar said of one year of an organisation."""

    __tablename__ = "annual_inspection"
    __table_args__ = (UniqueConstraint("organisation_id", "year"),)

    id: Mapped[Id]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    year: Mapped[int]
    result: Mapped[InspectionResult]
    decided_on: Mapped[date]
    source_url: Mapped[LongText] = mapped_column(default="")
    recorded_by_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)


class Rating(Base):
    """等级评估: one to five A, for five years (ORG-13)."""

    __tablename__ = "rating"
    __table_args__ = (
        UniqueConstraint("organisation_id", "rated_on"),
        CheckConstraint("grade BETWEEN 1 AND 5", name="grade"),
        CheckConstraint("rated_on < expires_on", name="period"),
    )

    id: Mapped[Id]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    grade: Mapped[int]
    rated_on: Mapped[date]
    expires_on: Mapped[date]
    authority: Mapped[str]
    source_url: Mapped[LongText] = mapped_column(default="")
    recorded_by_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)


class CreditList(enum.StrEnum):
    """活动异常名录 (ORG-16) and 严重违法失信名单 (ORG-17)."""

    ABNORMAL = "abnormal"
    SERIOUS = "serious"


class ListEntry(Base):
    """An organisation on one of the lists, from one day until it is taken off."""

    __tablename__ = "list_entry"
    __table_args__ = (
        UniqueConstraint("organisation_id", "list", "listed_on"),
        CheckConstraint("removed_on IS NULL OR listed_on <= removed_on", name="period"),
    )

    id: Mapped[Id]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    list: Mapped[CreditList]
    listed_on: Mapped[date]
    recorded_on: Mapped[date]
    removed_on: Mapped[date | None]
    reason: Mapped[LongText]
    source_url: Mapped[LongText] = mapped_column(default="")
    recorded_by_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)


class VerifiedThing(enum.StrEnum):
    """What a named verifier looked at (CHA-120)."""

    REGISTRATION = "registration"
    CERTIFICATE = "certificate"
    HOST = "host"
    COLLECTIVE_ACCOUNT = "collective_account"


class Verification(Base):
    """Who looked at which paper of an organisation, when, and what was kept of it."""

    __tablename__ = "verification"

    id: Mapped[Id]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    thing: Mapped[VerifiedThing]
    note: Mapped[LongText]
    #: SHA-256 of the stored picture or paper; None where only a register was looked up.
    file_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    media_type: Mapped[str] = mapped_column(String(40), default="")
    verified_by_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    verified_at: Mapped[datetime]


class RestrictedAct(enum.StrEnum):
    """What a restriction stops."""

    #: No new project or campaign is published.
    POST = "post"
    #: No new gift is taken.
    COLLECT = "collect"
    #: No grant or award is begun.
    RECEIVE_GRANT = "receive_grant"
    #: No expense is paid.
    PAY = "pay"


class Restriction(Base):
    """An act an organisation, or one campaign of it, may not do for now, and the rule that says so.

    Written by lists, overdue duties and findings; it ends by a `RestrictionLift`.
    """

    __tablename__ = "restriction"
    __table_args__ = (
        CheckConstraint("(organisation_id IS NULL) <> (campaign_id IS NULL)", name="one_subject"),
        UniqueConstraint("source", "act"),
        Index("ix_restriction_organisation_id_act", "organisation_id", "act"),
        Index("ix_restriction_campaign_id_act", "campaign_id", "act"),
    )

    id: Mapped[Id]
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"))
    act: Mapped[RestrictedAct]
    rule_id: Mapped[str] = mapped_column(String(40))
    #: What wrote it: `list_entry:4`, `disclosure_duty:12`, `finding:3`; once per act.
    source: Mapped[str] = mapped_column(String(80))
    since: Mapped[datetime]

    lift: Mapped[RestrictionLift | None] = relationship(back_populates="restriction")


class RestrictionLift(Base):
    """The end of a restriction."""

    __tablename__ = "restriction_lift"

    restriction_id: Mapped[int] = mapped_column(ForeignKey("restriction.id"), primary_key=True)
    lifted_at: Mapped[datetime]
    #: None where the installation itself saw that the cause is gone.
    lifted_by_user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    note: Mapped[LongText] = mapped_column(default="")

    restriction: Mapped[Restriction] = relationship(back_populates="lift")


class DecidedAct(enum.StrEnum):
    """When eligibility is asked."""

    POSTING = "posting"
    DONATING = "donating"
    GRANTING = "granting"
    PAYING = "paying"


class EligibilityDecision(Base):
    """What was found when eligibility was asked, with the rows used; equal answers once a day.

    `findings` is a list of {rule, severity, reason, params, used}, `used` naming value, first day
    of force and source of the row (HANDBOOK 0).
    """

    __tablename__ = "eligibility_decision"
    __table_args__ = (UniqueConstraint("subject", "act", "decided_on", "digest"),)

    id: Mapped[Id]
    #: `campaign:3`, `organisation:5`, `expense:7`.
    subject: Mapped[str] = mapped_column(String(80))
    act: Mapped[DecidedAct]
    #: A day in China.
    decided_on: Mapped[date]
    allowed: Mapped[bool]
    findings: Mapped[list[dict[str, object]]] = mapped_column(JSON)
    #: SHA-256 (hex) of the findings, so that the same answer is kept once a day.
    digest: Mapped[str] = mapped_column(String(64))
    decided_at: Mapped[datetime]


class LegalRepresentative(Base):
    """Who represents an organisation, from a day on; a change asks for an audit (ORG-19)."""

    __tablename__ = "legal_representative"
    __table_args__ = (
        UniqueConstraint("organisation_id", "since"),
        CheckConstraint("until IS NULL OR since <= until", name="period"),
    )

    id: Mapped[Id]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    name: Mapped[str]
    since: Mapped[date]
    until: Mapped[date | None]
    recorded_by_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    recorded_at: Mapped[datetime]
