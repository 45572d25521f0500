"""What a giver may change later, take along, and have forgotten; and what stays for ever.

CHA-153, PII-05, PII-06.
"""

from __future__ import annotations

import json
from datetime import date

import pytest
from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from charity import clock as house_clock
from charity.actor import Actor, Grant, Role
from charity.base import Base
from charity.donations import checks as donation_checks
from charity.donations import services
from charity.donations.models import (
    CashCount,
    CashSlip,
    CashState,
    Donation,
    GatewayEvent,
    InKindGift,
    InKindKind,
    MonthlyPlan,
    PlanState,
    Pledge,
    PledgeKind,
    Receipt,
    ReceiptState,
    Refund,
    RefundCause,
    RefundKind,
    RefundPath,
    RefundState,
    RowState,
    Statement,
    StatementKind,
    StatementRow,
)
from charity.donations.queries.personal import held_of_gift, held_of_person
from charity.donations.reasons import ReceiptsReason
from charity.errors import Denied, Invalid, InvalidState
from charity.ledger import checks as ledger_checks
from charity.ledger import queries as ledger_queries
from charity.ledger import services as ledger
from charity.letters import write
from charity.money import Money
from tests.charity.donations.giving import GUEST, SYSTEM, Giving
from tests.charity.donations.test_certificates import arrived
from tests.factories import make_actor

#: Words that stand nowhere else in the database.
NAME, CONTACT, WORDS, PAYER = "诸葛青云", "zhuge@example.org", "愿老人平安过冬", "青云商贸有限公司"
#: As long as its column allows: no number of a row is so high.
ACCOUNT = "62220202"
SECRETS = (NAME, CONTACT, WORDS, PAYER, ACCOUNT, "giverkey" * 8)


def known(giving: Giving, **changed: object) -> Donation:
    """A gift about whose giver much is known, from many sides."""
    gift = arrived(
        giving,
        giver_name=NAME,
        contact=CONTACT,
        message=WORDS,
        giver_key="giverkey" * 8,
        is_shown_to_organisation=True,
        **changed,
    )
    session = giving.session
    services.ask_receipt(session, GUEST, token=gift.trail_token, payer_name=PAYER)
    _told_by_others(giving, gift)
    for event in session.scalars(select(GatewayEvent)):
        event.body = json.dumps({"email": CONTACT, "name": NAME}, ensure_ascii=False)
    session.flush()
    return gift


def _told_by_others(giving: Giving, gift: Donation) -> None:
    session, user = giving.session, make_actor(giving.session)
    statement = Statement(
        organisation_id=giving.campaign.charity_id, kind=StatementKind.BANK, file_name="3.csv",
        digest=b"s" * 32, uploaded_by_user_id=user.user_id, uploaded_at=house_clock.now(),
    )  # fmt: skip
    count = CashCount(
        campaign_id=giving.campaign.id, place="箱 1", counted_on=date(2026, 3, 16),
        amount=gift.amount, unnamed=Money(0), state=CashState.COUNTED,
        first_person_id=user.person_id, created_at=house_clock.now(),
    )  # fmt: skip
    session.add_all([statement, count])
    session.flush()
    session.add(
        StatementRow(
            statement_id=statement.id, organisation_id=giving.campaign.charity_id,
            kind=StatementKind.BANK, number=2, state=RowState.APPLIED, amount=gift.amount,
            payer_name=NAME, payer_account=ACCOUNT, remark=WORDS, payment_id=gift.payments[0].id,
        )
    )  # fmt: skip
    session.add(
        CashSlip(
            cash_count_id=count.id, campaign_id=giving.campaign.id, number=1, amount=gift.amount,
            giver_name=NAME, contact=CONTACT, donation_id=gift.id,
        )
    )  # fmt: skip
    session.flush()


def hand_refund(giving: Giving, gift: Donation, state: RefundState) -> None:
    giving.session.add(
        Refund(
            donation_id=gift.id, payment_id=gift.payments[0].id, gateway="fake",
            amount=Money.yuan(1), kind=RefundKind.VOLUNTARY, cause=RefundCause.DONOR_ASKED,
            path=RefundPath.TRANSFER, reason=WORDS, payee=f"{NAME} {ACCOUNT}", state=state,
            created_at=house_clock.now(),
        )
    )  # fmt: skip
    giving.session.flush()


