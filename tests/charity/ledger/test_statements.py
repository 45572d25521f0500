"""Statements: what they say before and after sealing, closing, and with everything that is rare."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import count

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor
from charity.errors import NotFound
from charity.ledger import queries, services, statements
from charity.ledger.models import Book, Entry, EntryKind, Fund, FundKind, IncomeSource
from charity.ledger.services import Giver
from charity.ledger.statements import Period
from charity.money import ZERO, Money
from tests.factories import make_organisation

SYSTEM = Actor.system("test")
YUAN = Money.yuan
THIS_YEAR = Period.year(2026)


@dataclass
class Keeper:
    """A book with a restricted and an unrestricted fund, and short words for what moves them."""

    session: Session
    book: Book
    bound: Fund
    free: Fund
    numbers: count[int] = field(default_factory=lambda: count(1))

    def give(
        self,
        yuan: str,
        day: date = date(2026, 3, 16),
        *,
        fund: Fund | None = None,
        kind: str = "individual",
        fee: str = "0",
        income: IncomeSource = IncomeSource.DONATION,
    ) -> Entry:
        source = f"gift:{next(self.numbers)}"
        return services.post_gift(
            self.session,
            SYSTEM,
            fund_id=(fund or self.bound).id,
            amount=YUAN(yuan),
            source=source,
            occurred_on=day,
            giver=Giver(source, kind, "420704"),
            fee=YUAN(fee),
            income=income,
        )

    def pay(
        self,
        yuan: str,
        day: date = date(2026, 4, 2),
        *,
        fund: Fund | None = None,
        cost: str = "5101",
    ) -> Entry:
        return services.pay(
            self.session,
            SYSTEM,
            fund_id=(fund or self.bound).id,
            amount=YUAN(yuan),
            source=f"expense:{next(self.numbers)}:paid",
            occurred_on=day,
            cost=cost,
        )

    def grant(self, yuan: str, a: Fund, b: Fund, day: date = date(2026, 5, 3)) -> Entry:
        return services.grant(
            self.session,
            SYSTEM,
            fund_id=a.id,
            into_fund_id=b.id,
            amount=YUAN(yuan),
            source=f"grant:{next(self.numbers)}:paid",
            occurred_on=day,
        )

    def open_fund(self, name: str, kind: FundKind) -> Fund:
        return services.open_fund(self.session, SYSTEM, book_id=self.book.id, name=name, kind=kind)

    def seal(self) -> None:
        while services.seal(self.session, SYSTEM, book_id=self.book.id, limit=3):
            pass

    def close_year(self) -> None:
        with clock.at(datetime(2027, 1, 5, tzinfo=UTC)):
            services.close_period(
                self.session, SYSTEM, book_id=self.book.id, through=date(2026, 12, 31)
            )

    # ── what the statements say, in yuan ──

    def trial(self, period: Period = THIS_YEAR) -> dict[str, tuple[str, str, str, str]]:
        return {
            row.code: (str(row.opening), str(row.debit), str(row.credit), str(row.closing))
            for row in statements.trial_balance(self.session, self.book.id, period)
        }

    def sheet(self, day: date = date(2026, 12, 31)) -> statements.BalanceSheet:
        return statements.balance_sheet(self.session, self.book.id, day)

    def closing(self, key: str, day: date = date(2026, 12, 31)) -> str:
        return str(self.sheet(day).line(key).closing)

    def activities(self, period: Period = THIS_YEAR) -> statements.Activities:
        return statements.activities(self.session, self.book.id, period)

    def fund(self, fund: Fund, period: Period = THIS_YEAR) -> statements.FundStatement:
        return self.statement_of(fund.id, period)

    def statement_of(self, fund_id: int, period: Period) -> statements.FundStatement:
        return statements.fund_statement(self.session, fund_id, period)


@pytest.fixture
def keeper(session: Session) -> Keeper:
    """An empty book, opened on New Year's Day."""
    with clock.at(datetime(2026, 1, 1, 4, tzinfo=UTC)):
        return open_keeper(session, "甲慈善会")


def open_keeper(session: Session, name: str) -> Keeper:
    organisation = make_organisation(session, name=name)
    book = services.open_book(session, SYSTEM, organisation_id=organisation.id, name=name)
    made = Keeper(session, book, None, None)  # type: ignore[arg-type]
    made.bound = made.open_fund("扶手", FundKind.NAMED)
    made.free = made.open_fund("非限定", FundKind.UNRESTRICTED)
    return made


