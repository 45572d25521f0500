"""Who publishes for an organisation, and who may read what is not for everybody."""

from __future__ import annotations

from charity.actor import Actor, Permission, Verdict
from charity.disclosure.models import DisclosureEntry


def may_publish(actor: Actor, organisation_id: int) -> Verdict:
    """Its own people who publish, those of the platform, and the installation itself."""
    if actor.is_system or actor.holds(
        Permission.DISCLOSURE_PUBLISH, organisation_id=organisation_id
    ):
        return Verdict.yes()
    return Verdict.no()


def may_keep_duties(actor: Actor) -> Verdict:
    """Duties follow from facts: only the installation writes, drops and reminds of them."""
    return Verdict.yes() if actor.is_system else Verdict.no()


def may_read(actor: Actor, entry: DisclosureEntry, *, is_member: bool) -> Verdict:
    """Everybody reads what is public; the rest is for the campaign's members and its publishers.

    `is_member` says whether the actor is one of those a members' campaign is for (DIS-212).
    """
    if entry.is_public or is_member or may_publish(actor, entry.organisation_id):
        return Verdict.yes()
    return Verdict.absent()
