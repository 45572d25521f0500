"""Teams and seasons: gifts are counted where they belong, and money passes nobody's hands."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charity.actor import Actor, Grant, Role
from charity.donations import emergencies, services
from charity.donations.models import (
    TEAM_TRANSITIONS,
    Donation,
    GiverKind,
    GivingSeason,
    GivingTeam,
    TeamKind,
    TeamState,
)
from charity.donations.queries import together
from charity.donations.reasons import TogetherReason
from charity.errors import Conflict, Denied, DomainError, Invalid, InvalidState, NotFound
from charity.money import Money
from charity.registry.models import Campaign, CampaignState, FundraisingMode
from tests.charity.donations.giving import GUEST, Giving
from tests.conftest import SetClock
from tests.factories import make_actor

MODE = "qualified_charity"
YUAN = Money.yuan


def found(giving: Giving, **changed: Any) -> GivingTeam:
    """A team of a village's people away from home."""
    said: dict[str, Any] = {
        "client_id": str(uuid.uuid4()),
        "campaign_id": giving.campaign.id,
        "kind": TeamKind.VILLAGERS_AWAY,
        "name": "杜山村在外乡亲",
        "captain_name": "老杜",
        "target": YUAN(5_000),
        "operator_mode": MODE,
    }
    return services.found_team(giving.session, GUEST, **(said | changed))


def gift(giving: Giving, amount: Money, **changed: object) -> Donation:
    """A gift that has arrived."""
    donation = giving.begin(amount, **changed)
    giving.apply(giving.gateway.pay(giving.check_out(donation.payments[0])))
    return donation


def staff_of(giving: Giving) -> Actor:
    """Giving staff of the charity that runs the site."""
    charity_id = giving.campaign.charity_id
    return make_actor(giving.session, Grant(Role.OWNER, organisation_id=charity_id))


# ── teams ────────────────────────────────────────────────────────────────────────────────────────


def test_a_team_counts_its_own_gifts(giving: Giving) -> None:
    team, other = found(giving), found(giving, name="汀祖乡亲")
    gift(giving, YUAN(100), team_id=team.id, name_is_public=False)
    gift(giving, YUAN(50), team_id=team.id)
    gift(giving, YUAN(7), team_id=other.id)
    gift(giving, YUAN(9))
    giving.begin(YUAN(1_000), team_id=team.id)
    assert together.team_standing(giving.session, team.id) == together.Standing(YUAN(150), 2)
    assert together.standings_of_teams(giving.session, [team.id, other.id]) == {
        team.id: together.Standing(YUAN(150), 2),
        other.id: together.Standing(YUAN(7), 1),
    }
    shown = together.gifts_of_team(giving.session, team.id)
    assert [(each.name, each.amount) for each in shown] == [("张三", YUAN(50)), (None, YUAN(100))]


def test_what_went_back_is_not_counted(giving: Giving) -> None:
    team = found(giving)
    gift(giving, YUAN(100), team_id=team.id).refunded = YUAN(30)
    giving.session.flush()
    assert together.team_standing(giving.session, team.id).raised == YUAN(70)


def test_a_gift_through_a_team_goes_to_its_campaign(giving: Giving) -> None:
    team = found(giving)
    services.close_team(giving.session, GUEST, team_id=team.id, captain_token=team.captain_token)
    with pytest.raises(InvalidState) as closed:
        giving.begin(team_id=team.id)
    assert closed.value.reason is TogetherReason.TEAM_CLOSED
    with pytest.raises(NotFound):
        giving.begin(team_id=team.id + 1)
    with pytest.raises(Invalid) as other:
        together.require_open_team(giving.session, team.id, giving.campaign.id + 1)
    assert other.value.reason is TogetherReason.TEAM_OF_ANOTHER