def in_yuan(line: statements.ActivityLine) -> tuple[str, str, str]:
    return str(line.unrestricted), str(line.restricted), str(line.total)


def consistent(keeper: Keeper, period: Period) -> None:
    """Both sides of every statement agree with each other, whatever was booked."""
    rows = statements.trial_balance(keeper.session, keeper.book.id, period)
    assert Money.total(row.debit for row in rows) == Money.total(row.credit for row in rows)
    assert not Money.total(row.opening for row in rows)
    assert not Money.total(row.closing for row in rows)
    before, after = keeper.sheet(period.day_before), keeper.sheet(period.last)
    assert before.is_balanced
    assert after.is_balanced
    change = keeper.activities(period).change
    for key, moved in (
        ("net_assets_unrestricted", change.unrestricted),
        ("net_assets_restricted", change.restricted),
        ("total_net_assets", change.total),
    ):
        assert after.line(key).closing - before.line(key).closing == moved, key
    table = statements.funds_table(keeper.session, keeper.book.id, period)
    for fund_id, statement in table.items():
        assert statement == statements.fund_statement(keeper.session, fund_id, period)
        to_the_end = Period(period.first, date(2030, 12, 31))
        position = queries.fund_position(keeper.session, fund_id)
        assert keeper.statement_of(fund_id, to_the_end).closing == position.in_hand
    flow = statements.flow_through(table.values())
    told = [*table][:1]
    condensed = statements.funds_table(keeper.session, keeper.book.id, period, told)
    assert condensed == statements.together(
        table, told, statements.own(keeper.session, keeper.book.id)
    )
    assert Money.total(s.closing for s in condensed.values()) == Money.total(
        s.closing for s in table.values()
    )
    shorter = statements.flow_through(condensed.values())
    for fund_id in condensed:
        assert shorter.into(fund_id) == shorter.out_of(fund_id)
    for fund_id in table:
        assert flow.into(fund_id) == flow.out_of(fund_id)
    for fund_id in table:
        own = statements.flow_through([table[fund_id]])
        assert own.into(fund_id) == own.out_of(fund_id)


# ── the example of HANDBOOK 4 ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("closed", [False, True], ids=["open", "closed"])
@pytest.mark.parametrize("sealed", [False, True], ids=["unsealed", "sealed"])
def test_the_statutory_example(keeper: Keeper, *, sealed: bool, closed: bool) -> None:
    keeper.give("10000")
    services.move_to_bank(
        keeper.session,
        SYSTEM,
        book_id=keeper.book.id,
        amount=YUAN(10_000),
        source="clearing:1",
        occurred_on=date(2026, 3, 20),
    )
    keeper.pay("6000")
    if closed:
        keeper.close_year()
    if sealed:
        keeper.seal()
    assert keeper.closing("money") == "4,000.00"
    assert keeper.closing("net_assets_restricted") == "4,000.00"
    assert keeper.closing("net_assets_unrestricted") == "0.00"
    assert keeper.sheet().line("total_assets").opening == ZERO
    assert keeper.trial()["1002"] == ("0.00", "10,000.00", "6,000.00", "4,000.00")
    said = keeper.activities()
    assert [(line.code, *in_yuan(line)) for line in said.income] == [
        ("4101", "0.00", "10,000.00", "10,000.00")
    ]
    assert [(line.code, *in_yuan(line)) for line in said.costs] == [
        ("5101", "6,000.00", "0.00", "6,000.00")
    ]
    assert in_yuan(said.released) == ("6,000.00", "-6,000.00", "0.00")
    assert in_yuan(said.change) == ("0.00", "4,000.00", "4,000.00")
    if closed:
        assert keeper.trial()["3102"][3] == "-4,000.00"
        assert keeper.trial()["4101.1"][3] == "0.00"
    consistent(keeper, THIS_YEAR)


# ── periods ──────────────────────────────────────────────────────────────────────────────────────


def test_a_period_counts_both_of_its_days(keeper: Keeper) -> None:
    for day, yuan in ((14, "1"), (15, "10"), (16, "100"), (17, "1000")):
        keeper.give(yuan, date(2026, 3, day))
    keeper.seal()
    period = Period(date(2026, 3, 15), date(2026, 3, 16))
    assert keeper.trial(period)["1009"] == ("1.00", "110.00", "0.00", "111.00")
    assert in_yuan(keeper.activities(period).total_income) == ("0.00", "110.00", "110.00")
    assert keeper.closing("money", date(2026, 3, 16)) == "111.00"
    consistent(keeper, period)
    with pytest.raises(ValueError, match="ends before"):
        Period(date(2026, 3, 2), date(2026, 3, 1))


