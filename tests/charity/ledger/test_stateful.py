"""Any order of acts leaves true books: no fen lost, none twice, each traced both ways (M1-M7).

Beside the books stands a plain list of every fen (`fen_model.py`). It says beforehand what an act
must be refused for, and to the fen which money it takes.
"""

import sys
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
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
from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.orm import Session, aliased

from charity import clock
from charity.errors import DomainError
from charity.ledger import checks, queries, tracing
from charity.ledger import services as ledger
from charity.ledger.models import (
    Account,
    Entry,
    EntryKind,
    FundKind,
    Hold,
    IncomeSource,
    Inflow,
    Line,
    Outflow,
    Transfer,
    ValuationBasis,
)
from charity.ledger.reasons import LedgerReason
from charity.money import Money
from tests.charity.ledger.fen_model import Fen, FenModel, Moved
from tests.charity.ledger.storybook import SYSTEM, Storybook
from tests.support.suite import stories

#: Late in a year, so that it ends within an example.
BEGINNING = datetime(2026, 11, 20, 2, tzinfo=UTC)
CHAIRS = "坐便椅"
AMOUNT = st.integers(1, 300)
#: So many hundredths of what could be taken: beyond 100 is too much.
SHARE = st.integers(1, 115)
ANY = st.integers(0, 1_000)
FUNDS = ("pool", "village", "project", "host", "agency", "their", "theirs")
FUND = st.sampled_from(FUNDS)
#: Grants that a fund's purpose allows, inside the first book and to the second one.
INSIDE = [
    *(("pool", "village"), ("village", "project"), ("pool", "project"), ("village", "pool")),
    *(("host", "pool"), ("host", "village"), ("host", "project")),
]
ACROSS = [("pool", "their"), ("village", "their"), ("host", "their"), ("host", "theirs")]
#: Grants that make free what was given for a purpose, or take it to another one.
CROSSING = [
    *(("project", "village"), ("project", "pool"), ("project", "host"), ("pool", "host")),
    *(("village", "host"), ("agency", "host"), ("agency", "project"), ("host", "agency")),
    *(("pool", "agency"), ("pool", "pool"), ("project", "their"), ("agency", "theirs")),
    *(("pool", "theirs"), ("village", "theirs")),
]
#: How many acts apart the slow checks are; they are made at the end as well.
EVERY = 13


class World:
    """Two books with their funds, made once; every example begins with them untouched."""

    def __init__(self, connection: Connection) -> None:
        with clock.at(BEGINNING), self.session(connection) as session:
            tell = Storybook(session)
            first, second = tell.book("江城公益基金会"), tell.book("嘉和社工中心")
            self.funds = {
                "pool": tell.fund(first, "共享公益金", FundKind.SHARED),
                "village": tell.fund(first, "幸福家园", FundKind.VILLAGE_MUTUAL_AID),
                "project": tell.fund(first, "扶手", FundKind.PROJECT),
                "host": tell.fund(first, "本会", FundKind.UNRESTRICTED),
                "agency": tell.fund(first, "转交张家", FundKind.AGENCY),
                "their": tell.fund(second, "助餐", FundKind.PROJECT),
                "theirs": tell.fund(second, "本中心", FundKind.UNRESTRICTED),
            }
            tell.do(ledger.open_earmark, fund_id=self.funds["project"].id, earmark=CHAIRS)
            self.books = (first.id, second.id)
            self.lines = list(session.scalars(select(Line)))
            session.commit()
            session.expunge_all()
        self.ids = {name: fund.id for name, fund in self.funds.items()}
        self.names = {fund_id: name for name, fund_id in self.ids.items()}

    @staticmethod
    def session(connection: Connection) -> Session:
        """A session whose work the connection's transaction can undo."""
        return Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False)


