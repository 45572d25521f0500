"""Opening accounts, funds and earmarks, closing funds, and that books keep to their treasurers."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from charity.actor import Actor, ActorKind, Grant, Role
from charity.errors import Conflict, Denied, Invalid, InvalidState, NotFound
from charity.ledger import checks
from charity.ledger import services as ledger
from charity.ledger.models import (
    Account,
    AccountMapping,
    Book,
    CommitteeMember,
    Deed,
    DeedSubject,
    Entry,
    Fund,
    FundKind,
    Line,
    LineKind,
    PurposeBasis,
    ValuationBasis,
)
from charity.ledger.reasons import LedgerReason
from charity.money import Money
from charity.registry.models import Campaign, Organisation, OrganisationKind
from charity.rows import table_of
from tests.charity.ledger.conftest import DAY, SYSTEM, Bookkeeper

COMMITTEE = ("张一", "李二", "王三", "赵四", "钱五")


def treasurer(book: Book) -> Actor:
    """The treasurer of the book's organisation."""
    return Actor(ActorKind.USER, 5, 6, "", (Grant(Role.TREASURER, book.organisation_id),))


def open_second_book(session: Session) -> Book:
    """The book of another organisation."""
    other = Organisation(
        name="乙社工中心",
        kind=OrganisationKind.SOCIAL_SERVICE_ORG,
        uscc="52420704MJH000027D",
        region_code="42",
        registered_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    session.add(other)
    session.flush()
    return ledger.open_book(session, SYSTEM, organisation_id=other.id, name="乙账")


def deeds_of(session: Session, subject: DeedSubject, key: int) -> int:
    query = select(func.count()).where(Deed.subject == subject, Deed.subject_id == key)
    return session.scalar(query) or 0


def entries(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Entry)) or 0


def open_account(session: Session, books: Bookkeeper, code: str, name: str = "二号户") -> Account:
    return ledger.open_account(session, SYSTEM, book_id=books.book.id, code=code, name=name)


def test_a_second_bank_account(session: Session, books: Bookkeeper) -> None:
    account = open_account(session, books, "1002.02")
    assert open_account(session, books, "1002.02") is account
    assert open_account(session, books, "1002.02.7", "定期").code == "1002.02.7"
    assert deeds_of(session, DeedSubject.ACCOUNT, account.id) == 1
    with pytest.raises(Conflict) as refusal:
        open_account(session, books, "1002.02", "另一个名字")
    assert refusal.value.reason is LedgerReason.SOURCE_DIFFERS
    assert checks.verify(session) == []


@pytest.mark.parametrize(
    "code", ["1002", "1003.1", "1002.", "1002.x", "1002.２", ".1", "", "4101.3", "1002." + "1" * 20]
)
def test_a_code_under_no_account(session: Session, books: Bookkeeper, code: str) -> None:
    before = entries(session)
    with pytest.raises(Invalid) as refusal:
        open_account(session, books, code)
    assert refusal.value.reason is LedgerReason.BAD_ACCOUNT_CODE
    assert entries(session) == before


def test_an_account_has_a_name(session: Session, books: Bookkeeper) -> None:
    with pytest.raises(Invalid) as refusal:
        open_account(session, books, "1002.02", "  ")
    assert refusal.value.field == "name"


def test_how_an_account_is_shown_may_be_said_again(session: Session, books: Bookkeeper) -> None:
    def map_(code: str, shown: str) -> AccountMapping:
        return ledger.map_account(
            session,
            SYSTEM,
            book_id=books.book.id,
            code=code,
            in_force_from=date(2026, 1, 1),
            shown_code=shown,
            shown_name="捐赠收入",
        )

    map_("4101.1", "4001")
    map_("4101.1", "4002")
    map_("4101", "4003")
    shown = session.scalars(select(AccountMapping.shown_code).order_by(AccountMapping.code)).all()
    assert shown == ["4003", "4002"]
    with pytest.raises(Invalid) as refusal:
        map_("4102", "4001")
    assert refusal.value.reason is LedgerReason.UNKNOWN_ACCOUNT
    with pytest.raises(Invalid):
        map_("4101", " ")


@pytest.mark.parametrize("kind", set(FundKind) - {FundKind.COMMUNITY})
def test_a_kind_says_whether_its_fund_is_restricted(
    session: Session, books: Bookkeeper, kind: FundKind
) -> None:
    fund = ledger.open_fund(session, SYSTEM, book_id=books.book.id, name="基金", kind=kind)
    assert fund.restricted is (kind not in {FundKind.UNRESTRICTED, FundKind.AGENCY})
    assert session.scalars(select(Line.earmark).where(Line.fund_id == fund.id)).all() == [""]
    assert checks.verify(session) == []


