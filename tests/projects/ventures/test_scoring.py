"""Points, places and the file of a ranking: vectors, and what holds for every panel."""

from __future__ import annotations

import io
import json
import runpy
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charity.errors import Invalid
from projects.ventures.judging_reasons import JudgingReason
from projects.ventures.ranking import DecidedBy, Draw, Entry, Rules, rank, seed_of
from projects.ventures.replaying import Given, file_of, replay
from projects.ventures.scoring import Panel, Sheet, mean, shown, trimmed_mean
from projects.ventures.scrutiny import report
from projects.ventures.severity import fit, parts
from projects.ventures.terms import RankingMethod
from projects.ventures.trying import Trials
from tests.support.source import ROOT

SCRIPT = ROOT / "docs" / "replay_ranking.py"
DRAWN = Draw("venture 1", "seed")


def make_panel(rows: list[str]) -> Panel:
    """One row a judge (A, B, …), one figure an entry (1, 2, …), a dash for no sheet; in points."""
    return Panel(
        tuple(
            Sheet("ABCDEFGH"[judge], str(entry), int(figure))
            for judge, row in enumerate(rows)
            for entry, figure in enumerate(row.split(), start=1)
            if figure != "-"
        ),
        unit=1,
    )


def entries_of(panel: Panel, **demand: int) -> list[Entry]:
    return [Entry(name, demand.get(f"d{name}")) for name in panel.entries]


@st.composite
def panels(draw: st.DrawFn) -> Panel:
    """A connected panel with holes: the first judge reads everything."""
    judges, entries = draw(st.integers(2, 6)), draw(st.integers(2, 7))
    figure = st.integers(0, 1000)
    sheets = [Sheet("J0", f"E{entry}", draw(figure)) for entry in range(entries)]
    sheets += [
        Sheet(f"J{judge}", f"E{entry}", draw(figure))
        for judge in range(1, judges)
        for entry in sorted(draw(st.sets(st.integers(0, entries - 1), min_size=1)))
    ]
    return Panel(tuple(sheets))


def test_ven_05_drops_the_extremes_from_five_sheets_on() -> None:
    assert trimmed_mean([90, 85, 80, 70, 95]) == 85
    assert shown(trimmed_mean([90, 85, 80, 70, 95]), 1) == "85.0"
    assert trimmed_mean([90, 85, 80, 71]) == mean([90, 85, 80, 71]) == Fraction(163, 2)
    assert trimmed_mean([5, 5, 5, 5, 5]) == 5
    with pytest.raises(ValueError, match="nothing"):
        mean([])
    with pytest.raises(ValueError, match="three"):
        trimmed_mean([1, 2], trim_from=2)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("0.005", "0.01"),
        ("-0.005", "-0.01"),
        ("85", "85.00"),
        ("-0.004", "0.00"),
        ("9.995", "10.00"),
    ],
)
def test_a_half_is_rounded_away_from_zero(value: str, text: str) -> None:
    assert shown(Fraction(value)) == text


@given(st.lists(st.integers(0, 1000), min_size=5))
def test_a_trimmed_mean_is_moved_by_no_single_judge_beyond_the_others(points: list[int]) -> None:
    wild = [*points[1:], 10**9]
    assert min(points[1:]) <= trimmed_mean(wild) <= max(points[1:])
    assert trimmed_mean(points) == trimmed_mean(points[::-1])


@given(panels())
def test_severity_leaves_nothing_of_any_judge_or_entry(panel: Panel) -> None:
    """That is what least squares means, and here it holds exactly."""
    found = fit(panel)
    assert sum(found.effects.values()) == 0
    left = [
        (sheet, Fraction(sheet.points, 10) - found.values[sheet.entry] - found.effects[sheet.judge])
        for sheet in panel.sheets
    ]
    for judge in panel.judges:
        assert sum(rest for sheet, rest in left if sheet.judge == judge) == 0
    for entry in panel.entries:
        assert sum(rest for sheet, rest in left if sheet.entry == entry) == 0


