"""What of the books can be found by searching, and keeping it fresh.

Only what everybody may see goes into the index: published projects, verified organisations, needs
a community has confirmed, resources that stand, places and funds, competitions that were opened,
audit results as they stand published. The index is a copy; whenever it is lost, `rebuild`
makes it again from the database.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from charity.outbox import Outbox
from charity.registry.models import Campaign
from projects.listings.models import Project, VillageFund
from search import Document, IndexBusy, IndexUnavailable, Query, SearchIndex
from web.indexing.contests import competition_documents, corrected_by, result_documents
from web.indexing.documents import organisation_documents, project_documents
from web.indexing.listings import need_documents, resource_documents
from web.indexing.places import fund_documents, learn_places, region_documents

__all__ = [
    "KINDS",
    "apply_outbox",
    "bring_in",
    "documents_for",
    "is_missing",
    "learn_places",
    "need_documents",
    "organisation_documents",
    "project_documents",
    "rebuild",
    "resource_documents",
]

log = logging.getLogger("wushe.search")

#: Told now and then how many documents were taken in so far.
Progress = Callable[[int], None]
#: Reads the documents of one kind: those with the given numbers, or all.
Reader = Callable[[Session, Collection[int] | None], Iterator[Document]]

#: The kinds of things that can be found, as the subjects of the outbox name them.
KINDS: Mapping[str, Reader] = MappingProxyType(
    {
        "project": project_documents,
        "organisation": organisation_documents,
        "need": need_documents,
        "resource": resource_documents,
        "region": region_documents,
        "fund": fund_documents,
        "competition": competition_documents,
        "audit_result": result_documents,
    }
)


def rebuild(session: Session, index: SearchIndex, progress: Progress | None = None) -> int:
    """Make the index anew; answers how many documents it holds.

    `session` must not have read anything before: what changes after its first question is brought
    in by the outbox. The names of places are learned first, for names are filed as they sound.
    Raises `IndexBusy` while another rebuild is under way.
    """
    learn_places(session)
    return index.rebuild(documents_for(session), progress)


def is_missing(index: SearchIndex) -> bool:
    """Whether there is no readable index, or one with nothing in it."""
    try:
        # a word is asked for: an index from before a change of its form cannot answer that
        index.search(Query(text="0", limit=1))
        return index.count() == 0
    except IndexUnavailable:
        return True


def apply_outbox(session: Session, index: SearchIndex, rows: Sequence[Outbox]) -> None:
    """Bring what happened into the index; rows may come again, in any company.

    What a row says does not matter, only of whom it speaks: the subject is read anew. Without an
    index there is nothing to do, since a rebuild will read it all. Raises `IndexBusy` when another
    process does not stop writing; the rows then have to come again.
    """
    numbers = {kind: _numbers(rows, kind) for kind in KINDS}
    _add_what_follows(session, numbers, rows)
    try:
        bring_in(session, index, numbers)
    except IndexBusy:
        raise
    except IndexUnavailable:
        log.warning("no index to bring %s changes into", sum(map(len, numbers.values())))


def bring_in(
    session: Session,
    index: SearchIndex,
    numbers: Mapping[str, Sequence[int]],
    *,
    also_remove: Collection[str] = (),
) -> None:
    """Read these things anew, by kind and number: those to be found go in, the others out.

    Raises `IndexUnavailable`, `IndexBusy`.
    """
    asked = {kind: sorted(set(numbers.get(kind, ()))) for kind in KINDS}
    documents = [
        one for kind, read in KINDS.items() if asked[kind] for one in read(session, asked[kind])
    ]
    touched = {f"{kind}:{number}" for kind, found in numbers.items() for number in found}
    hidden = (touched | set(also_remove)) - {document.id for document in documents}
    if documents:
        index.replace(documents)
    if hidden:
        index.remove(hidden)


def documents_for(session: Session) -> Iterator[Document]:
    """Everything that can be found, read as it is asked for."""
    for read in KINDS.values():
        yield from read(session, None)


def _add_what_follows(
    session: Session, numbers: dict[str, list[int]], rows: Sequence[Outbox]
) -> None:
    """What changes with the subject of a row although the row names something else.

    A gift and the end of a campaign change a project, a village's fund its village, a corrected
    result the one it corrects.
    """
    ended = _numbers([row for row in rows if row.event == "campaign.ended"], "fund")
    given = {row.data.get("campaign_id") for row in rows if row.event == "donation.settled"}
    campaigns = [number for number in given if isinstance(number, int)]
    numbers["project"] += _projects_of(session, Campaign.fund_id, ended)
    numbers["project"] += _projects_of(session, Campaign.id, campaigns)
    villages = _numbers(rows, "village_fund")
    if villages:
        query = select(VillageFund.region_code, VillageFund.fund_id)
        for code, fund_id in session.execute(query.where(VillageFund.id.in_(villages))):
            numbers["region"].append(int(code))
            numbers["fund"] += [] if fund_id is None else [fund_id]
    numbers["audit_result"] += corrected_by(session, numbers["audit_result"])


def _numbers(rows: Iterable[Outbox], kind: str) -> list[int]:
    """The ids of the subjects of one kind: `project:42` gives 42."""
    subjects = (row.subject.partition(":") for row in rows)
    numbers = {number for found, _, number in subjects if found == kind and number.isdecimal()}
    return sorted(map(int, numbers))


def _projects_of(
    session: Session, column: InstrumentedAttribute[int], ids: Sequence[int]
) -> list[int]:
    """The projects whose campaign has one of these numbers, or raises money for these funds."""
    if not ids:
        return []
    query = (
        select(Project.id).join(Campaign, Campaign.id == Project.campaign_id).where(column.in_(ids))
    )
    return list(session.scalars(query))
