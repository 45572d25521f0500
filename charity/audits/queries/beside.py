"""What stands beside payments: marks of payees and parties, pictures, gifts (RF-07, 08, 10, 12)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Any, Protocol

from sqlalchemy import BigInteger, Select, extract, func, or_, select, type_coerce
from sqlalchemy.orm import Session

from charity.approvals.models import Requirement, RequirementKind, RequirementPaper
from charity.audits.flags import Gift, Mark, Picture
from charity.audits.looks import bits
from charity.audits.models import PictureLook
from charity.audits.names import folded
from charity.audits.queries.samples import expenses_of, joined_expenses, subject_of_expense
from charity.donations.models import Donation, DonationState
from charity.ledger.models import Book, Entry, Fund, IncomeSource, Inflow
from charity.registry.models import Person, RelatedParty, Relation
from charity.spending.models import Budget, Expense, ExpenseState, PayeeAccount, Voucher

#: Relations that are no tie to a vendor: who works there is a colleague, who gave much a giver.
_NO_TIE = frozenset({Relation.MAJOR_DONOR})
_HASHES = ("identity", "phone", "address", "account")


class PayeeMarks(Protocol):
    """What is known of a payee beside the name (`facts.Payee`)."""

    @property
    def account(self) -> str:
        """The bank account, in figures."""

    @property
    def identity_hash(self) -> bytes | None:
        """Keyed hash of a person's document."""

    @property
    def organisation_id(self) -> int | None:
        """The organisation of the registry it is."""


def payee_marks(
    session: Session,
    payees: Mapping[str, PayeeMarks],
    hash_account: Callable[[str], bytes | None] | None,
) -> list[Mark]:
    """What each payee is known by, and who runs it where it is an organisation of the registry."""
    marks: list[Mark] = []
    by_organisation: dict[int, str] = {}
    for name, payee in payees.items():
        if payee.identity_hash is None:
            marks.append(Mark(name, "name", name))
        else:
            marks.append(Mark(name, "identity", payee.identity_hash.hex()))
        hashed = hash_account(payee.account) if hash_account and payee.account else None
        if hashed is not None:
            marks.append(Mark(name, "account", hashed.hex()))
        if payee.organisation_id is not None:
            by_organisation[payee.organisation_id] = name
    query = select(RelatedParty).where(RelatedParty.organisation_id.in_(by_organisation))
    for party in session.scalars(query.order_by(RelatedParty.id)):
        if party.relation not in _NO_TIE:
            marks += _hashed(party, by_organisation[party.organisation_id])
    return marks


def party_marks(session: Session, organisation_id: int, today: date) -> list[Mark]:
    """What those who run the organisation, or belong to them, are known by."""
    query = select(RelatedParty).where(
        RelatedParty.organisation_id == organisation_id,
        RelatedParty.since <= today,
        or_(RelatedParty.until.is_(None), RelatedParty.until >= today),
    )
    marks: list[Mark] = []
    for party in session.scalars(query.order_by(RelatedParty.id)):
        whose = f"related_party:{party.id}"
        marks += _hashed(party, whose)
        # many people have one name: it counts where the document is not known
        if party.identity_hash is None:
            marks.append(Mark(whose, "name", folded(party.name)))
    return marks


def _hashed(party: RelatedParty, whose: str) -> list[Mark]:
    values = ((kind, getattr(party, f"{kind}_hash")) for kind in _HASHES)
    return [Mark(whose, kind, value.hex()) for kind, value in values if value is not None]


def payees_since(session: Session, organisation_id: int) -> dict[str, int]:
    """The day each payee of the charity was first known."""
    query = select(PayeeAccount.payee_name, func.min(PayeeAccount.first_used_at)).where(
        PayeeAccount.charity_id == organisation_id
    )
    return {
        folded(name): at.date().toordinal()
        for name, at in session.execute(query.group_by(PayeeAccount.payee_name))
        if at is not None
    }


def pictures(
    session: Session, organisation_id: int, ids: Collection[int] | None = None
) -> list[Picture]:
    """Pictures beside expenses that did not come back: vouchers, and evidence of the work.

    With `ids` those of these expenses, all evidence, others of the same bytes, and all whose look
    is known. Minutes and decisions, which may speak for several expenses, are none of them.
    """
    looks = dict(session.execute(select(PictureLook.file_hash, PictureLook.look)).all())
    evidence = _evidence(organisation_id, Expense.id, Budget.fund_id, RequirementPaper.file_hash)
    vouchers = _vouchers(organisation_id, Expense.id, Budget.fund_id, Voucher.file_hash)
    if ids is not None:
        same = select(Voucher.file_hash).where(Voucher.expense_id.in_(ids))
        shown = _evidence(organisation_id, RequirementPaper.file_hash)
        vouchers = vouchers.where(
            or_(
                Voucher.file_hash.in_(same),
                Voucher.file_hash.in_(shown),
                Voucher.file_hash.in_(select(PictureLook.file_hash)),
            )
        )
    found: list[Picture] = []
    for query in (
        vouchers.order_by(Voucher.id),
        evidence.order_by(Requirement.id, RequirementPaper.number),
    ):
        for id_, fund, digest in session.execute(query.execution_options(yield_per=5_000)):
            look = looks.get(digest)
            seen = bits(look) if look else 0
            found.append(Picture(f"expense:{id_}", fund or 0, digest.hex(), seen))
    return found