def traces(session: Session, words: tuple[str, ...] = SECRETS) -> set[str]:
    """Every column of the whole database in which one of the words stands."""
    session.flush()
    found = set()
    for table in Base.metadata.sorted_tables:
        for row in session.execute(select(table)).mappings():
            found |= {
                f"{table.name}.{name}"
                for name, value in row.items()
                if any(word in str(value) for word in words)
            }
    return found


def counts(session: Session) -> dict[str, int]:
    """How many rows each table has."""

    def rows(table: Table) -> int:
        return session.scalar(select(func.count()).select_from(table)) or 0

    return {table.name: rows(table) for table in Base.metadata.sorted_tables}


def seal(giving: Giving) -> None:
    for book in ledger_queries.books(giving.session):
        while ledger.seal(giving.session, SYSTEM, book_id=book.id):
            pass


# ── wishes ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("public", [True, False])
@pytest.mark.parametrize("shown", [True, False])
def test_each_switch_is_answered_alone(giving: Giving, public: bool, shown: bool) -> None:
    gift = arrived(giving)
    services.change_wishes(
        giving.session, GUEST, token=gift.trail_token, name_is_public=public,
        is_shown_to_organisation=shown,
    )  # fmt: skip
    assert (gift.name_is_public, gift.is_shown_to_organisation) == (public, shown)
    assert gift.public_name == ("张三" if public else None)


def test_a_name_may_come_later_and_none_cannot_be_public(giving: Giving) -> None:
    gift = arrived(giving, giver_name="", name_is_public=False)
    for name in (None, " ", "名" * 61):
        with pytest.raises(Invalid) as told:
            services.change_wishes(
                giving.session, GUEST, token=gift.trail_token, name_is_public=True,
                is_shown_to_organisation=False, giver_name=name,
            )  # fmt: skip
        assert told.value.field == "giver_name"
    services.change_wishes(
        giving.session, GUEST, token=gift.trail_token, name_is_public=True,
        is_shown_to_organisation=False, giver_name=" 李\u200b四\n",
    )  # fmt: skip
    assert gift.public_name == "李 四"


# ── forgetting one gift ──────────────────────────────────────────────────────────────────────────


def test_every_word_about_the_giver_goes_and_every_row_and_proof_stays(giving: Giving) -> None:
    session = giving.session
    gift = known(giving)
    hand_refund(giving, gift, RefundState.CANCELLED)
    certificate = services.issue_certificate(session, GUEST, token=gift.trail_token)
    seal(giving)
    before, words = counts(session), traces(session)
    assert {"donation.giver_name", "letter.address", "gateway_event.body"} <= words
    assert {"statement_row.payer_name", "cash_slip.contact", "receipt.payer_name"} <= words
    forgotten = services.forget_gift(session, GUEST, token=gift.trail_token)
    assert (forgotten.gifts, forgotten.kept_receipts) == (1, 0)
    assert traces(session) == set()
    gone = {name: before[name] - left for name, left in counts(session).items()}
    assert {name for name, less in gone.items() if less} == {"letter", "inflow_giver"}
    assert ledger_checks.verify(session) == []
    assert donation_checks.verify(session) == []
    assert (gift.amount, gift.giver_kind.value) == (Money.yuan(200), "individual")
    assert certificate.code


def test_forgotten_twice_is_forgotten_once_and_nothing_can_be_named_again(giving: Giving) -> None:
    gift = known(giving)
    services.forget_gift(giving.session, GUEST, token=gift.trail_token)
    at = gift.forgotten_at
    services.forget_gift(giving.session, GUEST, token=gift.trail_token)
    assert gift.forgotten_at == at
    with pytest.raises(InvalidState) as told:
        services.change_wishes(
            giving.session, GUEST, token=gift.trail_token, name_is_public=True,
            is_shown_to_organisation=True, giver_name=NAME,
        )  # fmt: skip
    assert told.value.reason is ReceiptsReason.FORGOTTEN
    with pytest.raises(InvalidState):
        services.ask_receipt(giving.session, GUEST, token=gift.trail_token, payer_name=NAME)


def test_an_issued_receipt_keeps_its_payer_and_says_so(giving: Giving) -> None:
    gift = known(giving)
    treasurer = make_actor(
        giving.session, Grant(Role.TREASURER, organisation_id=giving.campaign.charity_id)
    )
    services.record_receipt(
        giving.session, treasurer, donation_id=gift.id, batch_code="42060126",
        number="0000012345", issued_on=house_clock.today(),
    )  # fmt: skip
    assert services.forget_gift(giving.session, GUEST, token=gift.trail_token).kept_receipts == 1
    assert traces(giving.session) == {"receipt.payer_name"}


