"""What single facts owe: related dealings, major payments, surplus, trusts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from charity import clock
from charity.approvals.models import Requirement, RequirementKind, RequirementState
from charity.disclosure import due
from charity.disclosure.due import Telling
from charity.disclosure.models import DisclosureKind, ProjectClosing, ProjectClosingState
from charity.disclosure.owing.wanted import Wanted, once_in_force
from charity.donations.models import Donation, DonationState
from charity.ledger.models import Book, Fund
from charity.money import ZERO, Money
from charity.registry.models import (
    Campaign,
    CharitableTrust,
    Organisation,
    Person,
    RelatedParty,
    TrustReport,
)
from charity.registry.months import add_months
from charity.registry.queries.related import DECIDING_RELATIONS
from charity.rows import present
from charity.rules import parameter
from charity.spending.models import Budget, BudgetLine, Expense, Payout

MAJOR, RELATED, SURPLUS, SETTLOR = "DIS-205", "DIS-206", "DIS-209", "DIS-210"
LEAST_MAJOR = "DIS-205.major"
TRUST_FILING, TRUST_REPORT = "TRU-01", "TRU-02"


def of_dealings(session: Session, today: date) -> Iterator[Wanted]:
    """Payments to related parties (DIS-206, CHA-167), and those that are major (DIS-205).

    A payment is a related one where somebody unconcerned had to look at it and let it go.
    """
    reviewed, least = _reviewed(session), _least_major(today)
    wanted = Expense.id.in_(reviewed)
    query = (
        select(Expense.id, Expense.amount, Payout.paid_on, Book.organisation_id)
        .join(Payout, Payout.expense_id == Expense.id)
        .join(BudgetLine, BudgetLine.id == Expense.budget_line_id)
        .join(Budget, Budget.id == BudgetLine.budget_id)
        .join(Fund, Fund.id == Budget.fund_id)
        .join(Book, Book.id == Fund.book_id)
        .where(wanted if least is None else wanted | (Expense.amount >= least))
        .order_by(Expense.id)
    )
    for expense_id, amount, paid_on, organisation_id in session.execute(query):
        subject = f"expense:{expense_id}"
        if expense_id in reviewed:
            kind = DisclosureKind.RELATED_DEALING
            yield from once_in_force(_after, RELATED, kind, subject, organisation_id, paid_on)
        if least is not None and amount >= least:
            kind = DisclosureKind.MAJOR_TRANSACTION
            yield from once_in_force(_after, MAJOR, kind, subject, organisation_id, paid_on)


def of_gifts(session: Session) -> Iterator[Wanted]:
    """Gifts from important related parties of the charity that took them: one of the six dealings.

    Known by the account's person or identity; a name alone counts where the giver had no account
    or the party's identity is unknown. Who gave stays unnamed in what is told (DIS-206).
    """
    same_person = RelatedParty.person_id == Donation.person_id
    same_identity = RelatedParty.identity_hash == Person.identity_hash
    same_name = (RelatedParty.name == Donation.giver_name) & (
        Donation.person_id.is_(None) | RelatedParty.identity_hash.is_(None)
    )
    query = (
        select(Donation, Campaign.charity_id, RelatedParty.since, RelatedParty.until)
        .join(Campaign, Campaign.id == Donation.campaign_id)
        .join(RelatedParty, RelatedParty.organisation_id == Campaign.charity_id)
        .outerjoin(Person, Person.id == Donation.person_id)
        .where(
            RelatedParty.relation.in_(DECIDING_RELATIONS),
            Donation.state == DonationState.SETTLED,
            Donation.settled_at.is_not(None),
            or_(same_person, same_identity, same_name),
        )
        .order_by(Donation.id)
    )
    for gift, charity_id, since, until in session.execute(query):
        day = clock.day_of(present(gift.settled_at))
        if since <= day and (until is None or day <= until):
            yield from once_in_force(_of_gift, gift, charity_id, day)


def _of_gift(gift: Donation, charity_id: int, day: date) -> Iterator[Wanted]:
    yield Wanted(
        rule_id=RELATED,
        kind=DisclosureKind.RELATED_DEALING,
        subject=f"donation:{gift.id}",
        organisation_id=charity_id,
        campaign_id=gift.campaign_id,
        period_from=day,
        period_until=day,
        due_on=due.days_after(RELATED, day),
    )


def _least_major(today: date) -> Money | None:
    """From what amount a payment is major: the house's figure until the charter says (DIS-205).

    None on a day before the figure.
    """
    try:
        return Money(parameter(LEAST_MAJOR, today).number)
    except LookupError:
        return None


def _reviewed(session: Session) -> set[int]:
    """The expenses whose conflict review let them go on."""
    subjects = session.scalars(
        select(Requirement.subject).where(
            Requirement.kind == RequirementKind.CONFLICT_REVIEW,
            Requirement.state == RequirementState.MET,
            Requirement.subject.startswith("expense:"),
        )
    )
    return {int(subject.partition(":")[2]) for subject in subjects}


def _after(
    rule_id: str, kind: DisclosureKind, subject: str, organisation_id: int, day: date
) -> Iterator[Wanted]:
    yield Wanted(rule_id, kind, subject, organisation_id, day, day, due.days_after(rule_id, day))


def of_closings(session: Session) -> Iterator[Wanted]:
    """What became of money that was left, within three months of the end (DIS-209, CHA-165)."""
    query = (
        select(ProjectClosing)
        .where(ProjectClosing.state != ProjectClosingState.WITHDRAWN, ProjectClosing.surplus > ZERO)
        .order_by(ProjectClosing.id)
    )
    for closing in session.scalars(query):
        yield from once_in_force(_of_closing, closing)


def _of_closing(closing: ProjectClosing) -> Iterator[Wanted]:
    yield Wanted(
        rule_id=SURPLUS,
        kind=DisclosureKind.SURPLUS,
        subject=closing.subject,
        organisation_id=closing.charity_id,
        campaign_id=closing.campaign_id,
        period_from=closing.ended_on,
        period_until=closing.ended_on,
        due_on=due.months_after(SURPLUS, closing.ended_on),
        done=closing.entry_id is not None,
    )


def of_trusts(session: Session, today: date) -> Iterator[Wanted]:
    """Filing within seven days, a report each year, and what a charity says that founded one."""
    reports = {
        (report.trust_id, report.published_on) for report in session.scalars(select(TrustReport))
    }
    charities = {
        name: id_
        for id_, name in session.execute(
            select(Organisation.id, Organisation.name).where(
                Organisation.is_charity,
                Organisation.name.in_(select(CharitableTrust.settlor_name)),
            )
        )
    }
    for trust in session.scalars(select(CharitableTrust).order_by(CharitableTrust.id)):
        published = [day for trust_id, day in reports if trust_id == trust.id]
        yield from once_in_force(_filing, trust)
        yield from once_in_force(_reports, trust, published, today)
        settlor_id = charities.get(trust.settlor_name)
        if settlor_id is not None:
            kind = DisclosureKind.TRUST
            yield from once_in_force(
                _after, SETTLOR, kind, _name(trust), settlor_id, trust.signed_on
            )


def _filing(trust: CharitableTrust) -> Iterator[Wanted]:
    yield Wanted(
        rule_id=TRUST_FILING,
        kind=DisclosureKind.TRUST_FILING,
        subject=_name(trust),
        organisation_id=trust.trustee_id,
        period_from=trust.signed_on,
        period_until=trust.signed_on,
        due_on=due.days_after(TRUST_FILING, trust.signed_on),
        done=trust.filed_on is not None,
    )


def _reports(trust: CharitableTrust, published: list[date], today: date) -> Iterator[Wanted]:
    last = trust.ended_on or add_months(today, 12)
    for telling in due.trust_reports(trust.signed_on, last):
        yield _report(trust, telling, published)


def _report(trust: CharitableTrust, telling: Telling, published: list[date]) -> Wanted:
    return Wanted(
        rule_id=TRUST_REPORT,
        kind=DisclosureKind.TRUST_REPORT,
        subject=_name(trust),
        organisation_id=trust.trustee_id,
        period_from=telling.period_from,
        period_until=telling.period_until,
        due_on=telling.due_on,
        done=any(telling.period_from <= day <= telling.due_on for day in published),
    )


def _name(trust: CharitableTrust) -> str:
    return f"charitable_trust:{trust.id}"
