"""Finding things: what a visitor types, in whichever script, and the pages it leads to.

This room knows documents, queries and hits. It knows no tables, no requests and none of our other
packages, so that the engine beneath can be exchanged without anybody noticing.
"""

from search.asking import Reply, ask
from search.document import Document, digest
from search.errors import IndexBusy, IndexUnavailable, SearchError
from search.memory_index import MemoryIndex
from search.port import SearchIndex
from search.query import Hit, Query, Results, Sort

__all__ = [
    "Document",
    "Hit",
    "IndexBusy",
    "IndexUnavailable",
    "MemoryIndex",
    "Query",
    "Reply",
    "Results",
    "SearchError",
    "SearchIndex",
    "Sort",
    "ask",
    "digest",
]