def test_whole_months() -> None:
    assert Period(date(2028, 2, 15), date(2028, 2, 16)).whole_months() == Period(
        date(2028, 2, 1), date(2028, 2, 29)
    )
    assert Period.year_to(date(2026, 5, 9)) == Period(date(2026, 1, 1), date(2026, 5, 9))


def test_sealing_changes_no_figure(keeper: Keeper) -> None:
    keeper.give("500", fee="3")
    keeper.pay("120")
    before = keeper.trial(), keeper.fund(keeper.bound), keeper.activities()
    services.seal(keeper.session, SYSTEM, book_id=keeper.book.id, limit=4)
    halfway = keeper.trial(), keeper.fund(keeper.bound), keeper.activities()
    keeper.seal()
    assert before == halfway == (keeper.trial(), keeper.fund(keeper.bound), keeper.activities())


def test_the_year_begins_where_the_last_one_ended(keeper: Keeper) -> None:
    keeper.give("800")
    keeper.close_year()
    keeper.give("70", date(2027, 2, 1))
    keeper.seal()
    sheet = keeper.sheet(date(2027, 3, 1))
    assert str(sheet.line("money").opening) == "800.00"
    assert str(sheet.line("money").closing) == "870.00"
    assert str(sheet.line("net_assets_restricted").opening) == "800.00"
    assert keeper.trial(Period.year(2027))["4101.1"] == ("0.00", "0.00", "70.00", "-70.00")
    consistent(keeper, Period.year(2027))


# ── what is rare ─────────────────────────────────────────────────────────────────────────────────


def test_a_refund_of_last_years_gift_is_no_income_of_this_year(keeper: Keeper) -> None:
    gift = keeper.give("300")
    keeper.close_year()
    services.refund(
        keeper.session,
        SYSTEM,
        gift_entry_id=gift.id,
        amount=YUAN(100),
        source="refund:1",
        occurred_on=date(2027, 1, 10),
        note="",
    )
    keeper.seal()
    said = keeper.activities(Period.year(2027))
    assert said.total_income.total == ZERO
    assert in_yuan(said.others) == ("0.00", "-100.00", "-100.00")
    assert in_yuan(keeper.activities().total_income) == ("0.00", "300.00", "300.00")
    assert str(keeper.fund(keeper.bound, Period.year(2027)).refunds) == "100.00"
    consistent(keeper, THIS_YEAR)
    consistent(keeper, Period.year(2027))


def test_opening_balances_are_no_income(keeper: Keeper) -> None:
    services.post_opening(
        keeper.session,
        SYSTEM,
        book_id=keeper.book.id,
        balances=[
            services.Balance("1002", YUAN(5000), debit=True, fund_id=keeper.bound.id),
            services.Balance("1501", YUAN(900), debit=True),
            services.Balance("1502", YUAN(300), debit=False),
            services.Balance("2202", YUAN(50), debit=False),
        ],
    )
    keeper.pay("2000")
    keeper.seal()
    said = keeper.activities()
    assert in_yuan(said.total_income) == ("0.00", "0.00", "0.00")
    assert in_yuan(said.released) == ("2,000.00", "-2,000.00", "0.00")
    assert in_yuan(said.others) == ("550.00", "5,000.00", "5,550.00")
    sheet = keeper.sheet()
    assert str(sheet.line("depreciation").closing) == "300.00"
    assert str(sheet.line("fixed_assets").closing) == "600.00"
    assert str(sheet.line("payables").closing) == "50.00"
    assert str(sheet.line("total_assets").closing) == "3,600.00"
    assert str(keeper.fund(keeper.bound).income_by_source()["opening"]) == "5,000.00"
    assert statements.funding_mix(keeper.session, keeper.book.id, THIS_YEAR) == []
    consistent(keeper, THIS_YEAR)


