"""The desk of money that comes by other doors: statements of banks and platforms, counted cash."""
