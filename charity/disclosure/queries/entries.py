"""What was published: the list, one entry, and the chain of its corrections."""

from __future__ import annotations

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from charity.disclosure.models import DisclosureEntry, DisclosureKind
from charity.paging import Page, page_of
from charity.registry.models import CampaignMember
from charity.rows import present


def entry(session: Session, entry_id: int) -> DisclosureEntry:
    """An entry; raises `NotFound`. Whether the asker may read it is `policy.may_read`."""
    return present(session.get(DisclosureEntry, entry_id))


def entries_page(
    session: Session,
    number: int = 1,
    *,
    organisation_id: int | None = None,
    campaign_id: int | None = None,
    kind: DisclosureKind | None = None,
) -> Page[DisclosureEntry]:
    """Public entries that stand (their latest version), the newest first."""
    query = _standing().where(DisclosureEntry.is_public)
    for column, wanted in (
        (DisclosureEntry.organisation_id, organisation_id),
        (DisclosureEntry.campaign_id, campaign_id),
        (DisclosureEntry.kind, kind),
    ):
        if wanted is not None:
            query = query.where(column == wanted)
    newest = query.order_by(DisclosureEntry.published_at.desc(), DisclosureEntry.id.desc())
    return page_of(session, newest, number)


def entries_for_member(session: Session, person_id: int) -> list[DisclosureEntry]:
    """What was told to the members of the campaigns a person is a member of (DIS-212)."""
    mine = select(CampaignMember.campaign_id).where(CampaignMember.person_id == person_id)
    query = _standing().where(~DisclosureEntry.is_public, DisclosureEntry.campaign_id.in_(mine))
    return list(session.scalars(query.order_by(DisclosureEntry.id.desc()).limit(20)))


def entries_of(session: Session, subject: str, *, public: bool = True) -> list[DisclosureEntry]:
    """What stands about one subject, the newest first; all of it where not only the public's."""
    query = _standing().where(DisclosureEntry.subject == subject)
    if public:
        query = query.where(DisclosureEntry.is_public)
    return list(session.scalars(query.order_by(DisclosureEntry.id.desc())))


def latest_of(session: Session, kind: DisclosureKind, subject: str) -> DisclosureEntry | None:
    """The entry of a kind about a subject that was published last and stands."""
    query = _standing().where(DisclosureEntry.kind == kind, DisclosureEntry.subject == subject)
    return session.scalars(query.order_by(DisclosureEntry.id.desc()).limit(1)).one_or_none()


def successor_of(session: Session, entry_id: int) -> DisclosureEntry | None:
    """The correction of an entry; None while it stands."""
    query = select(DisclosureEntry).where(DisclosureEntry.supersedes_id == entry_id)
    return session.scalars(query).one_or_none()


def history(session: Session, found: DisclosureEntry) -> list[DisclosureEntry]:
    """An entry with everything it corrects and is corrected by, the first version first."""
    chain = [found]
    while (before := chain[0].supersedes_id) is not None:
        chain.insert(0, entry(session, before))
    while (after := successor_of(session, chain[-1].id)) is not None:
        chain.append(after)
    return chain


def _standing() -> Select[DisclosureEntry]:
    """Entries that no other one supersedes."""
    later = aliased(DisclosureEntry)
    corrected = select(later.id).where(later.supersedes_id == DisclosureEntry.id).exists()
    return select(DisclosureEntry).where(~corrected)
