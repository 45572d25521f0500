"""A question to the index and its answer, as plain values without any markup."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

#: More hits than this on one page nobody reads.
MAX_LIMIT = 100
#: Paging deeper than this is a robot's errand.
MAX_OFFSET = 10_000
#: No sum is greater, in fen.
MAX_AMOUNT = 2**62

#: A text cut into pieces, each with whether it is one of the words searched for.
Marked = tuple[tuple[str, bool], ...]


class Sort(StrEnum):
    """In which order hits come; equal ones the newest first, then by id."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    #: What ends next first; what has ended, or has no end, last.
    ENDING = "ending"
    #: What still lacks the most money first.
    GAP = "gap"


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for. An empty text asks for everything the filters let through.

    Filters are exact values; '' or None means no filter. `place` is a division code of any level
    and includes everything below it; `wants` 'yes' leaves what still needs something. Sums (fen)
    and dates ('YYYY-MM-DD') are bounds that are themselves let through; who asks for a sum is not
    shown what is not about money. `today` says what is new and what has ended; without it nothing
    is. With `loosely` the text may be misspelt, see spelling.py. `limit`, `offset` and sums are
    brought into bounds, not refused.
    """

    text: str = ""
    kind: str | None = None
    place: str | None = None
    category: str | None = None
    status: str | None = None
    wants: str | None = None
    amount_from: int | None = None
    amount_to: int | None = None
    published_from: str = ""
    published_to: str = ""
    today: str = ""
    loosely: bool = False
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
            "wants": self.wants,
        }
        return {name: value for name, value in chosen.items() if value}

    @property
    def amounts(self) -> tuple[int, int] | None:
        """The least and the most sum let through, in fen; None where sums do not matter."""
        if self.amount_from is None and self.amount_to is None:
            return None
        least = max(1, self.amount_from or 0)
        most = MAX_AMOUNT if self.amount_to is None else self.amount_to
        return min(least, MAX_AMOUNT), min(max(most, 0), MAX_AMOUNT)

    @property
    def days(self) -> tuple[str, str] | None:
        """The first and the last day let through; None where days do not matter."""
        if not self.published_from and not self.published_to:
            return None
        # the colon follows the digit 9, and "!" comes before them all: no day is ''
        return self.published_from or "!", self.published_to or ":"


@dataclass(frozen=True, slots=True)
class Hit:
    """One document found. Scores compare within one answer only.

    `names` are what the thing is called and whose and where it is, as they were written.
    """

    id: str
    kind: str
    url: str
    score: float
    title_highlight: Marked
    excerpt: Marked
    names: tuple[str, ...] = ()
    published_on: str = ""


@dataclass(frozen=True, slots=True)
class Results:
    """One page of hits, how many there are in all, and how they spread.

    `facets['category']` counts, for each category, the hits there would be with that category
    chosen and every other filter as it is; likewise 'kind', 'status' and 'wants'.
    `facets['place']` counts the hits by the places just below the chosen one, at the first level
    where they part.
    """

    total: int = 0
    hits: tuple[Hit, ...] = ()
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
