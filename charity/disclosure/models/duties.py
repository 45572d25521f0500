"""Duties to disclose, each with its day, and what was published to fulfil them."""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charity.base import Base, Id, LongText


class DisclosureKind(enum.StrEnum):
    """What is told (HANDBOOK 1.7)."""

    #: Charter and members of the bodies, and each change of them (DIS-201).
    CHARTER = "charter"
    #: Work and financial report of a year (DIS-202).
    ANNUAL_REPORT = "annual_report"
    #: What a campaign raised (DIS-203), every three months and at its end.
    CAMPAIGN_PROGRESS = "campaign_progress"
    CAMPAIGN_RESULT = "campaign_result"
    #: What a project did with money and goods (DIS-204).
    PROJECT_PROGRESS = "project_progress"
    PROJECT_RESULT = "project_result"
    #: Major assets, investments, transactions (DIS-205).
    MAJOR_TRANSACTION = "major_transaction"
    #: Dealings with related parties (DIS-206), and their list each year (DIS-207).
    RELATED_DEALING = "related_dealing"
    RELATED_PARTIES = "related_parties"
    #: Last year's major projects of a charity without a certificate (DIS-208).
    MAJOR_PROJECTS = "major_projects"
    #: What became of money that was left (DIS-209, CHA-165).
    SURPLUS = "surplus"
    #: A trust the charity is settlor of (DIS-210).
    TRUST = "trust"
    #: To those who gave to a members' campaign, not to the public (DIS-212).
    MEMBERS_REPORT = "members_report"
    #: Standard, process and rules, to the beneficiaries before it begins (DIS-213).
    BENEFICIARY_RULES = "beneficiary_rules"
    #: Pay of the five best paid, standards of travel and hospitality (DIS-214).
    PAY_AND_STANDARDS = "pay_and_standards"
    #: Receipts of an emergency campaign, every five days (CHA-114).
    EMERGENCY_RECEIPTS = "emergency_receipts"
    #: Filing of an emergency campaign after its start (CHA-113).
    EMERGENCY_FILING = "emergency_filing"
    #: Assessment and supervision of a partner (CHA-134).
    PARTNER_SUPERVISION = "partner_supervision"
    #: Filing and yearly report of a charitable trust (TRU-01, TRU-02).
    TRUST_FILING = "trust_filing"
    TRUST_REPORT = "trust_report"
    #: A ratio that cannot be met is reported and published (RAT-14).
    RATIO_MISSED = "ratio_missed"
    #: The audit of who represented an organisation and leaves (ORG-19).
    LEAVING_AUDIT = "leaving_audit"
    #: What changed in a running plan, with its reasons (CHA-115).
    PLAN_SUPPLEMENT = "plan_supplement"


class DisclosureDuty(Base):
    """One thing owed to the public by one organisation on one day, made from facts."""

    __tablename__ = "disclosure_duty"
    __table_args__ = (
        UniqueConstraint("rule_id", "subject", "kind", "period_until"),
        CheckConstraint("period_from <= period_until", name="period"),
        CheckConstraint("(dropped_at IS NULL) = (dropped_because = '')", name="dropped"),
        Index(
            "ix_disclosure_duty_waiting",
            "due_on",
            "id",
            sqlite_where=text("fulfilled_at IS NULL AND dropped_at IS NULL"),
            postgresql_where=text("fulfilled_at IS NULL AND dropped_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    rule_id: Mapped[str] = mapped_column(String(40))
    kind: Mapped[DisclosureKind]
    #: What it is about: `campaign:3`, `organisation:2`, `charitable_trust:1`, `expense:9`.
    subject: Mapped[str] = mapped_column(String(80), index=True)
    #: Who owes it.
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"), index=True)
    period_from: Mapped[date]
    period_until: Mapped[date]
    #: The last day in China on which it is in time.
    due_on: Mapped[date]
    created_at: Mapped[datetime]
    reminded_on: Mapped[date | None]
    fulfilled_at: Mapped[datetime | None]
    #: The facts changed and it is not owed any more.
    dropped_at: Mapped[datetime | None]
    dropped_because: Mapped[LongText] = mapped_column(default="")


class DisclosureEntry(Base):
    """A published snapshot: never changed, only answered by a successor that explains itself.

    `content` is JSON of texts, whole numbers (fen) and lists; `content_hash` is SHA-256 (hex) of
    its canonical form (DIS-211).
    """

    __tablename__ = "disclosure_entry"
    __table_args__ = (
        CheckConstraint("(supersedes_id IS NULL) = (explanation = '')", name="explained"),
        Index("ix_disclosure_entry_published", "is_public", "published_at", "id"),
    )

    id: Mapped[Id]
    duty_id: Mapped[int | None] = mapped_column(ForeignKey("disclosure_duty.id"), index=True)
    kind: Mapped[DisclosureKind]
    subject: Mapped[str] = mapped_column(String(80), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"), index=True)
    title: Mapped[str]
    content: Mapped[dict[str, object]] = mapped_column(JSON)
    content_hash: Mapped[str] = mapped_column(String(64))
    #: False for what only the givers of a members' campaign are told (DIS-212).
    is_public: Mapped[bool]
    published_at: Mapped[datetime]
    #: None for what the installation publishes by itself.
    published_by_user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id"), index=True
    )
    supersedes_id: Mapped[int | None] = mapped_column(
        ForeignKey("disclosure_entry.id"), unique=True
    )
    explanation: Mapped[LongText] = mapped_column(default="")

    duty: Mapped[DisclosureDuty | None] = relationship()
    supersedes: Mapped[DisclosureEntry | None] = relationship(remote_side="DisclosureEntry.id")


class RatioReport(Base):
    """The annual spend and management cost of a charity, judged by the row that was in force."""

    __tablename__ = "ratio_report"
    __table_args__ = (UniqueConstraint("organisation_id", "year", "computed_at"),)

    id: Mapped[Id]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    year: Mapped[int]
    computed_at: Mapped[datetime]
    #: Figures in fen, shares in millionths, the rows used, and the verdicts.
    content: Mapped[dict[str, object]] = mapped_column(JSON)
