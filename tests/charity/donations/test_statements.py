"""Statements from file to book: read, matched, decided, applied; once, whatever comes twice."""

import csv
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor, Grant, Role
from charity.donations import checks, services
from charity.donations.counter_gateway import ACCOUNTS, CounterGateway
from charity.donations.gateway import PaymentGateway
from charity.donations.models import (
    Donation,
    DonationState,
    GiverKind,
    Payment,
    PaymentState,
    RowState,
    Statement,
    StatementKind,
    StatementRow,
    StatementState,
)
from charity.donations.queries import statements as queries
from charity.donations.reasons import StatementsReason
from charity.donations.services.statements import columns_of
from charity.donations.statement_reading import Reading
from charity.errors import Conflict, Denied, DomainError, Invalid, InvalidState, NotFound
from charity.ledger.models import Account, Entry, Transfer
from charity.money import Money
from tests.charity.donations.giving import SYSTEM, Giving
from tests.factories import make_actor

GATEWAYS = {name: CounterGateway(name, "a secret", account) for name, account in ACCOUNTS.items()}
MODE = "qualified_charity"
BANK, PLATFORM = "通用银行流水", "通用平台账单"
HEAD = ["交易流水号", "交易日期", "借方发生额", "贷方发生额", "对方户名", "对方账号", "附言"]


@dataclass
class Office:
    """The treasurer's desk: files go in, rows come out."""

    giving: Giving
    treasurer: Actor
    session: Session = field(init=False)

    def __post_init__(self) -> None:
        self.session = self.giving.session

    @property
    def organisation_id(self) -> int:
        return self.giving.campaign.charity_id

    def begin(self, content: bytes, **changed: object) -> Statement:
        values: dict[str, object] = {
            "organisation_id": self.organisation_id,
            "kind": StatementKind.BANK,
            "file_name": "流水.csv",
            "digest": hashlib.sha256(content).digest(),
            "mapping": BANK,
            "operator_mode": MODE,
        }
        return services.begin_statement(self.session, self.treasurer, **{**values, **changed})  # type: ignore[arg-type]

    def read(self, content: bytes, *, portion: int = 3, **changed: object) -> Statement:
        """Take a file in and read it to its end, so many rows at a time."""
        statement = self.begin(content, **changed)
        if statement.summed_total is not None:
            return statement
        reading = Reading(
            content,
            columns_of(self.session, statement),
            clock.today(),
            needs_serial=statement.kind is StatementKind.PLATFORM,
        )
        rows = list(reading.rows())
        for start in range(0, len(rows), portion):
            services.store_rows(
                self.session,
                self.treasurer,
                statement_id=statement.id,
                rows=rows[start : start + portion],
            )
        services.finish_reading(
            self.session, self.treasurer, statement_id=statement.id, reading=reading
        )
        return statement

    def apply(self, statement: Statement, mode: str = MODE) -> Statement:
        services.start_applying(self.session, self.treasurer, statement_id=statement.id)
        while self.portion(statement, mode):
            pass
        return statement

    def portion(self, statement: Statement, mode: str = MODE, limit: int = 2) -> int:
        return services.apply_portion(
            self.session,
            SYSTEM,
            statement_id=statement.id,
            gateways=GATEWAYS,
            operator_mode=mode,
            limit=limit,
        )

    def rows(self, statement: Statement) -> list[StatementRow]:
        query = select(StatementRow).where(StatementRow.statement_id == statement.id)
        query = query.order_by(StatementRow.number).execution_options(populate_existing=True)
        return list(self.session.scalars(query))

    def states(self, statement: Statement) -> list[RowState]:
        return [row.state for row in self.rows(statement)]

    def waiting(self, yuan: str = "200", **changed: object) -> Payment:
        """A gift whose giver was told a reference to write into a transfer."""
        gateway: PaymentGateway = GATEWAYS["transfer"]
        donation = self.giving.begin(Money.yuan(yuan), gateway=gateway, **changed)
        payment = donation.payments[0]
        order = services.freeze_order(
            self.session,
            self.treasurer,
            payment_id=payment.id,
            description="一份心意",
            return_url="https://wushe.example/donations/token",
            cancel_url="https://wushe.example/donations/token",
            locale="zh",
        )
        checkout = gateway.create_checkout(order)
        return services.record_checkout(
            self.session,
            self.treasurer,
            payment_id=payment.id,
            remote_id=checkout.remote_id,
            url=checkout.url,
        )

    def account_of(self, entry: Entry) -> str:
        """The code of the account where an entry's money arrived."""
        query = (
            select(Account.code)
            .join(Transfer, Transfer.debit_account_id == Account.id)
            .where(Transfer.entry_id == entry.id)
            .order_by(Transfer.number)
        )
        return self.session.scalars(query).first() or ""

    def gifts(self) -> int:
        query = select(func.count()).where(Donation.state == DonationState.SETTLED)
        return self.session.scalar(query) or 0


