"""What a roster says about an organisation: who sits on its council, who is paid, who is related.

Pure functions over `RelatedParty` rows of one organisation. They warn: a person looks at the
council before an organisation applies, and at the payroll before an audit does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from charity.registry.findings import Finding, figure, warn
from charity.registry.models import Office, RelatedParty, Relation
from charity.registry.related_reasons import RelatedReason

GOVERNANCE, SUPERVISORS, PAY = "CHA-103", "CHA-103.supervisors", "AUD-03"
#: Who sits on the council.
_COUNCIL = frozenset({Relation.COUNCIL, Relation.LEGAL_REPRESENTATIVE})


def governance_findings(
    roster: Sequence[RelatedParty], *, on: date, provincial: bool
) -> list[Finding]:
    """What stands in the way of a certificate, from the roster in force on the day (CHA-103).

    `provincial` for an organisation registered at provincial level or above: it has supervisors.
    """
    roster = in_force(roster, on)
    council = [party for party in roster if party.relation in _COUNCIL]
    found = [*_shares(council, on), *_relatives(roster, council), *_secretary(roster)]
    return found + (_supervisors(roster, on) if provincial else [])


def pay_findings(roster: Sequence[RelatedParty], *, on: date, is_foundation: bool) -> list[Finding]:
    """Who is paid for an honorary office, and whether too many of the council are (AUD-03).

    A foundation pays no supervisor and no council member who does not work there full time, and
    not more than a third of the council.
    """
    if not is_foundation:
        return []
    roster = in_force(roster, on)
    council = [party for party in roster if party.relation in _COUNCIL]
    found = [
        warn(PAY, RelatedReason.PAID_OFFICE, name=party.name)
        for party in roster
        if party.is_paid
        and (
            party.relation is Relation.SUPERVISOR
            or (party.relation in _COUNCIL and not party.is_full_time)
        )
    ]
    share = figure(PAY, on)
    if isinstance(share, Finding):
        return [*found, share]
    paid = sum(party.is_paid for party in council)
    if paid * share.number > len(council):
        found.append(warn(PAY, RelatedReason.PAID_COUNCIL, share, paid=paid, members=len(council)))
    return found


def may_invest(yes: int, members: int, *, on: date) -> bool:
    """Whether enough of the deciding body are for a major investment: two thirds of all (CHA-166).

    Raises `LookupError` on a day before the rule's first figure.
    """
    share = figure("CHA-166", on)
    if isinstance(share, Finding) or isinstance(share.value, int | str):
        raise LookupError("CHA-166")
    ((least, of),) = share.value
    return members > 0 and yes * of >= members * least


def in_force(roster: Sequence[RelatedParty], on: date) -> list[RelatedParty]:
    """The parties related on that day in China."""
    return [
        party
        for party in roster
        if party.since <= on and (party.until is None or on <= party.until)
    ]


def _shares(council: list[RelatedParty], on: date) -> list[Finding]:
    """Not more than a third from one employer, nor from outside the mainland."""
    share = figure(GOVERNANCE, on)
    if isinstance(share, Finding):
        return [share]
    found = []
    employers = Counter(party.employer for party in council if party.employer)
    for employer, members in sorted(employers.items()):
        if members > 1 and members * share.number > len(council):
            reason = RelatedReason.SAME_EMPLOYER
            found.append(warn(GOVERNANCE, reason, share, employer=employer, members=members))
    outside = sum(not party.is_mainland for party in council)
    if outside * share.number > len(council):
        found.append(warn(GOVERNANCE, RelatedReason.NOT_MAINLAND, share, members=outside))
    return found


def _relatives(roster: list[RelatedParty], council: list[RelatedParty]) -> list[Finding]:
    """No close relatives together on the council."""
    seats = {party.id: party for party in council}
    by_identity = {party.identity_hash: party for party in council if party.identity_hash}
    by_name = {party.name: party for party in council}
    found = []
    for party in roster:
        if party.relation is not Relation.RELATIVE or party.relative_of_id not in seats:
            continue
        seat = by_identity.get(party.identity_hash) if party.identity_hash else None
        seat = seat or by_name.get(party.name)
        other = seats[party.relative_of_id]
        if seat is not None and seat.id != other.id:
            reason = RelatedReason.RELATIVES_TOGETHER
            found.append(warn(GOVERNANCE, reason, name=seat.name, other=other.name))
    return found


def _secretary(roster: list[RelatedParty]) -> list[Finding]:
    """A full-time secretary-general, who is not the chair."""
    secretaries = [party for party in roster if party.office is Office.SECRETARY_GENERAL]
    if not any(party.is_full_time for party in secretaries):
        return [warn(GOVERNANCE, RelatedReason.SECRETARY_GENERAL)]
    chairs = {party.name for party in roster if party.office is Office.CHAIR}
    if chairs & {party.name for party in secretaries}:
        return [warn(GOVERNANCE, RelatedReason.SECRETARY_IS_CHAIR)]
    return []


def _supervisors(roster: list[RelatedParty], on: date) -> list[Finding]:
    least = figure(SUPERVISORS, on)
    if isinstance(least, Finding):
        return [least]
    count = sum(party.relation is Relation.SUPERVISOR for party in roster)
    if count >= least.number:
        return []
    reason = RelatedReason.FEW_SUPERVISORS
    return [warn(GOVERNANCE, reason, least, have=count, least=least.number)]
