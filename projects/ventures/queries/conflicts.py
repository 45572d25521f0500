"""What binds judges to applicants, seen in the books and registers (VEN-04, CHA-167).

Each judge is known by the person, by the organisations that person belongs or lately belonged to,
and by the rosters in which that person stands; each applicant by the organisation and its host.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from charity import clock
from charity.accounts.models import Membership, User
from charity.actor import Role
from charity.registry.models import Organisation, Person, RelatedParty, Relation
from charity.registry.months import add_years
from charity.spending.models import Budget, BudgetLine, Expense
from projects.ventures.models import (
    STANDING_AWARDS,
    Application,
    Award,
    Competition,
    CompetitionFunder,
    ConflictKind,
    Judge,
)

#: Keys of one question.
_PORTION = 500
#: Relations by which somebody belongs to an organisation; others only stand near it.
_BELONGING = frozenset(
    {
        Relation.FOUNDER,
        Relation.LEGAL_REPRESENTATIVE,
        Relation.COUNCIL,
        Relation.SUPERVISOR,
        Relation.MANAGER,
        Relation.STAFF,
    }
)
#: Digits of a telephone number that must agree.
_LEAST_DIGITS = 7


class Binding(NamedTuple):
    """That something binds a judge to an application."""

    judge_id: int
    application_id: int
    kind: ConflictKind


@dataclass
class _Marks:
    """By what somebody is known: organisations, telephones in clear, and hashes of the rosters."""

    organisations: set[int] = field(default_factory=set)
    phones: set[str] = field(default_factory=set)
    hashes: set[bytes] = field(default_factory=set)
    people: set[int | bytes] = field(default_factory=set)


def bindings(
    session: Session,
    competition: Competition,
    *,
    judges: Sequence[Judge],
    applications: Sequence[Application],
    on: date,
) -> list[Binding]:
    """Every binding between these judges and these applications, in order."""
    since = add_years(on, -competition.terms.conflict_years)
    of_judges = _judges(session, judges, since=since, on=on)
    applicants = {one.organisation_id for one in applications}
    hosts = _hosts(session, applicants)
    of_applicants = _applicants(session, applicants | set(hosts.values()), since=since, on=on)
    paid = _paid(session, of_judges, since)
    awarded = _awarded(session, since)
    found: set[Binding] = set()
    for application in applications:
        sides = {application.organisation_id}
        if application.organisation_id in hosts:
            sides.add(hosts[application.organisation_id])
        them = [of_applicants[each] for each in sides]
        for judge in judges:
            mine = of_judges[judge.id]
            kinds = set(_kinds(mine, them, sides))
            if any((judge.id, side) in paid for side in sides) or any(
                (side, own) in awarded for side in sides for own in mine.organisations
            ):
                kinds.add(ConflictKind.PAST_AWARD)
            found |= {Binding(judge.id, application.id, kind) for kind in kinds}
    return sorted(found)


def _kinds(mine: _Marks, them: Iterable[_Marks], sides: set[int]) -> Iterator[ConflictKind]:
    belongs = bool(mine.organisations & sides)
    if belongs:
        yield ConflictKind.SAME_ORGANISATION
    for their in them:
        if mine.people & their.people:
            yield ConflictKind.RELATED_PARTY
        # who belongs there has its telephone and address, too
        if not belongs and (mine.phones & their.phones or mine.hashes & their.hashes):
            yield ConflictKind.SHARED_CONTACT


def _judges(
    session: Session, judges: Sequence[Judge], *, since: date, on: date
) -> dict[int, _Marks]:
    persons = {judge.person_id for judge in judges}
    marks = {person_id: _Marks(people={person_id}) for person_id in persons}
    identities: dict[bytes, int] = {}
    known = select(Person.id, Person.identity_hash).where(Person.id.in_(persons))
    for person_id, identity in session.execute(known):
        if identity is not None:
            identities[identity] = person_id
            marks[person_id].people.add(identity)
    for person_id, organisation_id in session.execute(_memberships(persons, since)):
        if organisation_id is not None:
            marks[person_id].organisations.add(organisation_id)
    same = or_(
        RelatedParty.person_id.in_(persons), RelatedParty.identity_hash.in_(list(identities))
    )
    for party in session.scalars(select(RelatedParty).where(same, *_standing(since, on))):
        whose = party.person_id or identities.get(party.identity_hash or b"")
        if whose in marks:
            if party.relation in _BELONGING:
                marks[whose].organisations.add(party.organisation_id)
            marks[whose].hashes |= _hashes(party)
    own = {each for mark in marks.values() for each in mark.organisations}
    phones = _phones(session, own)
    for mark in marks.values():
        mark.phones = {phones[each] for each in mark.organisations if phones.get(each)}
    return {judge.id: marks[judge.person_id] for judge in judges}


def _memberships(persons: Collection[int], since: date) -> Select[int, int | None]:
    """Where somebody belongs, or did until lately; who audits an organisation does not."""
    return (
        select(User.person_id, Membership.organisation_id)
        .join(Membership, Membership.user_id == User.id)
        .where(
            User.person_id.in_(persons),
            Membership.organisation_id.is_not(None),
            Membership.role != Role.AUDITOR,
            or_(Membership.revoked_at.is_(None), Membership.revoked_at >= clock.start_of(since)),
        )
    )


def _applicants(
    session: Session, organisations: Collection[int], *, since: date, on: date
) -> dict[int, _Marks]:
    marks = {each: _Marks({each}) for each in organisations}
    for organisation_id, phone in _phones(session, organisations).items():
        if phone:
            marks[organisation_id].phones.add(phone)
    for part in _portions(organisations):
        query = select(RelatedParty).where(
            RelatedParty.organisation_id.in_(part), *_standing(since, on)
        )
        for party in session.scalars(query):
            mark = marks[party.organisation_id]
            mark.hashes |= _hashes(party)
            mark.people |= {each for each in (party.person_id, party.identity_hash) if each}
    return marks


def _hosts(session: Session, organisations: Collection[int]) -> dict[int, int]:
    """The organisation that carries each filed group."""
    found: dict[int, int] = {}
    for part in _portions(organisations):
        query = select(Organisation.id, Organisation.host_id).where(
            Organisation.id.in_(part), Organisation.host_id.is_not(None)
        )
        found |= {group: host for group, host in session.execute(query) if host is not None}
    return found


def _phones(session: Session, organisations: Collection[int]) -> dict[int, str]:
    """The digits of each organisation's telephone; empty where they are too few to tell."""
    found: dict[int, str] = {}
    for part in _portions(organisations):
        query = select(Organisation.id, Organisation.contact_phone).where(Organisation.id.in_(part))
        for organisation_id, phone in session.execute(query):
            digits = "".join(sign for sign in phone if sign.isdigit())
            found[organisation_id] = digits if len(digits) >= _LEAST_DIGITS else ""
    return found


