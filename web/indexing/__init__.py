"""What of the books can be found by searching, and keeping it fresh.

Only what everybody may see goes into the index: published projects, verified organisations, needs
a community has confirmed, resources that stand. The index is a copy; whenever it is lost, `rebuild`
makes it again from the database.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from sqlalchemy import select
from sqlalchemy.orm import Session

from charity.outbox import Outbox
from charity.registry.models import Campaign
from projects.listings.models import Project
from search import Document, IndexBusy, IndexUnavailable, SearchIndex
from web.indexing.documents import organisation_documents, project_documents
from web.indexing.listings import need_documents, resource_documents

__all__ = [
    "KINDS",
    "apply_outbox",
    "documents_for",
    "is_missing",
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
    }
)


def rebuild(session: Session, index: SearchIndex, progress: Progress | None = None) -> int:
    """Make the index anew; answers how many documents it holds.

    `session` must not have read anything before: what changes after its first question is brought
    in by the outbox. Raises `IndexBusy` while another rebuild is under way.
    """
    return index.rebuild(documents_for(session), progress)


def is_missing(index: SearchIndex) -> bool:
    """Whether there is no readable index, or one with nothing in it."""
    try:
        return index.count() == 0
    except IndexUnavailable:
        return True


def apply_outbox(session: Session, index: SearchIndex, rows: Sequence[Outbox]) -> None:
    """Bring what happened into the index; rows may come again, in any company.

    What a row says does not matter, only of whom it speaks: the subject is read anew. Without an
    index there is nothing to do, since a rebuild will read it all. Raises `IndexBusy` when another
    process does not stop writing; the rows then have to come again.
    """
    ended = _numbers([row for row in rows if row.event == "campaign.ended"], "fund")
    numbers = {kind: _numbers(rows, kind) for kind in KINDS}
    numbers["project"] = sorted({*numbers["project"], *_projects_of_funds(session, ended)})
    documents = [one for kind, read in KINDS.items() for one in read(session, numbers[kind])]
    touched = {f"{kind}:{number}" for kind, found in numbers.items() for number in found}
    hidden = touched - {document.id for document in documents}
    try:
        if documents:
            index.replace(documents)
        if hidden:
            index.remove(hidden)
    except IndexBusy:
        raise
    except IndexUnavailable:
        log.warning("no index to bring %s changes into", len(touched))


def documents_for(session: Session) -> Iterator[Document]:
    """Everything that can be found, read as it is asked for."""
    for read in KINDS.values():
        yield from read(session, None)


def _numbers(rows: Iterable[Outbox], kind: str) -> list[int]:
    """The ids of the subjects of one kind: `project:42` gives 42."""
    subjects = (row.subject.partition(":") for row in rows)
    numbers = {number for found, _, number in subjects if found == kind and number.isdecimal()}
    return sorted(map(int, numbers))


def _projects_of_funds(session: Session, fund_ids: Sequence[int]) -> list[int]:
    """The projects whose campaign raises money for these funds."""
    if not fund_ids:
        return []
    query = (
        select(Project.id)
        .join(Campaign, Campaign.id == Project.campaign_id)
        .where(Campaign.fund_id.in_(fund_ids))
    )
    return list(session.scalars(query))
