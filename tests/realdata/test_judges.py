"""Real panels: figure skating's published means, and a grant review with holes in it."""

from __future__ import annotations

import csv
from collections import defaultdict
from fractions import Fraction
from pathlib import Path

import pytest

from projects.ventures.ranking import Draw, Entry, Rules, rank
from projects.ventures.scoring import Panel, Sheet, shown, trimmed_mean
from projects.ventures.scrutiny import report
from projects.ventures.severity import fit
from projects.ventures.terms import RankingMethod
from tests.support.schedules import Tell

JUDGES = [f"J{number:02}" for number in range(1, 12)]
DRAWN = Draw("grant review", "seed")


def read(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture
def review(realdata: Path) -> Panel:
    """Twelve judges, 28 proposals, in tenths; 0 is best, and a blank is no score."""
    rows = read(realdata / "grant_review", "aibs_ratings.csv")
    return Panel(
        tuple(
            Sheet(row["judge"], name, int(Fraction(figure) * 10))
            for row in rows
            for name, figure in row.items()
            if name != "judge" and figure
        )
    )


def entries_of(panel: Panel) -> list[Entry]:
    return [Entry(name) for name in panel.entries]


def order(panel: Panel, method: RankingMethod) -> list[str]:
    found = rank(panel, entries_of(panel), Rules(method, low_is_best=True), DRAWN)
    return [each.entry for each in found]


def harder(panel: Panel, judge: str, added: int) -> Panel:
    """The panel with so many points added to every score of one judge."""
    return Panel(
        tuple(
            one._replace(points=one.points + added * panel.unit) if one.judge == judge else one
            for one in panel.sheets
        ),
        panel.unit,
    )


def test_the_trimmed_mean_is_every_published_component_score(realdata: Path, tell: Tell) -> None:
    folder = realdata / "skating_judges"
    given = defaultdict(list)
    for row in read(folder, "judge_scores.csv"):
        given[row["aspect_id"]].append(Fraction(row["score"]))
    rows = [row for row in read(folder, "judged_aspects.csv") if row["section"] == "components"]
    same = sum(
        shown(trimmed_mean(given[row["aspect_id"]])) == shown(Fraction(row["scores_of_panel"]))
        for row in rows
    )
    tell(f"skating_judges: {same} of {len(rows)} component scores are the trimmed mean")
    assert same == len(rows) == 1260


@pytest.mark.parametrize("judge", JUDGES)
def test_five_points_more_from_one_judge_move_the_mean_and_not_the_corrected_places(
    review: Panel, judge: str
) -> None:
    moved = harder(review, judge, 5)
    assert order(moved, RankingMethod.SEVERITY) == order(review, RankingMethod.SEVERITY)
    assert order(moved, RankingMethod.MEAN) != order(review, RankingMethod.MEAN)
    before, after = fit(review).effects, fit(moved).effects
    for other in set(before) - {judge}:
        assert (after[judge] - after[other]) - (before[judge] - before[other]) == 5


def test_the_report_names_the_one_judge_far_from_the_others(review: Panel, tell: Tell) -> None:
    rules = Rules(RankingMethod.SEVERITY, low_is_best=True)
    found = report(review, entries_of(review), rules, DRAWN, winners=6)
    [far] = found.outliers
    assert far.effect is not None
    assert (far.judge, shown(far.effect, 1)) == ("J12", "-5.1")
    plain = found.by_method[RankingMethod.MEAN]
    tell(
        f"grant_review: {far.judge} {shown(far.effect, 1)} ± {far.error:.1f};"
        f" by plain mean {plain.moved} of {len(review.entries)} places differ"
    )


def test_skating_judges_favour_their_own_nation(realdata: Path, tell: Tell) -> None:
    """Components of one competition at a time: the own nation's skaters get more than expected."""
    folder = realdata / "skating_judges"
    skaters = {row["performance_id"]: row for row in read(folder, "performances.csv")}
    nations = {
        (row["competition"], row["program"], row["judge"]): row["judge_country"]
        for row in read(folder, "judge_countries.csv")
    }
    of_aspect = {
        row["aspect_id"]: row["performance_id"]
        for row in read(folder, "judged_aspects.csv")
        if row["section"] == "components"
    }
    totals: dict[tuple[str, str], int] = defaultdict(int)
    own = set()
    for row in read(folder, "judge_scores.csv"):
        if (performance := of_aspect.get(row["aspect_id"])) is None:
            continue
        skater = skaters[performance]
        place = (skater["competition"], skater["program"], row["judge"])
        judge = "/".join(place)
        totals[judge, performance] += int(Fraction(row["score"]) * 100)
        if nations[place] == skater["nation"]:
            own.add((judge, performance))
    biases = []
    for programme in sorted({judge.rsplit("/", 1)[0] for judge, _ in totals}):
        panel = Panel(
            tuple(
                Sheet(judge, what, points)
                for (judge, what), points in totals.items()
                if judge.rsplit("/", 1)[0] == programme
            ),
            unit=100,
        )
        mine = {pair for pair in own if pair[0].rsplit("/", 1)[0] == programme}
        found = report(panel, entries_of(panel), Rules(), DRAWN, winners=3, own=mine)
        if found.own_bias is not None:
            biases.append((found.own_bias, found.own_sheets))
    sheets = sum(count for _, count in biases)
    bias = sum((each * count for each, count in biases), Fraction()) / sheets
    tell(f"skating_judges: own nation {shown(bias)} points more over {sheets} sheets")
    assert bias > 0
