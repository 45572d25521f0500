"""The world of refunds and disputes: a campaign, its staff, and the ways money goes back."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor, Grant, Role
from charity.donations import checks, queries, services
from charity.donations.gateway import GatewayRefused
from charity.donations.models import (
    EventOutcome,
    Payment,
    Refund,
    RefundCause,
    RefundPath,
    RefundState,
)
from charity.ledger import checks as ledger_checks
from charity.ledger import services as ledger
from charity.ledger.models import Entry, EntryKind, Fund, FundKind, Line, LineHead
from charity.money import Money
from tests.charity.donations.giving import AMOUNT, SYSTEM, Giving
from tests.factories import make_actor
from tests.fakes import Message

_expenses = count(1)


@dataclass
class GivingBack:
    """Verbs in few words around one campaign."""

    giving: Giving
    treasurer: Actor
    #: Another treasurer, who pays what the first asked for.
    payer: Actor
    approvers: tuple[Actor, Actor]
    _host: Fund | None = field(default=None)

    @property
    def session(self) -> Session:
        """The session everything happens in."""
        return self.giving.session

    @property
    def fund_id(self) -> int:
        """The campaign's fund."""
        return self.giving.campaign.fund_id

    @property
    def book_id(self) -> int:
        """The charity's book."""
        return self.session.get_one(Fund, self.fund_id).book_id

    def paid(self, amount: Money = AMOUNT) -> Payment:
        """A gift whose money is there."""
        payment = self.giving.opened(amount)
        outcome = self.giving.apply(self.giving.gateway.pay(payment.remote_id or ""))
        assert outcome is EventOutcome.APPLIED
        return payment

    def ask(self, payment: Payment, amount: Money | None = None, **changed: object) -> Refund:
        """The treasurer asks for a refund; `changed` overrides any part of the form."""
        form: dict[str, object] = {
            "payment_id": payment.id,
            "amount": payment.amount if amount is None else amount,
            "cause": RefundCause.DONOR_ASKED,
            "reason": "捐赠人来电申请",
            "gateway": self.giving.gateway,
            "path": RefundPath.GATEWAY,
            "payee": "",
        }
        return services.request_refund(self.session, self.treasurer, **{**form, **changed})  # type: ignore[arg-type]  # overridden by name

    def agree(self, refund: Refund) -> Refund:
        """As many approvers as are needed agree."""
        for approver in self.approvers:
            if refund.state is RefundState.REQUESTED:
                services.decide_refund(self.session, approver, refund_id=refund.id, agreed=True)
        return refund

    def send(self, refund: Refund) -> Refund:
        """The worker books it, asks the gateway, and records the answer."""
        order = services.begin_sending(self.session, SYSTEM, refund_id=refund.id)
        if order is None:
            return refund
        try:
            answer = self.giving.gateway.refund(order)
        except GatewayRefused:
            return services.record_refusal(self.session, SYSTEM, refund_id=refund.id)
        return services.record_refund(self.session, SYSTEM, refund_id=refund.id, answer=answer)

    def refund(self, payment: Payment, amount: Money | None = None, **changed: object) -> Refund:
        """Asked for, agreed to and sent."""
        return self.send(self.agree(self.ask(payment, amount, **changed)))

    def host(self, amount: Money) -> Fund:
        """Money of the host's own, unrestricted."""
        if self._host is None:
            self._host = ledger.open_fund(
                self.session, SYSTEM, book_id=self.book_id, name="本会", kind=FundKind.UNRESTRICTED
            )
        ledger.post_gift(
            self.session,
            SYSTEM,
            fund_id=self._host.id,
            amount=amount,
            source=f"dues:{next(_expenses)}",
            occurred_on=clock.today(),
            giver=ledger.Giver("会员", "enterprise"),
        )
        return self._host

    def spend(self, amount: Money) -> Entry:
        """The project pays something."""
        return ledger.pay(
            self.session,
            SYSTEM,
            fund_id=self.fund_id,
            amount=amount,
            cost="5101",
            account="1009",
            source=f"expense:{next(_expenses)}:paid",
            occurred_on=clock.today(),
        )

    def in_hand(self, fund_id: int | None = None) -> Money:
        """What lies unspent on the lines of a fund, the campaign's unless another is named."""
        lines = select(Line.id).where(Line.fund_id == (fund_id or self.fund_id))
        ledger.place(self.session, SYSTEM, line_ids=list(self.session.scalars(lines)))
        rows = self.session.execute(
            select(LineHead.placed_end, LineHead.spent)
            .join(Line, Line.id == LineHead.line_id)
            .where(Line.fund_id == (fund_id or self.fund_id))
        ).all()
        return Money(sum(int(end) - int(spent) for end, spent in rows))

    def sweep(self) -> None:
        """The worker applies every message that waits."""
        for event in queries.waiting_events(self.session):
            services.apply_event(self.session, SYSTEM, event_id=event.id)

    def hear(self, *messages: Message) -> None:
        """Take in messages in this order, then let the worker go round."""
        for message in messages:
            self.giving.apply(message)
        self.sweep()

    def entries(self, kind: EntryKind) -> int:
        """How many entries of a kind the book has."""
        query = select(func.count()).where(Entry.kind == kind)
        return self.session.scalar(query) or 0

    def judge(self) -> None:
        """Gifts, refunds and book agree to the fen."""
        self.session.flush()
        ledger.seal(self.session, SYSTEM, book_id=self.book_id)
        assert checks.verify(self.session) == []
        assert list(ledger_checks.verify(self.session)) == []


def giving_back(giving: Giving) -> GivingBack:
    """The staff of the campaign's charity."""
    session, charity_id = giving.session, giving.campaign.charity_id

    def staff(role: Role) -> Actor:
        return make_actor(session, Grant(role, organisation_id=charity_id))

    return GivingBack(
        giving,
        treasurer=staff(Role.TREASURER),
        payer=staff(Role.TREASURER),
        approvers=(staff(Role.APPROVER), staff(Role.APPROVER)),
    )