def test_own_money_set_aside_is_not_restricted(session: Session, books: Bookkeeper) -> None:
    """ACC-01: what a council sets aside itself is a fund, and no restriction."""
    book_id, kind = books.book.id, FundKind.NAMED
    fund = ledger.open_fund(
        session, SYSTEM, book_id=book_id, name="自设", kind=kind, restricted=False
    )
    assert not fund.restricted
    for never in (FundKind.UNRESTRICTED, FundKind.AGENCY):
        with pytest.raises(Invalid) as refusal:
            ledger.open_fund(
                session, SYSTEM, book_id=book_id, name="基金", kind=never, restricted=True
            )
        assert refusal.value.reason is LedgerReason.RESTRICTION


def test_a_fund_has_a_name(session: Session, books: Bookkeeper) -> None:
    with pytest.raises(Invalid) as refusal:
        ledger.open_fund(session, SYSTEM, book_id=books.book.id, name=" ", kind=FundKind.STREET)
    assert refusal.value.field == "name"


def open_community_fund(session: Session, books: Bookkeeper, committee: tuple[str, ...]) -> Fund:
    return ledger.open_fund(
        session,
        SYSTEM,
        book_id=books.book.id,
        name="甲慈善会凤凰社区慈善基金",
        kind=FundKind.COMMUNITY,
        committee=committee,
    )


@pytest.mark.rule("FND-02")
def test_fnd_02_a_committee_is_odd_and_at_least_five_and_unpaid(
    session: Session, books: Bookkeeper
) -> None:
    for members in (COMMITTEE[:3], COMMITTEE[:4], (*COMMITTEE, "孙六")):
        with pytest.raises(Invalid) as refusal:
            open_community_fund(session, books, members)
        assert refusal.value.reason is LedgerReason.COMMITTEE
    open_community_fund(session, books, COMMITTEE)
    # Nobody on it can be paid for it: there is no column for that.
    assert set(table_of(CommitteeMember).c.keys()) == {"id", "fund_id", "name", "since", "until"}


def test_fnd_01_fnd_03_a_fund_stands_in_its_hosts_book_and_below_no_other(
    session: Session, books: Bookkeeper
) -> None:
    fund = open_community_fund(session, books, COMMITTEE)
    refers = {key.target_fullname for key in table_of(Fund).foreign_keys}
    assert (refers, fund.book_id) == ({"book.id"}, books.book.id)
    owners = {key.target_fullname for key in table_of(Campaign).foreign_keys}
    assert "organisation.id" in owners, "a campaign is a charity's, never a fund's own"


def test_fnd_03_a_named_fund_carries_the_full_name_of_its_host(
    session: Session, books: Bookkeeper
) -> None:
    host = session.get_one(Organisation, books.book.organisation_id)
    keeper = treasurer(books.book)
    short = host.name[:-1]
    for name in ("莲湖助老冠名基金", f"{short}莲湖助老冠名基金", host.name):
        with pytest.raises(Invalid) as refusal:
            ledger.open_fund(session, keeper, book_id=books.book.id, name=name, kind=FundKind.NAMED)
        assert (refusal.value.reason, refusal.value.field) == (LedgerReason.HOST_NAME, "name")
    for name, kind in (
        (f"{host.name} 莲湖助老冠名基金", FundKind.NAMED),
        ("莲湖街道助老基金", FundKind.STREET),
    ):
        opened = ledger.open_fund(session, keeper, book_id=books.book.id, name=name, kind=kind)
        assert opened.name == name


def test_a_community_fund_has_a_committee(session: Session, books: Bookkeeper) -> None:
    fund = open_community_fund(session, books, COMMITTEE)
    members = session.scalars(
        select(CommitteeMember.name).where(CommitteeMember.fund_id == fund.id)
    ).all()
    assert sorted(members) == sorted(COMMITTEE)


@pytest.mark.parametrize(
    "committee",
    [
        (),
        COMMITTEE[:3],
        (*COMMITTEE, "孙六"),
        (*COMMITTEE[:4], "张一"),
        (*COMMITTEE[:4], " 张一 "),
        (*COMMITTEE[:4], " "),
    ],
)
def test_a_committee_that_cannot_decide(
    session: Session, books: Bookkeeper, committee: tuple[str, ...]
) -> None:
    before = entries(session)
    with pytest.raises(Invalid) as refusal:
        open_community_fund(session, books, committee)
    assert refusal.value.reason is LedgerReason.COMMITTEE
    assert entries(session) == before


def open_earmark(session: Session, fund: Fund, earmark: str) -> Line:
    return ledger.open_earmark(session, SYSTEM, fund_id=fund.id, earmark=earmark)


def test_an_earmark_is_opened_once(session: Session, books: Bookkeeper) -> None:
    line = open_earmark(session, books.fund, " 三号楼 ")
    assert (line.earmark, line.kind) == ("三号楼", LineKind.EARMARK)
    before = entries(session)
    assert open_earmark(session, books.fund, "三号楼") is line
    assert entries(session) == before
    assert open_earmark(session, books.other, "三号楼").id != line.id
    assert deeds_of(session, DeedSubject.LINE, line.id) == 1
    for wrong in ("", "  ", "goods:1"):
        with pytest.raises(Invalid):
            open_earmark(session, books.fund, wrong)
    with pytest.raises(NotFound):
        ledger.open_earmark(session, SYSTEM, fund_id=10**6, earmark="三号楼")
    assert checks.verify(session) == []


