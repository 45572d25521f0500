"""A filed fundraising plan, and what changed in it while it ran."""
