"""Pages of claims: what a unit took on, its answers and reports, and the word of both sides."""
