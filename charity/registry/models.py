"""Tables of the registry: places, persons, organisations, agreements, plans and campaigns."""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charity.base import Base, Id, LongText
from charity.errors import CommonReason, InvalidState
from charity.money import Money


class RegionLevel(enum.IntEnum):
    """The five levels of the division codes, by length: 2, 4, 6, 9 and 12 digits."""

    PROVINCE = 1
    CITY = 2
    COUNTY = 3
    STREET = 4
    VILLAGE = 5


class Region(Base):
    """A place of the five-level division codes; a code is a prefix of those it contains."""

    __tablename__ = "region"
    __table_args__ = (
        CheckConstraint(
            "level = CASE length(code) WHEN 2 THEN 1 WHEN 4 THEN 2 WHEN 6 THEN 3"
            " WHEN 9 THEN 4 WHEN 12 THEN 5 ELSE 0 END",
            name="level_of_code",
        ),
        CheckConstraint(
            "(parent_code IS NULL AND level = 1) OR (parent_code IS NOT NULL AND"
            " length(parent_code) < length(code)"
            " AND parent_code = substr(code, 1, length(parent_code)))",
            name="parent_contains",
        ),
    )

    code: Mapped[str] = mapped_column(String(12), primary_key=True)
    name: Mapped[str]
    level: Mapped[int]
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"), index=True)
    #: The zone that runs the place where that is not its parent (DIV-01).
    managed_by_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"), index=True)


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
    )

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
    #: What the verifier looked at, or why the registration was returned.
    verification_note: Mapped[LongText] = mapped_column(default="")

    region: Mapped[Region] = relationship()

    def move_to(self, state: OrganisationState) -> None:
        """Take the next state; raises `InvalidState` where the table above has no such step."""
        if state not in ORGANISATION_TRANSITIONS[self.state]:
            raise InvalidState(CommonReason.WRONG_STATE, state=self.state, wanted=state)
        self.state = state

    def may_raise_on(self, day: date) -> bool:
        """Whether it is a charity whose certificate is in force on that day in China (CHA-101)."""
        if not self.is_charity or self.certificate_from is None or day < self.certificate_from:
            return False
        return self.certificate_until is None or day <= self.certificate_until


class PartnerAgreement(Base):
    """合作募捐: the written agreement between the fundraising charity and a partner (CHA-132)."""

    __tablename__ = "partner_agreement"
    __table_args__ = (
        UniqueConstraint("charity_id", "number"),
        CheckConstraint("charity_id <> partner_id", name="two_parties"),
        CheckConstraint("ends_on IS NULL OR signed_on <= ends_on", name="period"),
    )

    id: Mapped[Id]
    charity_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    partner_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    number: Mapped[str]
    signed_on: Mapped[date]
    ends_on: Mapped[date | None]
    assessment_note: Mapped[LongText]
    assessed_by_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)


class FundraisingPlan(Base):
    """募捐方案: a plan filed with the registrar before money is raised (CHA-111, CHA-112)."""

    __tablename__ = "fundraising_plan"
    __table_args__ = (CheckConstraint("starts_on <= ends_on", name="period"),)

    id: Mapped[Id]
    charity_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    number: Mapped[str] = mapped_column(unique=True)
    purpose: Mapped[str]
    filed_on: Mapped[date]
    starts_on: Mapped[date]
    ends_on: Mapped[date]


class FundraisingMode(enum.StrEnum):
    """On what legal basis a campaign raises money (HANDBOOK 0.1)."""

    PUBLIC_ONLINE = "public_online"
    #: 义卖, 募捐箱, 公益集市: gathered on the spot, counted by two.
    PUBLIC_OFFLINE = "public_offline"
    #: 定向募捐: from initiators, council and members only; never in public (慈善法 29-30).
    TARGETED = "targeted"
    #: 社区内部互助互济: among verified residents or staff; no charity fundraising (CHA 122).
    MUTUAL_AID = "mutual_aid"
    #: 资助, 政府购买, 公益创投: money that is granted, never collected.
    GRANT = "grant"


#: 公开募捐: needs a certificate and a filed plan.
PUBLIC_FUNDRAISING = frozenset({FundraisingMode.PUBLIC_ONLINE, FundraisingMode.PUBLIC_OFFLINE})
#: Modes that only the members of a campaign may see, and give to.
MEMBERS_MODES = frozenset({FundraisingMode.TARGETED, FundraisingMode.MUTUAL_AID})
#: Modes whose campaigns anybody may read of.
PUBLIC_MODES = frozenset(FundraisingMode) - MEMBERS_MODES


class CampaignState(enum.StrEnum):
    """A campaign takes gifts while open."""

    OPEN = "open"
    ENDED = "ended"


CAMPAIGN_TRANSITIONS: dict[CampaignState, frozenset[CampaignState]] = {
    CampaignState.OPEN: frozenset({CampaignState.ENDED}),
    CampaignState.ENDED: frozenset(),
}


class Campaign(Base):
    """One fundraising activity: one fund, one filed plan, one mode, a period."""

    __tablename__ = "campaign"
    __table_args__ = (
        CheckConstraint("starts_on <= ends_on", name="period"),
        CheckConstraint("target > 0", name="target_positive"),
        CheckConstraint("partner_id IS NULL OR partner_id <> charity_id", name="two_parties"),
    )

    id: Mapped[Id]
    title: Mapped[str]
    charity_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    partner_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("fundraising_plan.id"), index=True)
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"), unique=True)
    mode: Mapped[FundraisingMode]
    target: Mapped[Money]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    state: Mapped[CampaignState] = mapped_column(default=CampaignState.OPEN)
    #: The designated platform on which it also runs, and its page there.
    platform_name: Mapped[str | None]
    platform_url: Mapped[LongText | None]

    plan: Mapped[FundraisingPlan] = relationship()
    charity: Mapped[Organisation] = relationship(foreign_keys=[charity_id])
    partner: Mapped[Organisation | None] = relationship(foreign_keys=[partner_id])

    def move_to(self, state: CampaignState) -> None:
        """Take the next state; raises `InvalidState` where the table above has no such step."""
        if state not in CAMPAIGN_TRANSITIONS[self.state]:
            raise InvalidState(CommonReason.WRONG_STATE, state=self.state, wanted=state)
        self.state = state


class Capacity(enum.StrEnum):
    """As what somebody belongs to those a campaign is for."""

    INITIATOR = "initiator"
    COUNCIL = "council"
    MEMBER = "member"
    RESIDENT = "resident"
    STAFF = "staff"


class CampaignMember(Base):
    """A person a targeted or mutual-aid campaign is for; only they see it and give to it."""

    __tablename__ = "campaign_member"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    capacity: Mapped[Capacity]
    verified_by_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    verified_at: Mapped[datetime]
