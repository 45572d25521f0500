"""Terms and steps as data: caps, stages, what an organiser may choose, which step follows."""

from __future__ import annotations

import enum
from datetime import date
from typing import Any

import pytest

from charity.errors import Invalid, InvalidState
from charity.money import Money
from projects.ventures.models import (
    APPLICATION_TRANSITIONS,
    ASSIGNMENT_TRANSITIONS,
    AWARD_TRANSITIONS,
    COMPETITION_TRANSITIONS,
    JUDGE_TRANSITIONS,
    TRANCHE_TRANSITIONS,
    Application,
    Assignment,
    Award,
    AwardTranche,
    Competition,
    Judge,
)
from projects.ventures.models import CompetitionState as Step
from projects.ventures.reasons import VentureReason
from projects.ventures.services.awarding import needs_of
from projects.ventures.services.competitions import check_terms
from projects.ventures.steps import COMPETITION_TRANSITIONS as STEPS
from projects.ventures.steps import has_reached, next_step, steps_of
from projects.ventures.terms import CompetitionTerms, digest, usual_terms

DAY = date(2026, 3, 16)
ALWAYS = [Step.DRAFT, Step.CALL, Step.ELIGIBILITY, Step.REVIEW]
AFTER = [Step.RANKED, Step.NOTICE, Step.AWARDED, Step.CLOSED]


def terms(**changed: Any) -> CompetitionTerms:
    """The usual terms with changes."""
    return CompetitionTerms.from_json({**usual_terms(DAY).as_json(), **changed})


@pytest.mark.rule("VEN-02.share")
@pytest.mark.rule("VEN-02.most")
def test_ven_02_of_a_budget_the_share_and_never_more_than_the_most() -> None:
    usual = usual_terms(DAY)
    assert usual.most_for(Money.yuan(1_000_000)) == Money.yuan(500_000)
    assert usual.most_for(Money.yuan(600_000)) == Money.yuan(360_000)
    assert usual.most_for(Money(1)) == Money(0)
    assert usual.self_raised_permille == 400


@pytest.mark.rule("VEN-08")
def test_ven_08_the_remainder_stands_on_the_last_stage() -> None:
    parts = Money(10_001).tranches(usual_terms(DAY).tranches)
    assert [part.fen for part in parts] == [5_000, 3_000, 2_001]
    assert [need.value for need in needs_of(3)] == ["agreement", "midterm", "final"]
    assert [need.value for need in needs_of(1)] == ["agreement"]


@pytest.mark.rule("VEN-04")
@pytest.mark.rule("VEN-05.judges")
@pytest.mark.rule("VEN-05.trim")
@pytest.mark.rule("VEN-09.staff")
@pytest.mark.rule("VEN-09.management")
def test_the_usual_terms_are_those_of_the_day() -> None:
    usual = usual_terms(DAY)
    assert (usual.conflict_years, usual.least_judges, usual.trim_from) == (3, 3, 5)
    assert (usual.staff_permille, usual.management_permille) == (400, 100)
    assert CompetitionTerms.from_json(usual.as_json()) == usual
    assert digest(usual.as_json()) != digest(terms(blind=False).as_json())
    with pytest.raises(LookupError):
        usual_terms(date(2015, 1, 1))


@pytest.mark.parametrize(
    ("changed", "field", "reason"),
    [
        ({"tranches": [50, 30, 19]}, "tranches", VentureReason.STAGES_SUM),
        ({"tranches": [100, 0]}, "tranches", VentureReason.STAGES_COUNT),
        ({"tranches": []}, "tranches", VentureReason.STAGES_COUNT),
        ({"cap_permille": 601}, "cap_permille", VentureReason.SHARE_LAXER),
        ({"cap_fen": 50_000_001}, "cap_fen", VentureReason.CAP_LAXER),
        ({"judges_per_application": 2}, "judges_per_application", VentureReason.TOO_FEW_JUDGES),
        ({"vote_permille": 501}, "vote_permille", VentureReason.OUT_OF_RANGE),
        ({"rating_bonus": 101}, "rating_bonus", VentureReason.OUT_OF_RANGE),
        ({"places": 0}, "places", VentureReason.OUT_OF_RANGE),
        ({"notice_rule": "VIL-02.notice"}, "notice_rule", VentureReason.NOTICE_RULE),
    ],
)
def test_an_organiser_may_be_stricter_and_never_laxer(
    changed: dict[str, Any], field: str, reason: VentureReason
) -> None:
    with pytest.raises(Invalid) as refused:
        check_terms(terms(**changed), DAY)
    assert (refused.value.field, refused.value.reason) == (field, reason)


def test_the_usual_terms_and_stricter_ones_stand() -> None:
    check_terms(usual_terms(DAY), DAY)
    check_terms(terms(cap_fen=15_000_000, cap_permille=500, tranches=[60, 40]), DAY)


@pytest.mark.parametrize(
    ("changed", "between"),
    [
        ({}, []),
        ({"shortlist": 20}, [Step.SHORTLISTED]),
        ({"shortlist": 20, "has_defence": True}, [Step.SHORTLISTED, Step.DEFENCE]),
        ({"has_defence": True, "vote_permille": 200}, [Step.DEFENCE, Step.VOTE]),
        (
            {"shortlist": 5, "has_defence": True, "vote_permille": 100},
            [Step.SHORTLISTED, Step.DEFENCE, Step.VOTE],
        ),
    ],
)
def test_the_steps_are_those_its_terms_use(changed: dict[str, Any], between: list[Step]) -> None:
    used = terms(**changed)
    assert steps_of(used) == ALWAYS + between + AFTER
    for step, following in zip(steps_of(used), steps_of(used)[1:], strict=False):
        assert next_step(step, used) is following
        assert following in STEPS[step]
        assert has_reached(following, step)
    assert next_step(Step.CLOSED, used) is next_step(Step.CANCELLED, used) is None
    assert not has_reached(Step.CANCELLED, Step.DRAFT)


@pytest.mark.parametrize(
    ("model", "table"),
    [
        (Competition, COMPETITION_TRANSITIONS),
        (Application, APPLICATION_TRANSITIONS),
        (Judge, JUDGE_TRANSITIONS),
        (Assignment, ASSIGNMENT_TRANSITIONS),
        (Award, AWARD_TRANSITIONS),
        (AwardTranche, TRANCHE_TRANSITIONS),
    ],
)
def test_every_state_goes_only_where_its_table_says(model: type[Any], table: Any) -> None:
    states: type[enum.Enum] = type(next(iter(table)))
    assert set(table) == set(states)
    for held in states:
        for wanted in states:
            thing = model(state=held)
            if wanted in table[held]:
                thing.move_to(wanted)
                assert thing.state is wanted
            else:
                with pytest.raises(InvalidState):
                    thing.move_to(wanted)
