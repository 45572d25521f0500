"""Protective equipment offered and asked for in spring 2020, as shared/data/ppe_match has it.

Pairs are those of a donor and a recipient between whom a distance is known and who name the same
thing. Ours is the best plan of `dispatching`, a pair's points falling with the distance; beside it
whoever asked first gets first, from the nearest donor that still has some. Both see the same pairs.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from projects.listings.dispatching import Pairs, Plan, best_plan, first_come_plan
from projects.listings.matching import MOST

FOLDER = "ppe_match"
#: A face shield from a printer serves who asks for face shields; no donor of the slice names it so.
PRINTED = {"printedFaceShields": "faceShields"}


@dataclass(frozen=True)
class Outcome:
    """Pieces that reach somebody, and how far a piece goes on average, in miles."""

    units: int
    mean_miles: float


@dataclass(frozen=True)
class Comparison:
    """Both methods over the same pairs."""

    pairs: int
    donors: int
    ours: Outcome
    first_come: Outcome


def compare(folder: Path, same: Mapping[str, str] | None = None) -> Comparison:
    """Both methods over one slice; `same` gives donors' things the names recipients use."""
    donors = _rows(folder, "donors_to_20200415.csv")
    recipients = _rows(folder, "recipients_to_20200415.csv")
    miles = {
        (row["don_id"], row["rec_id"]): float(row["distance"])
        for row in _rows(folder, "distance_nearest50_to_20200415.csv")
    }
    names = same or {}
    offers: dict[str, list[int]] = {}
    for place, donor in enumerate(donors):
        offers.setdefault(names.get(donor["ppe"], donor["ppe"]), []).append(place)
    far = {
        (need, donor): miles[donors[donor]["don_id"], recipient["rec_id"]]
        for need, recipient in enumerate(recipients)
        for donor in offers.get(recipient["ppe"], ())
        if (donors[donor]["don_id"], recipient["rec_id"]) in miles
    }
    ends = np.array(list(far), np.int64).reshape(-1, 2)
    points = MOST - np.rint(np.array(list(far.values())) * 10).astype(np.int64)
    assert points.min() > 0
    pairs = Pairs(ends[:, 0], ends[:, 1], points)
    wanted = [round(float(row["qty"])) for row in recipients]
    offered = [round(float(row["qty"])) for row in donors]
    by_date = sorted(range(len(recipients)), key=lambda need: (recipients[need]["date"], need))
    best = best_plan(wanted, offered, pairs)
    first = first_come_plan(wanted, offered, pairs, order=by_date)
    return Comparison(
        len(pairs), len(set(ends[:, 1].tolist())), _outcome(best, far), _outcome(first, far)
    )  # fmt: skip


def _outcome(plan: Plan, far: Mapping[tuple[int, int], float]) -> Outcome:
    units = sum(one.quantity for one in plan.shipments)
    walked = sum(one.quantity * far[one.need, one.resource] for one in plan.shipments)
    return Outcome(units, walked / units)


def _rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / FOLDER / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