def sheet(*rows: Sequence[str], head: Sequence[str] = HEAD, encoding: str = "utf-8") -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([head, *rows])
    return text.getvalue().encode(encoding)


def line(
    number: str, yuan: str, remark: str = "", name: str = "张三", day: str = "2026-03-15"
) -> list[str]:
    return [number, day, "", yuan, name, "6222020200001234567", remark]


@pytest.fixture
def office(giving: Giving) -> Office:
    treasurer = make_actor(
        giving.session, Grant(Role.TREASURER, organisation_id=giving.campaign.charity_id)
    )
    return Office(giving, treasurer)


def test_a_reference_and_its_sum_settle_the_gift_that_waits(office: Office) -> None:
    payment = office.waiting()
    statement = office.read(sheet(line("1", "200.00", f"捐款 {payment.remote_id.lower()} 谢谢")))
    (row,) = office.rows(statement)
    assert row.state is RowState.MATCHED
    assert (row.payment_id, row.reference) == (payment.id, payment.remote_id)
    assert payment.donation.state is DonationState.PENDING, "nothing counts before it is confirmed"
    office.apply(statement)
    office.session.refresh(payment)
    assert payment.state is PaymentState.SUCCEEDED
    assert payment.donation.state is DonationState.SETTLED
    assert payment.donation.settled_at is not None
    assert clock.day_of(payment.donation.settled_at) == date(2026, 3, 15)
    entry = office.session.get_one(Entry, payment.donation.entry_id)
    assert (entry.source, entry.occurred_on) == (payment.source, date(2026, 3, 15))
    assert office.account_of(entry) == "1002"
    assert statement.state is StatementState.APPLIED
    assert checks.verify(office.session) == []
    assert office.giving.told() == 1


def test_the_same_file_is_the_one_that_is_there(office: Office) -> None:
    content = sheet(line("1", "200.00"), line("2", "50.00"))
    first = office.read(content)
    assert office.read(content).id == first.id
    assert len(office.rows(first)) == 2
    assert office.session.scalar(select(func.count()).select_from(StatementRow)) == 2


@pytest.mark.parametrize("numbers", [True, False], ids=["serial numbers", "no serial numbers"])
def test_overlapping_files_count_each_row_once(office: Office, numbers: bool) -> None:
    rows = [line(str(n), f"{100 + n}.00", name=f"甲{n}") for n in range(6)]
    head = HEAD
    if not numbers:
        rows, head = [row[1:] for row in rows], HEAD[1:]
    first = office.read(sheet(*rows[:4], head=head))
    second = office.read(sheet(*rows[2:], head=head, encoding="gb18030"))
    assert office.states(first) == [RowState.UNMATCHED] * 4
    assert office.states(second) == [RowState.KNOWN] * 2 + [RowState.UNMATCHED] * 2
    known = office.rows(second)[0]
    assert known.note == f"{first.id}:4"
    assert known.row_key is None


def test_two_rows_equal_in_all_but_their_number_are_two(office: Office) -> None:
    statement = office.read(sheet(line("1", "200.00"), line("2", "200.00")))
    assert office.states(statement) == [RowState.UNMATCHED] * 2


