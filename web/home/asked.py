"""What a visitor looks for, read from the address and written back into one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import parse_qsl, urlencode

from flask import url_for

from charity import clock
from search import Query, Sort
from web.listings.filters import page_number, read_place

#: Hits on a page, and characters of a question that are read.
SIZE, LONGEST = 20, 100
KINDS = (
    "project",
    "need",
    "resource",
    "organisation",
    "region",
    "fund",
    "competition",
    "audit_result",
)
#: Yuan have so many digits at most.
_DIGITS = 12
_FEN = 100
#: A category or a status is a word of our own.
_LONGEST_WORD = 40


@dataclass(frozen=True, slots=True)
class Asked:
    """One question; anything odd in the address is no filter. Sums are whole yuan."""

    text: str = ""
    place: str = ""
    category: str = ""
    kind: str = ""
    status: str = ""
    wants: str = ""
    least: int | None = None
    most: int | None = None
    since: str = ""
    until: str = ""
    sort: Sort = Sort.RELEVANCE
    page: int = 1

    @classmethod
    def read(cls, args: Mapping[str, str]) -> Asked:
        """Read the address."""
        kind, sort = args.get("kind", ""), args.get("sort", "")
        printable = "".join(c if c.isprintable() else " " for c in args.get("q", "")[:LONGEST])
        return cls(
            text=printable.strip(),
            place=read_place(args.get("place", "")),
            category=_word(args.get("category", "")),
            kind=kind if kind in KINDS else "",
            status=_word(args.get("status", "")),
            wants="yes" if args.get("wants") else "",
            least=_yuan(args.get("least", "")),
            most=_yuan(args.get("most", "")),
            since=_day(args.get("since", "")),
            until=_day(args.get("until", "")),
            sort=Sort(sort) if sort in set(Sort) else Sort.RELEVANCE,
            page=page_number(args.get("page", "")),
        )

    @classmethod
    def kept(cls, written: str) -> Asked:
        """Read what `written` wrote."""
        return cls.read(dict(parse_qsl(written)))

    @property
    def written(self) -> str:
        """The question without its order and page, always written the same way."""
        asked = {**self.filters, "q": self.text}
        return urlencode(sorted((name, value) for name, value in asked.items() if value))

    @property
    def filters(self) -> dict[str, str]:
        """What narrows it besides its words, as the address says it."""
        return {
            "kind": self.kind,
            "place": self.place,
            "category": self.category,
            "status": self.status,
            "wants": self.wants,
            "least": "" if self.least is None else str(self.least),
            "most": "" if self.most is None else str(self.most),
            "since": self.since,
            "until": self.until,
        }

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but words and kind was chosen: the form then shows what."""
        others = {name: value for name, value in self.filters.items() if name != "kind"}
        return any(others.values()) or self.sort is not Sort.RELEVANCE

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked for at all."""
        return not self.text and not any(self.filters.values())

    def url(self, page: int = 1, **instead: str) -> str:
        """The address of this question, of another page of it, or with something else chosen."""
        chosen = {"q": self.text, **self.filters}
        if self.sort is not Sort.RELEVANCE:
            chosen["sort"] = self.sort.value
        chosen |= instead
        if page > 1:
            chosen["page"] = str(page)
        said = urlencode({name: value for name, value in chosen.items() if value})
        return f"{url_for('home.search')}?{said}" if said else url_for("home.search")

    def query(self) -> Query:
        """The question as the index takes it, as of today."""
        return Query(
            text=self.text,
            kind=self.kind or None,
            place=self.place or None,
            category=self.category or None,
            status=self.status or None,
            wants=self.wants or None,
            amount_from=None if self.least is None else self.least * _FEN,
            amount_to=None if self.most is None else self.most * _FEN,
            published_from=self.since,
            published_to=self.until,
            today=clock.today().isoformat(),
            sort=self.sort,
            limit=SIZE,
            offset=(self.page - 1) * SIZE,
        )


def _word(text: str) -> str:
    return text if text.isidentifier() and text.isascii() and len(text) <= _LONGEST_WORD else ""


def _yuan(text: str) -> int | None:
    plain = text.strip()
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) <= _DIGITS else None


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text.strip()).isoformat()
    except ValueError:
        return ""