def test_grants_between_funds_of_a_book_are_no_income(keeper: Keeper) -> None:
    keeper.give("1000", fund=keeper.free)
    keeper.grant("400", keeper.free, keeper.bound)
    keeper.pay("150")
    keeper.seal()
    said = keeper.activities()
    assert in_yuan(said.total_income) == ("1,000.00", "0.00", "1,000.00")
    assert in_yuan(said.released) == ("-250.00", "250.00", "0.00")
    statement = keeper.fund(keeper.bound)
    assert statement.granted_in == {keeper.free.id: YUAN(400)}
    assert keeper.fund(keeper.free).granted_out == {keeper.bound.id: YUAN(400)}
    assert str(statement.closing) == "250.00"
    sizes = statements.funds_with_money(keeper.session, keeper.book.id, THIS_YEAR)
    assert [(size.fund_id, size.granted) for size in sizes] == [
        (keeper.free.id, True),
        (keeper.bound.id, True),
    ], "who got most comes first"
    ids = statements.ids_with_money(keeper.session, keeper.book.id, THIS_YEAR)
    assert ids == sorted((keeper.free.id, keeper.bound.id))
    assert statements.ids_with_money(keeper.session, keeper.book.id, Period.year(2025)) == []
    assert len(statements.funding_mix(keeper.session, keeper.book.id, THIS_YEAR)) == 1
    consistent(keeper, THIS_YEAR)


def test_grants_to_another_book_are_a_cost_there_and_income_here(keeper: Keeper) -> None:
    with clock.at(datetime(2026, 1, 1, 4, tzinfo=UTC)):
        other = open_keeper(keeper.session, "乙社会工作服务中心")
    keeper.give("1000")
    services.grant_to_book(
        keeper.session,
        SYSTEM,
        fund_id=keeper.bound.id,
        into_fund_id=other.bound.id,
        amount=YUAN(600),
        source="award:1",
        occurred_on=date(2026, 6, 1),
    )
    for each in (keeper, other):
        each.seal()
        consistent(each, THIS_YEAR)
    assert in_yuan(keeper.activities().total_costs)[0] == "600.00"
    assert in_yuan(other.activities().total_income) == ("0.00", "600.00", "600.00")
    (row,) = statements.funding_mix(keeper.session, other.book.id, THIS_YEAR)
    assert (row.source, row.giver, str(row.amount)) == ("grant", statements.GRANTER, "600.00")
    table = statements.funds_table(other.session, other.book.id, THIS_YEAR)
    edges = statements.flow_through(table.values()).edges
    assert (f"fund:{keeper.bound.id}", f"fund:{other.bound.id}", YUAN(600)) in [
        (edge.source, edge.target, edge.amount) for edge in edges
    ]


def test_money_that_came_back_lessens_what_was_spent(keeper: Keeper) -> None:
    keeper.give("1000")
    payment = keeper.pay("300")
    services.return_payment(
        keeper.session,
        SYSTEM,
        entry_id=payment.id,
        amount=YUAN(100),
        source="returned:1",
        occurred_on=date(2026, 6, 1),
    )
    keeper.seal()
    assert {k: str(v) for k, v in keeper.fund(keeper.bound).spending.items()} == {"5101": "200.00"}
    june = Period(date(2026, 6, 1), date(2026, 6, 30))
    edges = statements.flow_through([keeper.fund(keeper.bound, june)]).edges
    assert ("returned", YUAN(100)) in [(edge.source, edge.amount) for edge in edges]
    consistent(keeper, THIS_YEAR)
    consistent(keeper, june)


def test_pass_through_money_is_a_debt(keeper: Keeper) -> None:
    agency = keeper.open_fund("代收", FundKind.AGENCY)
    keeper.give("500", fund=agency, income=IncomeSource.AGENCY)
    keeper.pay("200", fund=agency)
    keeper.seal()
    assert keeper.closing("agency_liabilities") == "300.00"
    assert keeper.closing("total_net_assets") == "0.00"
    assert keeper.activities().total_income.total == ZERO
    assert keeper.activities().total_costs.total == ZERO
    consistent(keeper, THIS_YEAR)


def test_a_wrong_entry_reversed_leaves_the_rest(keeper: Keeper) -> None:
    wrong, _ = keeper.give("90"), keeper.give("10")
    paid = keeper.pay("4", cost="5201")
    for entry in (paid, wrong):
        services.reverse(
            keeper.session, SYSTEM, entry_id=entry.id, occurred_on=date(2026, 7, 1), note=""
        )
    keeper.seal()
    assert in_yuan(keeper.activities().total_income) == ("0.00", "10.00", "10.00")
    assert in_yuan(keeper.activities().released) == ("0.00", "0.00", "0.00")
    assert str(keeper.fund(keeper.bound).reversals) == "90.00"
    assert str(keeper.fund(keeper.bound).spent) == "0.00"
    consistent(keeper, THIS_YEAR)