def test_the_captain_changes_words_and_a_stranger_nothing(giving: Giving) -> None:
    team = found(giving)
    words = {"name": "杜山乡亲会", "captain_name": "老杜", "target": YUAN(8_000)}
    for token in ("", "x" * 43):
        with pytest.raises(NotFound):
            services.edit_team(giving.session, GUEST, team_id=team.id, captain_token=token, **words)
    services.edit_team(
        giving.session, GUEST, team_id=team.id, captain_token=team.captain_token, **words
    )
    assert (team.name, team.target) == ("杜山乡亲会", YUAN(8_000))
    services.close_team(giving.session, staff_of(giving), team_id=team.id)
    services.close_team(giving.session, staff_of(giving), team_id=team.id)
    with pytest.raises(InvalidState):
        services.edit_team(
            giving.session, GUEST, team_id=team.id, captain_token=team.captain_token, **words
        )


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "队" * 41}, "name"),
        ({"captain_name": ""}, "captain_name"),
        ({"message": "话" * 301}, "message"),
        ({"target": YUAN(0)}, "target"),
        ({"client_id": "one"}, "client_id"),
    ],
)
def test_a_team_that_says_too_little_or_too_much(
    giving: Giving, changed: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        found(giving, **changed)
    assert refused.value.field == field


def test_one_form_is_one_team(giving: Giving) -> None:
    client_id = str(uuid.uuid4())
    team = found(giving, client_id=client_id)
    assert found(giving, client_id=client_id).id == team.id
    with pytest.raises(Conflict):
        found(giving, client_id=client_id, name="别的队")


def test_no_team_for_what_takes_no_gifts(giving: Giving) -> None:
    giving.campaign.state = CampaignState.ENDED
    with pytest.raises(Denied):
        found(giving)
    with pytest.raises(Denied):
        found(giving, operator_mode="listing")


def test_teams_are_found_by_what_they_show(giving: Giving) -> None:
    team = found(giving)
    assert together.team_by_code(giving.session, team.code).id == team.id
    assert together.team_of_captain(giving.session, team.captain_token).id == team.id
    assert [each.id for each in together.open_teams(giving.session).items] == [team.id]
    giving.campaign.mode = FundraisingMode.TARGETED
    giving.session.flush()
    assert together.open_teams(giving.session).items == []
    with pytest.raises(NotFound):
        together.team_by_code(giving.session, "无此队")


@pytest.mark.parametrize("before", TeamState)
@pytest.mark.parametrize("after", TeamState)
def test_every_step_of_a_team(before: TeamState, after: TeamState) -> None:
    team = GivingTeam(state=before)
    if after in TEAM_TRANSITIONS[before]:
        team.move_to(after)
        assert team.state is after
    else:
        with pytest.raises(InvalidState):
            team.move_to(after)


# ── seasons ──────────────────────────────────────────────────────────────────────────────────────


def plan(giving: Giving, actor: Actor, **changed: Any) -> GivingSeason:
    """A season in the middle of March."""
    said: dict[str, Any] = {
        "operator_id": giving.campaign.charity_id,
        "name": "第二届湖北数字公益节",
        "starts_on": date(2026, 3, 10),
        "ends_on": date(2026, 3, 20),
        "organiser_ids": [giving.campaign.charity_id],
    }
    return services.plan_season(giving.session, actor, **(said | changed))


def join(giving: Giving, actor: Actor, season: GivingSeason) -> None:
    """Let the campaign take part."""
    services.join_season(
        giving.session,
        actor,
        operator_id=giving.campaign.charity_id,
        season_id=season.id,
        campaign_id=giving.campaign.id,
    )


def test_a_season_counts_the_gifts_of_its_days(giving: Giving, clock: SetClock) -> None:
    """From the first midnight in China to the last, by kind of giver, campaign and team."""
    staff = staff_of(giving)
    season = plan(giving, staff)
    join(giving, staff, season)
    team = found(giving)
    for instant, amount, kind, team_id in (
        (datetime(2026, 3, 9, 15, 59, 59, tzinfo=UTC), 1, GiverKind.UNIT, None),
        (datetime(2026, 3, 9, 16, 0, tzinfo=UTC), 20, GiverKind.UNIT, None),
        (datetime(2026, 3, 15, 4, 0, tzinfo=UTC), 30, GiverKind.INDIVIDUAL, team.id),
        (datetime(2026, 3, 20, 15, 59, 59, tzinfo=UTC), 50, GiverKind.INDIVIDUAL, None),
        (datetime(2026, 3, 20, 16, 0, tzinfo=UTC), 400, GiverKind.ENTERPRISE, team.id),
    ):
        clock.set(instant)
        gift(giving, YUAN(amount), giver_kind=kind, team_id=team_id)
    figures = together.season_figures(giving.session, season)
    assert figures.whole == together.Standing(YUAN(100), 3)
    assert figures.by_kind == {
        GiverKind.UNIT: together.Standing(YUAN(20), 1),
        GiverKind.INDIVIDUAL: together.Standing(YUAN(80), 2),
    }
    assert [(place.id, place.standing.raised) for place in figures.campaigns] == [
        (giving.campaign.id, YUAN(100))
    ]
    assert [(place.name, place.standing.raised) for place in figures.teams] == [
        (team.name, YUAN(30))
    ]


def test_leaderboards_can_be_switched_off(giving: Giving) -> None:
    staff = staff_of(giving)
    season = plan(giving, staff, has_leaderboards=False)
    join(giving, staff, season)
    gift(giving, YUAN(10))
    figures = together.season_figures(giving.session, season)
    assert figures.whole.raised == YUAN(10)
    assert figures.campaigns == figures.teams == []


def test_from_plan_to_publication(giving: Giving) -> None:
    staff, operator_id = staff_of(giving), giving.campaign.charity_id
    season = plan(giving, staff)

    def publish() -> None:
        services.publish_season(giving.session, staff, operator_id=operator_id, season_id=season.id)

    with pytest.raises(InvalidState) as refused:
        publish()
    assert refused.value.reason is TogetherReason.NO_CAMPAIGN
    assert together.seasons(giving.session) == []
    join(giving, staff, season)
    join(giving, staff, season)
    publish()
    publish()
    assert together.seasons(giving.session) == [season]
    services.leave_season(
        giving.session,
        staff,
        operator_id=operator_id,
        season_id=season.id,
        campaign_id=giving.campaign.id,
    )
    assert together.season(giving.session, season.id).campaigns == []


def _targeted(campaign: Campaign) -> None:
    campaign.mode = FundraisingMode.TARGETED


def _of_summer(campaign: Campaign) -> None:
    campaign.starts_on = date(2026, 6, 1)


@pytest.mark.parametrize(
    ("change", "reason"),
    [(_targeted, TogetherReason.NO_CAMPAIGN), (_of_summer, TogetherReason.SEASON_PERIOD)],
)
def test_who_may_not_take_part(
    giving: Giving, change: Callable[[Campaign], None], reason: TogetherReason
) -> None:
    staff = staff_of(giving)
    season = plan(giving, staff)
    change(giving.campaign)
    giving.session.flush()
    with pytest.raises(Invalid) as refused:
        join(giving, staff, season)
    assert refused.value.reason is reason


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": ""}, "name"),
        ({"ends_on": date(2026, 3, 9)}, "ends_on"),
        ({"organiser_ids": []}, "organisers"),
        ({"organiser_ids": [999_999]}, "organisers"),
    ],
)
def test_a_season_that_cannot_be(giving: Giving, changed: dict[str, Any], field: str) -> None:
    staff = staff_of(giving)
    with pytest.raises(DomainError) as refused:
        plan(giving, staff, **changed)
    assert refused.value.field == field


