"""Looking through a book with every rule, one after the other, told how far it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from charity.audits.flags.columns import Columns, columns
from charity.audits.flags.digits import first_digits, first_digits_of_gifts, round_sums
from charity.audits.flags.facts import Facts, Flag
from charity.audits.flags.figures import Figures
from charity.audits.flags.limits import cash, just_under, splits
from charity.audits.flags.parties import hubs, loops, overlaps, shared_vendors
from charity.audits.flags.timing import timing
from charity.audits.flags.twice import duplicates, pictures_again

#: The rules in their order, as they are told while one waits.
RULES = tuple(f"RF-{number:02}" for number in range(1, 13))

#: Called with each rule before it looks.
Progress = Callable[[str], None]


def look_through(facts: Facts, figures: Figures, progress: Progress | None = None) -> list[Flag]:
    """Every question the facts raise, in the order of the rules; none of them is a finding."""
    payments = columns(facts.payments)
    found: list[Flag] = []
    for rule in RULES:
        if progress is not None:
            progress(rule)
        found.extend(_asked_by(rule, payments, facts, figures))
    return found


def _asked_by(rule: str, payments: Columns, facts: Facts, figures: Figures) -> Iterable[Flag]:
    match rule:
        case "RF-01":
            return _digits(payments, facts, figures)
        case "RF-02":
            return duplicates(payments, figures)
        case "RF-03":
            return round_sums(payments, figures)
        case "RF-04":
            return just_under(payments, facts.limits, figures)
        case "RF-05":
            return splits(payments, facts.limits, figures)
        case "RF-06":
            return cash(payments, figures)
        case "RF-07":
            return shared_vendors(facts)
        case "RF-08":
            return hubs(payments, facts, figures)
        case "RF-09":
            return timing(payments, facts.approvals, figures)
        case "RF-10":
            return pictures_again(facts.pictures, figures)
        case "RF-11":
            return overlaps(facts, figures)
        case _:
            return loops(payments, facts, figures)


def _digits(payments: Columns, facts: Facts, figures: Figures) -> Iterator[Flag]:
    yield from first_digits(payments, figures)
    yield from first_digits_of_gifts(facts.gift_sums, figures)
