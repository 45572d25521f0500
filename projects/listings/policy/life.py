"""Who may steer a running project, accept its milestones, sign for it, and follow it.

What is done is accepted by others than those who did it: a milestone by a reviewer or an acceptor
who is neither of the doing organisation nor the person who said that it is done.
"""

from __future__ import annotations

from charity.actor import ROLE_PERMISSIONS, Actor, Permission, Verdict
from charity.errors import CommonReason
from projects.listings.models import SHOWN_STATES, Project, ProjectRole
from projects.listings.policy.projects import may_see
from projects.listings.reasons import LifeReason

_ACCEPTING = frozenset({Permission.PROJECT_REVIEW, Permission.DELIVERY_ACCEPT})


def may_steer(actor: Actor, project: Project) -> Verdict:
    """Plan steps, report, name parties, pause, resume and close: owners and editors.

    They are of the posting organisation, or of the charity that raises the money for it.
    """
    seen = may_see(actor, project)
    if not seen:
        return seen
    organisations = [project.organisation_id]
    if project.campaign is not None:
        organisations.append(project.campaign.charity_id)
    if any(actor.holds(Permission.PROJECT_EDIT, organisation_id=each) for each in organisations):
        return Verdict.yes()
    return _refused(actor)


def may_report(actor: Actor, project: Project) -> Verdict:
    """Say that a step is done, and tell of the work: owners and editors of who does it."""
    seen = may_see(actor, project)
    if seen and actor.holds(Permission.PROJECT_EDIT, organisation_id=project.organisation_id):
        return Verdict.yes()
    return seen and _refused(actor)


def may_accept_milestone(
    actor: Actor,
    project: Project,
    *,
    member_of: frozenset[int] = frozenset(),
    claimer_person_id: int | None = None,
) -> Verdict:
    """Accept a milestone or send it back: who reviews or accepts there and is not of the doers.

    `member_of`: where the person belongs through other accounts; `claimer_person_id`: who said that
    it is done. Persons count, not accounts (A1).
    """
    seen = may_see(actor, project)
    if not seen:
        return seen
    if not _accepts(actor, project):
        return _refused(actor)
    if project.organisation_id in actor.organisation_ids | member_of:
        return Verdict.no(LifeReason.CLAIMERS_ORGANISATION)
    if actor.person_id is None or actor.person_id == claimer_person_id:
        return Verdict.no(CommonReason.SAME_PERSON)
    return Verdict.yes()


def may_sign(actor: Actor, role: ProjectRole) -> Verdict:
    """Sign for a role: who speaks for the organisation named in it, and nobody else."""
    if actor.is_signed_in and actor.holds(
        Permission.LISTING_MANAGE, organisation_id=role.organisation_id
    ):
        return Verdict.yes()
    return _refused(actor)


def may_follow(actor: Actor, project: Project, *, is_member: bool = False) -> Verdict:
    """Follow a project one may read, once it is there to be read."""
    seen = may_see(actor, project, is_member=is_member)
    if not seen:
        return seen
    if not actor.is_signed_in:
        return Verdict.no(CommonReason.SIGN_IN_FIRST)
    if project.state not in SHOWN_STATES:
        return Verdict.no(LifeReason.NOT_PUBLISHED)
    return Verdict.yes()


def _accepts(actor: Actor, project: Project) -> bool:
    """Whether a role of reviewing or accepting is held over the place, or elsewhere."""
    return any(
        project.region_code.startswith(grant.region_code)
        if grant.region_code is not None
        else grant.organisation_id != project.organisation_id
        for grant in actor.grants
        if _ACCEPTING & ROLE_PERMISSIONS[grant.role]
    )


def _refused(actor: Actor) -> Verdict:
    return Verdict.no() if actor.is_signed_in else Verdict.no(CommonReason.SIGN_IN_FIRST)
