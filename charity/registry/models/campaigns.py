"""Agreements, filed plans, and the campaigns that raise money under them."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, or_, select
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from charity.base import Base, Id, LongText
from charity.errors import CommonReason, InvalidState
from charity.money import Money
from charity.registry.models.organisations import Organisation
from charity.registry.models.standing import RestrictedAct, Restriction


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
    #: 合作方的评估和监督情况, published within three months of the end (CHA-134).
    supervision_note: Mapped[LongText] = mapped_column(default="")


class SurplusWay(enum.StrEnum):
    """What a plan says becomes of money that is left (CHA-165)."""

    SIMILAR_PROJECT = "similar_project"
    ASK_GIVERS = "ask_givers"
    REFUND = "refund"


class PlanField(enum.StrEnum):
    """The columns of the eleven things, to name the one that is missing."""

    PURPOSE = "purpose"
    STARTS_ON = "starts_on"
    ENDS_ON = "ends_on"
    TERRITORY = "territory"
    RESPONSIBLE_NAME = "responsible_name"
    OFFICE_ADDRESS = "office_address"
    WAYS_OF_GIVING = "ways_of_giving"
    BANK_ACCOUNT = "bank_account"
    BENEFICIARIES = "beneficiaries"
    USE_OF_MONEY = "use_of_money"
    COST = "cost"
    SURPLUS_WAY = "surplus_way"
    SURPLUS_RULE = "surplus_rule"


class PlanSheet(Base):
    """The eleven things a fundraising plan must say (CHA-111), as they are filed.

    The period (起止时间) is two columns; an empty text is a field not filled in yet.
    """

    __tablename__ = "plan_sheet"
    __table_args__ = (
        CheckConstraint(
            "starts_on IS NULL OR ends_on IS NULL OR starts_on <= ends_on", name="period"
        ),
        CheckConstraint("cost IS NULL OR cost >= 0", name="cost_not_negative"),
    )

    id: Mapped[Id]
    purpose: Mapped[LongText] = mapped_column(default="")
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    territory: Mapped[str] = mapped_column(default="")
    responsible_name: Mapped[str] = mapped_column(default="")
    office_address: Mapped[str] = mapped_column(default="")
    ways_of_giving: Mapped[str] = mapped_column(default="")
    bank_account: Mapped[str] = mapped_column(default="")
    beneficiaries: Mapped[LongText] = mapped_column(default="")
    use_of_money: Mapped[LongText] = mapped_column(default="")
    #: 募捐成本 in fen; None is not said yet, zero is an answer.
    cost: Mapped[Money | None]
    surplus_way: Mapped[SurplusWay | None]
    surplus_rule: Mapped[LongText] = mapped_column(default="")
    #: The number of a second filing with the county office where an event happens (CHA-116).
    second_filing: Mapped[str] = mapped_column(default="")
    #: The major emergency it serves; kept by the plan once it is filed (CHA-113).
    emergency: Mapped[str] = mapped_column(default="")


class FundraisingPlan(Base):
    """募捐方案: a plan filed with the registrar before money is raised (CHA-111, CHA-112)."""

    __tablename__ = "fundraising_plan"
    __table_args__ = (
        CheckConstraint("starts_on <= ends_on", name="period"),
        Index("uq_fundraising_plan_sheet", "sheet_id", unique=True),
    )

    id: Mapped[Id]
    charity_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    number: Mapped[str] = mapped_column(unique=True)
    purpose: Mapped[str]
    filed_on: Mapped[date]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    sheet_id: Mapped[int | None] = mapped_column(ForeignKey("plan_sheet.id"))
    #: The major emergency it serves, whose filing may follow its start (CHA-113).
    emergency: Mapped[str] = mapped_column(default="")
    #: An emergency plan whose filing follows its start: until it is filed `number` is one of the
    #: house and `filed_on` the last day for filing (CHA-113).
    awaits_filing: Mapped[bool] = mapped_column(default=False)

    sheet: Mapped[PlanSheet | None] = relationship()


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
    #: The day on which it was ended, where that was before its last day; see `last_day`.
    ended_on: Mapped[date | None]
    #: The designated platform on which it also runs, and its page there.
    platform_name: Mapped[str | None]
    platform_url: Mapped[LongText | None]

    plan: Mapped[FundraisingPlan] = relationship()
    charity: Mapped[Organisation] = relationship(foreign_keys=[charity_id])
    partner: Mapped[Organisation | None] = relationship(foreign_keys=[partner_id])

    if TYPE_CHECKING:
        #: The rule for which it takes no gift now, through itself, its charity or its partner;
        #: read together with the campaign where gifts are begun, so that they ask nothing more.
        stopped_by: str | None

    @property
    def last_day(self) -> date:
        """The day on which it ends, or ended before its time."""
        return self.ended_on or self.ends_on

    def move_to(self, state: CampaignState) -> None:
        """Take the next state; raises `InvalidState` where the table above has no such step."""
        if state not in CAMPAIGN_TRANSITIONS[self.state]:
            raise InvalidState(CommonReason.WRONG_STATE, state=self.state, wanted=state)
        self.state = state


Campaign.stopped_by = column_property(  # type: ignore[assignment]  # declared above, as read
    select(Restriction.rule_id)
    .where(
        Restriction.act == RestrictedAct.COLLECT,
        or_(
            Restriction.campaign_id == Campaign.id,
            Restriction.organisation_id == Campaign.charity_id,
            Restriction.organisation_id == Campaign.partner_id,
        ),
        ~Restriction.lift.has(),
    )
    .order_by(Restriction.id)
    .limit(1)
    .correlate_except(Restriction)
    .scalar_subquery(),
    deferred=True,
)


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


class PlanChange(Base):
    """Something changed in a running plan; it is supplemented with its reasons (CHA-115)."""

    __tablename__ = "plan_change"
    __table_args__ = (
        CheckConstraint(
            "supplemented_on IS NULL OR changed_on <= supplemented_on", name="supplemented_after"
        ),
    )

    id: Mapped[Id]
    plan_id: Mapped[int] = mapped_column(ForeignKey("fundraising_plan.id"), index=True)
    #: The things of the plan that changed, as `PlanField` values with commas.
    fields: Mapped[LongText]
    changed_on: Mapped[date]
    reasons: Mapped[LongText]
    #: The day the supplement was filed with the registrar, and its receipt.
    supplemented_on: Mapped[date | None]
    receipt: Mapped[str] = mapped_column(default="")
    recorded_by_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    recorded_at: Mapped[datetime]