def test_only_the_operators_staff_hold_seasons(giving: Giving) -> None:
    with pytest.raises(Denied):
        plan(giving, make_actor(giving.session))
    staff = staff_of(giving)
    plan(giving, staff)
    with pytest.raises(Conflict):
        plan(giving, staff)


# ── emergencies ──────────────────────────────────────────────────────────────────────────────────


def test_the_duties_of_an_emergency() -> None:
    """CHA-113: filed within ten days; CHA-114: told every five, once more after the end."""
    owed = emergencies.duties(date(2026, 7, 1), date(2026, 7, 12))
    assert owed.file_by == date(2026, 7, 11)
    assert owed.publish_by == (
        date(2026, 7, 6),
        date(2026, 7, 11),
        date(2026, 7, 16),
        date(2026, 7, 17),
    )
    assert owed.next_publication(date(2026, 7, 6)) == date(2026, 7, 6)
    assert owed.next_publication(date(2026, 7, 7)) == date(2026, 7, 11)
    assert owed.next_publication(date(2026, 7, 18)) is None


@given(start=st.dates(date(2025, 1, 1), date(2030, 1, 1)), days=st.integers(0, 90))
def test_no_gap_between_publications_is_over_five_days(start: date, days: int) -> None:
    end = start.fromordinal(start.toordinal() + days)
    owed = emergencies.duties(start, end).publish_by
    gaps = [(after - before).days for before, after in zip((start, *owed), owed, strict=False)]
    assert all(0 < gap <= 5 for gap in gaps)
    assert owed[-1].toordinal() == end.toordinal() + 5