def _paid(session: Session, judges: Mapping[int, _Marks], since: date) -> set[tuple[int, int]]:
    """Judge and organisation where that organisation's work paid the judge, or the judge's own."""
    identities = {
        each: judge_id
        for judge_id, mark in judges.items()
        for each in mark.people
        if isinstance(each, bytes)
    }
    found: set[tuple[int, int]] = set()
    base = (
        select(Budget.organisation_id, Expense.payee_identity_hash, Expense.payee_organisation_id)
        .join(BudgetLine, BudgetLine.id == Expense.budget_line_id)
        .join(Budget, Budget.id == BudgetLine.budget_id)
        .where(Expense.spent_on >= since)
    )
    own = {each for mark in judges.values() for each in mark.organisations}
    if not own and not identities:
        return found
    query = base.where(
        or_(
            Expense.payee_organisation_id.in_(own),
            Expense.payee_identity_hash.in_(list(identities)),
        )
    ).distinct()
    for payer, identity, payee in session.execute(query):
        if identity in identities:
            found.add((identities[identity], payer))
        found |= {
            (judge_id, payer)
            for judge_id, mark in judges.items()
            if payee in mark.organisations and payer != payee
        }
    return found


def _awarded(session: Session, since: date) -> set[tuple[int, int]]:
    """Organisation that ran or paid a competition, and organisation that got an award of it."""
    base = (
        select(Competition.organiser_id, Application.organisation_id)
        .join(Award, Award.competition_id == Competition.id)
        .join(Application, Application.id == Award.application_id)
        .where(Award.state.in_(STANDING_AWARDS), Award.proposed_at >= clock.start_of(since))
    )
    funded = (
        select(CompetitionFunder.organisation_id, Application.organisation_id)
        .join(Award, Award.competition_id == CompetitionFunder.competition_id)
        .join(Application, Application.id == Award.application_id)
        .where(Award.state.in_(STANDING_AWARDS), Award.proposed_at >= clock.start_of(since))
    )
    return {(giver, taker) for query in (base, funded) for giver, taker in session.execute(query)}


def _standing(since: date, on: date) -> tuple[ColumnElement[bool], ...]:
    """That a row of a roster stands on the day, or did lately."""
    return (
        RelatedParty.since <= on,
        or_(RelatedParty.until.is_(None), RelatedParty.until >= since),
    )


def _hashes(party: RelatedParty) -> set[bytes]:
    return {each for each in (party.phone_hash, party.address_hash, party.account_hash) if each}


def _portions(ids: Collection[int]) -> Iterator[list[int]]:
    ordered = sorted(ids)
    for start in range(0, len(ordered), _PORTION):
        yield ordered[start : start + _PORTION]