# ── funds, mix, names ────────────────────────────────────────────────────────────────────────────


def test_the_statement_of_a_fund(keeper: Keeper) -> None:
    keeper.give("100", date(2026, 2, 10))
    keeper.give("200", date(2026, 3, 10), fee="2", kind="enterprise")
    keeper.give("50", date(2026, 3, 11), income=IncomeSource.GOVERNMENT_PURCHASE, kind="unit")
    keeper.pay("30", date(2026, 3, 12))
    keeper.pay("5", date(2026, 3, 13), cost="5201")
    keeper.pay("1", date(2026, 4, 1))
    keeper.seal()
    march = Period(date(2026, 3, 1), date(2026, 3, 31))
    said = keeper.fund(keeper.bound, march)
    assert str(said.opening) == "100.00"
    assert {k: str(v) for k, v in said.income_by_source().items()} == {
        "donation": "200.00",
        "government_purchase": "50.00",
    }
    assert {k: str(v) for k, v in said.spending.items()} == {"5101": "30.00", "5201": "5.00"}
    assert (str(said.fees), said.receipts, str(said.closing)) == ("2.00", 2, "313.00")
    consistent(keeper, march)
    mix = statements.funding_mix(keeper.session, keeper.book.id, THIS_YEAR)
    assert [(row.source, row.giver, str(row.amount), row.receipts) for row in mix] == [
        ("donation", "enterprise", "200.00", 1),
        ("donation", "individual", "100.00", 1),
        ("government_purchase", "unit", "50.00", 1),
    ]
    with pytest.raises(NotFound):
        statements.fund_statement(keeper.session, 10**6, march)
    assert keeper.fund(keeper.free, march) == statements.FundStatement(keeper.free.id)


def test_what_lies_on_the_lines_of_a_fund(keeper: Keeper) -> None:
    services.open_earmark(keeper.session, SYSTEM, fund_id=keeper.bound.id, earmark="张家村")
    keeper.give("70")
    services.post_gift(
        keeper.session,
        SYSTEM,
        fund_id=keeper.bound.id,
        amount=YUAN(30),
        source="earmarked",
        occurred_on=date(2026, 3, 16),
        giver=Giver("earmarked", "individual"),
        earmark="张家村",
    )
    keeper.pay("20")
    found = statements.lines_in_hand(keeper.session, keeper.bound.id)
    assert [(line.earmark, str(line.in_hand), str(line.pending)) for line in found] == [
        ("", "50.00", "0.00"),
        ("张家村", "30.00", "30.00"),
    ]


def test_accounts_are_shown_as_mapped_from_their_day_on(keeper: Keeper) -> None:
    for args in (("1002", "1012", "银行存款（新）"), ("4101.1", "4001.01", "捐赠收入—限定")):
        code, shown_code, shown_name = args
        services.map_account(
            keeper.session,
            SYSTEM,
            book_id=keeper.book.id,
            code=code,
            in_force_from=date(2026, 7, 1),
            shown_code=shown_code,
            shown_name=shown_name,
        )
    services.open_account(
        keeper.session, SYSTEM, book_id=keeper.book.id, code="1002.02", name="农行"
    )
    before = statements.shown_accounts(keeper.session, keeper.book.id, date(2026, 6, 30))
    after = statements.shown_accounts(keeper.session, keeper.book.id, date(2026, 7, 1))
    assert (before["1002"].code, before["1002"].name) == ("1002", "")
    assert (after["1002"].code, after["1002"].name) == ("1012", "银行存款（新）")
    assert (after["1002.02"].code, after["1002.02"].name) == ("1012.02", "农行")
    assert after["4101.1"].code == "4001.01"
    assert after["4101.2"].code == "4101.2"


def test_an_empty_book_has_empty_statements(keeper: Keeper) -> None:
    assert keeper.trial() == {}
    assert keeper.sheet().is_balanced
    assert keeper.activities().change.total == ZERO
    assert statements.funds_table(keeper.session, keeper.book.id, THIS_YEAR) == {}
    kinds = set(keeper.session.scalars(select(Entry.kind)))
    assert kinds <= {EntryKind.DEED}
