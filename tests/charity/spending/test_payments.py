"""Whom money goes to and how: payees, their accounts, kinds of payment, and what warns."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock as house_clock
from charity.accounts.models import Consent, ConsentPurpose
from charity.accounts.services import withdraw_consent
from charity.actor import Actor, Grant, Role
from charity.approvals import queries as approvals
from charity.approvals.models import RequirementKind, RequirementState
from charity.errors import CommonReason, Conflict, Denied, DomainError, Invalid, InvalidState
from charity.ledger.models import CommitteeMember, Entry, Inflow
from charity.ledger.queries import fund_position, outflow_of_entry
from charity.letters import Letter
from charity.money import Money
from charity.registry.models import OrganisationKind, Person, RestrictedAct
from charity.registry.reasons import RegistryReason
from charity.registry.services import restrict
from charity.spending import queries
from charity.spending import services as spending
from charity.spending.freezing import content_of
from charity.spending.models import Expense, ExpenseState, PaymentKind
from charity.spending.paying_reasons import PayingReason
from tests.charity.spending.world import SYSTEM, World, make_actor, make_organisation, make_world
from tests.conftest import SetClock
from tests.fixtures.papers import paper
from tests.fixtures.pictures import good_jpeg


@pytest.fixture
def world(session: Session, clock: SetClock) -> World:
    return make_world(session)


def refused(act: Callable[[], object]) -> DomainError:
    with pytest.raises(DomainError) as refusal:
        act()
    return refusal.value


def agreed(world: World, expense: Expense) -> Expense:
    world.approve(expense, world.approver)
    return world.approve(expense, world.second_approver)


def states(world: World, expense: Expense) -> dict[RequirementKind, RequirementState]:
    asked = approvals.requirements(world.session, expense.subject)
    return {each.kind: each.state for each in asked}


# ── payees ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("typed", ["丁坳村广场舞队", " 丁坳村 广场舞队 ", "丁坳村广场舞队　"])
def test_org_01_a_filed_group_is_no_payee_and_its_host_is_named(world: World, typed: str) -> None:
    group = make_organisation(world.session, "丁坳村广场舞队", OrganisationKind.COMMUNITY_GROUP)
    refusal = refused(lambda: world.submit(payee_name=typed))
    assert isinstance(refusal, Invalid)
    assert (refusal.field, refusal.reason) == ("payee_name", RegistryReason.GROUP_WITHOUT_HOST)
    host = make_organisation(world.session, "银龄社", OrganisationKind.SOCIAL_SERVICE_ORG)
    group.host, group.filing_number = host, "EC-0012"
    world.session.flush()
    for form in ({"payee_name": typed}, {"payee_name": typed, "payee_code": "EC-0012"}):
        refusal = refused(lambda form=form: world.submit(**form))  # type: ignore[misc]
        assert refusal.reason is RegistryReason.GROUP_PAYEE
        assert refusal.params["host"] == "银龄社"
    assert world.submit(payee_name="银龄社").payee_organisation_id == host.id


def test_org_01_holds_when_it_is_paid_too(world: World) -> None:
    expense = agreed(world, world.submit(payee_name="夕阳红艺术队"))
    make_organisation(world.session, "夕阳红艺术队", OrganisationKind.COMMUNITY_GROUP)
    assert refused(lambda: world.pay(expense)).reason is RegistryReason.GROUP_WITHOUT_HOST


def test_a_payee_is_found_by_its_code_and_must_bear_its_name(world: World) -> None:
    shop = make_organisation(world.session, "适老用品店", OrganisationKind.ENTERPRISE)
    assert shop.uscc is not None
    found = world.submit(payee_name="适老 用品店", payee_code=shop.uscc)
    assert (found.payee_organisation_id, found.payee_name) == (shop.id, "适老用品店")
    refusal = refused(lambda: world.submit(payee_name="别的店", payee_code=shop.uscc))
    assert (refusal.reason, refusal.field) == (PayingReason.PAYEE_OTHER_NAME, "payee_name")
    refusal = refused(lambda: world.submit(payee_code="000000000000000999"))
    assert (refusal.reason, refusal.field) == (PayingReason.PAYEE_CODE_UNKNOWN, "payee_code")
    refusal = refused(lambda: world.submit(payee_name="适老用品店", payee_identity_hash=b"x" * 32))
    assert refusal.reason is PayingReason.PAYEE_TWICE


def known_as(world: World, person_id: int | None, identity: bytes) -> bytes:
    """Give a person of the world an identity."""
    world.session.get_one(Person, person_id).identity_hash = identity
    world.session.flush()
    return identity


@pytest.mark.parametrize("how", ["identity", "name"])
def test_a1_who_is_paid_neither_submits_nor_agrees_nor_pays(world: World, how: str) -> None:
    """By the identity, through whichever account; or by the name where no identity is given."""

    def paid_to(person_id: int | None) -> dict[str, object]:
        if how == "identity":
            mark = known_as(world, person_id, f"{person_id:032d}".encode())
            return {"payee_name": "某人", "payee_identity_hash": mark, "payee_consent": True}
        return {"payee_name": world.session.get_one(Person, person_id).name}

    own = paid_to(world.submitter.person_id)
    assert refused(lambda: world.submit(**own)).reason is PayingReason.OWN_PAYMENT
    to_approver = world.submit(**paid_to(world.approver.person_id))
    twin = world.second_account(
        world.approver, Grant(Role.APPROVER, organisation_id=world.charity_id)
    )
    for actor in (world.approver, twin):
        refusal = refused(lambda actor=actor: world.approve(to_approver, actor))  # type: ignore[misc]
        assert (type(refusal), refusal.reason) == (Denied, PayingReason.OWN_PAYMENT)
    to_treasurer = agreed(world, world.submit(**paid_to(world.treasurer.person_id)))
    assert refused(lambda: world.pay(to_treasurer)).reason is PayingReason.OWN_PAYMENT


def test_who_laid_it_out_is_paid_back_and_says_who_they_are(world: World) -> None:
    form: dict[str, object] = {
        "payment_kind": PaymentKind.REIMBURSEMENT, "payee_name": "submitter",
    }  # fmt: skip
    refusal = refused(lambda: world.submit(**form))
    assert (refusal.reason, refusal.field) == (
        PayingReason.PAYEE_IDENTITY_REQUIRED, "payee_identity",
    )  # fmt: skip
    form["payee_identity_hash"] = known_as(world, world.submitter.person_id, b"s" * 32)
    world.pay(agreed(world, world.submit(**form, payee_consent=True)))


def test_pii_03_the_account_of_a_person_is_used_with_a_consent_of_its_own(world: World) -> None:
    """Asked once for the person, apart from anything else, and over when it is taken back."""
    person: dict[str, object] = {
        "payee_name": "周小玲", "payee_identity_hash": b"p" * 32, "amount": Money.yuan(60),
    }  # fmt: skip
    refusal = refused(lambda: world.submit(**person))
    assert (refusal.reason, refusal.field, refusal.params) == (
        PayingReason.PAYEE_CONSENT, "payee_consent", {"rule": "PII-03"},
    )  # fmt: skip
    world.submit(payee_name="没有身份的商店", amount=Money.yuan(60))
    first = agreed(world, world.submit(**person, payee_consent=True, voucher_number="P-1"))
    again = agreed(world, world.submit(**person, voucher_number="P-2"))
    [consent] = world.session.scalars(select(Consent)).all()
    assert (consent.subject, consent.purpose) == (
        f"payee:{(b'p' * 32).hex()}", ConsentPurpose.SENSITIVE,
    )  # fmt: skip
    world.pay(first)
    withdraw_consent(world.session, world.submitter, consent_id=consent.id)
    assert refused(lambda: world.pay(again)).reason is PayingReason.PAYEE_CONSENT
    assert refused(lambda: world.submit(**person, voucher_number="P-3")).reason is (
        PayingReason.PAYEE_CONSENT
    )
    world.submit(**person, payee_consent=True, voucher_number="P-3")
    world.pay(again)


# ── accounts ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.rule("PAY-01")
def test_pay_01_a_changed_account_rests_48_hours(session: Session, clock: SetClock) -> None:
    world = make_world(session)
    mailed = make_actor(
        session, "t@example.org", Grant(Role.TREASURER, organisation_id=world.charity_id)
    )
    world.pay(agreed(world, world.submit(amount=Money.yuan(10))))
    changed = world.submit(amount=Money.yuan(20), payee_account="99990000")
    assert states(world, changed) == {RequirementKind.ACCOUNT_HOLD: RequirementState.OPEN}
    [resting] = queries.resting_accounts(session, [world.charity_id])
    assert (resting.account, resting.announced_at) == ("99990000", clock.now)
    letters = session.scalars(select(Letter)).all()
    assert [letter.data["last_digits"] for letter in letters] == ["0000"]
    assert letters[0].source.endswith(f"user:{mailed.user_id}")
    agreed(world, changed)
    clock.advance(hours=47, minutes=59)
    refusal = refused(lambda: world.pay(changed))
    assert isinstance(refusal, InvalidState)
    assert refusal.reason is PayingReason.ACCOUNT_RESTS
    clock.advance(minutes=1)
    world.pay(changed)
    assert states(world, changed) == {RequirementKind.ACCOUNT_HOLD: RequirementState.MET}
    # known by now, and of no other charity's concern
    assert not states(world, world.submit(amount=Money.yuan(30), payee_account="99990000"))


def test_an_account_corrected_back_rests_no_more(world: World) -> None:
    world.submit(amount=Money.yuan(10))
    slip = world.submit(amount=Money.yuan(20), payee_account="99990000")
    world.resubmit(slip, amount=Money.yuan(20))
    assert states(world, slip) == {RequirementKind.ACCOUNT_HOLD: RequirementState.MET}
    world.resubmit(slip, amount=Money.yuan(20), payee_account="99990000")
    assert states(world, slip) == {RequirementKind.ACCOUNT_HOLD: RequirementState.OPEN}


# ── warnings ─────────────────────────────────────────────────────────────────────────────────────


def warned(world: World, expense: Expense) -> list[str]:
    found = queries.warnings(world.session, expense, charity_id=world.charity_id)
    return [finding.rule_id for finding in found if finding.reason.value.startswith("paying.")]


@pytest.mark.rule("AUD-10")
def test_aud_10_cash_above_1000_yuan_warns(session: Session, clock: SetClock) -> None:
    world = make_world(session)
    for amount, cash, rules in (
        ("1000.00", True, []), ("1000.01", True, ["AUD-10"]), ("5000.00", False, []),
    ):  # fmt: skip
        expense = world.submit(amount=Money.yuan(amount), is_cash=cash)
        assert warned(world, expense) == rules, amount


@pytest.mark.rule("RF-02")
def test_rf_02_the_same_payment_within_30_days_warns(session: Session, clock: SetClock) -> None:
    world = make_world(session)
    today = house_clock.today()
    first = world.submit(amount=Money.yuan(100), spent_on=today - timedelta(days=31))
    assert warned(world, world.submit(amount=Money.yuan(100), spent_on=today)) == []
    assert warned(world, first) == []
    near = world.submit(amount=Money.yuan(100), spent_on=today - timedelta(days=1))
    assert warned(world, near) == ["RF-02"]
    assert warned(world, world.submit(amount=Money.yuan(101))) == []
    assert warned(world, world.submit(amount=Money.yuan(100), payee_name="别家")) == []


# ── eligibility, frozen content ──────────────────────────────────────────────────────────────────


def test_nothing_is_paid_while_the_charity_or_the_doer_is_restricted(world: World) -> None:
    for number, organisation_id in enumerate((world.charity_id, world.partner_id)):
        expense = agreed(world, world.submit(amount=Money.yuan(10)))
        nested = world.session.begin_nested()
        restrict(
            world.session,
            SYSTEM,
            organisation_id=organisation_id,
            act=RestrictedAct.PAY,
            rule_id="ORG-17",
            source=f"list_entry:{number}",
        )
        refusal = refused(lambda expense=expense: world.pay(expense))  # type: ignore[misc]
        assert (type(refusal), refusal.reason) == (Denied, RegistryReason.RESTRICTED)
        nested.rollback()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("payment_kind", PaymentKind.ADVANCE),
        ("is_cash", True),
        ("payee_identity_hash", b"x" * 32),
        ("payee_organisation_id", 1),
    ],
)
def test_how_it_is_paid_is_frozen_as_well(world: World, column: str, value: object) -> None:
    expense = world.submit()
    frozen = content_of(expense)
    setattr(expense, column, value)
    assert content_of(expense) != frozen


# ── rewards and advances ─────────────────────────────────────────────────────────────────────────


def test_pay_03_a_reward_waits_for_work_accepted_and_not_counted(world: World) -> None:
    reward = {"payment_kind": PaymentKind.REWARD, "amount": Money.yuan(100), "units": 2}
    refusal = refused(lambda: world.submit(**reward | {"deliverable_id": None, "units": None}))
    assert refusal.reason is PayingReason.REWARD_NEEDS_DELIVERABLE
    first, second = (agreed(world, world.submit(**reward)) for _ in range(2))
    kind = RequirementKind.ACCEPTED_WORK
    assert refused(lambda: world.pay(first)).reason is PayingReason.WORK_NOT_ACCEPTED
    # a claim is no acceptance
    claimed = world.claim(units=3)
    assert refused(lambda: world.pay(first)).reason is PayingReason.WORK_NOT_ACCEPTED
    spending.accept_delivery(world.session, world.acceptor, delivery_id=claimed.id, note="")
    assert states(world, first)[kind] is RequirementState.MET
    world.pay(first)
    refusal = refused(lambda: world.pay(second))
    assert (refusal.reason, refusal.params) == (PayingReason.WORK_NOT_ACCEPTED, {"units": 1})
    more = world.claim(units=1)
    spending.accept_delivery(world.session, world.acceptor, delivery_id=more.id, note="")
    world.pay(second)


def test_a_reward_for_more_units_is_counted_anew(world: World) -> None:
    claimed = world.claim(units=2)
    spending.accept_delivery(world.session, world.acceptor, delivery_id=claimed.id, note="")
    reward = {"payment_kind": PaymentKind.REWARD, "amount": Money.yuan(100), "units": 2}
    expense = world.submit(**reward)
    assert states(world, expense) == {RequirementKind.ACCEPTED_WORK: RequirementState.MET}
    world.resubmit(expense, **reward | {"units": 3})
    assert states(world, expense) == {RequirementKind.ACCEPTED_WORK: RequirementState.OPEN}
    world.resubmit(expense, **reward | {"payment_kind": PaymentKind.DIRECT})
    assert not states(world, expense)
    world.resubmit(expense, **reward)
    assert states(world, expense) == {RequirementKind.ACCEPTED_WORK: RequirementState.MET}


@pytest.mark.rule("PAY-02")
def test_pay_02_an_advance_is_settled_with_vouchers(session: Session, clock: SetClock) -> None:
    world = make_world(session)
    advance = agreed(world, world.submit(payment_kind=PaymentKind.ADVANCE, amount=Money.yuan(1000)))

    def voucher(number: str, yuan: int, **changes: object) -> object:
        form: dict[str, object] = {
            "title": "扶手", "amount": Money.yuan(yuan), "seller_name": "五金店",
            "voucher_number": number, "spent_on": house_clock.today(), "paper": paper(),
        }  # fmt: skip
        return spending.add_advance_voucher(
            session, world.submitter, expense_id=advance.id, files=world.files, **form | changes
        )  # type: ignore[arg-type]

    def settle(actor: object) -> object:
        return spending.meet_requirement(
            session, actor, expense_id=advance.id, kind=RequirementKind.ADVANCE_SETTLED,
            note="看过", files=world.files,
        )  # type: ignore[arg-type]  # fmt: skip

    assert refused(lambda: voucher("1", 400)).reason is PayingReason.NOT_AN_ADVANCE
    world.pay(advance)
    [asked] = approvals.requirements(session, advance.subject)
    assert (asked.kind, asked.before) == (RequirementKind.ADVANCE_SETTLED, False)
    assert asked.due_on == house_clock.today() + timedelta(days=30)
    voucher("1", 400)
    twice = refused(lambda: voucher("1", 400))
    assert (type(twice), twice.field) == (Conflict, "voucher_number")
    short = refused(lambda: settle(world.approver))
    assert (short.reason, short.params) == (
        PayingReason.ADVANCE_UNSETTLED, {"missing": Money.yuan(600)},
    )  # fmt: skip
    voucher("2", 600, paper=good_jpeg(60, 60))
    assert isinstance(refused(lambda: settle(world.submitter)), Denied)
    assert isinstance(refused(lambda: settle(world.treasurer)), Denied)
    spending.refuse_requirement(
        session, world.approver, expense_id=advance.id, kind=asked.kind, note="票是复印件"
    )
    voucher("3", 1)
    settle(world.approver)
    assert states(world, advance) == {RequirementKind.ADVANCE_SETTLED: RequirementState.MET}
    assert refused(lambda: voucher("4", 1)).reason is PayingReason.NOT_AN_ADVANCE
    assert advance.state is ExpenseState.PAID


def test_pay_02_the_unspent_part_of_an_advance_comes_back_into_the_fund(world: World) -> None:
    """An inflow whose origin is the payment; vouchers and rest together are the advance."""
    advance = agreed(world, world.submit(payment_kind=PaymentKind.ADVANCE, amount=Money.yuan(1000)))

    def bring(yuan: int, reference: str = "R-1", actor: Actor | None = None) -> Entry:
        return spending.return_rest(
            world.session, actor or world.treasurer, expense_id=advance.id,
            amount=Money.yuan(yuan), returned_on=house_clock.today(), bank_reference=reference,
        )  # fmt: skip

    assert refused(lambda: bring(1)).reason is CommonReason.WRONG_STATE
    world.pay(advance)
    before = fund_position(world.session, world.fund_id).available
    spending.add_advance_voucher(
        world.session, world.submitter, expense_id=advance.id, title="扶手", seller_name="五金店",
        amount=Money.yuan(700), voucher_number="V-1", spent_on=house_clock.today(),
        paper=paper(), files=world.files,
    )  # fmt: skip
    assert isinstance(refused(lambda: bring(300, actor=world.submitter)), Denied)
    assert refused(lambda: bring(301)).params == {"available": Money.yuan(300)}
    back = bring(300)
    assert bring(300).id == back.id, "the same number of the bank is the same money"
    found = queries.settlement(world.session, advance)
    assert (found.returned, found.missing) == (Money.yuan(300), Money(0))
    assert fund_position(world.session, world.fund_id).available == before + Money.yuan(300)
    [inflow] = world.session.scalars(select(Inflow).where(Inflow.entry_id == back.id)).all()
    assert advance.payout is not None
    assert inflow.origin_outflow_id == outflow_of_entry(world.session, advance.payout.entry_id)
    assert refused(lambda: bring(1, "R-2")).params == {"available": Money(0)}


def test_the_proof_of_a_payment_is_kept_redrawn(world: World) -> None:
    expense = agreed(world, world.submit())
    payout = spending.pay_expense(
        world.session, world.treasurer, expense_id=expense.id, paid_on=house_clock.today(),
        bank_reference="B-1", proof=paper(), files=world.files,
    )  # fmt: skip
    assert payout.proof_media_type == "application/pdf"
    assert payout.proof_hash is not None
    assert world.files.get(payout.proof_hash) != paper()
    bad = agreed(world, world.submit(amount=Money.yuan(10)))
    refusal = refused(
        lambda: spending.pay_expense(
            world.session,
            world.treasurer,
            expense_id=bad.id,
            paid_on=house_clock.today(),
            bank_reference="B-2",
            proof=b"GIF89a",
            files=world.files,
        )
    )
    assert refusal.field == "proof"


def test_fnd_02_the_committee_of_a_fund_is_paid_back_but_never_paid(world: World) -> None:
    world.session.add(
        CommitteeMember(fund_id=world.fund_id, name="李　红", since=house_clock.today(), until=None)
    )
    world.session.flush()
    with pytest.raises(Invalid) as refused:
        world.submit(payee_name="李红")
    assert (refused.value.reason, refused.value.field) == (
        PayingReason.PAYEE_ON_COMMITTEE,
        "payee_name",
    )
    assert world.submit(payee_name="李青").payee_name == "李青"
    back = world.submit(
        payee_name="李红", payment_kind=PaymentKind.REIMBURSEMENT,
        payee_identity_hash=b"i" * 32, payee_consent=True,
    )  # fmt: skip
    assert back.payee_name == "李红"
