"""The indexes of the search tests, for the judged set over the outside data."""

from tests.search.conftest import index_engine, new_index

__all__ = ["index_engine", "new_index"]