class Acts(RuleBasedStateMachine):
    """What people do to money, in any order."""

    connection: Connection
    world: World

    # ── beginning and end ────────────────────────────────────────────────────────────────────────

    @initialize(first=st.tuples(*[AMOUNT] * len(FUNDS)))
    def begin(self, first: tuple[int, ...]) -> None:
        self.undo = self.connection.begin_nested()
        self.session = World.session(self.connection)
        self.tell = Storybook(self.session)
        self.model = FenModel(self.world.lines)
        self.clock = ExitStack()
        self.now = BEGINNING
        self.clock.enter_context(clock.at(self.now))
        self.closed: dict[int, date] = {}
        self.seen = self.session.scalar(select(func.max(Entry.id))) or 0
        self.entries: list[Entry] = []
        self.moved: dict[int, Moved] = {}
        self.holds: dict[str, int] = {}
        self.acts = 0
        for name, fen in zip(FUNDS, first, strict=True):
            self.give(name, fen, 1, chairs=False, late=0)
        self.give("project", first[0], 1, chairs=True, late=0)

    def teardown(self) -> None:
        if not hasattr(self, "session"):
            return
        try:
            if sys.exception() is None:
                self.all_is_true()
        finally:
            self.session.close()
            self.undo.rollback()
            self.clock.close()

    # ── in hand for the rules ────────────────────────────────────────────────────────────────────

    def attempt(
        self,
        verb: Callable[..., Any],
        *,
        refusal: LedgerReason | None,
        available: int | None = None,
        **said: Any,
    ) -> list[Entry]:
        """Do it; it is refused for just this reason, or acts on the model as well."""
        before = self.rows()
        refused = refusal_of(lambda: self.tell.event(verb, **said))
        if refused is None:
            assert refusal is None, f"{verb.__name__} should be refused: {refusal}"
            return self.absorb()
        assert refused.reason is refusal, (refused.reason, refused.params, refusal)
        if available is not None:
            assert refused.params["available"] == Money(available)
        assert self.rows() == before, "a refusal wrote something"
        return []

    def rows(self) -> tuple[int, ...]:
        """How many facts there are, but for places and the fees taken with them."""
        tables = (Entry, Transfer, Inflow, Outflow, Hold, Line)
        query = select(*(select(func.count()).select_from(t).scalar_subquery() for t in tables))
        return tuple(self.session.execute(query).one())

    def absorb(self) -> list[Entry]:
        """Let every new entry act on the model; each counts for its day or the first open one."""
        new = self.session.scalars(
            select(Entry).where(Entry.id > self.seen).order_by(Entry.id)
        ).all()
        for entry in new:
            self.moved[entry.id] = self.model.absorb(self.session, entry)
            self.seen = entry.id
            if entry.kind is not EntryKind.CLOSING:
                closed = self.closed.get(entry.book_id, date.min)
                first_open = closed + timedelta(days=1)
                assert entry.booked_on == max(entry.occurred_on, first_open)
        self.entries += new
        return list(new)

    def one_of(self, number: int, *kinds: EntryKind) -> Entry:
        """Some entry of these kinds."""
        entries = [entry for entry in self.entries if entry.kind in kinds]
        return entries[number % len(entries)]

    def has(self, *kinds: EntryKind) -> bool:
        """Whether there is such an entry."""
        return any(entry.kind in kinds for entry in self.entries)

    def day(self, late: int) -> date:
        """The day of an event that is heard of so many days later."""
        return max(clock.today() - timedelta(days=late), clock.day_of(BEGINNING))

    def arrival(self, entry: Entry) -> tuple[Inflow, set[Fen], int]:
        """The one inflow of an entry, its fen, and the fund it came to."""
        inflow = self.session.scalars(select(Inflow).where(Inflow.entry_id == entry.id)).one()
        fen = set(self.moved[entry.id].brought[inflow.line_id])
        return inflow, fen, self.model.lines[inflow.line_id].fund_id

    def refundable(self, entry: Entry) -> tuple[int, int, set[Fen], int]:
        """Of an entry's inflow: what is left to give back, the part of it there, its fen, fund."""
        inflow, fen, fund_id = self.arrival(entry)
        left = inflow.amount.fen - self.model.given_back(inflow.id)
        return left, max(min(self.model.own(fen, fund_id), left), 0), fen, fund_id

    def host_of(self, fund_id: int) -> str:
        """The unrestricted fund of the same book."""
        return "theirs" if self.world.names[fund_id] in ("their", "theirs") else "host"

    def takes_the_earliest(self, new: list[Entry], expected: list[Any]) -> None:
        """The first outflow of these entries took just these fen."""
        if new:
            took = [spots for entry in new for spots in self.moved[entry.id].took.values()]
            assert took[0] == expected

    # ── money comes in ───────────────────────────────────────────────────────────────────────────

    @rule(name=FUND, fen=AMOUNT, share=st.integers(0, 5), chairs=st.booleans(), late=ANY)
    def give(self, name: str, fen: int, share: int, chairs: bool, late: int) -> None:
        agency, fee = name == "agency", min(fen * share // 10, fen - 1)
        self.attempt(
            ledger.post_gift,
            refusal=None,
            fund_id=self.world.ids[name],
            amount=fen,
            fee=fee,
            earmark=CHAIRS if chairs and name == "project" else "",
            income=IncomeSource.AGENCY if agency else IncomeSource.DONATION,
            account="1002" if share % 2 else "1009",
            giver=ledger.Giver(f"giver:{fen % 7}", "individual", "420704"),
            occurred_on=self.day(late % 50),
        )

    @rule(fen=AMOUNT, quantity=st.integers(1, 9))
    def give_goods(self, fen: int, quantity: int) -> None:
        self.attempt(
            ledger.receive_goods,
            refusal=None,
            fund_id=self.world.ids["project"],
            name="轮椅",
            quantity=quantity,
            unit="台",
            value=fen,
            basis=ValuationBasis.VOUCHER,
            evidence="发票 1",
            giver=ledger.Giver(f"giver:{fen % 7}", "enterprise"),
        )

    # ── money goes out ───────────────────────────────────────────────────────────────────────────

    @rule(name=FUND, share=SHARE, late=ANY)
    def pay(self, name: str, share: int, late: int) -> None:
        self.pay_for(name, "", share, late)

    @rule(share=SHARE, late=ANY)
    def pay_for_chairs(self, share: int, late: int) -> None:
        """The earmark's money goes first, then the general line's."""
        self.pay_for("project", CHAIRS, share, late)

    def pay_for(self, name: str, earmark: str, share: int, late: int) -> None:
        lines = [earmark, ""] if earmark else [""]
        fund_id = self.world.ids[name]
        free = sum(self.model.line(fund_id, each).free for each in lines)
        fen = part(free, share)
        expected = self.model.earliest(fund_id, lines, fen)
        new = self.attempt(
            ledger.pay,
            refusal=LedgerReason.INSUFFICIENT if free < fen else None,
            available=free,
            fund_id=fund_id,
            amount=fen,
            earmark=earmark,
            cost="5101",
            occurred_on=self.day(late % 50),
        )
        self.takes_the_earliest(new, expected)

    @precondition(lambda self: self.has(EntryKind.GOODS_GIVEN))
    @rule(lot=ANY, quantity=st.integers(1, 5))
    def use_goods(self, lot: int, quantity: int) -> None:
        lots = [key for key, line in self.model.lines.items() if line.earmark.startswith("goods:")]
        line_id = lots[lot % len(lots)]
        refused = refusal_of(
            lambda: self.tell.event(ledger.use_goods, line_id=line_id, quantity=quantity)
        )
        assert refused is None or refused.reason is LedgerReason.MORE_THAN_LEFT
        self.absorb()

    @rule(share=SHARE)
    def hold(self, share: int) -> None:
        line = self.model.line(self.world.ids["project"])
        fen = part(line.free, share)
        source = f"expense:{next(self.tell.numbers)}"
        fund_id = self.world.ids["project"]
        refused = refusal_of(
            lambda: self.tell.do(ledger.hold, fund_id=fund_id, source=source, amount=fen)
        )
        if refused is None:
            assert line.free >= fen
            line.held += fen
            self.holds[source] = fen
        else:
            assert line.free < fen
            assert refused.params["available"] == Money(line.free)

    @precondition(lambda self: self.holds)
    @rule(paid=st.booleans())
    def settle_a_hold(self, paid: bool) -> None:
        source, fen = self.holds.popitem()
        fund_id = self.world.ids["project"]
        self.model.line(fund_id).held -= fen
        if paid:
            expected = self.model.earliest(fund_id, [""], fen)
            new = self.attempt(
                ledger.pay, refusal=None, fund_id=fund_id, amount=fen, release=source, cost="5201"
            )
            self.takes_the_earliest(new, expected)
        else:
            assert ledger.release_hold(self.session, SYSTEM, source=source) == Money(fen)

    # ── on to other funds and lines ──────────────────────────────────────────────────────────────

    @rule(pair=st.sampled_from(INSIDE), share=SHARE)
    def grant(self, pair: tuple[str, str], share: int) -> None:
        self.hand_on(ledger.grant, pair, share)

    @rule(pair=st.sampled_from(ACROSS), share=SHARE)
    def grant_to_book(self, pair: tuple[str, str], share: int) -> None:
        self.hand_on(ledger.grant_to_book, pair, share)

    def hand_on(self, verb: Callable[..., Any], pair: tuple[str, str], share: int) -> None:
        giving, taking = (self.world.ids[name] for name in pair)
        free = self.model.line(giving).free
        fen = part(free, share)
        expected = self.model.earliest(giving, [""], fen)
        new = self.attempt(
            verb,
            refusal=LedgerReason.INSUFFICIENT if free < fen else None,
            available=free,
            fund_id=giving,
            into_fund_id=taking,
            amount=fen,
        )
        self.takes_the_earliest(new, expected)

    @rule(pair=st.sampled_from(CROSSING), fen=AMOUNT)
    def cross_a_purpose(self, pair: tuple[str, str], fen: int) -> None:
        """Restricted money serves its purpose; whoever tries otherwise is refused (CHA-162)."""
        giving, taking = (self.world.ids[name] for name in pair)
        across = pair[1] in ("their", "theirs")
        self.attempt(
            ledger.grant_to_book if across else ledger.grant,
            refusal=LedgerReason.NOT_ITS_PURPOSE,
            fund_id=giving,
            into_fund_id=taking,
            amount=fen,
        )

    @rule(share=SHARE, to_chairs=st.booleans())
    def move(self, share: int, to_chairs: bool) -> None:
        fund_id = self.world.ids["project"]
        source, target = ("", CHAIRS) if to_chairs else (CHAIRS, "")
        free = self.model.line(fund_id, source).free
        fen = part(free, share)
        expected = self.model.earliest(fund_id, [source], fen)
        new = self.attempt(
            ledger.move,
            refusal=LedgerReason.INSUFFICIENT if free < fen else None,
            available=free,
            fund_id=fund_id,
            amount=fen,
            from_earmark=source,
            to_earmark=target,
        )
        self.takes_the_earliest(new, expected)

    # ── back to givers, back from payees ─────────────────────────────────────────────────────────

    @precondition(lambda self: self.has(EntryKind.GIFT))
    @rule(number=ANY, share=SHARE)
    def refund(self, number: int, share: int) -> None:
        gift = self.one_of(number, EntryKind.GIFT)
        _, there, fen_of_it, _ = self.refundable(gift)
        fen = part(there, share)
        new = self.attempt(
            ledger.refund,
            refusal=LedgerReason.MORE_THAN_LEFT if there < fen else None,
            available=there,
            gift_entry_id=gift.id,
            amount=fen,
        )
        self.takes_own(new, fen_of_it, fen)

    @precondition(lambda self: self.has(EntryKind.GIFT))
    @rule(number=ANY, share=SHARE)
    def lose_a_dispute(self, number: int, share: int) -> None:
        """What is missing of the gift the host's unrestricted fund pays."""
        gift = self.one_of(number, EntryKind.GIFT)
        left, there, fen_of_it, fund_id = self.refundable(gift)
        fen = part(left, share)
        host_id = self.world.ids[self.host_of(fund_id)]
        own = min(there, fen)
        hosts = self.model.line(host_id).free - (own if fund_id == host_id else 0)
        refusal, available = None, None
        if left < fen:
            refusal, available = LedgerReason.MORE_THAN_LEFT, max(left, 0)
        elif hosts < fen - own:
            refusal, available = LedgerReason.INSUFFICIENT, hosts + own
        new = self.attempt(
            ledger.compel_refund,
            refusal=refusal,
            available=available,
            gift_entry_id=gift.id,
            amount=fen,
            host_fund_id=host_id,
        )
        self.takes_own(new[-1:], fen_of_it, own)

    @precondition(lambda self: self.has(EntryKind.GIFT))
    @rule(number=ANY, fen=st.integers(1, 40))
    def charge_a_late_fee(self, number: int, fen: int) -> None:
        gift = self.one_of(number, EntryKind.GIFT)
        _, fen_of_it, fund_id = self.arrival(gift)
        host_id = self.world.ids[self.host_of(fund_id)]
        own = min(self.model.own(fen_of_it, fund_id), fen)
        hosts = self.model.line(host_id).free - (own if fund_id == host_id else 0)
        new = self.attempt(
            ledger.charge_fee,
            refusal=LedgerReason.INSUFFICIENT if hosts < fen - own else None,
            available=hosts + own,
            gift_entry_id=gift.id,
            fee=fen,
            host_fund_id=host_id,
        )
        self.takes_own(new, fen_of_it, own)

    @precondition(lambda self: self.granted())
    @rule(number=ANY, share=SHARE)
    def give_a_grant_back(self, number: int, share: int) -> None:
        """The receiver gives back unspent fen of this very grant."""
        granted = self.granted()
        grant = granted[number % len(granted)]
        _, there, fen_of_it, _ = self.refundable(grant)
        fen = part(there, share)
        new = self.attempt(
            ledger.return_grant,
            refusal=LedgerReason.MORE_THAN_LEFT if there < fen else None,
            available=there,
            entry_id=grant.id,
            amount=fen,
        )
        self.takes_own(new[:1], fen_of_it, fen)

    def granted(self) -> list[Entry]:
        """The entries by which a grant arrived."""
        return [
            entry
            for entry in self.entries
            if entry.kind in (EntryKind.GRANT, EntryKind.GRANT_RECEIVED)
            and self.moved[entry.id].brought
        ]

    def takes_own(self, new: list[Entry], mine: set[Fen], at_least: int) -> None:
        """So many of the fen that left are these; what else left is others' on purpose."""
        if new:
            took = [
                s for entry in new for spots in self.moved[entry.id].took.values() for s in spots
            ]
            assert sum(self.model.fen_at(spot) in mine for spot in took) >= at_least

    @precondition(lambda self: self.has(EntryKind.EXPENSE, EntryKind.FEE))
    @rule(number=ANY, share=SHARE, all_of_it=st.booleans())
    def get_a_payment_back(self, number: int, share: int, all_of_it: bool) -> None:
        """Every fen goes back to the line it was taken from."""
        paid = self.one_of(number, EntryKind.EXPENSE, EntryKind.FEE)
        outs = [self.model.outs[outflow_id] for outflow_id in self.moved[paid.id].took]
        back = [spot for out in outs for spot in out.spots[out.reached :]]
        fen = part(len(back), share)
        wanted = len(back) if all_of_it else fen
        new = self.attempt(
            ledger.return_payment,
            refusal=None if 0 < wanted <= len(back) else LedgerReason.MORE_THAN_LEFT,
            available=len(back),
            entry_id=paid.id,
            amount=None if all_of_it else fen,
        )
        if new:
            expected: dict[int, list[Fen]] = {}
            for spot in back[:wanted]:
                expected.setdefault(spot.line_id, []).append(self.model.fen_at(spot))
            assert dict(self.moved[new[0].id].brought) == expected

    @precondition(lambda self: self.entries)
    @rule(number=ANY, tomorrow=st.booleans())
    def reverse(self, number: int, tomorrow: bool) -> None:
        """Whatever an entry did to a fund is undone, or nothing is."""
        entry = self.entries[number % len(self.entries)]
        before, rows = self.in_hand(), self.rows()
        day = clock.today() + timedelta(days=tomorrow)
        refused = refusal_of(
            lambda: self.tell.do(ledger.reverse, entry_id=entry.id, occurred_on=day)
        )
        if refused is not None:
            assert refused.reason in REVERSAL_REFUSED
            assert self.rows() == rows
            if refused.reason is LedgerReason.SPENT_ALREADY:
                assert not self.is_untouched(entry)
            return
        new = self.absorb()
        if new:
            change = self.change(entry)
            after = self.in_hand()
            assert {k: after[k] - before[k] for k in after} == {k: -change[k] for k in after}

    def is_untouched(self, entry: Entry) -> bool:
        """Whether everything an entry brought lies where it arrived."""
        for line_id, fen in self.moved[entry.id].brought.items():
            line = self.model.lines[line_id]
            there = {f for f, gone in zip(line.fen, line.gone, strict=True) if not gone}
            if not set(fen) <= there:
                return False
        return True

    def in_hand(self) -> dict[int, int]:
        """What every fund has."""
        return {fund_id: self.model.in_hand(fund_id) for fund_id in self.world.names}

    def change(self, entry: Entry) -> Counter[int]:
        """What an entry changed in every fund."""
        change: Counter[int] = Counter()
        for line_id, fen in self.moved[entry.id].brought.items():
            change[self.model.lines[line_id].fund_id] += len(fen)
        for outflow_id, spots in self.moved[entry.id].took.items():
            change[self.model.outs[outflow_id].fund_id] -= len(spots)
        return change

    # ── time, and the installation's own work ────────────────────────────────────────────────────

    @rule(days=st.integers(1, 40))
    def let_time_pass(self, days: int) -> None:
        self.now += timedelta(days=days)
        self.clock.close()
        self.clock.enter_context(clock.at(self.now))

    @rule(second=st.booleans(), wait=st.booleans())
    def close(self, second: bool, wait: bool) -> None:
        """The next month is closed once it is over, December with its year."""
        book_id = self.world.books[second]
        last = self.closed.get(book_id)
        begins = clock.day_of(BEGINNING) if last is None else last + timedelta(days=1)
        through = (begins.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        if wait and through >= clock.today():
            self.let_time_pass((through - clock.today()).days + 1)
        refused = refusal_of(
            lambda: self.tell.do(ledger.close_period, book_id=book_id, through=through)
        )
        if refused is None:
            assert through < clock.today()
            self.closed[book_id] = through
            self.absorb()
        else:
            assert refused.reason is LedgerReason.NOT_OVER
            assert through >= clock.today()

    @rule()
    def place(self) -> None:
        lines = self.session.scalars(select(Line.id)).all()
        ledger.place(self.session, SYSTEM, line_ids=lines)

    @rule()
    def seal(self) -> None:
        self.tell.seal()

    @rule()
    def publish(self) -> None:
        ledger.publish_days(self.session, SYSTEM, before=clock.today())

    # ── what is always so ────────────────────────────────────────────────────────────────────────

    @invariant()
    def every_fund_stands_where_the_list_says(self) -> None:
        self.acts += 1
        positions = queries.positions(self.session, list(self.world.names))
        for fund_id, position in positions.items():
            lines = self.model.of_fund(fund_id).values()
            assert position.in_hand.fen == sum(line.there for line in lines) >= 0
            assert position.held.fen == sum(line.held for line in lines)
            assert position.available.fen == sum(line.free for line in lines) >= 0

    @invariant()
    def now_and_then_everything_is_looked_at(self) -> None:
        if self.acts % EVERY == 0:
            self.all_is_true()

    def all_is_true(self) -> None:
        """Every fen has one end and one beginning, the accounts agree, the checks are green."""
        self.tell.seal()
        assert self.model.is_whole()
        self.trails_say_the_same()
        self.net_assets_are_what_is_in_hand()
        assert checks.verify(self.session) == []

    def trails_say_the_same(self) -> None:
        """Forward, the ends of every gift tile it; backward, the gifts sum to every outflow."""
        for gift, ends in self.model.ends().items():
            if self.session.get_one(Entry, gift).kind is not EntryKind.GIFT:
                continue
            trail = tracing.trail_of_entry(self.session, gift)
            found: Counter[int] = Counter()
            for step in trail.steps:
                found[step.outflow_id] += step.amount.fen
            assert found == Counter({key: fen for key, fen in ends.items() if key is not None})
            assert trail.unspent.fen == ends[None]
            assert trail.spent.fen + trail.unspent.fen == trail.amount.fen
        for outflow_id, out in self.model.outs.items():
            expected = self.model.behind(outflow_id)
            backing = tracing.backing_of(self.session, outflow_id)
            assert backing.gifts == len(expected)
            page = tracing.gifts_page(self.session, outflow_id)
            if page.after is None:
                parts: Counter[int] = Counter()
                for part in page.items:
                    parts[part.entry_id] += part.amount.fen
                assert parts == expected
                assert parts.total() == len(out.spots)

    def net_assets_are_what_is_in_hand(self) -> None:
        """ACC-04: a fund's net assets (what it owes, for another's money) are its money."""
        stand = self.by_fund()
        for name, fund_id in self.world.ids.items():
            in_hand = self.model.in_hand(fund_id)
            restricted = sum(
                fen for code, fen in stand[fund_id].items() if code == "3102" or code[4:] == ".1"
            )
            free = sum(
                fen
                for code, fen in stand[fund_id].items()
                if code == "3101" or code[4:] == ".2" or code[0] == "5"
            )
            owed = stand[fund_id].get("2601", 0)
            at_rest = stand[fund_id].get("3901", 0)
            expected = {
                "host": (0, -in_hand, 0, 0),
                "theirs": (0, -in_hand, 0, 0),
                "agency": (0, 0, -in_hand, 0),
            }.get(name, (-in_hand, 0, 0, 0))
            assert (restricted, free, owed, at_rest) == expected, name

    def by_fund(self) -> dict[int, Counter[str]]:
        """Debit less credit of every account within every fund."""
        found: dict[int, Counter[str]] = {fund_id: Counter() for fund_id in self.world.names}
        account = aliased(Account)
        for side, fund, sign in (
            (Transfer.debit_account_id, Transfer.debit_fund_id, 1),
            (Transfer.credit_account_id, Transfer.credit_fund_id, -1),
        ):
            rows = self.session.execute(
                select(fund, account.code, func.sum(Transfer.amount))
                .join(account, account.id == side)
                .where(fund.is_not(None))
                .group_by(fund, account.code)
            )
            for fund_id, code, amount in rows:
                found[fund_id or 0][code] += sign * amount.fen
        return found


def part(of: int, share: int) -> int:
    """So many hundredths of an amount, at least a fen."""
    return max(of * share // 100, 1)


def refusal_of(act: Callable[[], object]) -> DomainError | None:
    """What an act was refused for; None where it was not."""
    try:
        act()
    except DomainError as refused:
        return refused
    return None


REVERSAL_REFUSED = {
    LedgerReason.SPENT_ALREADY,
    LedgerReason.REVERSED_ALREADY,
    LedgerReason.NOT_REVERSIBLE,
    LedgerReason.MORE_THAN_LEFT,
    LedgerReason.INSUFFICIENT,
}


@pytest.fixture
def acts(connection: Connection) -> type[RuleBasedStateMachine]:
    """The machine over one database; every example is undone."""
    here = World(connection)

    class HereActs(Acts):
        pass

    HereActs.connection, HereActs.world = connection, here
    return HereActs


@pytest.mark.long
def test_any_order_of_acts_leaves_true_books(
    acts: type[RuleBasedStateMachine], engine: Engine
) -> None:
    examples, steps = stories(engine.dialect.name)
    run_state_machine_as_test(
        acts,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
