"""The front page and the search over everything public."""
