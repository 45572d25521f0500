"""A document: the words and marks under which one page of the site is found."""

import json
from dataclasses import dataclass, fields
from hashlib import md5
from operator import attrgetter


@dataclass(frozen=True, slots=True)
class Document:
    """One findable thing. Only what everybody may see belongs in it.

    `id` is the kind and the row's number, such as 'project:42'. `place_codes` holds the place
    and all the places it lies in ('42', '4207', '420704', …), so that a search for a district
    finds its villages. `published_on` is a date as 'YYYY-MM-DD', or '' when there is none.
    `ends_on` is such a date too: the last day on which one can still give or help. `amount` is what
    it is about and `gap` what of it is still short, in fen, 0 for what is not about money; `wants`
    is 'yes' while it still needs something. `keys` are found only as a whole: credit
    codes, plan numbers. `also` holds words that lead here although the page does not show them as
    its text: names of places, of the category.
    """

    id: str
    kind: str
    title: str
    body: str = ""
    place_codes: tuple[str, ...] = ()
    category: str = ""
    organisation: str = ""
    status: str = ""
    url: str = ""
    published_on: str = ""
    keys: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    amount: int = 0
    gap: int = 0
    ends_on: str = ""
    wants: str = ""


_values = attrgetter(*(field.name for field in fields(Document)))


def kept(document: Document) -> bytes:
    """A document as it is kept: in ASCII, so that any character of it comes back."""
    return json.dumps(_values(document)).encode()


def digest(document: Document) -> str:
    """What tells two versions of a document apart; it guards against drift, not against people."""
    return md5(kept(document), usedforsecurity=False).hexdigest()
