"""Pause, resume and close a project; its campaign goes with it, so that no gift slips through.

A pause is a restriction of the campaign, which every way of giving asks for already. A project is
closed once no fen is left in its fund: where money is left, the closing of `charity.disclosure`
sends it where the law wants it (慈善法第五十八条) and comes first.
"""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from charity import clock, outbox
from charity.actor import Actor, require
from charity.disclosure.models import ProjectClosingState
from charity.disclosure.queries import closings
from charity.disclosure.queries.obstacles import obstacles
from charity.errors import CommonReason, InvalidState
from charity.ledger import services as ledger
from charity.registry import services as registry
from charity.registry.eligibility import PROJECT_PAUSED
from charity.registry.models import Campaign, CampaignState, RestrictedAct, Restriction
from charity.rows import locked
from projects.listings import intake
from projects.listings.models import PROJECT_TRANSITIONS, Project, ProjectState
from projects.listings.policy.life import may_steer
from projects.listings.reasons import LifeReason

NOTE_MAXIMUM = 500
#: Who ends a campaign and a fund when the people of the project have said that it is over.
KEEPER = Actor.system("closing")


def pause_project(session: Session, actor: Actor, *, project_id: int, note: str) -> Project:
    """Take no gifts for a while, for a reason on its page; what runs goes on.

    Raises `Denied`, `Invalid` without a reason (`note`), `InvalidState` unless it is published.
    """
    project = _steered(session, actor, project_id)
    said = intake.public_prose(note, field="note", limit=NOTE_MAXIMUM, required=True)
    campaign = _campaign_of(project)
    project.move_to(ProjectState.PAUSED)
    project.state_note = said
    registry.restrict(
        session,
        actor,
        campaign_id=campaign.id,
        act=RestrictedAct.COLLECT,
        rule_id=PROJECT_PAUSED,
        source=f"{_pauses(project)}{_times_paused(session, project) + 1}",
    )
    return _told(session, "project.paused", project)


def resume_project(session: Session, actor: Actor, *, project_id: int, note: str = "") -> Project:
    """Take gifts again; `note` says what has changed.

    Raises `Denied`, `InvalidState` unless it is paused. A campaign whose days are over stays over.
    """
    project = _steered(session, actor, project_id)
    said = intake.public_prose(note, field="note", limit=NOTE_MAXIMUM)
    if project.state is not ProjectState.PAUSED:
        raise InvalidState(CommonReason.WRONG_STATE, state=project.state.value)
    project.move_to(ProjectState.PUBLISHED)
    project.state_note = said
    source = f"{_pauses(project)}{_times_paused(session, project)}"
    registry.lift_restrictions(session, actor, source=source, note=said)
    return _told(session, "project.resumed", project)


def close_project(session: Session, actor: Actor, *, project_id: int, note: str) -> Project:
    """It is over: the campaign ends, the fund is closed, the page stays to be read.

    Raises `Denied`, `Invalid` without a word on how it ended (`note`), `InvalidState` unless it is
    published or paused, while a closing is under way (CLOSING_RUNNING), while something is promised
    or under way (IN_THE_WAY, `number`; CHA-162), and while money is left (MONEY_LEFT, `sum`).
    """
    project = _steered(session, actor, project_id)
    said = intake.public_prose(note, field="note", limit=NOTE_MAXIMUM, required=True)
    campaign = _campaign_of(project)
    if ProjectState.CLOSED not in PROJECT_TRANSITIONS[project.state]:
        raise InvalidState(CommonReason.WRONG_STATE, state=project.state.value)
    _refuse_open_ends(session, campaign)
    project.move_to(ProjectState.CLOSED)
    project.state_note = said
    if campaign.state is CampaignState.OPEN:
        registry.end_campaign(session, KEEPER, campaign_id=campaign.id)
    ledger.close_fund(session, KEEPER, fund_id=campaign.fund_id)
    return _told(session, "project.closed", project)


def _refuse_open_ends(session: Session, campaign: Campaign) -> None:
    """Nothing promised is forgotten, no money is left where nobody looks."""
    found = closings.closing_of_fund(session, campaign.fund_id)
    if found is not None:
        if found.state is not ProjectClosingState.DONE:
            raise InvalidState(LifeReason.CLOSING_RUNNING)
        return
    in_the_way = sum(each.number for each in obstacles(session, campaign.fund_id, campaign.id))
    if in_the_way:
        raise InvalidState(LifeReason.IN_THE_WAY, number=in_the_way)
    left = closings.figures(session, campaign.fund_id).surplus
    if left:
        raise InvalidState(LifeReason.MONEY_LEFT, sum=left)


def _steered(session: Session, actor: Actor, project_id: int) -> Project:
    """The project under its lock, for who may steer it."""
    project = locked(session, select(Project).where(Project.id == project_id))
    require(may_steer(actor, project))
    return project


def _campaign_of(project: Project) -> Campaign:
    if project.campaign is None:
        raise InvalidState(LifeReason.NOT_PUBLISHED)
    return project.campaign


def _pauses(project: Project) -> str:
    """The beginning of the source of each pause of the project; a number follows."""
    return f"project_pause:{project.id}:"


def _times_paused(session: Session, project: Project) -> int:
    """How often it was paused so far; what was lifted is not put back by the same source."""
    of_it = Restriction.source.startswith(_pauses(project), autoescape=True)
    query = select(func.count()).where(Restriction.campaign_id == project.campaign_id, of_it)
    return session.scalar(query) or 0


def _told(session: Session, event: str, project: Project) -> Project:
    """The world hears of it: search, and whoever follows."""
    said = {"note": project.state_note, "on": clock.today().isoformat()}
    outbox.write(session, event, f"project:{project.id}", **said)
    session.flush()
    return project
