"""Whom the money goes to: an organisation that may receive it, a person, and which bank account."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock, letters, outbox, texts
from charity.accounts import queries as accounts_queries
from charity.accounts import services as accounts
from charity.accounts.consents import of_payee
from charity.accounts.models import ConsentPurpose
from charity.actor import Actor
from charity.approvals import services as approvals
from charity.approvals.models import RequirementKind, RequirementState
from charity.approvals.queries import requirements
from charity.errors import Denied, Invalid, InvalidState
from charity.registry.eligibility_organisations import payee_eligibility
from charity.registry.findings import blocking
from charity.registry.models import Organisation, Person
from charity.rows import locked
from charity.rules import parameter
from charity.spending import intake, queries
from charity.spending.models import Expense, PayeeAccount, PaymentKind
from charity.spending.paying_reasons import PayingReason
from charity.spending.policy import VILLAGE_KINDS, BudgetCase
from charity.spending.services.locking import person_of


@dataclass(frozen=True, slots=True)
class Payee:
    """Who is paid, as it is kept with the expense."""

    name: str
    account: str
    organisation_id: int | None
    identity_hash: bytes | None


def identified(
    session: Session,
    *,
    name: str,
    code: str,
    account: str,
    identity_hash: bytes | None,
    kind: PaymentKind,
    is_village: bool,
) -> Payee:
    """The payee that was typed, looked up in the registry by code or by name.

    Raises `Invalid` beside its field: a filed group is never paid, its host is named (ORG-01);
    village money goes to the village's collective or committee (VIL-02); who is paid back is a
    known organisation or a person with an identity.
    """
    typed = texts.line(name, field="payee_name")
    organisation = _organisation(session, typed, code)
    if organisation is not None:
        _refuse_organisation(organisation)
        if identity_hash is not None:
            raise Invalid(PayingReason.PAYEE_TWICE, field="payee_identity")
    elif kind is PaymentKind.REIMBURSEMENT and identity_hash is None:
        raise Invalid(PayingReason.PAYEE_IDENTITY_REQUIRED, field="payee_identity")
    if is_village:
        _refuse_outside_village(organisation)
    return Payee(
        organisation.name if organisation else typed,
        intake.account(account),
        organisation.id if organisation else None,
        identity_hash,
    )


def _organisation(session: Session, name: str, code: str) -> Organisation | None:
    coded = folded(code).upper()
    if not coded:
        return queries.payee_named(session, name=name, folded=folded(name))
    found = queries.payee_coded(session, coded)
    if found is None:
        raise Invalid(PayingReason.PAYEE_CODE_UNKNOWN, field="payee_code")
    if folded(found.name) != folded(name):
        raise Invalid(PayingReason.PAYEE_OTHER_NAME, field="payee_name", name=found.name)
    return found


def folded(text: str) -> str:
    """A name as it is compared: half-width, without blanks."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def _refuse_organisation(organisation: Organisation) -> None:
    """ORG-01: a filed group has no account of its own."""
    for finding in blocking(payee_eligibility(organisation)):
        raise Invalid(finding.reason, field="payee_name", **finding.params)


def _refuse_outside_village(organisation: Organisation | None) -> None:
    """VIL-02: the payee is the village's collective or its committee."""
    if organisation is None or organisation.kind not in VILLAGE_KINDS:
        raise Invalid(PayingReason.PAYEE_NOT_VILLAGE, field="payee_name")


def refuse_committee(
    session: Session, fund_id: int | None, payee: Payee, kind: PaymentKind
) -> None:
    """FND-02: who sits on a fund's committee serves unpaid; what they laid out is paid back.

    Raises `Invalid` on `payee_name` where a person of that name sits there.
    """
    if payee.organisation_id is not None or kind is PaymentKind.REIMBURSEMENT:
        return
    members = queries.committee_of_fund(session, fund_id, clock.today())
    if folded(payee.name) in {folded(name) for name in members}:
        raise Invalid(PayingReason.PAYEE_ON_COMMITTEE, field="payee_name")


def require_consent(session: Session, actor: Actor, payee: Payee, *, signed: bool) -> None:
    """PII-03: the account of a person is used with that person's consent, given for it alone.

    `signed` says that the submitter saw it signed: then it is kept, once for the person. Raises
    `Invalid` on `payee_consent` where none stands.
    """
    if payee.identity_hash is None:
        return
    subject, purpose = of_payee(payee.identity_hash), ConsentPurpose.SENSITIVE
    if signed:
        accounts.give_consent(session, actor, subject=subject, purpose=purpose)
    elif accounts_queries.consent(session, subject, purpose) is None:
        raise Invalid(PayingReason.PAYEE_CONSENT, field="payee_consent", rule="PII-03")


