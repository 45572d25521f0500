"""What a winner takes further: an entry at the next level, an honour, a page of its work."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock, outbox
from charity.actor import Actor, require
from charity.errors import CommonReason, Conflict, Invalid, InvalidState
from charity.registry import services as registry
from charity.registry.models import Honour
from charity.rows import present
from projects.listings.models import Project
from projects.ventures import policy
from projects.ventures.models import (
    Application,
    ApplicationState,
    Award,
    AwardState,
    Competition,
    CompetitionLevel,
    CompetitionState,
    LevelEntry,
)
from projects.ventures.reasons import AwardReason, VentureReason
from projects.ventures.services.applying import LineAsked, begin_application, write_lines
from projects.ventures.services.locking import lock_award, person_of, require_decision

_RECORDED = frozenset({AwardState.SIGNED, AwardState.RUNNING, AwardState.SETTLED})


def enter_next_level(
    session: Session, actor: Actor, *, award_id: int, competition_id: int, client_id: str
) -> Application:
    """Enter a winner in a competition of a higher level that takes applications, with its record.

    By the winner's own people: a draft with the same plan and budget begins there, and is signed
    and handed in as any other. Raises `Invalid` on `competition_id` (LEVEL_NOT_ABOVE), `Conflict`
    (RECORD_TAKEN) where the award was entered there before.
    """
    found = lock_award(session, award_id)
    require(policy.may_sign(actor, found))
    target = present(session.get(Competition, competition_id))
    levels = list(CompetitionLevel)
    above = levels.index(target.level) > levels.index(found.competition.level)
    if not above or target.state is not CompetitionState.CALL:
        raise Invalid(VentureReason.LEVEL_NOT_ABOVE, field="competition_id")
    if found.state not in _RECORDED:
        raise InvalidState(CommonReason.WRONG_STATE, state=found.state)
    if _entered(session, found, target.id):
        raise Conflict(VentureReason.RECORD_TAKEN, field="competition_id")
    old = found.application
    new = begin_application(
        session,
        actor,
        client_id=client_id,
        competition_id=target.id,
        organisation_id=old.organisation_id,
    )
    new.title, new.summary, new.plan = old.title, old.summary, old.plan
    if old.region_code.startswith(target.region_code):
        new.region_code = old.region_code
    lines = [LineAsked(each.name, each.kind, each.amount, each.asked) for each in old.lines]
    write_lines(session, new, lines)
    user_id, _ = person_of(actor)
    session.add(
        LevelEntry(
            application_id=new.id,
            award_id=found.id,
            entered_at=clock.now(),
            entered_by_user_id=user_id,
        )
    )
    session.flush()
    outbox.write(session, "award.entered_above", found.subject, application_id=new.id)
    return new


def give_honour(
    session: Session, actor: Actor, *, award_id: int, title: str, source_url: str
) -> Honour:
    """Enter an honour of the winner in the registry, with the page where a stranger reads of it.

    Given by the organiser, in its own name, today. Raises `Denied`, `Invalid` beside the field,
    `Conflict` for the same honour of the same day.
    """
    found = lock_award(session, award_id)
    require_decision(session, actor, found.application)
    if found.state not in _RECORDED:
        raise InvalidState(CommonReason.WRONG_STATE, state=found.state)
    return registry.record_honour(
        session,
        actor,
        organisation_id=found.application.organisation_id,
        title=title,
        awarded_by=found.competition.organiser.name,
        awarded_on=clock.today(),
        source_url=source_url,
    )


def link_project(session: Session, actor: Actor, *, award_id: int, project_id: int) -> Award:
    """Say which project of the lists tells of an award's work (成果展示), by the winner's people.

    Raises `Invalid` on `project_id` for another's project, or one that nobody sees yet.
    """
    found = lock_award(session, award_id)
    require(policy.may_sign(actor, found))
    project = present(session.get(Project, project_id))
    if project.organisation_id != found.application.organisation_id or not project.is_public:
        raise Invalid(AwardReason.OTHER_PROJECT, field="project_id")
    if found.state not in _RECORDED:
        raise InvalidState(CommonReason.WRONG_STATE, state=found.state)
    found.project_id = project.id
    session.flush()
    return found


def _entered(session: Session, found: Award, competition_id: int) -> bool:
    query = (
        select(LevelEntry.application_id)
        .join(Application, Application.id == LevelEntry.application_id)
        .where(
            LevelEntry.award_id == found.id,
            Application.competition_id == competition_id,
            Application.state != ApplicationState.WITHDRAWN,
        )
    )
    return session.scalar(query.limit(1)) is not None
