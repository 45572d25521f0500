"""The published file of a ranking: everything that went in, the rules, and what came out.

Judges stand in it by code and entries by number. Whoever has the file can find the same places
again: with `wushe ventures replay`, or with the few lines of `docs/replay_ranking.py`, which do not
solve the equations of severity but see that the published solution solves them. Of a bonus for the
rated (ORG-15) it speaks only where the rules give one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from charity.errors import DomainError
from projects.ventures.ranking import Draw, Entry, Placing, Rules, rank, seed_of
from projects.ventures.scoring import Panel, Sheet, shown
from projects.ventures.severity import fit
from projects.ventures.terms import RankingMethod, TieRule, digest

FORMAT = "wushe ranking 1"


@dataclass(frozen=True, slots=True)
class Given:
    """What a ranking is made from."""

    #: What is ranked, in words for people; not part of the reckoning.
    title: str
    label: str
    #: The competition's rules as they were frozen.
    frozen: Mapping[str, Any]
    rules: Rules
    panel: Panel
    entries: Sequence[Entry]
    #: The public number of the draw and where it was drawn; empty while no draw was needed.
    number: str = ""
    number_name: str = ""


def ranked(given: Given) -> tuple[Placing, ...]:
    """The places; raises what `ranking.rank` raises."""
    return rank(given.panel, given.entries, given.rules, _draw(given))


def file_of(given: Given, placings: Sequence[Placing] | None = None) -> dict[str, Any]:
    """The file of a ranking; the same inputs give the same bytes in canonical form."""
    rules = given.rules
    return {
        "format": FORMAT,
        "title": given.title,
        "frozen_rules": dict(given.frozen),
        "rules_digest": digest(given.frozen),
        "rules": {
            "method": rules.method.value,
            "trim_from": rules.trim_from,
            "least_sheets": rules.least_sheets,
            "vote_permille": rules.vote_permille,
            "tie_rule": rules.tie_rule.value,
            "low_is_best": rules.low_is_best,
            **({"rating_bonus": rules.rating_bonus} if rules.rating_bonus else {}),
        },
        "unit": given.panel.unit,
        "draw": {
            "label": given.label,
            "number_name": given.number_name,
            "number": given.number,
            "seed": _draw(given).seed,
        },
        "entries": [
            {"entry": one.name, "demand": one.demand, "votes": one.votes}
            | ({"rated": one.is_rated} if rules.rating_bonus else {})
            for one in sorted(given.entries, key=lambda one: one.name)
        ],
        "sheets": [list(sheet) for sheet in sorted(given.panel.sheets)],
        "severity": _severity(given),
        "places": [
            _row(each) | ({"bonus": shown(each.bonus)} if rules.rating_bonus else {})
            for each in (ranked(given) if placings is None else placings)
        ],
    }


def read(content: Mapping[str, Any]) -> Given:
    """What a file says went in; raises `ValueError` where it is no such file."""
    try:
        if content["format"] != FORMAT:
            raise ValueError("not a ranking of this format")
        said = content["rules"]
        rules = Rules(
            RankingMethod(said["method"]), said["trim_from"], said["least_sheets"],
            said["vote_permille"], TieRule(said["tie_rule"]), said["low_is_best"],
            said.get("rating_bonus", 0),
        )  # fmt: skip
        sheets = tuple(Sheet(str(one), str(what), int(n)) for one, what, n in content["sheets"])
        entries = tuple(
            Entry(each["entry"], each["demand"], each["votes"], each.get("rated", False))
            for each in content["entries"]
        )
        draw = content["draw"]
        return Given(
            content["title"], draw["label"], content["frozen_rules"], rules,
            Panel(sheets, content["unit"]), entries, draw["number"], draw["number_name"],
        )  # fmt: skip
    except (KeyError, TypeError) as broken:
        raise ValueError(f"not a ranking: {broken}") from broken


def replay(content: Mapping[str, Any]) -> list[str]:
    """The parts of a file that its own inputs do not give; empty where all is true.

    A part is named by its key, a place by `places.N`. Raises `ValueError` for what is no ranking.
    """
    given = read(content)
    try:
        again = file_of(given)
    except DomainError as refused:
        return [f"refused: {refused.reason}"]
    wrong = [
        key for key in again if key not in ("places", "title") and again[key] != content.get(key)
    ]
    told = list(content.get("places") or ())
    for number, row in enumerate(again["places"], start=1):
        if number > len(told) or told[number - 1] != row:
            wrong.append(f"places.{number}")
    if len(told) > len(again["places"]):
        wrong.append(f"places.{len(again['places']) + 1}")
    return wrong


def _draw(given: Given) -> Draw:
    if not given.number:
        return Draw(given.label)
    return Draw(given.label, seed_of(digest(given.frozen), given.number))


def _severity(given: Given) -> dict[str, str]:
    """Each judge's addition as an exact fraction, where the method takes it out."""
    if given.rules.method is not RankingMethod.SEVERITY or not given.panel.sheets:
        return {}
    return {
        judge: _exact(effect) for judge, effect in fit(given.panel, errors=False).effects.items()
    }


def _row(placing: Placing) -> dict[str, Any]:
    return {
        "place": placing.place,
        "entry": placing.entry,
        "points": shown(placing.points),
        "vote_points": shown(placing.vote_points),
        "total": shown(placing.total),
        "sheets": placing.sheets,
        "decided_by": placing.decided_by.value,
    }


def _exact(value: Fraction) -> str:
    return f"{value.numerator}/{value.denominator}"
