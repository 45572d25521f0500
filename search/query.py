"""A question to the index and its answer, as plain values without any markup."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

#: More hits than this on one page nobody reads.
MAX_LIMIT = 100
#: Paging deeper than this is a robot's errand.
MAX_OFFSET = 10_000

#: A text cut into pieces, each with whether it is one of the words searched for.
Marked = tuple[tuple[str, bool], ...]


class Sort(StrEnum):
    """In which order hits come."""

    RELEVANCE = "relevance"
    NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for. An empty text asks for everything the filters let through.

    Filters are exact values; '' or None means no filter. `place` is a division code of any level
    and includes everything below it. `limit` and `offset` are brought into bounds, not refused.
    """

    text: str = ""
    kind: str | None = None
    place: str | None = None
    category: str | None = None
    status: str | None = None
    limit: int = 20
    offset: int = 0
    sort: Sort = Sort.RELEVANCE

    def __post_init__(self) -> None:
        object.__setattr__(self, "limit", min(max(self.limit, 0), MAX_LIMIT))
        object.__setattr__(self, "offset", min(max(self.offset, 0), MAX_OFFSET))

    @property
    def filters(self) -> dict[str, str]:
        """The filters in force, by the name of the field they look at."""
        chosen = {
            "kind": self.kind,
            "place": self.place,
            "category": self.category,
            "status": self.status,
        }
        return {name: value for name, value in chosen.items() if value}


@dataclass(frozen=True, slots=True)
class Hit:
    """One document found. Scores compare within one answer only."""

    id: str
    kind: str
    url: str
    score: float
    title_highlight: Marked
    excerpt: Marked


@dataclass(frozen=True, slots=True)
class Results:
    """One page of hits, how many there are in all, and how they spread.

    `facets['category']` counts, for each category, the hits there would be with that category
    chosen and every other filter as it is; likewise 'kind' and 'status'. `facets['place']` counts
    the hits by the places just below the chosen one, at the first level where they part.
    """

    total: int = 0
    hits: tuple[Hit, ...] = ()
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
