"""Stand-ins of our own for the outside world, with state and with bad days.

`FakeGateway` is a payment gateway as Stripe is one: it keeps checkouts, honours idempotency keys,
signs its messages in Stripe's scheme and in Stripe's shape. A test gives it faults to commit on
the next calls, and takes its messages twice, shuffled or not at all.
"""

import enum
import json
import random
import threading
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from charity import clock
from charity.donations import notices, signatures
from charity.donations.gateway import (
    Checkout,
    CheckoutOrder,
    GatewayNotice,
    GatewayRefused,
    GatewayUnavailable,
    RefundOrder,
    RemoteRefund,
    RemoteRefundState,
    RemoteStatus,
)
from charity.donations.reasons import DonationsReason
from charity.ledger.chart import AccountCode
from charity.money import ZERO, Money


class Fault(enum.StrEnum):
    """What goes wrong on one call to the gateway."""

    #: It is down: nothing is made.
    DOWN = "down"
    #: It hangs until we give up: nothing is made.
    TIMEOUT = "timeout"
    #: It does what was asked, and the answer is lost.
    LOST = "lost"
    #: It says no.
    REFUSED = "refused"


@dataclass(frozen=True)
class Message:
    """One delivery of a webhook: the raw body; each delivery is signed afresh."""

    body: bytes

    @property
    def event_id(self) -> str:
        """The id that is the same at each delivery."""
        return str(json.loads(self.body)["id"])


