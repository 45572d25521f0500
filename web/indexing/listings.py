"""The documents of needs and resources; whom to call, and where exactly, is in none of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from charity import clock
from charity.registry import regions
from projects.listings.models import Need, NeedState, Resource, ResourceState
from projects.listings.policy import PUBLIC_NEEDS
from search import Document
from web.indexing.documents import Places, batches
from web.labels import label

#: A withdrawn offer is none.
_SHOWN_RESOURCES = frozenset(ResourceState) - {ResourceState.WITHDRAWN}


def need_documents(session: Session, ids: Collection[int] | None = None) -> Iterator[Document]:
    """The needs a community has confirmed, or those among `ids`."""
    places, public = Places(session), Need.state.in_(PUBLIC_NEEDS)
    query = select(Need).options(joinedload(Need.organisation)).order_by(Need.id)
    for chosen in batches(session, Need.id, public, ids):
        found = session.scalars(query.where(public, Need.id.in_(chosen))).all()
        places.learn(need.region_code for need in found)
        for need in found:
            yield _need(need, places)


def resource_documents(session: Session, ids: Collection[int] | None = None) -> Iterator[Document]:
    """The resources that stand, or those among `ids`."""
    places, shown = Places(session), Resource.state.in_(_SHOWN_RESOURCES)
    query = select(Resource).options(joinedload(Resource.organisation)).order_by(Resource.id)
    for chosen in batches(session, Resource.id, shown, ids):
        found = session.scalars(query.where(shown, Resource.id.in_(chosen))).all()
        places.learn(resource.region_code for resource in found)
        for resource in found:
            yield _resource(resource, places)


def _need(need: Need, places: Places) -> Document:
    return Document(
        id=f"need:{need.id}",
        kind="need",
        title=need.title,
        body="\n".join(part for part in (need.description, need.item, need.conditions) if part),
        place_codes=tuple(regions.chain(need.region_code)),
        category=need.category.value,
        organisation=need.organisation.name if need.organisation else "",
        status=need.state.value,
        url=f"/needs/{need.id}",
        published_on=clock.day_of(need.posted_at).isoformat(),
        also=(
            places.path(need.region_code),
            label(need.category),
            label(need.kind),
            label(need.beneficiary_group),
        ),
        ends_on=need.ends_on.isoformat() if need.ends_on else "",
        wants="yes" if need.state is NeedState.OPEN and need.rest != 0 else "",
    )


def _resource(resource: Resource, places: Places) -> Document:
    parts = (resource.description, resource.item, resource.conditions)
    return Document(
        id=f"resource:{resource.id}",
        kind="resource",
        title=resource.title,
        body="\n".join(part for part in parts if part),
        place_codes=tuple(regions.chain(resource.region_code)),
        category=resource.category.value,
        organisation=resource.organisation.name,
        status=resource.state.value,
        url=f"/resources/{resource.id}",
        published_on=clock.day_of(resource.posted_at).isoformat(),
        also=(places.path(resource.region_code), label(resource.category), label(resource.kind)),
        ends_on=resource.ends_on.isoformat() if resource.ends_on else "",
    )