def test_equal_rows_without_numbers_are_two_and_known_as_two(office: Office) -> None:
    rows = [line("", "200.00")[1:]] * 2
    office.read(sheet(*rows, head=HEAD[1:]))
    again = office.read(sheet(*rows, line("", "5.00")[1:], head=HEAD[1:]))
    assert office.states(again) == [RowState.KNOWN, RowState.KNOWN, RowState.UNMATCHED]


def test_the_same_number_with_another_sum_is_told_with_its_row(office: Office) -> None:
    first = office.read(sheet(line("1", "200.00"), line("2", "50.00")))
    second = office.read(sheet(line("1", "200.00"), line("2", "500.00")))
    row = office.rows(second)[1]
    assert (row.state, row.problem, row.field) == (
        RowState.BAD,
        StatementsReason.ROW_CHANGED.value,
        "serial",
    )
    assert row.note == f"{first.id}:3"


def test_a_row_that_was_changed_in_a_file_without_numbers_is_found_by_its_place(
    office: Office,
) -> None:
    rows = [line("", f"{100 + n}.00", name=f"甲{n}")[1:] for n in range(6)]
    first = office.read(sheet(*rows, head=HEAD[1:]))
    rows[3][2] = "9103.00"
    second = office.read(sheet(["某银行"], *[HEAD[1:], *rows], head=["对账单"]))
    changed = [row for row in office.rows(second) if row.state is RowState.BAD]
    assert [(row.number, row.problem) for row in changed] == [
        (7, StatementsReason.ROW_CHANGED.value)
    ]
    assert changed[0].note == f"{first.id}:5"


def test_rows_added_to_a_known_file_are_new(office: Office) -> None:
    rows = [line("", f"{100 + n}.00", name=f"甲{n}")[1:] for n in range(6)]
    office.read(sheet(*rows[:4], head=HEAD[1:]))
    second = office.read(sheet(*rows, head=HEAD[1:]))
    assert office.states(second) == [RowState.KNOWN] * 4 + [RowState.UNMATCHED] * 2


def test_a_repeated_sheet_counts_once(office: Office) -> None:
    rows = [line("", f"{100 + n}.00")[1:] for n in range(3)]
    statement = office.read(sheet(*rows, HEAD[1:], *rows, head=HEAD[1:]))
    assert office.states(statement) == [RowState.UNMATCHED] * 3 + [RowState.KNOWN] * 3
    assert [row.note for row in office.rows(statement)][3:] == ["2", "3", "4"]


def test_a_reference_with_another_sum_waits_for_people(office: Office) -> None:
    payment = office.waiting()
    statement = office.read(sheet(line("1", "199.00", payment.remote_id or "")))
    (row,) = office.rows(statement)
    assert (row.state, row.reference, row.payment_id) == (
        RowState.UNMATCHED,
        payment.remote_id,
        None,
    )


def test_two_rows_with_one_reference_pay_once(office: Office) -> None:
    payment = office.waiting()
    remark = payment.remote_id or ""
    statement = office.read(sheet(line("1", "200.00", remark), line("2", "200.00", remark)))
    assert office.states(statement) == [RowState.MATCHED, RowState.UNMATCHED]
    third = office.read(sheet(line("3", "200.00", remark)))
    assert office.states(third) == [RowState.UNMATCHED]
    office.apply(statement)
    assert office.gifts() == 1


def test_a_gift_paid_elsewhere_meanwhile_goes_back_to_the_queue(office: Office) -> None:
    payment = office.waiting()
    statement = office.read(sheet(line("1", "200.00", payment.remote_id or "")))
    payment.donation.state = DonationState.SETTLED
    office.session.flush()
    office.apply(statement)
    (row,) = office.rows(statement)
    assert (row.state, row.problem, row.payment_id) == (
        RowState.UNMATCHED,
        StatementsReason.TAKEN.value,
        None,
    )


