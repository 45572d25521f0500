"""Who may post, read, change and review: each actor against each state."""

from datetime import UTC, date, datetime

import pytest

from charity.actor import Actor, ActorKind, Grant, Role, Verdict
from charity.errors import CommonReason, InvalidState
from charity.money import Money
from charity.registry.models import Organisation, OrganisationKind, OrganisationState
from projects.listings import policy
from projects.listings.models import (
    PROJECT_TRANSITIONS,
    SHOWN_STATES,
    Project,
    ProjectCategory,
    ProjectState,
)
from projects.listings.reasons import ListingsReason

OURS, OTHER = 7, 8
VILLAGE = "420704001202"


def user(*grants: Grant) -> Actor:
    return Actor(ActorKind.USER, user_id=1, person_id=1, name="某人", grants=grants)


ACTORS = {
    "guest": Actor.guest(),
    "nobody": user(),
    "owner": user(Grant(Role.OWNER, organisation_id=OURS)),
    "editor": user(Grant(Role.EDITOR, organisation_id=OURS)),
    "owner of another": user(Grant(Role.OWNER, organisation_id=OTHER)),
    "reviewer": user(Grant(Role.REVIEWER, region_code="420704")),
    "platform reviewer": user(Grant(Role.REVIEWER)),
    "reviewer elsewhere": user(Grant(Role.REVIEWER, region_code="420703")),
    "reviewer and editor": user(
        Grant(Role.REVIEWER, region_code="420704"), Grant(Role.EDITOR, organisation_id=OURS)
    ),
    "reviewer of another": user(Grant(Role.REVIEWER, organisation_id=OTHER)),
    "reviewer of ours": user(Grant(Role.REVIEWER, organisation_id=OURS)),
    "verifier": user(Grant(Role.VERIFIER)),
    "auditor": user(Grant(Role.AUDITOR)),
    "installation": Actor.system("test"),
}
DRAFT, SUBMITTED, RETURNED, PUBLISHED, PAUSED, CLOSED = ProjectState


def make(state: ProjectState) -> Project:
    return Project(
        id=1,
        organisation_id=OURS,
        title="洪港村适老化改造",
        region_code=VILLAGE,
        category=ProjectCategory.ELDERLY_ADAPTATION,
        beneficiaries="老人",
        beneficiary_count=26,
        story="故事",
        target=Money.yuan(1000),
        starts_on=date(2026, 3, 11),
        ends_on=date(2026, 12, 31),
        plan_number="1",
        plan_filed_on=date(2026, 3, 1),
        state=state,
        created_by_user_id=1,
        created_at=datetime(2026, 3, 1, tzinfo=UTC),
        budget_id=1,
    )


def told(verdict: Verdict) -> str:
    """A verdict in one word, or its reason."""
    if verdict:
        return "yes"
    return "absent" if verdict.hidden else str(verdict.reason)


NO, SIGN_IN = CommonReason.NOT_PERMITTED.value, CommonReason.SIGN_IN_FIRST.value
OWN = ListingsReason.OWN_ORGANISATION.value

