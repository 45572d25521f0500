"""What can go wrong with an index. An index is a copy that can be made again, so every one of
these errors means "answer from the database and say so", never "lose something".
"""


class SearchError(Exception):
    """The family of everything this room raises on purpose."""


class IndexUnavailable(SearchError):
    """The index is missing, damaged or unreadable; a rebuild makes it again."""


class IndexBusy(IndexUnavailable):
    """Another process writes the index, longer than we were ready to wait; try again later."""
