"""Any order of gifts, holds, payments, placing and sealing leaves a true book (M1, M3, M6)."""

from collections import Counter

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from charity.errors import Insufficient
from charity.ledger import checks, queries, tracing
from charity.ledger import services as ledger
from charity.ledger.models import Line
from charity.money import Money
from tests.charity.ledger.conftest import SYSTEM, Bookkeeper, open_bookkeeper

AMOUNT = st.integers(1, 400)


def machine(engine: Engine) -> type[RuleBasedStateMachine]:
    """The story machine over one database; each example is rolled back."""

    class Story(RuleBasedStateMachine):
        @initialize()
        def open(self) -> None:
            self.connection = engine.connect()
            self.transaction = self.connection.begin()
            self.session = Session(self.connection, join_transaction_mode="create_savepoint")
            self.books: Bookkeeper = open_bookkeeper(self.session)
            self.gifts: list[int] = []
            self.raised = self.spent = self.fees = 0
            self.held: dict[str, int] = {}

        @rule(fen=AMOUNT, share=st.integers(0, 9))
        def give(self, fen: int, share: int) -> None:
            fee = min(fen * share // 10, fen - 1)
            self.gifts.append(self.books.give(fen, fee=fee).id)
            self.raised += fen
            self.fees += fee

        @rule(fen=AMOUNT)
        def pay(self, fen: int) -> None:
            free = self.raised - self.fees - self.spent - sum(self.held.values())
            try:
                self.books.pay(fen)
            except Insufficient as refusal:
                available = refusal.params["available"]
            else:
                self.spent += fen
                available = None
            assert available == (Money(free) if free < fen else None)

        @rule(fen=AMOUNT)
        def hold(self, fen: int) -> None:
            free = self.raised - self.fees - self.spent - sum(self.held.values())
            source = f"expense:{next(self.books.numbers)}"
            try:
                self.books.hold(fen, source)
            except Insufficient:
                assert free < fen
            else:
                self.held[source] = fen

        @precondition(lambda self: self.held)
        @rule(paid=st.booleans())
        def settle_a_hold(self, paid: bool) -> None:
            source, fen = self.held.popitem()
            if paid:
                self.books.pay(fen, release=source)
                self.spent += fen
            else:
                ledger.release_hold(self.session, SYSTEM, source=source)

        @rule()
        def place(self) -> None:
            lines = self.session.scalars(select(Line.id)).all()
            ledger.place(self.session, SYSTEM, line_ids=lines)

        @rule()
        def seal(self) -> None:
            self.books.seal()

        @invariant()
        def the_position_is_exact(self) -> None:
            position = queries.fund_position(self.session, self.books.fund.id)
            held = sum(self.held.values())
            assert position.raised.fen == self.raised
            assert position.spent.fen == self.spent
            assert position.fees.fen == self.fees
            assert position.held.fen == held
            assert position.gifts == len(self.gifts)
            assert position.available.fen == self.raised - self.fees - self.spent - held >= 0

        @invariant()
        def every_fen_is_traced_both_ways(self) -> None:
            paid: Counter[int] = Counter()
            totals = {}
            for entry_id in self.gifts:
                trail = tracing.trail_of_entry(self.session, entry_id)
                assert trail.spent.fen + trail.unspent.fen == trail.amount.fen
                for step in trail.steps:
                    paid[step.outflow_id] += step.amount.fen
                    totals[step.outflow_id] = step.outflow_total.fen
            assert dict(paid) == totals

        @invariant()
        def the_checks_are_green(self) -> None:
            assert checks.verify(self.session) == []

        def teardown(self) -> None:
            if hasattr(self, "session"):
                self.session.close()
                self.transaction.rollback()
                self.connection.close()

    return Story


def test_any_order_leaves_a_true_book(engine: Engine) -> None:
    run_state_machine_as_test(
        machine(engine),
        settings=settings(
            max_examples=25,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
