"""Gifts of goods and of services: what is offered, what arrived, and both sides' word for it."""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charity.base import Base, Id, LongText
from charity.donations.models.people import GivenBy
from charity.errors import CommonReason, InvalidState
from charity.ledger.models import ValuationBasis
from charity.money import Money


class InKindKind(enum.StrEnum):
    """Things, or somebody's time and skill."""

    GOODS = "goods"
    SERVICE = "service"


class GoodsCategory(enum.StrEnum):
    """What decides which questions are asked of goods (CHA-141)."""

    FOOD = "food"
    MEDICINE = "medicine"
    CLOTHING = "clothing"
    EQUIPMENT = "equipment"
    BOOKS = "books"
    OTHER = "other"


#: Goods that must carry a last day of use.
PERISHABLE = frozenset({GoodsCategory.FOOD, GoodsCategory.MEDICINE})


class GoodsCondition(enum.StrEnum):
    """In what state goods are; what is not usable and safe is not taken (CHA-141)."""

    NEW = "new"
    GOOD = "good"
    USED = "used"


class InKindState(enum.StrEnum):
    """Offered, accepted by the receiver, handed over when both sides say so."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    #: One side has confirmed the handover, the other not yet.
    HALF_CONFIRMED = "half_confirmed"
    RECEIVED = "received"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


IN_KIND_TRANSITIONS: dict[InKindState, frozenset[InKindState]] = {
    InKindState.OFFERED: frozenset(
        {InKindState.ACCEPTED, InKindState.DECLINED, InKindState.WITHDRAWN}
    ),
    InKindState.ACCEPTED: frozenset(
        {InKindState.HALF_CONFIRMED, InKindState.DECLINED, InKindState.WITHDRAWN}
    ),
    InKindState.HALF_CONFIRMED: frozenset({InKindState.RECEIVED, InKindState.ACCEPTED}),
    InKindState.RECEIVED: frozenset(),
    InKindState.DECLINED: frozenset(),
    InKindState.WITHDRAWN: frozenset(),
}


class InKindGift(GivenBy, Base):
    """One offer of goods or services to one campaign, handed over once.

    Each side has a code of six digits and enters the other's: the giver's code proves that the
    receiver met the giver, the receiver's that the giver met the receiver.
    """

    __tablename__ = "in_kind_gift"

    id: Mapped[Id]
    client_id: Mapped[str] = mapped_column(String(36), unique=True)
    token: Mapped[str] = mapped_column(String(64), unique=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    pledge_id: Mapped[int | None] = mapped_column(ForeignKey("pledge.id"), index=True)
    kind: Mapped[InKindKind]
    message: Mapped[str] = mapped_column(default="")
    #: Where and when it can be handed over, in the giver's words.
    handover: Mapped[str] = mapped_column(default="")
    #: The day in China it is to be handed over; None until the giver names one.
    handover_on: Mapped[date | None]
    state: Mapped[InKindState] = mapped_column(default=InKindState.OFFERED, index=True)
    giver_code: Mapped[str] = mapped_column(String(6))
    receiver_code: Mapped[str] = mapped_column(String(6))
    #: When each side entered the other's code.
    giver_confirmed_at: Mapped[datetime | None]
    receiver_confirmed_at: Mapped[datetime | None]
    wrong_codes: Mapped[int] = mapped_column(default=0)
    #: After too many wrong codes nobody may try before this moment.
    locked_until: Mapped[datetime | None]
    accepted_by_user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id"), index=True
    )
    received_by_user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id"), index=True
    )
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    closing_note: Mapped[LongText] = mapped_column(default="")

    items: Mapped[list[InKindItem]] = relationship(
        back_populates="gift", order_by="InKindItem.number"
    )

    def move_to(self, state: InKindState) -> None:
        """Go on to `state`; raises `InvalidState` where no such step exists."""
        if state not in IN_KIND_TRANSITIONS[self.state]:
            raise InvalidState(CommonReason.WRONG_STATE, state=self.state, wanted=state)
        self.state = state


class InKindItem(Base):
    """One kind of goods, or one service in minutes, with what it is worth and how that is known."""

    __tablename__ = "in_kind_item"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("value >= 0", name="value_not_negative"),
        CheckConstraint("arrived >= 0", name="arrived_not_negative"),
    )

    id: Mapped[Id]
    in_kind_gift_id: Mapped[int] = mapped_column(ForeignKey("in_kind_gift.id"), index=True)
    number: Mapped[int]
    name: Mapped[str]
    category: Mapped[GoodsCategory] = mapped_column(default=GoodsCategory.OTHER)
    #: Units of goods, minutes of a service.
    quantity: Mapped[int]
    unit: Mapped[str] = mapped_column(String(20))
    condition: Mapped[GoodsCondition | None]
    expires_on: Mapped[date | None]
    #: What all of it is worth, None where nobody said; services stay off the book.
    value: Mapped[Money | None]
    valuation_basis: Mapped[ValuationBasis | None]
    #: The invoice, receipt or price list the value comes from.
    evidence: Mapped[str] = mapped_column(default="")
    photo: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    #: What really came, as against what was offered; None before the handover.
    arrived: Mapped[int | None]
    #: The entry of the book that took the lot in.
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"), unique=True)

    gift: Mapped[InKindGift] = relationship(back_populates="items")
