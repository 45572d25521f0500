"""Deliveries: units said to be done, accepted by another; households without identities."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from charity.base import Base, Id, LongText
from charity.errors import CommonReason, InvalidState
from charity.money import Money
from charity.spending.models.budgets import Deliverable


class DeliveryState(enum.StrEnum):
    """Work is claimed by who did it and accepted by another; only acceptance is progress."""

    CLAIMED = "claimed"
    ACCEPTED = "accepted"
    RETURNED = "returned"


DELIVERY_TRANSITIONS: dict[DeliveryState, frozenset[DeliveryState]] = {
    DeliveryState.CLAIMED: frozenset({DeliveryState.ACCEPTED, DeliveryState.RETURNED}),
    DeliveryState.ACCEPTED: frozenset(),
    DeliveryState.RETURNED: frozenset(),
}


class Delivery(Base):
    """So many units of a deliverable, said to be done, and accepted or sent back."""

    __tablename__ = "delivery"
    __table_args__ = (
        CheckConstraint("units > 0", name="units_positive"),
        CheckConstraint(
            "decided_by_person_id IS NULL OR decided_by_person_id <> claimed_by_person_id",
            name="accepted_by_another",
        ),
        CheckConstraint(
            "(state = 'claimed') = (decided_by_person_id IS NULL)"
            " AND (decided_by_person_id IS NULL) = (decided_by_user_id IS NULL)"
            " AND (decided_by_person_id IS NULL) = (decided_at IS NULL)",
            name="decided",
        ),
    )

    id: Mapped[Id]
    deliverable_id: Mapped[int] = mapped_column(ForeignKey("deliverable.id"), index=True)
    units: Mapped[int]
    note: Mapped[LongText] = mapped_column(default="")
    state: Mapped[DeliveryState] = mapped_column(default=DeliveryState.CLAIMED)
    claimed_by_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    claimed_by_person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    claimed_at: Mapped[datetime]
    decided_by_user_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id"), index=True
    )
    decided_by_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    decided_at: Mapped[datetime | None]
    decision_note: Mapped[LongText] = mapped_column(default="")

    deliverable: Mapped[Deliverable] = relationship(back_populates="deliveries")

    def move_to(self, state: DeliveryState) -> None:
        """Change the state; raises `InvalidState` for a step the table above does not have."""
        if state not in DELIVERY_TRANSITIONS[self.state]:
            raise InvalidState(CommonReason.WRONG_STATE)
        self.state = state


class Household(Base):
    """One household of a deliverable (一户一策), by a number and a masked name only (PII-04)."""

    __tablename__ = "household"
    __table_args__ = (UniqueConstraint("deliverable_id", "number"),)

    id: Mapped[Id]
    deliverable_id: Mapped[int] = mapped_column(ForeignKey("deliverable.id"), index=True)
    number: Mapped[int]
    #: 王**; never the whole name.
    masked_name: Mapped[str]
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"), index=True)
    #: What this household needs, without naming a person.
    plan: Mapped[LongText] = mapped_column(default="")

    deliverable: Mapped[Deliverable] = relationship(back_populates="households")
    items: Mapped[list[HouseholdItem]] = relationship(
        back_populates="household", order_by="HouseholdItem.number", cascade="all, delete-orphan"
    )


class HouseholdItem(Base):
    """One thing on a household's own list: 床边抓杆, 2 pieces."""

    __tablename__ = "household_item"
    __table_args__ = (
        UniqueConstraint("household_id", "number"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("unit_cost >= 0", name="unit_cost_not_negative"),
    )

    id: Mapped[Id]
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), index=True)
    number: Mapped[int]
    name: Mapped[str]
    quantity: Mapped[int]
    unit_cost: Mapped[Money]

    household: Mapped[Household] = relationship(back_populates="items")


class HouseholdDelivery(Base):
    """That a delivery was made at a household; once, unless it came back."""

    __tablename__ = "household_delivery"
    __table_args__ = (
        Index(
            "uq_household_delivery_standing",
            "household_id",
            unique=True,
            sqlite_where=text("is_standing"),
            postgresql_where=text("is_standing"),
        ),
    )

    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id"), primary_key=True)
    household_id: Mapped[int] = mapped_column(
        ForeignKey("household.id"), primary_key=True, index=True
    )
    is_standing: Mapped[bool] = mapped_column(default=True)
