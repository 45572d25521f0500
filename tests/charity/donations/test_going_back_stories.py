"""Golden stories of money that goes back: what happened, and every account of the book after it.

The figures are written out; a story that comes to anything else is a change of the rules (P13).
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from charity.donations import services
from charity.donations.models import RefundCause, RefundPath
from charity.ledger.models import Account, Transfer
from charity.money import Money
from tests.charity.donations.giving import SYSTEM
from tests.charity.donations.giving_back import GivingBack

YUAN = Money.yuan
Story = Callable[[GivingBack], object]


def accounts(back: GivingBack) -> dict[str, int]:
    """Every account of the book that is not nought: debit less credit, in yuan."""
    found: dict[str, int] = {}
    for sign, side in ((1, Transfer.debit_account_id), (-1, Transfer.credit_account_id)):
        rows = back.session.execute(
            select(Account.code, func.sum(Transfer.amount))
            .join(Account, Account.id == side)
            .group_by(Account.code)
        )
        for code, amount in rows:
            fen = amount.fen if isinstance(amount, Money) else int(amount)
            found[code] = found.get(code, 0) + sign * fen
    return {code: fen // 100 for code, fen in sorted(found.items()) if fen}


def whole(back: GivingBack) -> None:
    back.refund(back.paid(YUAN(200)))


def part(back: GivingBack) -> None:
    back.refund(back.paid(YUAN(200)), YUAN(80))


def failed(back: GivingBack) -> None:
    refund = back.refund(back.paid(YUAN(200)))
    back.giving.apply(back.giving.gateway.refund_failed(refund.remote_id or ""))


def spent_and_compelled(back: GivingBack) -> None:
    back.host(YUAN(1000))
    payment = back.paid(YUAN(200))
    back.spend(YUAN(150))
    back.refund(payment, cause=RefundCause.DOUBLE_PAYMENT)


def spent_compelled_and_failed(back: GivingBack) -> None:
    back.host(YUAN(1000))
    payment = back.paid(YUAN(200))
    back.spend(YUAN(150))
    refund = back.refund(payment, cause=RefundCause.DOUBLE_PAYMENT)
    back.giving.apply(back.giving.gateway.refund_failed(refund.remote_id or ""))


def by_hand(back: GivingBack) -> None:
    refund = back.agree(
        back.ask(back.paid(YUAN(200)), path=RefundPath.TRANSFER, payee="张三 建设银行 6217")
    )
    services.pay_by_transfer(
        back.session, back.payer, refund_id=refund.id, reference="B1",
        paid_on=refund.created_at.date(),
    )  # fmt: skip


def over_there(back: GivingBack) -> None:
    payment = back.paid(YUAN(200))
    back.giving.apply(back.giving.gateway.refunded(payment.remote_id or "", YUAN(50)))


def dispute(back: GivingBack, *said: str, spent: int = 0, kept: int = 15) -> None:
    back.host(YUAN(1000))
    payment = back.paid(YUAN(200))
    if spent:
        back.spend(YUAN(spent))
    gateway, remote = back.giving.gateway, payment.remote_id or ""
    for status in said:
        fee = YUAN(kept) if kept else Money(0)
        back.giving.apply(gateway.dispute(remote, status, fee=fee))


def fee(back: GivingBack) -> None:
    payment = back.paid(YUAN(200))
    services.record_fee(back.session, SYSTEM, payment_id=payment.id, fee=YUAN(6))


def fee_then_refund(back: GivingBack) -> None:
    back.host(YUAN(1000))
    payment = back.paid(YUAN(200))
    services.record_fee(back.session, SYSTEM, payment_id=payment.id, fee=YUAN(6))
    back.refund(payment, cause=RefundCause.WRONG_AMOUNT)


STORIES: dict[str, tuple[Story, dict[str, int]]] = {
    "a gift goes back whole": (whole, {}),
    "a part of it goes back": (part, {"1009": 120, "4101.1": -120}),
    "the bank sends it back": (failed, {"1009": 200, "4101.1": -200}),
    "spent, and it must go back": (
        spent_and_compelled,
        {"1009": 850, "4101.2": -1000, "5101": 150},
    ),
    "spent, forced, and sent back": (
        spent_compelled_and_failed,
        {
            "1009": 1050,
            "3101": -150,
            "3102": 150,
            "4101.1": -200,
            "4101.2": -1000,
            "5101": 150,
        },
    ),
    "paid by hand": (by_hand, {"1002": -200, "1009": 200}),
    "given back over there": (over_there, {"1009": 150, "4101.1": -150}),
    "a dispute begins": (
        lambda back: dispute(back, "needs_response"),
        {"1009": 1200, "4101.1": -200, "4101.2": -1000},
    ),
    "a dispute is won": (
        lambda back: dispute(back, "needs_response", "won", kept=0),
        {"1009": 1200, "4101.1": -200, "4101.2": -1000},
    ),
    "a dispute is lost": (
        lambda back: dispute(back, "needs_response", "lost"),
        {"1009": 985, "4101.2": -1000, "5301": 15},
    ),
    "a dispute is lost before it begins": (
        lambda back: dispute(back, "lost", "needs_response"),
        {"1009": 985, "4101.2": -1000, "5301": 15},
    ),
    "a fee is told later": (
        fee,
        {"1009": 194, "3101": -6, "3102": 6, "4101.1": -200, "5301": 6},
    ),
    "a fee, and then it goes back": (fee_then_refund, {"1009": 994, "4101.2": -1000, "5301": 6}),
}


@pytest.mark.parametrize("name", STORIES)
def test_the_book_after_the_story(back: GivingBack, name: str) -> None:
    story, wanted = STORIES[name]
    story(back)
    found = accounts(back)
    assert found == wanted
    back.judge()
