"""Who announces, who answers objections, and who ends a project."""

from __future__ import annotations

from charity.actor import Actor, Permission, Verdict
from charity.disclosure.ending_reasons import NoticeReason
from charity.disclosure.models import Notice, Objection, ProjectClosing
from charity.errors import CommonReason


def may_announce(actor: Actor, organisation_id: int, region_code: str) -> Verdict:
    """Put up a notice: people of the organisation, or those who look after the place."""
    return _person(
        actor,
        actor.holds(
            Permission.NOTICE_PUBLISH, organisation_id=organisation_id, region_code=region_code
        ),
    )


def may_answer(actor: Actor, notice: Notice, objection: Objection | None = None) -> Verdict:
    """Answer objections like who may announce, but neither the publisher nor the objector."""
    held = may_announce(actor, notice.organisation_id, notice.region_code)
    if not held:
        return held
    own = objection is not None and objection.user_id == actor.user_id
    if own or actor.person_id == notice.publisher_person_id:
        return Verdict.no(NoticeReason.OTHER_PERSON_ANSWERS)
    return Verdict.yes()


def may_end(actor: Actor) -> Verdict:
    """Notices end by themselves when their day is over."""
    return Verdict.yes() if actor.is_system else Verdict.no()


def may_prepare(actor: Actor, charity_id: int, partner_id: int | None) -> Verdict:
    """Prepare the end of a project: people of the charity, or of the partner who did the work."""
    held = actor.holds(Permission.CLOSING_PREPARE, organisation_id=charity_id) or (
        partner_id is not None
        and actor.holds(Permission.CLOSING_PREPARE, organisation_id=partner_id)
    )
    return _person(actor, held)


def may_agree(actor: Actor, closing: ProjectClosing) -> Verdict:
    """Agree to the end of a project: approvers of the charity whose book holds the money."""
    return _person(actor, actor.holds(Permission.CLOSING_AGREE, organisation_id=closing.charity_id))


def may_finish(actor: Actor, closing: ProjectClosing, partner_id: int | None) -> Verdict:
    """Carry out what was agreed: the installation, or who may prepare it."""
    if actor.is_system:
        return Verdict.yes()
    return may_prepare(actor, closing.charity_id, partner_id)


def may_read(actor: Actor, closing: ProjectClosing, partner_id: int | None) -> Verdict:
    """Before it is done, a closing is known to those who prepare it and those who agree."""
    if may_prepare(actor, closing.charity_id, partner_id) or may_agree(actor, closing):
        return Verdict.yes()
    return Verdict.absent()


def _person(actor: Actor, held: bool) -> Verdict:
    if actor.user_id is None or actor.person_id is None:
        return Verdict.no(CommonReason.SIGN_IN_FIRST)
    return Verdict.yes() if held else Verdict.no()
