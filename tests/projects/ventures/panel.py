"""A competition in review with entries of several organisations and judges who said yes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import count
from uuid import uuid4

from sqlalchemy.orm import Session

from charity.actor import Actor, Grant, Role
from charity.money import Money
from charity.registry.models import Organisation
from projects.ventures.models import (
    Application,
    ApplicationState,
    Competition,
    CompetitionLevel,
    CompetitionState,
    CompetitionTrack,
    Criterion,
    Judge,
    JudgeState,
)
from projects.ventures.queries.competitions import frozen_content
from projects.ventures.terms import CompetitionTerms, RankingMethod, digest
from tests.factories import make_actor, make_organisation, make_user

AT = datetime(2026, 4, 1, 2, tzinfo=UTC)
#: Weights of the rubric.
WEIGHTS = (20, 25, 15, 15, 15, 10)
_phones = count(1)


def make_terms(**said: object) -> CompetitionTerms:
    """Terms as of a district; five judges an entry unless said otherwise."""
    usual: dict[str, object] = {
        "cap_permille": 600, "cap_fen": 50_000_000, "tranches": (50, 30, 20), "trim_from": 5,
        "conflict_years": 3, "least_judges": 3, "staff_permille": 300,
        "management_permille": 100, "method": RankingMethod.TRIMMED,
    }  # fmt: skip
    return CompetitionTerms(**(usual | said))  # type: ignore[arg-type]


@dataclass
class PanelWorld:
    """The organiser, its competition, entries by number and judges as actors."""

    organiser: Actor
    competition: Competition
    entries: list[Application] = field(default_factory=list)
    judges: list[Judge] = field(default_factory=list)
    actors: list[Actor] = field(default_factory=list)

    @property
    def whole(self) -> dict[int, int]:
        """Full points for every criterion, in tenths."""
        return {each.id: each.weight * 10 for each in self.competition.criteria}

    def points(self, percent: int) -> dict[int, int]:
        """So many hundredths of the full points of every criterion."""
        return {each: most * percent // 100 for each, most in self.whole.items()}


def make_applicant(session: Session, region_code: str = "420704") -> Organisation:
    """An organisation with a telephone of its own."""
    organisation = make_organisation(session, region_code=region_code)
    organisation.contact_phone = f"0711-8{next(_phones):06}"
    return organisation


def make_entry(session: Session, world: PanelWorld, organisation: Organisation) -> Application:
    """One more admitted entry, the higher its number the lower its demand score."""
    number = len(world.entries) + 1
    user = make_user(session)
    entry = Application(
        client_id=str(uuid4()), competition_id=world.competition.id,
        organisation_id=organisation.id, number=number, title=f"plan {number}",
        track_id=world.competition.tracks[0].id, region_code=organisation.region_code,
        demand_score=100 - number, total=Money.yuan(1000), asked=Money.yuan(500),
        commitment_version="1", commitment_text="I promise", commitment_sha256="0" * 64,
        signed_by_user_id=user.id, signer_person_id=user.person_id, signed_at=AT,
        submitted_at=AT, state=ApplicationState.ELIGIBLE, created_by_user_id=user.id,
        created_at=AT,
    )  # fmt: skip
    session.add(entry)
    session.flush()
    world.entries.append(entry)
    return entry


def make_judge(session: Session, world: PanelWorld, *grants: Grant, expertise: str = "") -> Judge:
    """One more judge who said yes, with these roles elsewhere."""
    actor = make_actor(session, *grants)
    judge = Judge(
        competition_id=world.competition.id, user_id=actor.user_id, person_id=actor.person_id,
        name=f"judge {len(world.judges) + 1}", expertise=expertise, state=JudgeState.ACCEPTED,
        invited_at=AT, invited_by_user_id=world.organiser.user_id, answered_at=AT,
    )  # fmt: skip
    session.add(judge)
    session.flush()
    world.judges.append(judge)
    world.actors.append(actor)
    return judge


def make_panel_world(
    session: Session,
    *,
    entries: int = 4,
    judges: int = 5,
    state: CompetitionState = CompetitionState.REVIEW,
    **terms: object,
) -> PanelWorld:
    """A competition with frozen terms, written as rows."""
    organiser = make_applicant(session)
    actor = make_actor(session, Grant(Role.ORGANISER, organisation_id=organiser.id))
    competition = Competition(
        client_id=str(uuid4()), organiser_id=organiser.id, title="venture",
        level=CompetitionLevel.DISTRICT, region_code="420704", call_from=date(2026, 3, 1),
        call_until=date(2026, 3, 20), vote_from=date(2026, 4, 2), vote_until=date(2026, 4, 10),
        rules=make_terms(**terms).as_json(), created_by_user_id=actor.user_id, created_at=AT,
    )  # fmt: skip
    competition.tracks = [CompetitionTrack(number=1, name="old people")]
    competition.criteria = [
        Criterion(number=number, title=f"line {number}", weight=weight)
        for number, weight in enumerate(WEIGHTS, start=1)
    ]
    session.add(competition)
    session.flush()
    competition.rules_sha256 = digest(frozen_content(competition))
    competition.opened_at, competition.state = AT, state
    session.flush()
    world = PanelWorld(actor, competition)
    for _ in range(entries):
        make_entry(session, world, make_applicant(session))
    for _ in range(judges):
        make_judge(session, world)
    return world
