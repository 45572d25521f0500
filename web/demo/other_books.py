"""The other books: a foundation that grants, a social organisation with its own account.

Money of the foundation's named fund goes on to the street's fund in the charity's book and from
there to a project, so that a trail runs through three funds and two books to a voucher.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from charity import clock
from charity.ledger import services as ledger
from charity.ledger.chart import AccountCode
from charity.ledger.models import FundKind, IncomeSource, Inflow, ValuationBasis
from charity.ledger.services import Balance, Giver
from charity.money import Money
from charity.registry import queries as registry
from web.demo.people import OPERATOR
from web.demo.stage import SYSTEM, Stage, Step

FOUNDATION, JIAHE = "foundation", "jiahe"
#: Who keeps which book.
TREASURER = {FOUNDATION: "fundbooks", JIAHE: "jiahebooks", OPERATOR: "treasurer"}
#: Five neighbours who decide over a community fund and are not paid for it.
COMMITTEE = ("余斌", "熊莉", "谢桂英", "许建国", "邓春梅")


@dataclass(frozen=True, slots=True)
class BookPlan:
    """A book that an organisation opens."""

    owner: str
    name: str


@dataclass(frozen=True, slots=True)
class OwnFund:
    """A fund of a book, and what is in it when the book is opened."""

    owner: str
    key: str
    name: str
    kind: FundKind
    yuan: int = 0
    committee: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Income:
    """Money that reached an organisation's own bank account."""

    fund: str
    yuan: int
    income: IncomeSource
    giver_kind: str
    note: str


@dataclass(frozen=True, slots=True)
class Grant:
    """Money one fund grants to another, in the same book or in another's."""

    fund: str
    into: str
    yuan: int
    note: str


@dataclass(frozen=True, slots=True)
class OwnCost:
    """What an organisation pays from its own account."""

    fund: str
    yuan: int
    cost: AccountCode
    note: str


BOOKS = (
    BookPlan(FOUNDATION, "吴楚社区发展基金会总账"),
    BookPlan(JIAHE, "嘉和社会工作服务中心总账"),
)
FUNDS = (
    OwnFund(FOUNDATION, "wu_free", "吴楚社区发展基金会非限定资金", FundKind.UNRESTRICTED, 120_000),
    OwnFund(FOUNDATION, "wu_named", "莲湖助老冠名基金", FundKind.NAMED, 80_000),
    OwnFund(JIAHE, "jia_free", "嘉和非限定资金", FundKind.UNRESTRICTED, 46_000),
    OwnFund(JIAHE, "jia_station", "凤凰街道社工站项目", FundKind.PROJECT),
    OwnFund(OPERATOR, "free", "鄂城区慈善总会非限定资金", FundKind.UNRESTRICTED),
    OwnFund(OPERATOR, "shared", "鄂城区共享公益金", FundKind.SHARED),
    OwnFund(OPERATOR, "matching", "久久公益配捐资金池", FundKind.MATCHING_POOL),
    OwnFund(OPERATOR, "street", "凤凰街道助老专项基金", FundKind.STREET),
    OwnFund(OPERATOR, "community", "凤凰社区基金", FundKind.COMMUNITY, 0, COMMITTEE),
)
INCOMES = (
    (228, Income("wu_named", 60_000, IncomeSource.DONATION, "enterprise", "莲湖酒店年度认捐")),
    (226, Income("free", 30_000, IncomeSource.DONATION, "unit", "会员单位捐赠，不限用途")),
    (224, Income("jia_station", 90_000, IncomeSource.GOVERNMENT_PURCHASE, "government",
                 "街道购买社工站服务，首期")),
    (190, Income("shared", 20_000, IncomeSource.COMMUNITY_FUND, "community", "各社区归集")),
    (186, Income("matching", 40_000, IncomeSource.DONATION, "enterprise", "配捐企业到账")),
    (150, Income("jia_station", 15_000, IncomeSource.VENTURE, "government", "公益创投奖金首期")),
    (92, Income("jia_free", 2_386, IncomeSource.MARKET, "individual", "重阳公益集市义卖")),
    (60, Income("community", 8_800, IncomeSource.DONATION, "individual", "邻里日募捐箱，两人清点")),
)  # fmt: skip
GRANTS = (
    (180, Grant("wu_named", "street", 36_000, "资助凤凰街道适老化改造")),
    (170, Grant("street", "handrails", 24_000, "街道基金拨给楼道扶手项目")),
    (120, Grant("shared", "community", 6_000, "共享公益金支持凤凰社区")),
    (80, Grant("wu_free", "jia_station", 12_000, "资助社工站督导")),
)
COSTS = (
    (200, OwnCost("jia_station", 7_800, AccountCode.PROGRAMME_COST, "社工站三月专职人员补贴")),
    (140, OwnCost("jia_free", 2_150, AccountCode.MANAGEMENT_COST, "办公用房水电")),
    (66, OwnCost("jia_station", 9_600, AccountCode.PROGRAMME_COST, "督导与培训")),
    (40, OwnCost("wu_free", 3_200, AccountCode.MANAGEMENT_COST, "年度审计费")),
)