@given(panels(), st.integers(-500, 500))
def test_a_judge_who_always_adds_changes_no_place(panel: Panel, added: int) -> None:
    rules = Rules(RankingMethod.SEVERITY)
    strict = Panel(
        tuple(
            one._replace(points=one.points + added) if one.judge == "J0" else one
            for one in panel.sheets
        )
    )
    before, after = fit(panel), fit(strict)
    for judge in panel.judges[1:]:
        apart = before.effects["J0"] - before.effects[judge]
        assert after.effects["J0"] - after.effects[judge] - apart == Fraction(added, 10)
    places = [
        [each.entry for each in rank(one, entries_of(one), rules, DRAWN)] for one in (panel, strict)
    ]
    assert places[0] == places[1]


def test_errors_are_those_of_least_squares() -> None:
    """Two judges, two entries, by hand: what is left is ±1/4, over one degree of freedom."""
    found = fit(make_panel(["1 2", "2 4"]))
    assert found.effects == {"A": Fraction(-3, 4), "B": Fraction(3, 4)}
    assert found.values == {"1": Fraction(3, 2), "2": Fraction(3)}
    assert found.effect_errors is not None
    assert found.value_errors is not None
    assert found.effect_errors["A"] == pytest.approx(1.96 * 0.25)
    assert found.value_errors["1"] == pytest.approx(1.96 * (0.25 / 2) ** 0.5)
    assert fit(make_panel(["1 2"])).effect_errors is None


def test_a_panel_in_parts_is_refused_with_its_smallest() -> None:
    panel = make_panel(["1 2 3 - -", "4 4 4 - -", "- - - 5 6"])
    assert parts(panel.sheets) == [{"1", "2", "3"}, {"4", "5"}]
    with pytest.raises(Invalid) as told:
        fit(panel)
    assert told.value.reason is JudgingReason.PANEL_DISCONNECTED
    assert told.value.params == {"parts": 2, "entries": "4, 5"}


def test_ties_go_by_demand_then_by_draw_and_wait_for_the_number() -> None:
    panel = make_panel(["80 80 80 90 80 70", "90 90 90 90 90 70", "70 70 70 90 70 70"])
    entries = entries_of(panel, d2=5, d3=7)
    with pytest.raises(Invalid) as told:
        rank(panel, entries, Rules(), Draw("venture 1"))
    assert told.value.reason is JudgingReason.DRAW_NEEDS_NUMBER
    assert told.value.params == {"entries": "1, 5"}
    found = rank(panel, entries, Rules(), Draw("venture 1", seed_of("00", "0712")))
    lots = sorted("15", key=Draw("venture 1", seed_of("00", "0712")).key)
    assert [each.entry for each in found] == ["4", "3", "2", *lots, "6"]
    assert [each.decided_by for each in found] == [
        DecidedBy.POINTS, DecidedBy.DEMAND, DecidedBy.DEMAND,
        DecidedBy.DRAW, DecidedBy.DRAW, DecidedBy.POINTS,
    ]  # fmt: skip
    assert [each.place for each in found] == [1, 2, 3, 4, 5, 6]


def test_the_public_has_the_share_that_was_stated() -> None:
    panel = make_panel(["80 90 70", "80 90 70"])
    entries = [Entry("1", votes=300), Entry("2", votes=75), Entry("3")]
    found = rank(panel, entries, Rules(vote_permille=200), DRAWN)
    assert [(each.entry, shown(each.total)) for each in found] == [
        ("1", "84.00"), ("2", "77.00"), ("3", "56.00"),
    ]  # fmt: skip
    quiet = [replace(entry, votes=0) for entry in entries]
    assert rank(panel, quiet, Rules(vote_permille=200), DRAWN)[0].total == 72
    with pytest.raises(ValueError, match="upwards"):
        Rules(vote_permille=1, low_is_best=True)


def test_org_15_the_rated_are_given_the_bonus_that_was_frozen_and_no_more() -> None:
    panel = make_panel(["80 81 70", "80 81 70"])
    entries = [Entry("1", votes=1, is_rated=True), Entry("2", votes=1), Entry("3", votes=1)]
    found = rank(panel, entries, Rules(vote_permille=200, rating_bonus=15), DRAWN)
    assert [(each.entry, shown(each.bonus), shown(each.total)) for each in found] == [
        ("1", "1.50", "85.50"), ("2", "0.00", "84.80"), ("3", "0.00", "76.00"),
    ]  # fmt: skip
    assert found[0].points == 80, "the judges' points stay what they gave"
    assert [each.entry for each in rank(panel, entries, Rules(), DRAWN)] == ["2", "1", "3"]
    with pytest.raises(ValueError, match="upwards"):
        Rules(rating_bonus=1, low_is_best=True)


