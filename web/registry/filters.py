"""The filters of the list of organisations, read from the address; anything odd is no filter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import url_for
from sqlalchemy.orm import Session

from charity.errors import NotFound
from charity.registry import queries
from charity.registry.models import OrganisationKind
from web.listings.filters import page_number, read_place


@dataclass(frozen=True, slots=True)
class Filters:
    """What was asked for: a place (None for everywhere), a kind, a page."""

    place: str | None
    kind: OrganisationKind | None
    page: int

    @classmethod
    def read(cls, session: Session, args: Mapping[str, str]) -> Filters:
        """Read the address; a code of no place is no filter."""
        kind = args.get("kind", "")
        return cls(
            place=known_place(session, args.get("place", "")),
            kind=OrganisationKind(kind) if kind in set(OrganisationKind) else None,
            page=page_number(args.get("page", "")),
        )

    def url(self, page: int) -> str:
        """The address of another page of the same list."""
        return url_for(
            "registry.index",
            place=self.place,
            kind=self.kind.value if self.kind else None,
            page=page if page > 1 else None,
        )


def known_place(session: Session, text: str) -> str | None:
    """The code of a place that exists; None for anything else."""
    code = read_place(text)
    try:
        return queries.region(session, code).code if code else None
    except NotFound:
        return None
