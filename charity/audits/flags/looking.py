"""Looking through a book with every rule, one after the other, told how far it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from charity.audits.flags.columns import Columns, columns
from charity.audits.flags.digits import (
    first_digits,
    first_digits_of_gifts,
    round_sums,
    usual_rounds,
)
from charity.audits.flags.facts import Facts, Flag, Tally, Usual
from charity.audits.flags.figures import Figures
from charity.audits.flags.limits import cash, just_under, splits
from charity.audits.flags.parties import hubs, loops, overlaps, shared_vendors, usual_largest
from charity.audits.flags.timing import counted, timing
from charity.audits.flags.twice import duplicates, pictures_again

#: The rules in their order, as they are told while one waits.
RULES = tuple(f"RF-{number:02}" for number in range(1, 13))

#: Called with each rule before it looks.
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Looked:
    """What a look found, and what the next one goes on from."""

    flags: list[Flag]
    usual: Usual
    tallies: dict[int, Tally]


def look_through(facts: Facts, figures: Figures, progress: Progress | None = None) -> list[Flag]:
    """Every question the facts raise, in the order of the rules; none of them is a finding."""
    return look(facts, figures, progress).flags


def look(facts: Facts, figures: Figures, progress: Progress | None = None) -> Looked:
    """The same, with what a later look needs that sees only what is new."""
    payments = columns(facts.payments, facts.scope)
    usual = facts.usual or Usual(usual_rounds(payments, figures), usual_largest(payments, figures))
    found: list[Flag] = []
    for rule in RULES:
        if progress is not None:
            progress(rule)
        found.extend(_asked_by(rule, payments, facts, figures, usual))
    tallies = {person: tally for person, (tally, _, _) in counted(facts, figures).items()}
    return Looked(found, usual, tallies)


def _asked_by(
    rule: str, payments: Columns, facts: Facts, figures: Figures, usual: Usual
) -> Iterable[Flag]:
    ways: dict[str, Callable[[], Iterable[Flag]]] = {
        "RF-01": lambda: _digits(payments, facts, figures),
        "RF-02": lambda: duplicates(payments, figures),
        "RF-03": lambda: round_sums(payments, figures, usual.round_permille),
        "RF-04": lambda: just_under(payments, facts.limits, figures),
        "RF-05": lambda: splits(payments, facts.limits, figures),
        "RF-06": lambda: cash(payments, figures),
        "RF-07": lambda: shared_vendors(facts),
        "RF-08": lambda: hubs(payments, facts, figures, usual.largest_permille),
        "RF-09": lambda: timing(payments, facts, figures),
        "RF-10": lambda: pictures_again(facts.pictures, figures),
        "RF-11": lambda: overlaps(facts, figures),
        "RF-12": lambda: loops(payments, facts, figures),
    }
    return ways[rule]()


def _digits(payments: Columns, facts: Facts, figures: Figures) -> Iterator[Flag]:
    yield from first_digits(payments, figures)
    yield from first_digits_of_gifts(facts.gift_sums, figures)