def test_an_entry_without_enough_sheets_stops_the_ranking() -> None:
    panel = make_panel(["80 90 -", "80 90 70"])
    for least, reason, names in (
        (2, JudgingReason.TOO_FEW_SHEETS, "3"),
        (1, JudgingReason.NO_SHEETS, "4"),
    ):
        entries = [*entries_of(panel), Entry("4")][: 3 if least == 2 else 4]
        with pytest.raises(Invalid) as told:
            rank(panel, entries, Rules(least_sheets=least), DRAWN)
        assert (told.value.reason, told.value.params["entries"]) == (reason, names)


# ── the file ─────────────────────────────────────────────────────────────────────────────────────


def by_a_stranger(content: object, monkeypatch: pytest.MonkeyPatch) -> str:
    """What the script in docs/ says, run as a program of its own would be."""
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(content)))
    out = io.StringIO()
    monkeypatch.setattr("sys.stdout", out)
    with pytest.raises(SystemExit) as end:
        runpy.run_path(str(SCRIPT))
    return out.getvalue() if end.value.code == 0 else str(end.value.code)


def given_of(method: RankingMethod, share: int = 0, bonus: int = 0) -> Given:
    panel = make_panel(["80 83 80 90 -", "90 - 90 91 60", "70 75 70 - 65", "77 80 77 93 71"])
    entries = [Entry(name, 3, int(name) * 7, name in "15") for name in panel.entries]
    rules = Rules(method, vote_permille=share, rating_bonus=bonus)
    return Given(
        "名次", "venture 1", {"method": method.value}, rules, panel, entries, "0712", "双色球"
    )