def test_a_transfer_for_a_gift_begun_elsewhere_settles_it_through_the_bank(office: Office) -> None:
    payment = office.giving.opened()
    statement = office.read(sheet(line("1", "200.00", "忘了编号")))
    (row,) = office.rows(statement)
    found = queries.suggestions(office.session, [row])[row.id]
    assert [(one.donation.id, one.same_name) for one in found] == [(payment.donation_id, True)]
    services.assign_to_donation(
        office.session, office.treasurer, row_id=row.id, donation_id=payment.donation_id
    )
    assert payment.donation.state is DonationState.PENDING
    office.apply(statement)
    gift = office.session.get_one(Donation, payment.donation_id, populate_existing=True)
    states = {each.gateway: each.state for each in gift.payments}
    assert gift.state is DonationState.SETTLED
    assert states == {payment.gateway: PaymentState.EXPIRED, "transfer": PaymentState.SUCCEEDED}
    assert checks.verify(office.session) == []


def test_a_row_may_be_a_gift_nobody_announced(office: Office) -> None:
    statement = office.read(sheet(line("1", "88.80", name="鄂州某某有限公司")))
    office.apply(statement)
    (row,) = office.rows(statement)
    assert row.state is RowState.UNMATCHED, "confirmed, and still nobody said what it is"
    services.assign_to_campaign(
        office.session,
        office.treasurer,
        row_ids=[row.id],
        campaign_id=office.giving.campaign.id,
    )
    assert office.portion(statement) == 1
    gift = office.session.scalars(select(Donation)).one()
    assert (gift.state, gift.amount) == (DonationState.SETTLED, Money.yuan("88.80"))
    assert (gift.giver_name, gift.giver_kind) == ("鄂州某某有限公司", GiverKind.ENTERPRISE)
    assert gift.public_name is None
    assert gift.payments[0].remote_id == f"row:{row.id}"
    assert office.account_of(office.session.get_one(Entry, gift.entry_id)) == "1002"
    assert checks.verify(office.session) == []


def test_a_row_can_be_put_aside_and_taken_up_again(office: Office) -> None:
    statement = office.read(sheet(line("1", "88.80")))
    (row,) = office.rows(statement)
    services.ignore_rows(office.session, office.treasurer, row_ids=[row.id], note="利息")
    assert (row.state, row.note) == (RowState.IGNORED, "利息")
    services.reconsider_row(office.session, office.treasurer, row_id=row.id)
    assert row.state is RowState.UNMATCHED


def test_nothing_counts_before_the_dry_run_is_confirmed(office: Office) -> None:
    payment = office.waiting()
    statement = office.read(sheet(line("1", "200.00", payment.remote_id or "")))
    with pytest.raises(InvalidState):
        office.portion(statement)
    assert office.gifts() == 0
    assert office.giving.entries() == 0


def test_a_half_read_statement_cannot_be_confirmed(office: Office) -> None:
    statement = office.begin(sheet(line("1", "200.00")))
    with pytest.raises(InvalidState):
        services.start_applying(office.session, office.treasurer, statement_id=statement.id)


def test_reading_and_applying_go_on_where_they_stopped(office: Office) -> None:
    content = sheet(*[line(str(n), f"{10 + n}.00") for n in range(7)])
    statement = office.begin(content)
    reading = Reading(content, columns_of(office.session, statement), clock.today())
    rows = list(reading.rows())
    values = {"statement_id": statement.id}
    services.store_rows(office.session, office.treasurer, rows=rows[:3], **values)
    # a second worker begins from the top
    assert services.store_rows(office.session, office.treasurer, rows=rows[:5], **values) == 2
    assert services.store_rows(office.session, office.treasurer, rows=rows, **values) == 2
    services.finish_reading(office.session, office.treasurer, reading=reading, **values)
    with pytest.raises(InvalidState):
        services.finish_reading(office.session, office.treasurer, reading=reading, **values)
    services.assign_to_campaign(
        office.session,
        office.treasurer,
        row_ids=[row.id for row in office.rows(statement)],
        campaign_id=office.giving.campaign.id,
    )
    services.start_applying(office.session, office.treasurer, statement_id=statement.id)
    assert [office.portion(statement, limit=3) for _ in range(4)] == [3, 3, 1, 0]
    assert office.portion(statement) == 0
    assert office.gifts() == office.giving.entries() == 7
    assert statement.done == 7
    assert checks.verify(office.session) == []


