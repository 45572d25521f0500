"""The life of a project: patterns, steps, reports, parties, followers, pause and end."""