@pytest.mark.parametrize("method", RankingMethod)
@pytest.mark.parametrize(("share", "bonus"), [(0, 0), (300, 0), (300, 15)])
def test_a_stranger_comes_to_the_same_places(
    method: RankingMethod, share: int, bonus: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = json.loads(json.dumps(file_of(given_of(method, share, bonus))))
    assert replay(content) == []
    assert by_a_stranger(content, monkeypatch) == "true: 5 places\n"
    assert ("rated" in content["entries"][0], "bonus" in content["places"][0]) == (
        (True, True) if bonus else (False, False)
    )


def _other_points(content: dict[str, Any]) -> None:
    content["sheets"][0][2] += 1


def _other_severity(content: dict[str, Any]) -> None:
    content["severity"]["A"], content["severity"]["B"] = (
        content["severity"]["B"],
        content["severity"]["A"],
    )


def _other_rules(content: dict[str, Any]) -> None:
    content["frozen_rules"]["method"] = "mean"


def _other_number(content: dict[str, Any]) -> None:
    content["draw"]["number"] = "0713"


def _swapped(content: dict[str, Any]) -> None:
    content["places"][0]["entry"], content["places"][1]["entry"] = (
        content["places"][1]["entry"],
        content["places"][0]["entry"],
    )


def _left_out(content: dict[str, Any]) -> None:
    del content["places"][-1]


@pytest.mark.parametrize(
    "lie", [_other_points, _other_severity, _other_rules, _other_number, _swapped, _left_out]
)
def test_every_lie_in_the_file_is_seen_by_both(
    lie: Callable[[dict[str, Any]], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    content = json.loads(json.dumps(file_of(given_of(RankingMethod.SEVERITY))))
    lie(content)
    assert replay(content) != []
    assert not by_a_stranger(content, monkeypatch).startswith("true")


@pytest.mark.parametrize("lie", ["rules", "rated", "bonus"])
def test_org_15_nobody_is_given_a_bonus_by_the_file_alone(
    lie: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = json.loads(json.dumps(file_of(given_of(RankingMethod.MEAN, bonus=15))))
    if lie == "rules":
        content["rules"]["rating_bonus"] = 90
    elif lie == "rated":
        content["entries"][1]["rated"] = True
    else:
        content["places"][-1]["bonus"] = "9.00"
    assert replay(content) != []
    assert not by_a_stranger(content, monkeypatch).startswith("true")


def test_what_is_no_ranking_is_said() -> None:
    for content in ({}, {"format": "other"}, {"format": "wushe ranking 1"}):
        with pytest.raises(ValueError, match="not a ranking"):
            replay(content)


# ── the organiser's report ───────────────────────────────────────────────────────────────────────


def test_the_report_names_the_hard_judge_the_own_place_and_what_would_change() -> None:
    panel = make_panel(
        ["80 70 60 50", "81 71 62 51", "79 70 61 50", "80 72 60 51", "60 50 41 55", "80 71 61 -"]
    )
    found = report(
        panel, entries_of(panel), Rules(RankingMethod.MEAN), DRAWN, winners=3, own={("E", "4")}
    )
    assert [look.judge for look in found.outliers] == ["E"]
    assert found.outliers[0].effect is not None
    assert found.outliers[0].effect < -10
    assert found.own_bias is not None
    assert found.own_bias > 10
    assert (found.own_sheets, found.is_connected) == (1, True)
    assert set(found.by_method) == {RankingMethod.TRIMMED, RankingMethod.SEVERITY}
    assert set(found.by_judge) == set("ABCDEF")
    assert all(change.moved == 0 for change in found.by_judge.values())


def test_the_report_says_what_a_method_or_a_missing_judge_would_change() -> None:
    panel = make_panel(["90 60 -", "80 70 -", "- 95 94", "- 20 10"])
    found = report(
        panel, entries_of(panel, d1=2, d2=1), Rules(RankingMethod.MEAN), DRAWN, winners=1
    )
    assert found.by_judge["D"].enter == ("3",)
    assert found.by_judge["D"].leave == ("1",)
    one = make_panel(["90 60", "- 50"])
    lost = report(one, entries_of(one), Rules(RankingMethod.MEAN), DRAWN, winners=1)
    assert lost.by_judge["A"].refusal is JudgingReason.NO_SHEETS
    apart = make_panel(["90 -", "- 50"])
    told = report(apart, entries_of(apart), Rules(RankingMethod.MEAN), DRAWN, winners=1)
    assert not told.is_connected
    assert told.by_method[RankingMethod.SEVERITY].refusal is JudgingReason.PANEL_DISCONNECTED
    assert [look.effect for look in told.looks] == [None, None]


@given(
    panels(),
    st.sampled_from(RankingMethod),
    st.sampled_from([(0, 0), (300, 15)]),
    st.lists(st.integers(0, 3), min_size=7, max_size=7),
    st.integers(0, 3),
)
def test_each_try_of_the_report_is_a_whole_ranking_of_its_own(
    panel: Panel, method: RankingMethod, more: tuple[int, int], figures: list[int], least: int
) -> None:
    """What is tried over arrays is what ranking that panel alone would give."""
    rules = Rules(method, 3, max(least, 1), more[0], rating_bonus=more[1])
    entries = [
        Entry(name, figure or None, figure, figure == 3)
        for name, figure in zip(panel.entries, figures, strict=False)
    ]
    trials = Trials(panel, entries, DRAWN)
    for without in (None, *panel.judges):
        left = panel if without is None else panel.without(without)
        try:
            told: object = [each.entry for each in rank(left, entries, rules, DRAWN)]
        except Invalid as refused:
            told = refused.reason
        alone = trials.order(rules, without)
        assert alone == told


def test_the_bias_for_the_own_place_is_what_is_left_of_each_sheet() -> None:
    panel = make_panel(["80 70 60 50", "81 71 - 51", "79 70 61 50"])
    own = {("A", "1"), ("B", "4"), ("C", "2")}
    fitted = fit(panel)
    left = {
        sheet[:2]: sheet.points - fitted.values[sheet.entry] - fitted.effects[sheet.judge]
        for sheet in panel.sheets
    }
    found = report(panel, entries_of(panel, d1=4, d2=3, d3=2, d4=1), Rules(), DRAWN, winners=1,
                   own=own)  # fmt: skip
    mine = [rest for pair, rest in left.items() if pair in own]
    others = [rest for pair, rest in left.items() if pair not in own]
    assert found.own_bias == mean(mine) - mean(others)
    look = found.looks[0]
    assert look.own_bias == left["A", "1"] - mean([left["A", entry] for entry in "234"])