#: Actor → may see in draft, submitted, returned, published; paused and closed are read like that.
SEE = {
    "guest": ("absent", "absent", "absent", "yes"),
    "nobody": ("absent", "absent", "absent", "yes"),
    "owner": ("yes", "yes", "yes", "yes"),
    "editor": ("yes", "yes", "yes", "yes"),
    "owner of another": ("absent", "absent", "absent", "yes"),
    "reviewer": ("absent", "yes", "yes", "yes"),
    "platform reviewer": ("absent", "yes", "yes", "yes"),
    "reviewer elsewhere": ("absent", "absent", "absent", "yes"),
    "reviewer and editor": ("yes", "yes", "yes", "yes"),
    "reviewer of another": ("absent", "yes", "yes", "yes"),
    "reviewer of ours": ("yes", "yes", "yes", "yes"),
    "verifier": ("absent", "yes", "yes", "yes"),
    "auditor": ("absent", "absent", "absent", "yes"),
    "installation": ("yes", "yes", "yes", "yes"),
}
EDIT = {
    "guest": ("absent", "absent", "absent", SIGN_IN),
    "nobody": ("absent", "absent", "absent", NO),
    "owner": ("yes", "yes", "yes", "yes"),
    "editor": ("yes", "yes", "yes", "yes"),
    "owner of another": ("absent", "absent", "absent", NO),
    "reviewer": ("absent", NO, NO, NO),
    "platform reviewer": ("absent", NO, NO, NO),
    "reviewer elsewhere": ("absent", "absent", "absent", NO),
    "reviewer and editor": ("yes", "yes", "yes", "yes"),
    "reviewer of another": ("absent", NO, NO, NO),
    "reviewer of ours": (NO, NO, NO, NO),
    "verifier": ("absent", NO, NO, NO),
    "auditor": ("absent", "absent", "absent", NO),
    "installation": (SIGN_IN, SIGN_IN, SIGN_IN, SIGN_IN),
}
REVIEW = {
    "guest": ("absent", "absent", "absent", SIGN_IN),
    "nobody": ("absent", "absent", "absent", NO),
    "owner": (OWN, OWN, OWN, OWN),
    "editor": (OWN, OWN, OWN, OWN),
    "owner of another": ("absent", "absent", "absent", NO),
    "reviewer": ("absent", "yes", "yes", "yes"),
    "platform reviewer": ("absent", "yes", "yes", "yes"),
    "reviewer elsewhere": ("absent", "absent", "absent", NO),
    "reviewer and editor": (OWN, OWN, OWN, OWN),
    "reviewer of another": ("absent", "yes", "yes", "yes"),
    "reviewer of ours": (OWN, OWN, OWN, OWN),
    "verifier": ("absent", NO, NO, NO),
    "auditor": ("absent", "absent", "absent", NO),
    "installation": (SIGN_IN, SIGN_IN, SIGN_IN, SIGN_IN),
}


def in_every_state(row: tuple[str, ...]) -> tuple[str, ...]:
    """A row of a table above with the columns that are as for a published project."""
    return (*row, row[-1], row[-1])


@pytest.mark.parametrize("who", ACTORS)
def test_who_may_see(who: str) -> None:
    found = tuple(told(policy.may_see(ACTORS[who], make(s))) for s in ProjectState)
    assert found == in_every_state(SEE[who])


@pytest.mark.parametrize("who", ACTORS)
def test_who_may_edit(who: str) -> None:
    found = tuple(told(policy.may_edit(ACTORS[who], make(s))) for s in ProjectState)
    assert found == in_every_state(EDIT[who])


@pytest.mark.parametrize("who", ACTORS)
def test_who_may_review(who: str) -> None:
    found = tuple(told(policy.may_review(ACTORS[who], make(s))) for s in ProjectState)
    assert found == in_every_state(REVIEW[who])


@pytest.mark.parametrize("who", ACTORS)
@pytest.mark.parametrize("state", OrganisationState)
def test_who_may_post(who: str, state: OrganisationState) -> None:
    organisation = Organisation(
        id=OURS, name="嘉和社工", kind=OrganisationKind.SOCIAL_SERVICE_ORG, state=state
    )
    answer = told(policy.may_post(ACTORS[who], organisation))
    if who not in {"owner", "editor", "reviewer and editor"}:
        assert answer == (NO if ACTORS[who].is_signed_in else SIGN_IN)
    elif state is OrganisationState.VERIFIED:
        assert answer == "yes"
    else:
        assert answer == ListingsReason.ORGANISATION_NOT_VERIFIED.value


@pytest.mark.parametrize("before", ProjectState)
@pytest.mark.parametrize("after", ProjectState)
def test_the_way_of_a_project(before: ProjectState, after: ProjectState) -> None:
    project = make(before)
    allowed = {
        (DRAFT, SUBMITTED),
        (SUBMITTED, RETURNED),
        (SUBMITTED, PUBLISHED),
        (PUBLISHED, PAUSED),
        (PUBLISHED, CLOSED),
        (PAUSED, PUBLISHED),
        (PAUSED, CLOSED),
        (RETURNED, SUBMITTED),
    }
    assert (after in PROJECT_TRANSITIONS[before]) is ((before, after) in allowed)
    if (before, after) in allowed:
        project.move_to(after)
        assert project.state is after
    else:
        with pytest.raises(InvalidState) as refused:
            project.move_to(after)
        assert refused.value.reason is CommonReason.WRONG_STATE
        assert project.state is before


def test_content_stands_still_under_review_and_once_published() -> None:
    assert [s for s in ProjectState if make(s).is_editable] == [DRAFT, RETURNED]


def test_what_was_published_stays_to_be_read() -> None:
    assert frozenset({PUBLISHED, PAUSED, CLOSED}) == SHOWN_STATES
    assert [s for s in ProjectState if make(s).is_public] == [PUBLISHED, PAUSED, CLOSED]
