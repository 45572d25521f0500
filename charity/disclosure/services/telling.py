"""Fulfilling a duty: the figures are counted here, staff adds the words.

What is published is `{"figures": …, "words": …}`. A correction counts the figures again, so that a
wrong figure is put right where it is wrong: in the rows and the book.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from charity import texts
from charity.actor import Actor, require
from charity.disclosure import policy, queries
from charity.disclosure.models import DisclosureEntry
from charity.disclosure.queries.snapshots import computed
from charity.disclosure.services.publishing import correct_entry, publish_entry
from charity.registry.models import MEMBERS_MODES, Campaign
from charity.rows import present

LENGTHS = {"words": 5000}


def tell(
    session: Session, actor: Actor, *, duty_id: int, title: str, words: str
) -> DisclosureEntry:
    """Publish what a duty asks for: its figures of this moment, and the words of staff.

    For a members' campaign it is published to the members (DIS-212). Raises `Denied`, `Invalid`
    beside its field, `InvalidState` where the duty is fulfilled.
    """
    duty = queries.duty(session, duty_id)
    require(policy.may_publish(actor, duty.organisation_id))
    said = texts.prose(words, field="words", limit=LENGTHS["words"], required=True)
    return publish_entry(
        session,
        actor,
        kind=duty.kind,
        subject=duty.subject,
        organisation_id=duty.organisation_id,
        campaign_id=duty.campaign_id,
        title=title,
        content={"figures": computed(session, duty), "words": said},
        duty_id=duty.id,
        is_public=not _for_members(session, duty.campaign_id),
    )


def tell_again(
    session: Session, actor: Actor, *, entry_id: int, words: str, explanation: str
) -> DisclosureEntry:
    """Correct an entry that a duty asked for: its figures counted anew, the words as given.

    One without a duty keeps its content but for the words. Raises like `correct_entry`.
    """
    found = queries.entry(session, entry_id)
    require(policy.may_publish(actor, found.organisation_id))
    said = texts.prose(words, field="words", limit=LENGTHS["words"], required=True)
    content = dict(found.content) | {"words": said}
    if found.duty is not None and "figures" in content:
        content["figures"] = computed(session, found.duty)
    return correct_entry(
        session, actor, entry_id=entry_id, content=content, explanation=explanation
    )


def _for_members(session: Session, campaign_id: int | None) -> bool:
    if campaign_id is None:
        return False
    return present(session.get(Campaign, campaign_id)).mode in MEMBERS_MODES
