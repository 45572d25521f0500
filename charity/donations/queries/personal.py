"""Everything this installation holds of one giver, for the giver to read and take along (PII-06).

Rows are handed out as they are kept, column by column, so that a new column cannot be forgotten;
only who among the staff touched a row is not the giver's.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import inspect, or_, select
from sqlalchemy.orm import Session

from charity.base import Base
from charity.donations.models import (
    CashSlip,
    Certificate,
    Donation,
    GatewayEvent,
    GivingTeam,
    InKindGift,
    Match,
    MonthlyPlan,
    Payment,
    Pledge,
    Receipt,
    Refund,
    StatementRow,
)
from charity.letters import Letter
from charity.money import Money

Held = dict[str, Any]

#: Promises and other gifts: their name here, how letters call them, and their table.
_PROMISES: tuple[tuple[str, str, type[Pledge] | type[InKindGift] | type[MonthlyPlan]], ...] = (
    ("pledges", "pledge", Pledge),
    ("goods", "in_kind", InKindGift),
    ("monthly_plans", "monthly", MonthlyPlan),
)


def held_of_gift(session: Session, donation: Donation) -> Held:
    """What is held around one gift: its row, and every row that points at it or its payments."""
    payments = select(Payment.id).where(Payment.donation_id == donation.id)
    by_gift = {
        "certificate": Certificate,
        "receipt": Receipt,
        "refunds": Refund,
        "cash_slips": CashSlip,
        "matches": Match,
        "payments": Payment,
    }
    found: Held = {"gift": _row(donation)}
    for name, model in by_gift.items():
        query = select(model).where(model.donation_id == donation.id)  # type: ignore[attr-defined]
        found[name] = _rows(session.scalars(query))
    of_payment: dict[str, type[StatementRow] | type[GatewayEvent]] = {
        "statement_rows": StatementRow,
        "gateway_messages": GatewayEvent,
    }
    for name, told in of_payment.items():
        query = select(told).where(told.payment_id.in_(payments))
        found[name] = _rows(session.scalars(query))
    found["letters"] = _letters(session, [f"donation:{donation.id}"])
    return found


def held_of_person(session: Session, person_id: int, user_id: int | None) -> Held:
    """What is held of a signed-in giver: every gift, promise, plan and team."""
    gifts = session.scalars(
        select(Donation).where(Donation.person_id == person_id).order_by(Donation.id)
    ).all()
    found: Held = {"gifts": [held_of_gift(session, gift) for gift in gifts]}
    subjects: list[str] = []
    for name, subject, model in _PROMISES:
        query = select(model).where(model.person_id == person_id)
        rows: Sequence[Any] = session.scalars(query).all()
        found[name] = _rows(rows)
        subjects += [f"{subject}:{row.id}" for row in rows]
    teams = select(GivingTeam).where(GivingTeam.captain_user_id == user_id)
    found["teams"] = _rows(session.scalars(teams)) if user_id is not None else []
    found["letters"] = _letters(session, subjects)
    return found


def _letters(session: Session, subjects: list[str]) -> list[Held]:
    if not subjects:
        return []
    about = (Letter.source.startswith(f"{each}:", autoescape=True) for each in subjects)
    return _rows(session.scalars(select(Letter).where(or_(*about)).order_by(Letter.id)))


def _rows(rows: Iterable[Base]) -> list[Held]:
    return [_row(each) for each in rows]


def _row(row: Base) -> Held:
    """The columns of a row as JSON can say them."""
    names = (attribute.key for attribute in inspect(type(row)).column_attrs)
    return {
        name: _said(getattr(row, name))
        for name in names
        if not name.endswith("_user_id") and name != "last_error"
    }


def _said(value: object) -> object:
    match value:
        case Money(fen=fen):
            return fen
        case datetime() | date():
            return value.isoformat()
        case enum.Enum():
            return value.value
        case bytes():
            return value.hex()
        case _:
            return value
