"""Who may post, read, change and review a project.

A project is reviewed by another organisation than the one that posts it (separation of duties);
a reviewer's role reaches the place it is held for and everything below, and one held in an
organisation reaches the projects of all others.
"""

from __future__ import annotations

from charity.actor import ROLE_PERMISSIONS, Actor, Permission, Verdict
from charity.errors import CommonReason
from charity.registry import policy as registry
from charity.registry.models import Organisation, OrganisationState
from projects.listings.models import SHOWN_STATES, Project, ProjectState
from projects.listings.reasons import ListingsReason


def may_post(actor: Actor, organisation: Organisation) -> Verdict:
    """Post projects for an organisation: its owners and editors, once it is verified (CHA-120)."""
    if not actor.holds(Permission.PROJECT_EDIT, organisation_id=organisation.id):
        return _guest_or_refused(actor)
    if organisation.state is not OrganisationState.VERIFIED:
        return Verdict.no(ListingsReason.ORGANISATION_NOT_VERIFIED)
    return Verdict.yes()


def may_see(actor: Actor, project: Project, *, is_member: bool = False) -> Verdict:
    """Read a project: everyone once published; before, its organisation and those who check it.

    One for members only (定向募捐, 互助) stays unknown to all but these: `is_member`.
    """
    if project.is_public or actor.is_system:
        return Verdict.yes()
    if project.state in SHOWN_STATES and project.campaign is not None:
        seen = registry.may_see_campaign(actor, project.campaign, is_member=is_member)
        if seen:
            return seen
    if project.organisation_id in actor.organisation_ids:
        return Verdict.yes()
    if project.state is not ProjectState.DRAFT and (
        _reviews(actor, project) or actor.holds_anywhere(Permission.ORGANISATION_VERIFY)
    ):
        return Verdict.yes()
    return Verdict.absent()


def may_edit(actor: Actor, project: Project) -> Verdict:
    """Change or submit it: owners and editors of the posting organisation, in any state.

    Whether the state allows it is a question of `project.is_editable`, not of who asks.
    """
    if actor.holds(Permission.PROJECT_EDIT, organisation_id=project.organisation_id):
        return Verdict.yes()
    return may_see(actor, project) and _guest_or_refused(actor)


def may_review(
    actor: Actor, project: Project, *, member_of: frozenset[int] = frozenset()
) -> Verdict:
    """Publish it or send it back: reviewers of its place who are not of its organisation.

    `member_of`: where the person belongs through other accounts; persons count, not accounts (A1).
    """
    seen = may_see(actor, project)
    if not seen:
        return seen
    if project.organisation_id in actor.organisation_ids | member_of:
        return Verdict.no(ListingsReason.OWN_ORGANISATION)
    return Verdict.yes() if _reviews(actor, project) else _guest_or_refused(actor)


def _reviews(actor: Actor, project: Project) -> bool:
    """Whether a reviewer's role is held over the place, or in another organisation."""
    return any(
        project.region_code.startswith(grant.region_code)
        if grant.region_code is not None
        else grant.organisation_id != project.organisation_id
        for grant in actor.grants
        if Permission.PROJECT_REVIEW in ROLE_PERMISSIONS[grant.role]
    )


def _guest_or_refused(actor: Actor) -> Verdict:
    if not actor.is_signed_in:
        return Verdict.no(CommonReason.SIGN_IN_FIRST)
    return Verdict.no(CommonReason.NOT_PERMITTED)