def _vouchers(organisation_id: int, *columns: Any) -> Select[Any]:
    return (
        joined_expenses(*columns)
        .join(Voucher, Voucher.expense_id == Expense.id)
        .where(expenses_of(organisation_id), Expense.state != ExpenseState.RETURNED)
    )


def _evidence(organisation_id: int, *columns: Any) -> Select[Any]:
    return (
        joined_expenses(*columns)
        .join(Requirement, Requirement.subject == subject_of_expense())
        .join(RequirementPaper, RequirementPaper.requirement_id == Requirement.id)
        .where(
            expenses_of(organisation_id),
            Expense.state != ExpenseState.RETURNED,
            Requirement.kind == RequirementKind.EVIDENCE,
        )
    )


def unlooked(session: Session, organisation_id: int, most: int) -> list[bytes]:
    """Pictures beside expenses whose look nobody worked out yet, by the hash of their bytes."""
    found: list[bytes] = []
    for query, paper in (
        (_vouchers(organisation_id, Voucher.file_hash), Voucher),
        (_evidence(organisation_id, RequirementPaper.file_hash), RequirementPaper),
    ):
        new = (
            query.outerjoin(PictureLook, PictureLook.file_hash == paper.file_hash)
            .where(PictureLook.file_hash.is_(None), paper.media_type.startswith("image/"))
            .distinct()
            .limit(most)
        )
        found += [row[0] for row in session.execute(new)]
    return list(dict.fromkeys(found))[:most]


def evidence_count(session: Session, organisation_id: int) -> int:
    """How many papers of evidence there are; they come long after what they show."""
    return session.scalar(_evidence(organisation_id, func.count())) or 0


# ── gifts ────────────────────────────────────────────────────────────────────────────────────────


def givers_of_payees(
    session: Session, payees: Mapping[str, PayeeMarks]
) -> dict[str, frozenset[str]]:
    """As whom each payee may have given: by name, as the person, through who runs the firm."""
    keys: dict[str, set[str]] = {name: {f"name:{name}"} for name in payees if len(name) > 1}
    by_identity: dict[bytes, str] = {}
    by_organisation: dict[int, str] = {}
    for name, payee in payees.items():
        if payee.identity_hash is not None:
            by_identity[payee.identity_hash] = name
        if payee.organisation_id is not None:
            by_organisation[payee.organisation_id] = name
    known = select(Person.id, Person.identity_hash).where(Person.identity_hash.is_not(None))
    if by_identity:
        for person_id, identity in session.execute(known):
            if identity in by_identity:
                keys.setdefault(by_identity[identity], set()).add(f"person:{person_id}")
    run_by = select(RelatedParty).where(RelatedParty.organisation_id.in_(by_organisation))
    for party in session.scalars(run_by):
        its = keys.setdefault(by_organisation[party.organisation_id], set())
        its.add(f"name:{folded(party.name)}")
        if party.person_id is not None:
            its.add(f"person:{party.person_id}")
    return {name: frozenset(each) for name, each in keys.items()}


def gifts(
    session: Session, organisation_id: int, givers: Mapping[str, frozenset[str]], least: int
) -> list[Gift]:
    """Gifts from `least` fen on to the books it is paid from, of givers that may be its payees."""
    wanted = frozenset().union(*givers.values()) if givers else frozenset()
    if not wanted:
        return []
    funds = select(Fund.book_id).join(Budget, Budget.fund_id == Fund.id)
    own = select(Book.id).where(Book.organisation_id == organisation_id)
    of_books = own.union(funds.where(Budget.organisation_id == organisation_id))
    query = (
        select(
            Donation.id, type_coerce(Donation.amount, BigInteger), Entry.occurred_on,
            Donation.giver_name, Donation.person_id,
        )
        .join(Entry, Entry.id == Donation.entry_id)
        .where(
            Entry.book_id.in_(of_books),
            Donation.state == DonationState.SETTLED,
            type_coerce(Donation.amount, BigInteger) >= least,
        )
        .order_by(Donation.id)
        .execution_options(yield_per=5_000)
    )  # fmt: skip
    found: list[Gift] = []
    for id_, fen, day, name, person_id in session.execute(query):
        for key in (f"name:{folded(name)}", f"person:{person_id}"):
            if key in wanted:
                found.append(Gift(f"donation:{id_}", int(fen), day.toordinal(), key))
    return found


def gift_sums(session: Session, organisation_id: int, after: int) -> list[tuple[int, int, int]]:
    """Year, amount in fen and how many gifts had it, for years with gifts after an entry."""
    year = extract("year", Entry.occurred_on)
    amount = type_coerce(Inflow.amount, BigInteger)
    given = (
        select(year, amount, func.count())
        .join(Entry, Entry.id == Inflow.entry_id)
        .join(Book, Book.id == Entry.book_id)
        .where(Book.organisation_id == organisation_id, Inflow.income == IncomeSource.DONATION)
        .group_by(year, amount)
    )
    new = (
        select(func.min(Entry.occurred_on))
        .join(Book, Book.id == Entry.book_id)
        .where(Book.organisation_id == organisation_id, Entry.id > after)
    )
    first = session.scalar(new)
    if first is None:
        return []
    given = given.where(Entry.occurred_on >= date(first.year, 1, 1))
    by_year: dict[tuple[int, int], int] = defaultdict(int)
    for in_year, fen, count in session.execute(given):
        by_year[int(in_year), int(fen)] += int(count)
    return [(in_year, fen, count) for (in_year, fen), count in sorted(by_year.items())]