def test_every_row_of_a_platform_is_a_gift_of_its_campaign(office: Office) -> None:
    head = ["订单号", "支付时间", "捐赠金额", "昵称", "状态"]
    content = sheet(
        ["T1", "2026-03-14 10:00:01", "10.00", "小明", "支付成功"],
        ["T2", "2026-03-14 10:00:02", "20.00", "小红", "已退款"],
        ["", "2026-03-14 10:00:03", "30.00", "小刚", "支付成功"],
        ["T1", "2026-03-14 10:00:01", "10.00", "小明", "支付成功"],
        head=head,
    )
    statement = office.read(content, **platform(office))
    assert office.states(statement) == [
        RowState.MATCHED,
        RowState.NO_GIFT,
        RowState.BAD,
        RowState.KNOWN,
    ]
    office.apply(statement)
    gift = office.session.scalars(select(Donation)).one()
    assert (gift.giver_name, gift.payments[0].gateway) == ("小明", "platform")
    assert office.account_of(office.session.get_one(Entry, gift.entry_id)) == "1009"


def test_where_the_operator_only_lists_a_platforms_gifts_are_reported_and_not_posted(
    office: Office,
) -> None:
    content = sheet(["T1", "2026-03-14", "10.50", "小明"], head=["订单号", "日期", "金额", "昵称"])
    statement = office.read(content, **platform(office), operator_mode="listing")
    office.apply(statement, mode="listing")
    found = queries.reported_by_platform(office.session, office.giving.campaign.id)
    assert (found.gifts, found.sum) == (1, Money.yuan("10.50"))
    assert office.gifts() == office.giving.entries() == 0
    with pytest.raises(Denied):
        office.begin(b"x", operator_mode="listing")


def platform(office: Office) -> dict[str, object]:
    return {
        "kind": StatementKind.PLATFORM,
        "mapping": PLATFORM,
        "campaign_id": office.giving.campaign.id,
    }


def test_a_discarded_statement_is_forgotten_and_its_file_may_come_again(office: Office) -> None:
    content = sheet(line("1", "200.00"))
    statement = office.read(content)
    services.discard_statement(office.session, office.treasurer, statement_id=statement.id)
    assert office.rows(statement) == []
    again = office.read(content)
    assert again.id == statement.id
    assert office.states(again) == [RowState.UNMATCHED]
    office.apply(again)
    with pytest.raises(InvalidState):
        services.discard_statement(office.session, office.treasurer, statement_id=statement.id)


def test_the_printed_total_and_the_sum_are_both_kept(office: Office) -> None:
    statement = office.read(
        sheet(line("1", "200.00"), line("2", "x"), ["合计", "", "", "250.00", "", "", ""])
    )
    assert (statement.stated_total, statement.summed_total) == (Money.yuan(250), Money.yuan(200))


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"kind": StatementKind.PLATFORM, "mapping": PLATFORM}, Invalid),
        ({"organisation_id": 10**9}, NotFound),
        ({"mapping": "没有这种格式"}, NotFound),
    ],
)
def test_what_cannot_be_begun(
    office: Office, changed: dict[str, object], error: type[DomainError]
) -> None:
    with pytest.raises(error):
        office.begin(b"x", **changed)


def test_only_the_treasurer_decides(office: Office) -> None:
    statement = office.read(sheet(line("1", "200.00")))
    (row,) = office.rows(statement)
    owner = make_actor(office.session, Grant(Role.OWNER, organisation_id=office.organisation_id))
    with pytest.raises(NotFound):
        services.start_applying(office.session, owner, statement_id=statement.id)
    with pytest.raises(NotFound):
        services.ignore_rows(office.session, owner, row_ids=[row.id], note="x")
    with pytest.raises(Denied):
        services.apply_portion(
            office.session,
            office.treasurer,
            statement_id=statement.id,
            gateways=GATEWAYS,
            operator_mode=MODE,
        )