@pytest.mark.parametrize("state", list(RefundState))
def test_a_refund_by_hand_must_know_where_it_goes(giving: Giving, state: RefundState) -> None:
    gift = known(giving)
    hand_refund(giving, gift, state)
    if state in {RefundState.REQUESTED, RefundState.APPROVED, RefundState.SENT}:
        with pytest.raises(InvalidState) as told:
            services.forget_gift(giving.session, GUEST, token=gift.trail_token)
        assert told.value.reason is ReceiptsReason.REFUND_UNDER_WAY
        assert gift.giver_name == NAME
    else:
        services.forget_gift(giving.session, GUEST, token=gift.trail_token)
        assert traces(giving.session) == set()


def test_another_gift_with_the_same_contact_is_left_alone(giving: Giving) -> None:
    first, second = known(giving), arrived(giving, giver_name="别人", contact=CONTACT)
    services.forget_gift(giving.session, GUEST, token=first.trail_token)
    assert (second.giver_name, second.contact) == ("别人", CONTACT)


# ── forgetting a signed-in giver ─────────────────────────────────────────────────────────────────


def promises(giving: Giving, giver: Actor) -> tuple[Pledge, MonthlyPlan, InKindGift]:
    said = {
        "campaign_id": giving.campaign.id, "giver_kind": "individual", "giver_name": NAME,
        "contact": CONTACT, "person_id": giver.person_id, "created_at": house_clock.now(),
    }  # fmt: skip
    rows = (
        Pledge(
            client_id="p", token="p", kind=PledgeKind.MONEY, amount=Money.yuan(10), message=WORDS,
            promised_by=date(2026, 5, 1), **said,
        ),
        MonthlyPlan(
            client_id="m", token="m", amount=Money.yuan(10), day_of_month=5,
            next_on=date(2026, 4, 5), **said,
        ),
        InKindGift(
            client_id="g", token="g", kind=InKindKind.GOODS, message=WORDS, handover=WORDS,
            giver_code="123456", receiver_code="654321", **said,
        ),
    )  # fmt: skip
    giving.session.add_all(rows)
    giving.session.flush()
    return rows


def test_everything_of_a_person_is_forgotten_at_once(giving: Giving) -> None:
    giver = make_actor(giving.session)
    gifts = [known(giving)]
    gifts[0].person_id = giver.person_id
    pledge, plan, goods = promises(giving, giver)
    for subject in (f"pledge:{pledge.id}", f"monthly:{plan.id}", f"in_kind:{goods.id}"):
        write(giving.session, source=f"{subject}:reminder", kind="any", address=CONTACT)
    held = json.dumps(held_of_person(giving.session, giver.person_id or 0, giver.user_id))
    assert all(json.dumps(word)[1:-1] in held for word in (NAME, CONTACT, WORDS, PAYER))
    forgotten = services.forget_giver(giving.session, giver)
    assert forgotten.gifts == 1
    assert traces(giving.session) == set()
    assert (plan.state, plan.next_on) == (PlanState.STOPPED, None)
    assert ledger_checks.verify(giving.session) == []


def test_a_guest_is_nobody_to_forget_at_once(giving: Giving) -> None:
    with pytest.raises(Denied):
        services.forget_giver(giving.session, GUEST)


# ── the export ───────────────────────────────────────────────────────────────────────────────────


def test_the_export_says_everything_and_names_no_staff(giving: Giving) -> None:
    gift = known(giving)
    held = held_of_gift(giving.session, gift)
    told = json.dumps(held, ensure_ascii=False)
    assert all(word in told for word in (NAME, CONTACT, WORDS, PAYER))
    assert held["gift"]["amount"] == gift.amount.fen
    assert held["receipt"][0]["state"] == ReceiptState.WANTED.value
    assert held["letters"][0]["kind"] == "donation.thanks"
    assert "_user_id" not in told


def test_no_receipt_is_left_open_for_the_forgotten(giving: Giving) -> None:
    gift = known(giving)
    services.forget_gift(giving.session, GUEST, token=gift.trail_token)
    receipt = giving.session.scalars(select(Receipt)).one()
    assert (receipt.state, receipt.payer_name) == (ReceiptState.WAIVED, "")
