"""What can go wrong with an index. An index is a copy that can be made again, so every one of
these errors means "answer from the database and say so", never "lose something".
"""

from collections.abc import Iterator
from contextlib import contextmanager


class SearchError(Exception):
    """The family of everything this room raises on purpose."""


class IndexUnavailable(SearchError):
    """The index is missing, damaged or unreadable; a rebuild makes it again."""


class IndexBusy(IndexUnavailable):
    """Another process writes the index, longer than we were ready to wait; try again later."""


@contextmanager
def unavailable_when_damaged() -> Iterator[None]:
    """Whatever reading a damaged file raises becomes IndexUnavailable."""
    try:
        yield
    except SearchError:
        raise
    except Exception as error:
        # Unpickling and unpacking damaged bytes can raise nearly anything, so nothing narrower
        # would do; the cause travels along.
        raise IndexUnavailable(f"the index cannot be read: {error!r}") from error
