"""五方: naming the organisations that lead, guide, fund, coordinate and carry out, and signing."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from charity import clock, outbox
from charity.actor import Actor, require
from charity.errors import CommonReason, Conflict, Denied, Invalid, InvalidState
from charity.registry.models import Organisation, OrganisationKind, OrganisationState
from charity.rows import insert_or, locked, present
from projects.listings.models import PartyRole, Project, ProjectRole, ProjectState
from projects.listings.policy.life import may_sign, may_steer
from projects.listings.reasons import LifeReason

PARTIES_MAXIMUM = 20

#: Who can be named: a party unit leads, a government unit guides; the others are open to the kinds
#: that can do them, a charity for the money being a mark and no kind.
FIT: dict[PartyRole, frozenset[OrganisationKind]] = {
    PartyRole.PARTY_LEADERSHIP: frozenset({OrganisationKind.PARTY_UNIT}),
    PartyRole.CIVIL_AFFAIRS_GUIDANCE: frozenset({OrganisationKind.GOVERNMENT}),
    PartyRole.CHARITY_FUNDING: frozenset(
        {
            OrganisationKind.FOUNDATION,
            OrganisationKind.ASSOCIATION,
            OrganisationKind.SOCIAL_SERVICE_ORG,
        }
    ),
    PartyRole.INDUSTRY_COORDINATION: frozenset(OrganisationKind)
    - {OrganisationKind.PARTY_UNIT, OrganisationKind.GOVERNMENT},
    PartyRole.AGENCY_DELIVERY: frozenset(OrganisationKind)
    - {OrganisationKind.PARTY_UNIT, OrganisationKind.GOVERNMENT},
}


def name_party(
    session: Session, actor: Actor, *, project_id: int, role: PartyRole, organisation_id: int
) -> ProjectRole:
    """Name a verified organisation in a role; it stands as named until it signs for itself.

    Raises `Denied`, `InvalidState` once the project is over, `Invalid` on `organisation_id` (not
    verified, of a kind that cannot have the role, too many), `Conflict` where it is named already.
    """
    project = locked(session, select(Project).where(Project.id == project_id))
    require(may_steer(actor, project))
    _refuse_over(project)
    organisation = present(session.get(Organisation, organisation_id))
    if organisation.state is not OrganisationState.VERIFIED:
        raise Invalid(LifeReason.NOT_VERIFIED, field="organisation_id")
    if organisation.kind not in FIT[role]:
        raise Invalid(LifeReason.KIND_UNFIT, field="organisation_id", role=role)
    named = select(func.count()).where(ProjectRole.project_id == project.id)
    if (session.scalar(named) or 0) >= PARTIES_MAXIMUM:
        limit = PARTIES_MAXIMUM
        raise Invalid(LifeReason.ROLES_TOO_MANY, field="organisation_id", maximum=limit)
    party = ProjectRole(
        project_id=project.id,
        role=role,
        organisation_id=organisation.id,
        named_at=clock.now(),
    )
    insert_or(session, party, Conflict(LifeReason.ALREADY_NAMED, field="organisation_id"))
    return party


def sign_role(session: Session, actor: Actor, *, role_id: int) -> ProjectRole:
    """Sign for one's own organisation's role; signed again it is as it was.

    Raises `Denied` for everybody who does not speak for that organisation, `InvalidState` once the
    project is over.
    """
    party = locked(session, select(ProjectRole).where(ProjectRole.id == role_id))
    require(may_sign(actor, party))
    if actor.user_id is None:
        raise Denied(CommonReason.SIGN_IN_FIRST)
    if party.signed_at is not None:
        return party
    _refuse_over(present(session.get(Project, party.project_id)))
    party.signed_at = clock.now()
    party.signed_by_user_id = actor.user_id
    outbox.write(session, "project.role_signed", f"project:{party.project_id}", role_id=party.id)
    session.flush()
    return party


def drop_party(session: Session, actor: Actor, *, role_id: int) -> None:
    """Take back a name that has not signed; raises `InvalidState` (ROLE_SIGNED) after that."""
    party = locked(session, select(ProjectRole).where(ProjectRole.id == role_id))
    project = present(session.get(Project, party.project_id))
    require(may_steer(actor, project))
    if party.signed_at is not None:
        raise InvalidState(LifeReason.ROLE_SIGNED)
    session.delete(party)
    session.flush()


def _refuse_over(project: Project) -> None:
    if project.state is ProjectState.CLOSED:
        raise InvalidState(LifeReason.PROJECT_OVER)