def steps(beginning: int) -> Iterator[Step]:
    """The story of the other books, `beginning` days before loading."""
    opened = beginning - 12
    for number, book in enumerate(BOOKS):
        yield Step(opened, 1100 + number, open_book, book)
    for number, fund in enumerate(FUNDS):
        yield Step(opened, 1120 + number, open_own_fund, fund)
    for number, book in enumerate(BOOKS):
        yield Step(opened, 1140 + number, carry_in, book)
    for days, income in INCOMES:
        yield Step(days, 980, receive, income)
    for days, grant in GRANTS:
        yield Step(days, 1010, give_grant, grant)
    for days, cost in COSTS:
        yield Step(days, 1020, spend, cost)
    yield Step(100, 1030, receive_rice, None)
    yield Step(97, 1030, hand_out_rice, None)
    yield Step(64, 1040, bring_back, COSTS[2][1])
    yield Step(58, 1000, mistake, None)
    yield Step(57, 1000, mend, None)
    for days in range(beginning, 0, -1):
        yield Step(days, 1435, close_month, None)


def open_book(stage: Stage, plan: BookPlan) -> None:
    """A registered organisation keeps its own book here; only the operator's takes gifts."""
    book = ledger.open_book(
        stage.session, stage.actor("admin"),
        organisation_id=stage.organisations[plan.owner], name=plan.name,
    )  # fmt: skip
    stage.books[plan.owner] = book.id
    ledger.open_account(
        stage.session, stage.actor(TREASURER[plan.owner]), book_id=book.id, code="1002.02",
        name="专户",
    )  # fmt: skip


def open_own_fund(stage: Stage, plan: OwnFund) -> None:
    """A fund of one's own book: a named one carries its host's name, a community's a committee."""
    host = registry.organisation(stage.session, stage.organisations[plan.owner]).name
    fund = ledger.open_fund(
        stage.session, stage.actor(TREASURER[plan.owner]), book_id=stage.books[plan.owner],
        name=f"{host}{plan.name}" if plan.kind is FundKind.NAMED else plan.name,
        kind=plan.kind, restricted=plan.kind is not FundKind.UNRESTRICTED,
        committee=plan.committee,
    )  # fmt: skip
    stage.funds[plan.key] = fund.id


def carry_in(stage: Stage, plan: BookPlan) -> None:
    """What was there before the book: money of its funds, and a car that is half worn."""
    balances = [
        Balance(AccountCode.BANK_DEPOSITS, Money.yuan(fund.yuan), True, stage.funds[fund.key])
        for fund in FUNDS
        if fund.owner == plan.owner and fund.yuan
    ]
    balances += [
        Balance(AccountCode.FIXED_ASSETS, Money.yuan(68_000), True),
        Balance(AccountCode.DEPRECIATION, Money.yuan(31_500), False),
        Balance(AccountCode.WAGES_PAYABLE, Money.yuan(5_200), False),
    ]
    ledger.post_opening(
        stage.session, stage.actor(TREASURER[plan.owner]), book_id=stage.books[plan.owner],
        balances=balances,
    )  # fmt: skip


def receive(stage: Stage, plan: Income) -> None:
    """Money reaches the bank account of a book."""
    ledger.post_gift(
        stage.session, SYSTEM, fund_id=stage.funds[plan.fund], amount=Money.yuan(plan.yuan),
        source=f"bank:{plan.fund}:{clock.today()}", occurred_on=clock.today(),
        giver=Giver(f"bank:{plan.fund}:{clock.today()}", plan.giver_kind, "420704"),
        income=plan.income, account=AccountCode.BANK_DEPOSITS, note=plan.note,
    )  # fmt: skip


