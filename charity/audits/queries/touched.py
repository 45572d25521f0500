"""What is new since an earlier look, and what has to be looked at again because of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from charity.approvals.models import ApprovalDecision, ApprovalRequest
from charity.audits.flags import Figures, Scope
from charity.audits.models import Inspection, PictureLook, VoucherList
from charity.audits.names import folded
from charity.audits.queries.beside import evidence_count
from charity.audits.queries.samples import expenses_of, joined_expenses
from charity.donations.models import Donation
from charity.ledger.models import Book, Entry
from charity.registry.models import PersonDeparture, RelatedParty
from charity.spending.models import Budget, Expense, ExpenseState, Payout, Voucher

#: New expenses beyond which everything is looked at again, which is quicker then.
MOST = 1_000
#: Expenses beside them, likewise: what one statement may name.
MOST_BESIDE = 20_000
#: What changes the meaning of everything there is: a look after it starts anew.
_OF_ALL = ("party", "list", "returned")


@dataclass(frozen=True, slots=True)
class Touched:
    """The expenses that are new, those to be looked at beside them, and what is whole by that."""

    ids: frozenset[int]
    beside: frozenset[int]
    scope: Scope


def person_key(identity_hash: bytes) -> str:
    """What stands for a person in flags: enough to tell two apart, and of no other use."""
    return identity_hash.hex()[:32]


def persons_of(organisation_id: int) -> Select[Any]:
    """The keyed hashes of the persons an organisation paid."""
    query = joined_expenses(Expense.payee_identity_hash)
    return query.where(expenses_of(organisation_id), Expense.payee_identity_hash.is_not(None))


def reached(session: Session, organisation_id: int) -> dict[str, int]:
    """How far the rows reach that are looked at; the same twice: nothing is new."""
    mine = expenses_of(organisation_id)
    of_book = (
        select(func.max(Entry.id))
        .join(Book, Book.id == Entry.book_id)
        .where(Book.organisation_id == organisation_id)
    )
    payees = joined_expenses(Expense.payee_organisation_id).where(
        mine, Expense.payee_organisation_id.is_not(None)
    )
    queries = {
        "expense": joined_expenses(func.max(Expense.id)).where(mine),
        "payout": joined_expenses(func.max(Payout.entry_id))
        .join(Payout, Payout.expense_id == Expense.id)
        .where(mine),
        "request": select(func.max(ApprovalRequest.id)),
        "decision": select(func.max(ApprovalDecision.id)),
        "entry": of_book,
        "picture": select(func.max(Voucher.id)),
        # what came back is left out: its pairs have to be asked about anew
        "returned": joined_expenses(func.count()).where(
            mine, Expense.state == ExpenseState.RETURNED
        ),
        "party": select(func.max(RelatedParty.id)).where(
            or_(
                RelatedParty.organisation_id == organisation_id,
                RelatedParty.organisation_id.in_(payees),
            )
        ),
        "list": select(func.max(VoucherList.id))
        .join(Inspection, Inspection.id == VoucherList.inspection_id)
        .where(Inspection.organisation_id == organisation_id),
        "departure": select(func.max(PersonDeparture.id)).where(
            PersonDeparture.identity_hash.in_(persons_of(organisation_id))
        ),
        "looks": select(func.count()).select_from(PictureLook),
    }
    found = {name: int(session.scalar(query) or 0) for name, query in queries.items()}
    return found | {"evidence": evidence_count(session, organisation_id)}


def touched_since(
    session: Session, organisation_id: int, before: Mapping[str, int], figures: Figures
) -> Touched | None:
    """What is new since `before`; None where it is so much, or such, that all is looked at."""
    now = reached(session, organisation_id)
    if any(now[name] != before.get(name) for name in _OF_ALL):
        return None
    ids = _new_expenses(session, organisation_id, before)
    if len(ids) > MOST:
        return None
    rows = session.execute(
        joined_expenses(
            Budget.fund_id,
            Expense.payee_name,
            Expense.voucher_number,
            Expense.payee_identity_hash,
        ).where(Expense.id.in_(ids))
    ).all()
    names = {row[1] for row in rows} | _payees_who_gave(session, organisation_id, before)
    scope = Scope(
        projects=frozenset(row[0] or 0 for row in rows),
        payees=frozenset(map(folded, names)),
        persons=frozenset(person_key(row[3]) for row in rows if row[3] is not None),
    )
    signs = figures["RF-02", "serial_signs"]
    beside = session.scalars(
        joined_expenses(Expense.id)
        .where(
            expenses_of(organisation_id),
            or_(
                Budget.fund_id.in_(scope.projects),
                Expense.payee_name.in_(_ways_of_writing(session, organisation_id, scope)),
                Expense.voucher_number.in_({row[2] for row in rows if len(row[2] or "") >= signs}),
                Expense.payee_identity_hash.in_({row[3] for row in rows if row[3] is not None}),
            ),
        )
        .limit(MOST_BESIDE + 1)
    ).all()
    if len(beside) > MOST_BESIDE:
        return None
    return Touched(ids, frozenset(beside), scope)


def _new_expenses(
    session: Session, organisation_id: int, before: Mapping[str, int]
) -> frozenset[int]:
    """Expenses submitted, sent again, decided on or paid since, or of somebody gone since."""
    mine = expenses_of(organisation_id)
    asked = select(ApprovalRequest.subject).where(
        ApprovalRequest.id > before.get("request", 0),
        ApprovalRequest.subject.startswith("expense:"),
    )
    decided = (
        select(ApprovalRequest.subject)
        .join(ApprovalDecision, ApprovalDecision.request_id == ApprovalRequest.id)
        .where(
            ApprovalDecision.id > before.get("decision", 0),
            ApprovalRequest.subject.startswith("expense:"),
        )
    )
    subjects = session.scalars(asked.union(decided).limit(4 * MOST)).all()
    named = {int(subject.removeprefix("expense:")) for subject in subjects}
    paid = select(Payout.expense_id).where(Payout.entry_id > before.get("payout", 0))
    gone = select(PersonDeparture.identity_hash).where(
        PersonDeparture.id > before.get("departure", 0)
    )
    query = joined_expenses(Expense.id).where(
        mine,
        or_(
            Expense.id > before.get("expense", 0),
            Expense.id.in_(named),
            Expense.id.in_(paid),
            Expense.payee_identity_hash.in_(gone),
        ),
    )
    return frozenset(session.scalars(query.limit(MOST + 1)))


def _payees_who_gave(session: Session, organisation_id: int, before: Mapping[str, int]) -> set[str]:
    """Payees under whose name somebody gave since: money may have come round (RF-12)."""
    query = (
        joined_expenses(Expense.payee_name)
        .join(Donation, Donation.giver_name == Expense.payee_name)
        .where(expenses_of(organisation_id), Donation.entry_id > before.get("entry", 0))
        .distinct()
    )
    return set(session.scalars(query))


def _ways_of_writing(session: Session, organisation_id: int, scope: Scope) -> list[str]:
    """Names of payees as they are written, of those that are looked at."""
    query = joined_expenses(Expense.payee_name).where(expenses_of(organisation_id)).distinct()
    return [name for name in session.scalars(query) if folded(name) in scope.payees]