def require_payable(session: Session, *, expense: Expense, is_village: bool) -> None:
    """The same judged again when money goes: an organisation may have changed meanwhile."""
    organisation = (
        session.get(Organisation, expense.payee_organisation_id)
        if expense.payee_organisation_id is not None
        else queries.payee_named(
            session, name=expense.payee_name, folded=folded(expense.payee_name)
        )
    )
    if organisation is not None:
        _refuse_organisation(organisation)
    if is_village:
        _refuse_outside_village(organisation)
    mark = expense.payee_identity_hash
    if mark is not None and accounts_queries.was_withdrawn(
        session, of_payee(mark), ConsentPurpose.SENSITIVE
    ):
        raise InvalidState(PayingReason.PAYEE_CONSENT, rule="PII-03")


def refuse_own(session: Session, actor: Actor, *, expense: Expense) -> None:
    """Nobody decides about money they receive (A1); raises `Denied`.

    A payee known neither as organisation nor by an identity who bears the acting person's name is
    taken for that person; naming the identity shows otherwise.
    """
    _, person_id = person_of(session, actor)
    if expense.payee_identity_hash is not None:
        own = queries.person_of_identity(session, expense.payee_identity_hash) == person_id
    else:
        named = session.get(Person, person_id)
        own = (
            expense.payee_organisation_id is None
            and named is not None
            and folded(named.name) == folded(expense.payee_name)
        )
    if own:
        raise Denied(PayingReason.OWN_PAYMENT)


# ── accounts ─────────────────────────────────────────────────────────────────────────────────────


def remember_account(session: Session, actor: Actor, *, expense: Expense, case: BudgetCase) -> None:
    """Keep the account; another one than the payee had rests 48 hours and is announced (PAY-01).

    The charity's row is locked before a new account is written, so that of two different first
    accounts at one moment one is the change.
    """
    charity_id = case.charity_id
    if charity_id is None:
        return
    known = _account(session, expense, charity_id)
    if known is None:
        locked(session, select(Organisation).where(Organisation.id == charity_id))
        known = _account(session, expense, charity_id)
    if known is None:
        known = _new_account(session, actor, expense, charity_id)
    refresh_hold(session, expense=expense, known=known)


def require_rested(session: Session, *, expense: Expense, case: BudgetCase) -> None:
    """Raise `InvalidState` with the hour from which the account may be used (PAY-01)."""
    if case.charity_id is None:
        return
    known = _account(session, expense, case.charity_id)
    if known is None:
        return
    if known.usable_from > clock.now():
        raise InvalidState(PayingReason.ACCOUNT_RESTS, until=known.usable_from)
    refresh_hold(session, expense=expense, known=known)


def refresh_hold(session: Session, *, expense: Expense, known: PayeeAccount) -> None:
    """Ask that the account rests, or note that it has: time meets this requirement."""
    house = Actor.system("rest")
    kind = RequirementKind.ACCOUNT_HOLD
    if known.usable_from > clock.now():
        approvals.ask_again(session, house, subject=expense.subject, kinds=frozenset({kind}))
        approvals.require_that(
            session, house, subject=expense.subject, kind=kind, rule_id="PAY-01", before=True,
            due_on=clock.day_of(known.usable_from),
        )  # fmt: skip
    elif any(
        each.kind is kind and each.state is RequirementState.OPEN
        for each in requirements(session, expense.subject)
    ):
        approvals.meet_requirement(session, house, subject=expense.subject, kind=kind, note="")


def _account(session: Session, expense: Expense, charity_id: int) -> PayeeAccount | None:
    return queries.payee_account(
        session,
        charity_id=charity_id,
        payee_name=expense.payee_name,
        account=expense.payee_account,
    )


def _new_account(session: Session, actor: Actor, expense: Expense, charity_id: int) -> PayeeAccount:
    now = clock.now()
    changed = queries.has_accounts(session, charity_id=charity_id, payee_name=expense.payee_name)
    rest = timedelta(hours=parameter("PAY-01", clock.today()).number if changed else 0)
    made = PayeeAccount(
        charity_id=charity_id,
        payee_name=expense.payee_name,
        account=expense.payee_account,
        first_used_at=now,
        usable_from=now + rest,
        announced_at=now if changed else None,
    )
    session.add(made)
    session.flush()
    if changed:
        _announce(session, expense, made)
    return made


def _announce(session: Session, expense: Expense, made: PayeeAccount) -> None:
    """Tell the charity's treasurers, who ask the payee by a way they knew before."""
    for user_id, login_name in queries.login_names_of_treasurers(session, made.charity_id):
        letters.write(
            session,
            source=f"payee_account:{made.id}:user:{user_id}",
            kind="spending.payee_account",
            address=login_name,
            payee=made.payee_name,
            last_digits=made.account[-4:],
            until=made.usable_from.astimezone(clock.CHINA).isoformat(),
            expense_id=expense.id,
        )
    outbox.write(
        session, "payee.account_changed", f"organisation:{made.charity_id}", expense_id=expense.id
    )
