"""The port between the site and whichever engine keeps its index."""

from collections.abc import Callable, Iterable
from typing import Protocol

from search.document import Document
from search.query import Query, Results

#: Told now and then how many documents a rebuild has taken in so far.
Progress = Callable[[int], None]


class SearchIndex(Protocol):
    """An index of documents. All methods may be called from several threads.

    Every method may raise IndexUnavailable. A fresh index is unavailable until the first
    `rebuild`: an index that lost its files must not look like a site with nothing on it.
    """

    def replace(self, documents: Iterable[Document]) -> None:
        """Put these documents in place of their former selves, in one batch.

        Of two documents with the same id the later one counts. When this returns, searches see
        the change. Raises IndexBusy when another process goes on writing for too long.
        """

    def remove(self, ids: Iterable[str]) -> None:
        """Take these documents out, in one batch; ids that are not there are no error."""

    def search(self, query: Query) -> Results:
        """Answer a query. Whatever text a person or a robot typed, it is never an error."""

    def rebuild(self, documents: Iterable[Document], progress: Progress | None = None) -> int:
        """Make the index anew beside the live one, then swap; says how many documents it took.

        Searches go on meanwhile and see the old index until the swap; changes go into the old
        and, before the swap, into the new. So read the documents only as they are asked for, in
        a transaction begun no earlier: what changes after that is brought in. If `documents`
        raises, the old index stays. Raises IndexBusy while another rebuild is under way.
        """

    def count(self) -> int:
        """How many documents are in the index."""

    def digests(self) -> dict[str, str]:
        """The digest (document.py) of every document in the index, by its id."""

    def close(self) -> None:
        """Let go of files; the index may be used again and then opens them anew."""