class FakeGateway:
    """A stateful gateway in memory; safe to call from many threads."""

    is_sandbox = False
    can_refund = True
    account: str = AccountCode.OTHER_MONETARY_FUNDS

    def __init__(
        self, *, name: str = "fake", secret: str = "whsec_fake", livemode: bool = False
    ) -> None:
        self.name = name
        self.livemode = livemode
        self.secret = secret
        self.faults: deque[Fault] = deque()
        #: Every call that reached it, in order: (verb, key or checkout id).
        self.calls: list[tuple[str, str]] = []
        self.sessions: dict[str, dict[str, object]] = {}
        self.messages: list[Message] = []
        #: Refunds by their id, as the gateway's own objects.
        self.refunds: dict[str, dict[str, object]] = {}
        #: What it kept of a checkout, as far as it knows.
        self.fees: dict[str, Money] = {}
        #: On which day in China a checkout was paid.
        self.paid_on: dict[str, date] = {}
        #: How the next refunds come out at once; the rest succeed.
        self.refund_states: deque[RemoteRefundState] = deque()
        self._orders: dict[str, tuple[CheckoutOrder, str]] = {}
        self._refund_orders: dict[str, tuple[RefundOrder, str]] = {}
        self._numbers = 0
        self._lock = threading.Lock()

    # ── what the port asks ───────────────────────────────────────────────────────────────────

    def create_checkout(self, order: CheckoutOrder) -> Checkout:
        """Make the checkout of a key once; the key with another order is refused."""
        with self._lock:
            self.calls.append(("create", order.key))
            fault = self._next_fault()
            known = self._orders.get(order.key)
            if known is not None and known[0] != order:
                raise GatewayRefused(DonationsReason.GATEWAY_REFUSED)
            remote_id = known[1] if known is not None else self._make(order)
            if fault is Fault.LOST:
                raise GatewayUnavailable(DonationsReason.GATEWAY_UNAVAILABLE)
            return Checkout(remote_id, f"https://pay.example/{remote_id}")

    def fetch(self, remote_id: str) -> RemoteStatus:
        """How the checkout stands."""
        with self._lock:
            self.calls.append(("fetch", remote_id))
            if self._next_fault() is Fault.LOST:
                raise GatewayUnavailable(DonationsReason.GATEWAY_UNAVAILABLE)
            if remote_id not in self.sessions:
                raise GatewayRefused(DonationsReason.GATEWAY_REFUSED)
            return notices.checkout_session(self.sessions[remote_id])

    def refund(self, order: RefundOrder) -> RemoteRefund:
        """Give back once per key; never more than was paid, whatever is asked."""
        with self._lock:
            self.calls.append(("refund", order.key))
            fault = self._next_fault()
            known = self._refund_orders.get(order.key)
            if known is not None and known[0] != order:
                raise GatewayRefused(DonationsReason.GATEWAY_REFUSED)
            remote_id = known[1] if known is not None else self._make_refund(order)
            if fault is Fault.LOST:
                raise GatewayUnavailable(DonationsReason.GATEWAY_UNAVAILABLE)
            return notices.stripe_refund(self.refunds[remote_id])

    def fee(self, remote_id: str) -> Money | None:
        """What it kept; None until a test says so."""
        with self._lock:
            self.calls.append(("fee", remote_id))
            self._next_fault()
            return self.fees.get(remote_id)

    def settled_on(self, day: date) -> list[RemoteStatus]:
        """Its list of a day, as the gateway itself knows the truth."""
        with self._lock:
            self.calls.append(("settled_on", day.isoformat()))
            self._next_fault()
            return [
                notices.checkout_session(self._with_charge(remote_id))
                for remote_id, paid_on in self.paid_on.items()
                if paid_on == day
            ]

    def read_notice(self, body: bytes, signature: str, at: datetime) -> GatewayNotice:
        """See the port."""
        signatures.check(body, signature, [self.secret], at)
        return notices.stripe_event(body)

    # ── what the giver and time do ───────────────────────────────────────────────────────────

    def complete(self, remote_id: str) -> Message:
        """The giver is through the page, the wallet has not paid yet (Alipay, WeChat Pay)."""
        return self._tell(remote_id, "completed", status="complete")

    def pay(self, remote_id: str, **changed: object) -> Message:
        """The money moves; `changed` makes the message say something else than what was ordered."""
        return self._tell(
            remote_id, "completed", status="complete", payment_status="paid", **changed
        )

    def pay_late(self, remote_id: str) -> Message:
        """The wallet pays after the giver was through."""
        return self._tell(
            remote_id, "async_payment_succeeded", status="complete", payment_status="paid"
        )

    def fail(self, remote_id: str) -> Message:
        """The wallet refuses."""
        return self._tell(remote_id, "async_payment_failed", status="complete")

    def expire(self, remote_id: str) -> Message:
        """Nobody paid in time."""
        return self._tell(remote_id, "expired", status="expired")

    def created(self, remote_id: str) -> Message:
        """A message that is no result."""
        return self._tell(remote_id, "created")

    def refunded(
        self,
        remote_id: str,
        amount: Money | None = None,
        *,
        subject_id: str | None = None,
        says: Mapping[str, object] | None = None,
    ) -> Message:
        """Money went back: by the refund named, else by one ordered in the gateway's own office.

        `says` makes the message say something else than what was done.
        """
        with self._lock:
            if subject_id is None:
                order = RefundOrder("", remote_id, amount or self._paid(remote_id), "CNY")
                subject_id = self._make_refund(order)
            said = {**self.refunds[subject_id], "status": "succeeded", **(says or {})}
            return self._say("refund.updated", said)

    def refund_failed(self, subject_id: str) -> Message:
        """The giver's bank would not take the money back."""
        with self._lock:
            refund = self.refunds[subject_id]
            refund["status"] = "failed"
            return self._say("refund.failed", dict(refund))

    def dispute(
        self,
        remote_id: str,
        status: str = "needs_response",
        *,
        amount: Money | None = None,
        fee: Money = ZERO,
        subject_id: str | None = None,
    ) -> Message:
        """The payer's bank takes the payment back, or has decided (`won`, `lost`)."""
        with self._lock:
            amount = amount or self._paid(remote_id)
            closed = status in ("won", "lost", "warning_closed")
            said: dict[str, object] = {
                "id": subject_id or f"dp_{remote_id}",
                "object": "dispute",
                "amount": amount.fen,
                "currency": "cny",
                "payment_intent": f"pi_{remote_id}",
                "status": status,
                "balance_transactions": [
                    {"amount": -amount.fen, "currency": "cny", "fee": fee.fen},
                ],
            }
            return self._say(f"charge.dispute.{'closed' if closed else 'created'}", said)

    def sign(self, body: bytes, at: datetime) -> str:
        """The signature header of a delivery at `at`."""
        return signatures.sign(body, self.secret, at)

    def deliveries(self, chance: random.Random, *, times: int = 2) -> list[Message]:
        """Every message told so far, each up to `times` times, in any order."""
        drawn = [each for each in self.messages for _ in range(chance.randint(1, times))]
        chance.shuffle(drawn)
        return drawn

    def plan_faults(self, faults: Iterable[Fault]) -> None:
        """The faults of the next calls, in order."""
        self.faults.extend(faults)

    # ── inside ───────────────────────────────────────────────────────────────────────────────

    def _next_fault(self) -> Fault | None:
        fault = self.faults.popleft() if self.faults else None
        if fault in (Fault.DOWN, Fault.TIMEOUT):
            raise GatewayUnavailable(DonationsReason.GATEWAY_UNAVAILABLE)
        if fault is Fault.REFUSED:
            raise GatewayRefused(DonationsReason.GATEWAY_REFUSED)
        return fault

    def _make(self, order: CheckoutOrder) -> str:
        self._numbers += 1
        remote_id = f"cs_fake_{self._numbers}"
        self._orders[order.key] = (order, remote_id)
        self.sessions[remote_id] = {
            "id": remote_id,
            "object": "checkout.session",
            "amount_total": order.amount.fen,
            "currency": order.currency.lower(),
            "client_reference_id": order.key,
            "livemode": self.livemode,
            "status": "open",
            "payment_status": "unpaid",
            "payment_intent": f"pi_{remote_id}",
        }
        return remote_id

    def _make_refund(self, order: RefundOrder) -> str:
        session = self.sessions.get(order.remote_id)
        if session is None or session["payment_status"] != "paid":
            raise GatewayRefused(DonationsReason.GATEWAY_REFUSED)
        if self._given_back(order.remote_id) + order.amount.fen > self._paid(order.remote_id).fen:
            raise GatewayRefused(DonationsReason.GATEWAY_REFUSED)
        remote_id = f"re_{self.name}_{len(self.refunds) + 1}"
        states = self.refund_states
        state = states.popleft() if states else RemoteRefundState.SUCCEEDED
        self._refund_orders[order.key or remote_id] = (order, remote_id)
        self.refunds[remote_id] = {
            "id": remote_id,
            "object": "refund",
            "amount": order.amount.fen,
            "currency": order.currency.lower(),
            "payment_intent": f"pi_{order.remote_id}",
            "status": state.value,
            "metadata": {"key": order.key} if order.key else {},
        }
        return remote_id

    def _paid(self, remote_id: str) -> Money:
        return Money(int(str(self.sessions[remote_id]["amount_total"])))

    def _given_back(self, remote_id: str) -> int:
        return sum(
            int(str(each["amount"]))
            for each in self.refunds.values()
            if each["payment_intent"] == f"pi_{remote_id}" and each["status"] != "failed"
        )

    def _with_charge(self, remote_id: str) -> dict[str, object]:
        charge = {
            "amount": self._paid(remote_id).fen,
            "amount_refunded": self._given_back(remote_id),
        }
        intent = {"id": f"pi_{remote_id}", "latest_charge": charge}
        return {**self.sessions[remote_id], "payment_intent": intent}

    def _tell(self, remote_id: str, kind: str, **changed: object) -> Message:
        with self._lock:
            session = self.sessions[remote_id]
            said = {**session, **changed}
            # The truth only rises as well: what is paid is not unpaid by a late message.
            if session["payment_status"] != "paid":
                session.update({k: v for k, v in changed.items() if k in _STANDING})
            if session["payment_status"] == "paid":
                self.paid_on.setdefault(remote_id, clock.today())
            return self._say(f"checkout.session.{kind}", said)

    def _say(self, kind: str, said: dict[str, object]) -> Message:
        event = {
            "id": f"evt_{said['id']}_{len(self.messages) + 1}",
            "object": "event",
            "api_version": "2025-09-30.clover",
            "type": kind,
            "livemode": said.get("livemode", self.livemode),
            "data": {"object": said},
        }
        message = Message(json.dumps(event).encode())
        self.messages.append(message)
        return message


_STANDING = frozenset({"status", "payment_status"})
