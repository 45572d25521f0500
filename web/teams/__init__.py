"""Giving together: a team's page and poster, and the captain's own page."""