def test_what_a_row_cannot_pay(office: Office) -> None:
    statement = office.read(sheet(line("1", "200.00"), line("2", "200.00")))
    first, second = office.rows(statement)
    gift = office.waiting("199").donation
    with pytest.raises(Invalid):
        services.assign_to_donation(
            office.session, office.treasurer, row_id=first.id, donation_id=gift.id
        )
    gift = office.waiting("200").donation
    services.assign_to_donation(
        office.session, office.treasurer, row_id=first.id, donation_id=gift.id
    )
    with pytest.raises(Conflict):
        services.assign_to_donation(
            office.session, office.treasurer, row_id=second.id, donation_id=gift.id
        )
    office.apply(statement)
    with pytest.raises(InvalidState):
        services.assign_to_donation(
            office.session, office.treasurer, row_id=second.id, donation_id=gift.id
        )


def test_the_queue_holds_what_was_confirmed_and_not_explained(office: Office) -> None:
    statement = office.read(sheet(line("1", "200.00")))
    ids = [office.organisation_id]
    assert queries.queue_length(office.session, ids) == 0
    office.apply(statement)
    assert queries.queue_length(office.session, ids) == 1
    assert queries.queue_page(office.session, ids, 1).items == office.rows(statement)


def test_a_mapping_can_be_taught_a_new_word(office: Office) -> None:
    content = sheet(["2026-03-15", "12.00"], head=["哪天", "多少"])
    known = next(one for one in queries.mappings(office.session) if one.name == BANK)
    columns = {name: list(words) for name, words in known.columns.items()}
    columns["booked_on"].append("哪天")
    columns["amount"].append("多少")
    with pytest.raises(Invalid):
        office.read(content)
    mapping = services.save_mapping(
        office.session,
        office.treasurer,
        organisation_id=office.organisation_id,
        name="我们的银行",
        kind=StatementKind.BANK,
        columns=columns,
    )
    statement = office.read(content + b"\r\n", mapping="我们的银行")
    assert statement.mapping_id == mapping.id
    assert office.states(statement) == [RowState.UNMATCHED]
    with pytest.raises(Conflict):
        services.save_mapping(
            office.session,
            office.treasurer,
            organisation_id=office.organisation_id,
            name="我们的银行",
            kind=StatementKind.BANK,
            columns=columns,
        )
    with pytest.raises(Invalid):
        services.save_mapping(
            office.session,
            office.treasurer,
            organisation_id=office.organisation_id,
            name="空的",
            kind=StatementKind.BANK,
            columns={"booked_on": ["日期"]},
        )


@pytest.mark.parametrize("old", StatementState)
@pytest.mark.parametrize("new", StatementState)
def test_the_steps_of_a_statement(old: StatementState, new: StatementState) -> None:
    allowed = {
        (StatementState.READ, StatementState.APPLYING),
        (StatementState.READ, StatementState.DISCARDED),
        (StatementState.APPLYING, StatementState.APPLIED),
        (StatementState.DISCARDED, StatementState.READ),
    }
    statement = Statement(state=old)
    if (old, new) in allowed:
        statement.move_to(new)
        assert statement.state is new
    else:
        with pytest.raises(InvalidState):
            statement.move_to(new)


@pytest.mark.parametrize("old", RowState)
@pytest.mark.parametrize("new", RowState)
def test_the_steps_of_a_row(old: RowState, new: RowState) -> None:
    allowed = {
        (RowState.BAD, RowState.IGNORED),
        (RowState.MATCHED, RowState.APPLIED),
        (RowState.MATCHED, RowState.UNMATCHED),
        (RowState.MATCHED, RowState.IGNORED),
        (RowState.UNMATCHED, RowState.APPLIED),
        (RowState.UNMATCHED, RowState.MATCHED),
        (RowState.UNMATCHED, RowState.IGNORED),
        (RowState.IGNORED, RowState.UNMATCHED),
    }
    row = StatementRow(state=old)
    if (old, new) in allowed:
        row.move_to(new)
        assert row.state is new
    else:
        with pytest.raises(InvalidState):
            row.move_to(new)
