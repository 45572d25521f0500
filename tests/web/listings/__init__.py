"""Pages of projects: the list, the form, and their life."""
