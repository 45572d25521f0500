"""Publishing a snapshot for good, and correcting it by a successor that explains itself.

DIS-211: nothing published is written over. A content is kept whole with its digest; what was wrong
stays to be read beside what is right, and the reason of the correction stands between them.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity import clock, outbox, texts
from charity.actor import Actor, require
from charity.disclosure import contents, policy
from charity.disclosure.models import DisclosureDuty, DisclosureEntry, DisclosureKind
from charity.disclosure.reasons import DisclosureReason
from charity.errors import Conflict, Invalid, InvalidState
from charity.registry import services as registry
from charity.registry.models import MEMBERS_MODES, Campaign
from charity.rows import insert_or, locked, present

LENGTHS = {"title": 120, "explanation": 1000}
#: A members' campaign is told to those it is for, not to the public.
MEMBERS_ONLY = "DIS-212"


def source_of(duty_id: int) -> str:
    """How a duty signs the restrictions it writes: `disclosure_duty:42`."""
    return f"disclosure_duty:{duty_id}"


def publish_entry(
    session: Session,
    actor: Actor,
    *,
    kind: DisclosureKind,
    subject: str,
    organisation_id: int,
    campaign_id: int | None,
    title: str,
    content: Mapping[str, object],
    duty_id: int | None = None,
    is_public: bool = True,
) -> DisclosureEntry:
    """Publish a content; a duty is fulfilled by it, and what that duty stopped goes on.

    Without a duty named, the open one of the kind about the subject that is due first is meant,
    where there is one. Raises `Denied` for those who do not publish for the
    organisation, `Invalid` for a content that is none or a members' campaign told to the public,
    `InvalidState` where the duty is fulfilled or about something else.
    """
    require(policy.may_publish(actor, organisation_id))
    if is_public:
        _refuse_members(session, campaign_id)
    if duty_id is None:
        duty_id = _duty_waiting(session, kind, subject, organisation_id)
    duty = _open_duty(session, duty_id, kind, subject, organisation_id)
    entry = DisclosureEntry(
        duty_id=duty_id,
        kind=kind,
        subject=subject,
        organisation_id=organisation_id,
        campaign_id=campaign_id,
        title=texts.line(title, field="title", limit=LENGTHS["title"]),
        content=dict(content),
        content_hash=contents.digest(content),
        is_public=is_public,
        published_at=clock.now(),
        published_by_user_id=actor.user_id,
    )
    session.add(entry)
    if duty is not None:
        duty.fulfilled_at = entry.published_at
        registry.lift_restrictions(session, actor, source=source_of(duty.id))
    session.flush()
    outbox.write(session, "disclosure.published", f"disclosure_entry:{entry.id}")
    return entry


def correct_entry(
    session: Session,
    actor: Actor,
    *,
    entry_id: int,
    content: Mapping[str, object],
    explanation: str,
) -> DisclosureEntry:
    """Publish a successor that says what was wrong; the corrected entry stays as it is (DIS-211).

    Raises `Denied`, `Invalid` beside `explanation` or for a content that says the same, `Conflict`
    where the entry has a successor already: then that one is to be corrected.
    """
    found = present(session.get(DisclosureEntry, entry_id))
    require(policy.may_publish(actor, found.organisation_id))
    why = texts.prose(explanation, field="explanation", limit=LENGTHS["explanation"], required=True)
    if contents.digest(content) == found.content_hash:
        raise Invalid(DisclosureReason.SAYS_THE_SAME, field="content")
    successor = DisclosureEntry(
        duty_id=found.duty_id,
        kind=found.kind,
        subject=found.subject,
        organisation_id=found.organisation_id,
        campaign_id=found.campaign_id,
        title=found.title,
        content=dict(content),
        content_hash=contents.digest(content),
        is_public=found.is_public,
        published_at=clock.now(),
        published_by_user_id=actor.user_id,
        supersedes_id=found.id,
        explanation=why,
    )
    insert_or(session, successor, Conflict(DisclosureReason.ALREADY_CORRECTED))
    outbox.write(session, "disclosure.corrected", f"disclosure_entry:{successor.id}")
    return successor


def _duty_waiting(
    session: Session, kind: DisclosureKind, subject: str, organisation_id: int
) -> int | None:
    query = (
        select(DisclosureDuty.id)
        .where(
            DisclosureDuty.kind == kind,
            DisclosureDuty.subject == subject,
            DisclosureDuty.organisation_id == organisation_id,
            DisclosureDuty.fulfilled_at.is_(None),
            DisclosureDuty.dropped_at.is_(None),
        )
        .order_by(DisclosureDuty.due_on, DisclosureDuty.id)
        .limit(1)
    )
    return session.scalar(query)


def _open_duty(
    session: Session,
    duty_id: int | None,
    kind: DisclosureKind,
    subject: str,
    organisation_id: int,
) -> DisclosureDuty | None:
    if duty_id is None:
        return None
    duty = locked(session, select(DisclosureDuty).where(DisclosureDuty.id == duty_id))
    if (duty.kind, duty.subject, duty.organisation_id) != (kind, subject, organisation_id):
        raise InvalidState(DisclosureReason.OTHER_DUTY)
    if duty.fulfilled_at is not None or duty.dropped_at is not None:
        raise InvalidState(DisclosureReason.DUTY_FULFILLED)
    return duty


def _refuse_members(session: Session, campaign_id: int | None) -> None:
    """DIS-212: what only the members of a campaign may know is not for the public page."""
    campaign = session.get(Campaign, campaign_id) if campaign_id is not None else None
    if campaign is not None and campaign.mode in MEMBERS_MODES:
        raise Invalid(DisclosureReason.MEMBERS_ONLY, rule=MEMBERS_ONLY)
