"""A grant to another organisation's book: offered by one treasurer, taken up by the other.

Both books are written at once, so both sides must agree. Where one person keeps both books, that
person does. Otherwise the offer is a code that only this site can make, holding all that was said;
the other treasurer opens it in the own room, sees what will be booked in both books, and confirms.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy.orm import Session

from charity.actor import Actor
from charity.ledger import services
from charity.ledger.models import Entry, IncomeSource
from charity.money import Money
from web.ports import settings

#: Days for which an offer may be taken up.
OPEN_DAYS = 30


@dataclass(frozen=True, slots=True)
class Offer:
    """Everything one treasurer said of a grant, in plain values."""

    fund_id: int
    into_book_id: int
    into_fund_id: int
    fen: int
    income: str
    occurred_on: str
    note: str
    source: str

    def code(self) -> str:
        """The offer as a text to be handed to the other side."""
        said = _signer().dumps(asdict(self))
        return said if isinstance(said, str) else said.decode()

    @classmethod
    def read(cls, code: str) -> Offer | None:
        """The offer in a code; None where the code is not ours, was changed or is too old."""
        try:
            said: dict[str, Any] = _signer().loads(code.strip(), max_age=OPEN_DAYS * 86_400)
        except BadSignature:
            return None
        return cls(**said)

    def book(self, work: Session, actor: Actor) -> tuple[Entry, Entry]:
        """Book the grant in both books; the same offer is booked once."""
        return services.grant_to_book(
            work,
            actor,
            fund_id=self.fund_id,
            into_fund_id=self.into_fund_id,
            amount=Money(self.fen),
            source=self.source,
            occurred_on=date.fromisoformat(self.occurred_on),
            income=IncomeSource(self.income),
            note=self.note,
        )


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(settings().secret, salt="wushe.grant.offer")
