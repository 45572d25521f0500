"""Who may do what in a competition: organiser, applicant, charity and public are different people.

Persons count, not accounts: `member_of` says where a person belongs through any account. The
organiser runs a competition and never applies to it (VEN-01); who belongs to an applicant decides
nothing about it; who proposed an award or agreed to a stage does not pay it.
"""

from __future__ import annotations

from collections.abc import Collection

from charity.actor import Actor, Permission, Verdict
from charity.approvals.models import ApprovalRequest
from charity.approvals.policy import may_decide as may_agree
from charity.errors import CommonReason
from charity.registry.models import Organisation, OrganisationState
from projects.ventures.models import (
    Application,
    ApplicationState,
    Award,
    AwardState,
    AwardTranche,
    Competition,
    CompetitionState,
)
from projects.ventures.reasons import AwardReason, VentureReason
from projects.ventures.steps import has_reached

#: Applications everybody may read once the results are announced.
_SHOWN = frozenset({ApplicationState.AWARDED, ApplicationState.SHORTLISTED})


def may_organise(actor: Actor, organisation: Organisation) -> Verdict:
    """Draft competitions for an organisation: its organisers, once it is verified."""
    if not actor.holds(Permission.VENTURE_MANAGE, organisation_id=organisation.id):
        return _refused(actor)
    if organisation.state is not OrganisationState.VERIFIED:
        return Verdict.no(VentureReason.NOT_VERIFIED)
    return Verdict.yes()


def manages(actor: Actor, competition: Competition) -> bool:
    """Whether this person runs the competition."""
    return actor.holds(Permission.VENTURE_MANAGE, organisation_id=competition.organiser_id)


def may_see_competition(actor: Actor, competition: Competition) -> Verdict:
    """Everybody once it was opened; a draft, and one cancelled as a draft, its organiser."""
    if competition.opened_at is not None or actor.is_system or manages(actor, competition):
        return Verdict.yes()
    return Verdict.absent()


def may_manage(actor: Actor, competition: Competition) -> Verdict:
    """Run it: the organisers of its organisation, and the installation itself."""
    if actor.is_system or manages(actor, competition):
        return Verdict.yes()
    return may_see_competition(actor, competition) and _refused(actor)


def may_fund(actor: Actor, charity_id: int | None) -> Verdict:
    """Say that a funder's money arrived: the treasurer of the charity that keeps the pool."""
    if charity_id is not None and actor.holds(Permission.EXPENSE_PAY, organisation_id=charity_id):
        return Verdict.yes()
    return _refused(actor)


def may_apply(actor: Actor, competition: Competition, organisation: Organisation) -> Verdict:
    """Apply for an organisation: its people, not where it or they run the competition (VEN-01)."""
    seen = may_see_competition(actor, competition)
    if not seen:
        return seen
    if not actor.holds(Permission.VENTURE_APPLY, organisation_id=organisation.id):
        return _refused(actor)
    if organisation.id == competition.organiser_id or manages(actor, competition):
        return Verdict.no(VentureReason.ORGANISER_APPLIES)
    if organisation.state is not OrganisationState.VERIFIED:
        return Verdict.no(VentureReason.NOT_VERIFIED)
    return Verdict.yes()


def may_see_application(
    actor: Actor, application: Application, *, is_judge: bool = False
) -> Verdict:
    """Its organisation and the organiser; everybody the ones that won, once announced.

    `is_judge` says whether the person was given a sheet of it.
    """
    if actor.is_system or is_judge or application.organisation_id in actor.organisation_ids:
        return Verdict.yes()
    competition = application.competition
    if application.state is not ApplicationState.DRAFT and manages(actor, competition):
        return Verdict.yes()
    if application.state in _SHOWN and has_reached(competition.state, CompetitionState.NOTICE):
        return Verdict.yes()
    return Verdict.absent()


def may_edit_application(actor: Actor, application: Application) -> Verdict:
    """Write, sign or withdraw it: people of its organisation who may apply for it."""
    if actor.holds(Permission.VENTURE_APPLY, organisation_id=application.organisation_id):
        return Verdict.yes()
    return may_see_application(actor, application) and _refused(actor)


def may_decide(
    actor: Actor, application: Application, *, member_of: Collection[int] = ()
) -> Verdict:
    """Let it in, refuse it, award it, evaluate its work: an organiser who has no part in it."""
    if application.organisation_id in actor.organisation_ids | set(member_of):
        return Verdict.no(VentureReason.CONCERNED)
    return may_manage(actor, application.competition)


def may_see_award(actor: Actor, award: Award, charity_id: int | None) -> Verdict:
    """Everybody once it is announced; before, the organiser and who keeps the money."""
    if award.state is not AwardState.PROPOSED and award.notice_id is not None:
        return Verdict.yes()
    keeps = charity_id is not None and actor.holds(Permission.BOOK_READ, organisation_id=charity_id)
    if actor.is_system or keeps or manages(actor, award.competition):
        return Verdict.yes()
    return Verdict.absent()


def may_sign(actor: Actor, award: Award) -> Verdict:
    """Sign the agreement and report on the work: people of the winning organisation."""
    held = Permission.VENTURE_APPLY
    if actor.holds(held, organisation_id=award.application.organisation_id):
        return Verdict.yes()
    return _refused(actor)


def may_agree_tranche(
    actor: Actor,
    tranche: AwardTranche,
    request: ApprovalRequest | None,
    *,
    charity_id: int | None,
    member_of: Collection[int] = (),
) -> Verdict:
    """Agree to a stage: approvers of the charity, unconcerned, each once, not who asked."""
    award = tranche.award
    if charity_id is None or not actor.holds(
        Permission.EXPENSE_APPROVE, organisation_id=charity_id
    ):
        return _refused(actor)
    if award.application.organisation_id in actor.organisation_ids | set(member_of):
        return Verdict.no(VentureReason.CONCERNED)
    if actor.person_id in {award.proposer_person_id}:
        return Verdict.no(AwardReason.OTHER_PERSON)
    return may_agree(actor, request)


def may_pay_tranche(
    actor: Actor,
    tranche: AwardTranche,
    request: ApprovalRequest | None,
    *,
    charity_id: int | None,
    member_of: Collection[int] = (),
) -> Verdict:
    """Pay a stage: a treasurer of the charity who neither proposed, asked for nor agreed to it."""
    award = tranche.award
    if charity_id is None or not actor.holds(Permission.EXPENSE_PAY, organisation_id=charity_id):
        return _refused(actor)
    if award.application.organisation_id in actor.organisation_ids | set(member_of):
        return Verdict.no(VentureReason.CONCERNED)
    others = {award.proposer_person_id}
    if request is not None:
        others |= {request.submitter_person_id, *(one.person_id for one in request.decisions)}
    if actor.person_id is None or actor.person_id in others:
        return Verdict.no(AwardReason.OTHER_PERSON)
    return Verdict.yes()


def _refused(actor: Actor) -> Verdict:
    return Verdict.no() if actor.is_signed_in else Verdict.no(CommonReason.SIGN_IN_FIRST)