def give_grant(stage: Stage, plan: Grant) -> None:
    """A fund grants to another; the receiving fund may be a project's, if that was published."""
    if plan.into not in stage.funds and plan.into not in stage.posted:
        return
    owners = {fund.key: fund.owner for fund in FUNDS}
    giver, taker = owners[plan.fund], owners.get(plan.into, OPERATOR)
    verb = ledger.grant if giver == taker else ledger.grant_to_book
    verb(
        stage.session, stage.actor(TREASURER[giver]), fund_id=stage.funds[plan.fund],
        into_fund_id=fund_of(stage, plan.into), amount=Money.yuan(plan.yuan),
        source=f"grant:{plan.fund}:{plan.into}", occurred_on=clock.today(), note=plan.note,
    )  # fmt: skip


def fund_of(stage: Stage, key: str) -> int:
    """The fund with this key, or that of the project with this key."""
    if key in stage.funds:
        return stage.funds[key]
    return stage.project_fund(key)


def spend(stage: Stage, plan: OwnCost) -> None:
    """An organisation pays from its own account."""
    owner = next(fund.owner for fund in FUNDS if fund.key == plan.fund)
    entry = ledger.pay(
        stage.session, stage.actor(TREASURER[owner]), fund_id=stage.funds[plan.fund],
        amount=Money.yuan(plan.yuan), source=f"own:{plan.fund}:{clock.today()}",
        occurred_on=clock.today(), cost=plan.cost, note=plan.note,
    )  # fmt: skip
    stage.entries[plan.note] = entry.id


def bring_back(stage: Stage, plan: OwnCost) -> None:
    """A part of a payment comes back: one day of the training was cancelled."""
    ledger.return_payment(
        stage.session, stage.actor(TREASURER[JIAHE]), entry_id=stage.entries[plan.note],
        amount=Money.yuan(1_200), source=f"return:{plan.fund}", occurred_on=clock.today(),
    )  # fmt: skip


def receive_rice(stage: Stage, plan: None) -> None:
    """Goods come into the book at the value of their invoice."""
    entry = ledger.receive_goods(
        stage.session, stage.actor("treasurer"), fund_id=stage.funds["shared"],
        name="五常大米 10 公斤装", quantity=200, unit="袋", value=Money.yuan(13_600),
        basis=ValuationBasis.VOUCHER, evidence="捐赠方发票 No.2026-0815",
        giver=Giver("goods:rice", "enterprise", "420704"), source="goods:rice",
        occurred_on=clock.today(), expires_on=clock.today() + timedelta(days=330),
    )  # fmt: skip
    stage.entries["rice"] = entry.id


def hand_out_rice(stage: Stage, plan: None) -> None:
    """Most of it is handed out for the festival."""
    of_the_lot = select(Inflow.line_id).where(Inflow.entry_id == stage.entries["rice"])
    line_id = stage.session.scalars(of_the_lot).one()
    ledger.use_goods(
        stage.session, stage.actor("treasurer"), line_id=line_id, quantity=163,
        source="goods:rice:festival", occurred_on=clock.today(),
    )  # fmt: skip


def mistake(stage: Stage, plan: None) -> None:
    """The treasurer books one amount twice under two numbers…"""
    entry = ledger.move_to_bank(
        stage.session, stage.actor("treasurer"), book_id=stage.book_id, amount=Money.yuan(100),
        source="clearing:mistaken", occurred_on=clock.today(), note="平台收款归集（误记）",
    )  # fmt: skip
    stage.entries["mistaken"] = entry.id


def mend(stage: Stage, plan: None) -> None:
    """…and takes it back the next morning."""
    ledger.reverse(
        stage.session, stage.actor("treasurer"), entry_id=stage.entries["mistaken"],
        occurred_on=clock.today(), note="重复记账，冲回",
    )  # fmt: skip


def close_month(stage: Stage, plan: None) -> None:
    """On the tenth of a month the month before is closed in every book."""
    today = clock.today()
    if today.day != 10:
        return
    through = date(today.year, today.month, 1) - timedelta(days=1)
    for owner, book_id in stage.books.items():
        ledger.close_period(
            stage.session, stage.actor(TREASURER[owner]), book_id=book_id, through=through
        )