def test_a_fund_with_money_is_not_closed(session: Session, books: Bookkeeper) -> None:
    books.give(1_000)
    books.hold(400, "expense:1")
    with pytest.raises(InvalidState) as refusal:
        ledger.close_fund(session, SYSTEM, fund_id=books.fund.id)
    assert refusal.value.reason is LedgerReason.FUND_NOT_EMPTY
    assert refusal.value.params["in_hand"] == Money(1_000)
    books.pay(1_000, release="expense:1")
    deed = ledger.close_fund(session, SYSTEM, fund_id=books.fund.id)
    assert ledger.close_fund(session, SYSTEM, fund_id=books.fund.id).id == deed.id
    assert deeds_of(session, DeedSubject.FUND_CLOSING, books.fund.id) == 1
    with pytest.raises(InvalidState) as refusal:
        open_earmark(session, books.fund, "三号楼")
    assert refusal.value.reason is LedgerReason.FUND_CLOSED
    assert checks.verify(session) == []


def acts(books: Bookkeeper, other: Fund, line: Line) -> dict[str, dict[str, object]]:
    """What a treasurer does, each on the book of `books`."""
    book_id, fund_id = books.book.id, books.fund.id
    return {
        "open_account": {"book_id": book_id, "code": "1002.02", "name": "二号户"},
        "map_account": {
            "book_id": book_id,
            "code": "1002",
            "in_force_from": DAY,
            "shown_code": "1002",
            "shown_name": "银行存款",
        },
        "open_fund": {"book_id": book_id, "name": "基金", "kind": FundKind.STREET},
        "open_earmark": {"fund_id": fund_id, "earmark": "三号楼"},
        "close_fund": {"fund_id": books.other.id},
        "post_opening": {
            "book_id": book_id,
            "balances": [ledger.Balance("1002", Money(1), True, fund_id)],
        },
        "close_period": {"book_id": book_id, "through": date(2026, 2, 28)},
        "receive_goods": {
            "fund_id": fund_id,
            "name": "米",
            "quantity": 3,
            "unit": "袋",
            "value": Money(300),
            "basis": ValuationBasis.MARKET,
            "evidence": "粮油价目表",
            "giver": ledger.Giver("g", "individual"),
            "source": "goods:2",
            "occurred_on": DAY,
        },
        "use_goods": {
            "line_id": line.id,
            "quantity": 1,
            "source": "goods:1:used",
            "occurred_on": DAY,
        },
        "change_purpose": {
            "fund_id": fund_id,
            "into_fund_id": other.id,
            "basis": PurposeBasis.SURPLUS_BY_PLAN,
            "decided_on": DAY,
            "source": "purpose:1",
        },
    }


def test_each_book_is_kept_by_its_own_treasurer(session: Session, books: Bookkeeper) -> None:
    """Neither another book's treasurer nor a visitor does any of it; its own does all of it."""
    rival = treasurer(open_second_book(session))
    fund = books.fund
    opening = ledger.post_opening(
        session,
        treasurer(books.book),
        book_id=books.book.id,
        balances=[ledger.Balance("1002", Money(1), True, fund.id)],
    )
    assert opening.posted_by == 5
    ledger.receive_goods(
        session,
        SYSTEM,
        fund_id=fund.id,
        name="油",
        quantity=2,
        unit="桶",
        value=Money(200),
        basis=ValuationBasis.VOUCHER,
        evidence="发票 1",
        giver=ledger.Giver("g", "individual"),
        source="goods:1",
        occurred_on=DAY,
    )
    line = session.scalars(select(Line).where(Line.kind == LineKind.GOODS)).one()
    into = ledger.open_fund(
        session, SYSTEM, book_id=books.book.id, name="并入", kind=FundKind.PROJECT
    )
    for name, wanted in acts(books, into, line).items():
        for stranger in (rival, Actor.guest()):
            before = entries(session)
            with pytest.raises(Denied):
                getattr(ledger, name)(session, stranger, **wanted)
            assert entries(session) == before
        if name != "post_opening":
            getattr(ledger, name)(session, treasurer(books.book), **wanted)
    assert checks.verify(session) == []


def test_money_does_not_leave_for_the_fund_of_another_book(
    session: Session, books: Bookkeeper
) -> None:
    other = open_second_book(session)
    foreign = ledger.open_fund(session, SYSTEM, book_id=other.id, name="外", kind=FundKind.PROJECT)
    books.give(100)
    with pytest.raises(Invalid) as refusal:
        ledger.change_purpose(
            session,
            SYSTEM,
            fund_id=books.fund.id,
            into_fund_id=foreign.id,
            basis=PurposeBasis.SURPLUS_BY_PLAN,
            decided_on=DAY,
            source="purpose:1",
        )
    assert refusal.value.reason is LedgerReason.OTHER_BOOK
