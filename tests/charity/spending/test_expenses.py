"""An expense from its submission to its payout: who may, in which state, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from charity import clock as house_clock
from charity.actor import Actor, Grant, Role
from charity.approvals import queries as approvals
from charity.approvals.models import ApprovalState
from charity.approvals.reasons import ApprovalsReason
from charity.errors import (
    CommonReason,
    Conflict,
    Denied,
    DomainError,
    Insufficient,
    Invalid,
    InvalidState,
    NotFound,
)
from charity.evidence import EvidenceReason
from charity.ledger import queries as ledger
from charity.ledger.models import Account, Transfer
from charity.ledger.reasons import LedgerReason
from charity.money import ZERO, Money
from charity.outbox import Outbox
from charity.spending import policy, queries
from charity.spending import services as spending
from charity.spending.models import Expense, ExpenseState, Payout
from charity.spending.reasons import SpendingReason
from tests.charity.spending.world import World, make_actor, make_world
from tests.fixtures.pictures import BAD_FILES, good_jpeg, good_png, jpeg_with_gps

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def world(session: Session) -> World:
    return make_world(session)


def refused(kind: type[DomainError], act: Callable[[], object]) -> DomainError:
    with pytest.raises(DomainError) as refusal:
        act()
    assert type(refusal.value) is kind, refusal.value
    return refusal.value


# ── the good way ─────────────────────────────────────────────────────────────────────────────────


def test_submitted_agreed_by_two_paid_by_a_third(world: World) -> None:
    expense = world.submit()
    assert expense.state is ExpenseState.SUBMITTED
    assert expense.payee_account == "6222000011112222"

    world.approve(expense, world.approver)
    assert expense.state is ExpenseState.SUBMITTED
    assert ledger.fund_position(world.session, world.fund_id).held == ZERO
    world.approve(expense, world.second_approver)
    assert expense.state is ExpenseState.APPROVED
    position = ledger.fund_position(world.session, world.fund_id)
    assert (position.held, position.available) == (Money.yuan(6000), Money.yuan(14_000))

    payout = world.pay(expense)
    assert isinstance(payout, Payout)
    assert expense.state is ExpenseState.PAID
    position = ledger.fund_position(world.session, world.fund_id)
    assert (position.held, position.spent) == (ZERO, Money.yuan(6000))
    sources = [f"expense:{expense.id}:paid", "payment:1:succeeded", "expense:x:paid"]
    assert queries.expense_by_entry_sources(world.session, sources) == {sources[0]: expense}


def test_the_outbox_tells_each_step(world: World) -> None:
    expense = world.expense_in(ExpenseState.PAID)
    rows = world.session.scalars(select(Outbox).where(Outbox.event.like("expense.%")))
    told = [(row.event, row.subject, row.data) for row in rows]
    fund, data = f"fund:{world.fund_id}", {"expense_id": expense.id}
    assert told == [
        ("expense.submitted", fund, data),
        ("expense.approved", fund, data),
        ("expense.paid", fund, data),
    ]


@pytest.mark.parametrize(("line", "code"), [(0, "5101"), (1, "5201"), (2, "5301")])
def test_acc_08_the_line_decides_the_cost_account(world: World, line: int, code: str) -> None:
    expense = world.submit(
        budget_line_id=world.budget.lines[line].id,
        deliverable_id=None,
        units=None,
        amount=Money.yuan(500),
    )
    world.approve(expense, world.approver)
    world.approve(expense, world.second_approver)
    payout = world.pay(expense)
    assert isinstance(payout, Payout)
    debits = select(Account.code).join(Transfer, Transfer.debit_account_id == Account.id)
    assert code in set(world.session.scalars(debits.where(Transfer.entry_id == payout.entry_id)))


def test_returned_corrected_agreed_and_paid(world: World) -> None:
    expense = world.expense_in(ExpenseState.RETURNED)
    assert expense.return_reason == "看不清"
    world.resubmit(expense, amount=Money.yuan(5800), pictures=[good_png()])
    assert expense.state is ExpenseState.SUBMITTED
    assert len(expense.vouchers) == 2
    # who refused the first time may agree the second time
    world.approve(expense, world.approver)
    world.approve(expense, world.second_approver)
    world.pay(expense)
    assert ledger.fund_position(world.session, world.fund_id).spent == Money.yuan(5800)


def test_the_treasurer_recalls_what_was_agreed(world: World) -> None:
    expense = world.expense_in(ExpenseState.APPROVED)
    spending.return_expense(
        world.session, world.treasurer, expense_id=expense.id, reason="账号有误"
    )
    assert expense.state is ExpenseState.RETURNED
    request = approvals.request_for(world.session, expense.subject)
    assert request is not None
    assert request.state is ApprovalState.VOID
    assert ledger.fund_position(world.session, world.fund_id).held == ZERO
    world.resubmit(expense, title="扶手, 两户")
    world.approve(expense, world.approver)
    world.approve(expense, world.third_approver)
    world.pay(expense)
    assert expense.state is ExpenseState.PAID


# ── which verb in which state ────────────────────────────────────────────────────────────────────

VERBS: dict[str, Callable[[World, Expense], object]] = {
    "resubmit": lambda world, expense: world.resubmit(expense),
    "approve": lambda world, expense: world.approve(expense, world.third_approver),
    "return": lambda world, expense: spending.return_expense(
        world.session, world.third_approver, expense_id=expense.id, reason="重来"
    ),
    "pay": lambda world, expense: world.pay(expense),
}
ALLOWED = {
    ("resubmit", ExpenseState.SUBMITTED): ExpenseState.SUBMITTED,
    ("resubmit", ExpenseState.RETURNED): ExpenseState.SUBMITTED,
    ("approve", ExpenseState.SUBMITTED): ExpenseState.SUBMITTED,
    ("return", ExpenseState.SUBMITTED): ExpenseState.RETURNED,
    ("return", ExpenseState.APPROVED): ExpenseState.RETURNED,
    ("pay", ExpenseState.APPROVED): ExpenseState.PAID,
}


@pytest.mark.parametrize("state", ExpenseState)
@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_in_every_state(world: World, verb: str, state: ExpenseState) -> None:
    expense = world.expense_in(state)
    if (verb, state) in ALLOWED:
        VERBS[verb](world, expense)
        assert expense.state is ALLOWED[verb, state]
    else:
        refused(InvalidState, lambda: VERBS[verb](world, expense))
        assert expense.state is state


# ── who may do what ──────────────────────────────────────────────────────────────────────────────

ACTORS = [
    "submitter", "second_submitter", "approver", "treasurer", "acceptor", "reviewer", "auditor",
    "stranger", "guest", "system",
]  # fmt: skip


def actor_named(world: World, name: str) -> Actor:
    special = {"guest": Actor.guest(), "system": Actor.system("job")}
    return special.get(name) or getattr(world, name)


@pytest.mark.parametrize("name", ACTORS)
def test_who_may_submit(world: World, name: str) -> None:
    actor = actor_named(world, name)
    if name in {"submitter", "second_submitter"}:
        assert world.submit(actor).submitter_person_id == actor.person_id
    else:
        refused(Denied, lambda: world.submit(actor))


@pytest.mark.parametrize("name", ACTORS)
def test_who_may_approve(world: World, name: str) -> None:
    expense = world.submit()
    actor = actor_named(world, name)
    if name == "approver":
        world.approve(expense, actor)
    elif name in {"acceptor", "reviewer", "stranger", "guest"}:
        refused(NotFound, lambda: world.approve(expense, actor))
    else:
        refused(Denied, lambda: world.approve(expense, actor))


@pytest.mark.parametrize("name", ACTORS)
def test_who_may_return(world: World, name: str) -> None:
    expense = world.expense_in(ExpenseState.APPROVED)
    actor = actor_named(world, name)

    def send_back() -> object:
        return spending.return_expense(world.session, actor, expense_id=expense.id, reason="重来")

    if name in {"approver", "treasurer"}:
        send_back()
    elif name in {"acceptor", "reviewer", "stranger", "guest"}:
        refused(NotFound, send_back)
    else:
        refused(Denied, send_back)


@pytest.mark.parametrize("name", ACTORS)
def test_who_may_pay(world: World, name: str) -> None:
    expense = world.expense_in(ExpenseState.APPROVED)
    actor = actor_named(world, name)
    if name == "treasurer":
        world.pay(expense, actor)
    elif name in {"acceptor", "reviewer", "stranger", "guest"}:
        refused(NotFound, lambda: world.pay(expense, actor))
    else:
        refused(Denied, lambda: world.pay(expense, actor))


@pytest.mark.parametrize("name", ACTORS)
@pytest.mark.parametrize("state", ExpenseState)
def test_who_may_see_the_evidence(world: World, name: str, state: ExpenseState) -> None:
    expense = world.expense_in(state)
    case = queries.case_of_expense(world.session, expense)
    verdict = policy.may_see_voucher(actor_named(world, name), case)
    outsiders = {"acceptor", "reviewer", "stranger", "guest"}
    assert verdict.allowed is (state is ExpenseState.PAID or name not in outsiders)
    assert verdict.hidden is not verdict.allowed


def test_only_the_treasurer_sees_the_whole_account_number(world: World) -> None:
    case = queries.case_of_expense(world.session, world.submit())
    seen = {name for name in ACTORS if policy.may_see_account(actor_named(world, name), case)}
    assert seen == {"treasurer"}


def test_the_partner_of_another_charity_sees_and_decides_nothing(world: World) -> None:
    expense = world.submit()
    elsewhere = make_actor(
        world.session, "elsewhere",
        Grant(Role.APPROVER, organisation_id=world.other_id),
        Grant(Role.TREASURER, organisation_id=world.other_id),
    )  # fmt: skip
    refused(NotFound, lambda: world.approve(expense, elsewhere))
    refused(NotFound, lambda: world.pay(expense, elsewhere))


# ── different persons, not accounts (A1) ─────────────────────────────────────────────────────────


def test_a1_the_submitter_does_not_approve_with_another_account(world: World) -> None:
    expense = world.submit()
    twin = world.second_account(
        world.submitter, Grant(Role.APPROVER, organisation_id=world.charity_id)
    )
    refusal = refused(Denied, lambda: world.approve(expense, twin))
    assert refusal.reason is CommonReason.SAME_PERSON


def test_a1_one_approver_with_two_accounts_is_one_voice(world: World) -> None:
    expense = world.submit()
    twin = world.second_account(
        world.approver, Grant(Role.APPROVER, organisation_id=world.charity_id)
    )
    world.approve(expense, world.approver)
    assert refused(Denied, lambda: world.approve(expense, twin)).reason is CommonReason.SAME_PERSON
    assert expense.state is ExpenseState.SUBMITTED


@pytest.mark.parametrize("role", ["submitter", "approver", "second_approver"])
def test_a1_submitter_and_approvers_do_not_pay(world: World, role: str) -> None:
    expense = world.expense_in(ExpenseState.APPROVED)
    twin = world.second_account(
        getattr(world, role), Grant(Role.TREASURER, organisation_id=world.charity_id)
    )
    # the page does not offer it, the verb refuses it
    case = queries.case_of_expense(world.session, expense)
    assert policy.may_pay(twin, case).reason is CommonReason.SAME_PERSON
    assert refused(Denied, lambda: world.pay(expense, twin)).reason is CommonReason.SAME_PERSON


def test_a1_who_decided_once_does_not_pay_after_a_correction(world: World) -> None:
    expense = world.expense_in(ExpenseState.RETURNED)
    world.resubmit(expense)
    world.approve(expense, world.second_approver)
    world.approve(expense, world.third_approver)
    twin = world.second_account(
        world.approver, Grant(Role.TREASURER, organisation_id=world.charity_id)
    )
    assert refused(Denied, lambda: world.pay(expense, twin)).reason is CommonReason.SAME_PERSON


def test_a1_who_decided_does_not_correct(world: World) -> None:
    expense = world.expense_in(ExpenseState.RETURNED)
    twin = world.second_account(
        world.approver, Grant(Role.EDITOR, organisation_id=world.partner_id)
    )
    refusal = refused(Denied, lambda: world.resubmit(expense, twin))
    assert refusal.reason is SpendingReason.OTHER_DUTY


def test_who_accepts_the_work_neither_asks_nor_pays(world: World) -> None:
    expense = world.expense_in(ExpenseState.APPROVED)
    spending.accept_delivery(world.session, world.acceptor, delivery_id=world.claim().id, note="")
    treasurer = world.second_account(
        world.acceptor, Grant(Role.TREASURER, organisation_id=world.charity_id)
    )
    refusal = refused(Denied, lambda: world.pay(expense, treasurer))
    assert refusal.reason is SpendingReason.OTHER_DUTY
    editor = world.second_account(
        world.acceptor, Grant(Role.EDITOR, organisation_id=world.partner_id)
    )
    assert refused(Denied, lambda: world.submit(editor)).reason is SpendingReason.OTHER_DUTY


# ── any edit voids, what was agreed is frozen ────────────────────────────────────────────────────


def test_an_edit_voids_the_agreement_given(world: World) -> None:
    expense = world.submit()
    world.approve(expense, world.approver)
    world.resubmit(expense, amount=Money.yuan(6001))
    request = approvals.request_for(world.session, expense.subject)
    assert request is not None
    assert request.decisions == []
    world.approve(expense, world.second_approver)
    assert expense.state is ExpenseState.SUBMITTED
    world.approve(expense, world.approver)
    assert expense.state is ExpenseState.APPROVED
    assert ledger.fund_position(world.session, world.fund_id).held == Money.yuan(6001)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("amount", Money.yuan(9000)),
        ("payee_name", "另一家公司"),
        ("payee_account", "999999999"),
        ("units", 3),
        ("title", "别的"),
        ("voucher_number", "No 9"),
    ],
)
def test_a_row_changed_behind_the_verbs_is_neither_agreed_nor_paid(
    world: World, column: str, value: object
) -> None:
    asked = world.submit()
    agreed = world.expense_in(ExpenseState.APPROVED)
    for expense in (asked, agreed):
        setattr(expense, column, value)
    world.session.flush()
    refusal = refused(InvalidState, lambda: world.approve(asked, world.approver))
    assert refusal.reason is ApprovalsReason.CONTENT_CHANGED
    refusal = refused(InvalidState, lambda: world.pay(agreed))
    assert refusal.reason is ApprovalsReason.CONTENT_CHANGED


def test_evidence_changed_behind_the_verbs_is_not_agreed(world: World) -> None:
    expense = world.submit()
    expense.vouchers[0].file_hash = bytes(32)
    world.session.flush()
    refusal = refused(InvalidState, lambda: world.approve(expense, world.approver))
    assert refusal.reason is ApprovalsReason.CONTENT_CHANGED


# ── how much ─────────────────────────────────────────────────────────────────────────────────────


def test_an_expense_beyond_its_line_is_refused(world: World) -> None:
    world.submit(amount=Money.yuan(10_000))
    refusal = refused(Insufficient, lambda: world.submit(amount=Money.yuan("6000.01")))
    assert (refusal.reason, refusal.field) == (SpendingReason.LINE_EXCEEDED, "amount")
    assert refusal.params == {"remaining": Money.yuan(6000)}
    world.submit(amount=Money.yuan(6000))
    spent = queries.lines_with_spending(world.session, world.budget_id)
    assert (spent[0].submitted, spent[0].remaining) == (Money.yuan(16_000), ZERO)


def test_an_expense_that_came_back_leaves_room_on_its_line(world: World) -> None:
    expense = world.submit(amount=Money.yuan(16_000))
    spending.return_expense(world.session, world.approver, expense_id=expense.id, reason="太多")
    world.submit(amount=Money.yuan(4000))
    refused(Insufficient, lambda: world.resubmit(expense, amount=Money.yuan(16_000)))
    world.session.expire_all()
    world.resubmit(expense, amount=Money.yuan(12_000))


def test_an_expense_beyond_the_fund_is_refused(session: Session) -> None:
    world = make_world(session, gift=Money.yuan(5000))
    refusal = refused(Insufficient, lambda: world.submit())
    assert (refusal.reason, refusal.field) == (LedgerReason.INSUFFICIENT, "amount")
    assert refusal.params == {"available": Money.yuan(5000)}
    assert session.scalar(select(func.count(Expense.id))) == 0
    world.submit(amount=Money.yuan(5000))


def test_the_second_agreement_is_refused_when_the_money_is_gone(session: Session) -> None:
    world = make_world(session, gift=Money.yuan(7000))
    first, second = world.submit(), world.submit()
    for expense in (first, second):
        world.approve(expense, world.approver)
    world.approve(first, world.second_approver)
    refusal = refused(Insufficient, lambda: world.approve(second, world.second_approver))
    assert (refusal.field, refusal.params) == ("amount", {"available": Money.yuan(1000)})


# ── bad input beside its field ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("amount", ZERO, CommonReason.NOT_POSITIVE),
        ("amount", Money(-1), CommonReason.NOT_POSITIVE),
        ("title", " \t", CommonReason.REQUIRED),
        ("title", "题" * 201, CommonReason.TOO_LONG),
        ("payee_name", "", CommonReason.REQUIRED),
        ("payee_account", "", SpendingReason.PAYEE_ACCOUNT),
        ("payee_account", "12345", SpendingReason.PAYEE_ACCOUNT),
        ("payee_account", "1" * 41, SpendingReason.PAYEE_ACCOUNT),
        ("payee_account", "６２２２００００", SpendingReason.PAYEE_ACCOUNT),
        ("payee_account", "6222-0000-1111", SpendingReason.PAYEE_ACCOUNT),
        ("payee_account", "6222\n000011", SpendingReason.PAYEE_ACCOUNT),
        ("voucher_number", "\0", CommonReason.REQUIRED),
        ("units", 0, SpendingReason.UNITS_RANGE),
        ("units", 1_000_001, SpendingReason.UNITS_RANGE),
        ("units", None, SpendingReason.UNITS_REQUIRED),
        ("pictures", [], SpendingReason.PICTURE_REQUIRED),
        ("pictures", [good_jpeg(60, 60)] * 11, SpendingReason.PICTURE_COUNT),
        ("pictures", [b""], EvidenceReason.EMPTY),
        ("pictures", [BAD_FILES["gif"]()], EvidenceReason.FORMAT),
        ("deliverable_id", 10**9, SpendingReason.OTHER_BUDGET),
    ],
)
def test_bad_input_is_refused_beside_its_field(
    world: World, field: str, value: object, reason: object
) -> None:
    refusal = refused(Invalid, lambda: world.submit(**{field: value}))
    assert (refusal.field, refusal.reason) == (field, reason)
    assert world.session.scalar(select(func.count(Expense.id))) == 0


def test_units_without_a_deliverable_are_refused(world: World) -> None:
    refusal = refused(Invalid, lambda: world.submit(deliverable_id=None))
    assert refusal.reason is SpendingReason.UNITS_WITHOUT_DELIVERABLE


def test_spent_tomorrow_is_refused(world: World) -> None:
    tomorrow = house_clock.today() + timedelta(days=1)
    refusal = refused(Invalid, lambda: world.submit(spent_on=tomorrow))
    assert (refusal.field, refusal.reason) == ("spent_on", SpendingReason.IN_FUTURE)


def test_a_line_of_another_budget_is_refused(world: World) -> None:
    expense = world.expense_in(ExpenseState.RETURNED)
    other = spending.draft_budget(
        world.session, world.submitter, organisation_id=world.partner_id,
        region_code="420704", lines=[spending.LineDraft("别的", "programme", Money(1))],  # type: ignore[arg-type]
        deliverables=[],
    )  # fmt: skip
    refusal = refused(Invalid, lambda: world.resubmit(expense, budget_line_id=other.lines[0].id))
    assert refusal.reason is SpendingReason.OTHER_BUDGET
    refusal = refused(Denied, lambda: world.submit(budget_line_id=other.lines[0].id))
    assert refusal.reason is SpendingReason.BUDGET_NOT_OPENED


def test_what_does_not_exist_is_not_found(world: World) -> None:
    refused(NotFound, lambda: world.submit(budget_line_id=10**9))
    for ask in (queries.expense, queries.voucher, queries.budget, queries.delivery,
                queries.deliverable):  # fmt: skip
        refused(NotFound, lambda ask=ask: ask(world.session, 10**9))  # type: ignore[misc]
    refused(
        NotFound, lambda: spending.approve_expense(world.session, world.approver, expense_id=10**9)
    )


def test_returning_needs_a_reason(world: World) -> None:
    for expense in (world.submit(), world.expense_in(ExpenseState.APPROVED)):
        refusal = refused(
            Invalid,
            lambda expense=expense: spending.return_expense(  # type: ignore[misc]
                world.session, world.third_approver, expense_id=expense.id, reason=" "
            ),
        )
        assert (refusal.field, refusal.reason) == ("reason", CommonReason.REQUIRED)


def test_paying_asks_for_a_day_and_a_reference(world: World) -> None:
    with house_clock.at(house_clock.now() - timedelta(days=3)):
        earlier = world.expense_in(ExpenseState.PAID)
    expense = world.expense_in(ExpenseState.APPROVED)
    today, day = house_clock.today(), timedelta(days=1)
    refusal = refused(Invalid, lambda: world.pay(expense, paid_on=today + day))
    assert (refusal.field, refusal.reason) == ("paid_on", SpendingReason.IN_FUTURE)
    refusal = refused(Invalid, lambda: world.pay(expense, paid_on=today - day))
    assert (refusal.field, refusal.reason) == ("paid_on", SpendingReason.PAID_BEFORE_AGREED)
    refusal = refused(Invalid, lambda: world.pay(expense, bank_reference=" "))
    assert (refusal.field, refusal.reason) == ("bank_reference", CommonReason.REQUIRED)
    refusal = refused(Conflict, lambda: world.pay(expense, bank_reference=f"BANK-{earlier.id}"))
    assert (refusal.field, refusal.reason) == ("bank_reference", SpendingReason.REFERENCE_USED)
    world.pay(expense)


# ── evidence ─────────────────────────────────────────────────────────────────────────────────────


def test_kept_pictures_are_drawn_anew(world: World) -> None:
    expense = world.submit(pictures=[jpeg_with_gps(orientation=6)])
    voucher = queries.voucher(world.session, expense.vouchers[0].id)
    assert (voucher.media_type, voucher.width, voucher.height) == ("image/jpeg", 400, 600)
    assert b"Spy" not in world.files.get(voucher.file_hash)


def test_the_same_picture_is_evidence_once(world: World) -> None:
    expense = world.submit(pictures=[good_jpeg(), good_jpeg()])
    world.resubmit(expense, pictures=[good_jpeg()])
    assert len(expense.vouchers) == 1


# ── what waits ───────────────────────────────────────────────────────────────────────────────────


def test_the_desk_shows_what_waits_for_this_person(world: World) -> None:
    session, charity = world.session, [world.charity_id]
    asked = world.submit(amount=Money.yuan(4000))
    agreed = world.expense_in(ExpenseState.APPROVED)
    back = world.expense_in(ExpenseState.RETURNED)
    assert queries.waiting_for_approval(session) == [asked]
    assert queries.waiting_for_payment(session, charity_ids=charity) == [agreed]
    assert queries.waiting_for_payment(session, charity_ids=[world.other_id]) == []
    person = world.approver.person_id
    assert queries.waiting_for_payment(session, person_id=person) == []
    assert queries.waiting_for_approval(session, person_id=person) == [asked]
    world.approve(asked, world.approver)
    assert queries.waiting_for_approval(session, charity_ids=charity, person_id=person) == []
    # an earlier round is no reason to be left out of this one
    world.resubmit(back)
    assert queries.waiting_for_approval(session, person_id=person) == [back]
    submitter = world.submitter.person_id
    assert queries.waiting_for_approval(session, person_id=submitter) == []
    assert queries.expenses_of_organisations(
        session, [world.partner_id], [ExpenseState.SUBMITTED]
    ) == [asked, back]
    assert queries.expenses_of_fund(session, world.fund_id, [ExpenseState.APPROVED]) == [agreed]
    assert len(queries.expenses_of_fund(session, world.fund_id)) == 3


def test_aud_06_a_voucher_is_asked_for_once(world: World) -> None:
    """A double click, or the same paper handed in again; sent back, it may come again."""
    first = world.submit(voucher_number="No 7788")
    with pytest.raises(Conflict) as refusal:
        world.submit(voucher_number="No 7788")
    assert (refusal.value.field, refusal.value.reason) == (
        "voucher_number",
        SpendingReason.VOUCHER_USED,
    )
    world.submit(voucher_number="No 7788", payee_name="另一家五金店")
    spending.return_expense(world.session, world.approver, expense_id=first.id, reason="图片看不清")
    assert world.submit(voucher_number="No 7788").id != first.id
